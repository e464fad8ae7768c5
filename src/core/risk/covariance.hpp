// SPDX-License-Identifier: PostgreSQL
// Covariance of the returns of several assets, per period.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/pause.hpp"
#include "core/base/real.hpp"
#include "core/risk/matrix.hpp"

namespace quant {

enum class CovarianceMethod : std::uint8_t {
  kSample,      // ddof 1
  kEwma,        // L S + (1 - L) x x', zero mean, beginning with x_1 x_1' [RiskMetrics 1996]
  kLedoitWolf,  // shrunk to a multiple of the identity, ddof 0 [Ledoit, Wolf 2004]
  kConstantCorrelation,  // shrunk to one correlation for all, ddof 0 [Ledoit, Wolf 2003]
};
/// "sample", "ewma", "ledoit_wolf", "constant_correlation"; kInvalidParameter for another.
[[nodiscard]] CovarianceMethod parse_covariance_method(std::string_view name);

template <typename T>
struct Covariance {
  Matrix<T> matrix;
  std::optional<T> shrinkage;  // weight of the target, 0 to 1
};

/// The covariance of columns of returns, oldest first, each of the same length n: n >= 2, for ewma
/// n >= 1. `lambda`: decay of ewma.
[[nodiscard]] Covariance<Real> covariance_of(
    std::span<const std::vector<Real>> columns, CovarianceMethod method, const Decimal& lambda,
    const Pause& pause = [] {});
[[nodiscard]] Covariance<LongReal> covariance_of(
    std::span<const std::vector<LongReal>> columns, CovarianceMethod method, const Decimal& lambda,
    const Pause& pause = [] {});

}  // namespace quant
