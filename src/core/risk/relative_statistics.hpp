// SPDX-License-Identifier: PostgreSQL
// Statistics of returns relative to a benchmark's, pair by pair: `returns` and `benchmark` have the
// same length, fractions per period; `periods_per_year` is A. Nothing where a figure is not
// defined.
#pragma once

#include "core/risk/series_statistics.hpp"

namespace quant {

template <typename T>
[[nodiscard]] std::vector<T> subtract_series(std::span<const T> a, std::span<const T> b) {
  std::vector<T> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(difference(a[i], b[i]));
  return differences;
}

/// cov(x, y) / var(y), the slope of x on y. Nothing for n < 2 or a constant benchmark.
template <typename T>
[[nodiscard]] std::optional<T> beta(std::span<const T> returns, std::span<const T> benchmark) {
  if (returns.size() < 2) return std::nullopt;
  const T mean_x = *mean(returns);
  const T mean_y = *mean(benchmark);
  T products(0);
  T squares(0);
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const T deviation = difference(benchmark[i], mean_y);
    products += difference(returns[i], mean_x) * deviation;
    squares += deviation * deviation;
  }
  if (squares == 0) return std::nullopt;
  return T(products / squares);
}

/// A (mean(x - f) - beta mean(y - f)), f the risk-free return per period [Jensen 1968].
template <typename T>
[[nodiscard]] std::optional<T> alpha(std::span<const T> returns, std::span<const T> benchmark,
                                     const T& risk_free, const T& periods_per_year) {
  const auto slope = beta(returns, benchmark);
  if (!slope) return std::nullopt;
  const T excess = *mean(returns) - risk_free;
  return T(periods_per_year * (excess - *slope * (*mean(benchmark) - risk_free)));
}

/// sd(r - b) sqrt(A)
template <typename T>
[[nodiscard]] std::optional<T> tracking_error(std::span<const T> returns,
                                              std::span<const T> benchmark,
                                              const T& periods_per_year) {
  const std::vector<T> active = subtract_series(returns, benchmark);
  return volatility(std::span<const T>(active), periods_per_year);
}

/// mean(r - b) / sd(r - b) sqrt(A). Nothing where the tracking error is 0.
template <typename T>
[[nodiscard]] std::optional<T> information_ratio(std::span<const T> returns,
                                                 std::span<const T> benchmark,
                                                 const T& periods_per_year) {
  const std::vector<T> active = subtract_series(returns, benchmark);
  return sharpe_ratio(std::span<const T>(active), T(0), periods_per_year);
}

}  // namespace quant
