// SPDX-License-Identifier: PostgreSQL
// Simulated P&L of holdings whose returns are jointly normal: the same figures on every machine,
// and for every number of workers, as each draw depends on its seed, path and asset alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/pause.hpp"
#include "core/base/real.hpp"
#include "core/risk/matrix.hpp"

namespace quant {

/// Philox4x32-10 [Salmon, Moraes, Dror, Shaw 2011].
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// Phi^-1(p), 0 < p < 1, by Wichura's AS 241 (PPND16), with a logarithm of its own: only operations
/// that round the same way everywhere.
[[nodiscard]] double fast_normal_quantile(double p);

/// A covariance matrix as the product of a lower triangle with its transpose. A matrix that is not
/// positive definite (a pivot below 1e-12 of the largest) is repaired first: negative eigenvalues
/// of its correlations become 0, rows are scaled back to a diagonal of 1 [Rebonato, Jaeckel 1999].
struct CovarianceRoot {
  Matrix<Real> lower;
  Real largest_change;  // of a correlation; 0: it needed no repair
};
[[nodiscard]] CovarianceRoot covariance_root(
    const Matrix<Real>& covariance, const Pause& pause = [] {});

/// The repaired correlations, whether they need it or not.
[[nodiscard]] Matrix<Real> nearest_correlation(
    const Matrix<Real>& correlation, const Pause& pause = [] {});

/// Draws of sum_i (mean_i + (L z)_i) value_i, one for each path: `means` and `values` by asset.
/// The normal draw of a path and an asset comes from the first 53 bits of philox(path, asset;
/// seed).
[[nodiscard]] std::vector<double> simulate_pnl(
    std::span<const Real> means, std::span<const Real> values, const Matrix<Real>& lower,
    std::uint64_t seed, std::size_t paths, const Pause& pause = [] {});

}  // namespace quant
