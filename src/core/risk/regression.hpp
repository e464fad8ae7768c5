// SPDX-License-Identifier: PostgreSQL
// Ordinary least squares, exact: sums and inverses are integers of any length, and only roots and
// probabilities are rounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/pause.hpp"
#include "core/risk/quantile.hpp"

namespace quant {

enum class StandardErrors : std::uint8_t {
  kOls,        // equal variances
  kHc1,        // any variances [White 1980], times n / (n - k - 1)
  kNeweyWest,  // and autocorrelation [Newey, West 1987], Bartlett weights, lag floor(4
               // (n/100)^(2/9))
};
/// "ols", "hc1" or "newey_west"; kInvalidParameter for another.
[[nodiscard]] StandardErrors parse_standard_errors(std::string_view name);

/// y = alpha + sum b_k x_k + e over n observations: y and each x_k of the same length.
struct RegressionSample {
  DecimalSample response;
  std::vector<DecimalSample> factors;
  std::vector<std::string> names;  // of the factors, for messages
};

/// All with 12 decimals; nothing where a figure is not defined.
struct RegressionTerm {
  std::string name;
  std::optional<Decimal> estimate;
  std::optional<Decimal> standard_error;
  std::optional<Decimal> t_statistic;  // nothing for an error of 0, or of 1e-24 of the estimate
  std::optional<Decimal> p_value;      // two-sided, t(n - k - 1)
};
struct Regression {
  std::vector<RegressionTerm> terms;  // alpha, then the factors
  std::optional<Decimal> r_squared;
  std::optional<Decimal> adjusted_r_squared;
  std::optional<Decimal> residual_deviation;  // sqrt(e'e / (n - k - 1))
  std::size_t observations = 0;
};

/// kInvalidParameter where n <= k + 1, or where a factor is exactly a combination of alpha and the
/// factors before it (the first such one is named).
[[nodiscard]] Regression regress(
    const RegressionSample& sample, StandardErrors errors, const Pause& pause = [] {});

}  // namespace quant
