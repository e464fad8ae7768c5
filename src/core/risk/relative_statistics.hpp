// SPDX-License-Identifier: PostgreSQL
// Statistics of returns relative to a benchmark's, pair by pair: `returns` and `benchmark` have the
// same length, fractions per period; `periods_per_year` is A. Nothing where a figure is not
// defined.
#pragma once

#include "core/risk/performance_statistics.hpp"

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

/// Pearson's correlation. Nothing for n < 2 or where one of the series is constant.
template <typename T>
[[nodiscard]] std::optional<T> correlation(std::span<const T> returns,
                                           std::span<const T> benchmark) {
  if (returns.size() < 2) return std::nullopt;
  const T squares = central_sums(returns).squares * central_sums(benchmark).squares;
  if (squares == 0) return std::nullopt;
  const T mean_x = *mean(returns);
  const T mean_y = *mean(benchmark);
  T products(0);
  for (std::size_t i = 0; i < returns.size(); ++i) {
    products += difference(returns[i], mean_x) * difference(benchmark[i], mean_y);
  }
  return T(products / sqrt(squares));
}

/// A mean(x - f) / beta [Treynor 1965]. Nothing where beta is nothing or 0.
template <typename T>
[[nodiscard]] std::optional<T> treynor_ratio(std::span<const T> returns,
                                             std::span<const T> benchmark, const T& risk_free,
                                             const T& periods_per_year) {
  const auto slope = beta(returns, benchmark);
  if (!slope) return std::nullopt;
  return quotient(std::optional(T(periods_per_year * (*mean(returns) - risk_free))), slope);
}

/// The returns of the periods in which the benchmark rose, fell, or did not rise.
enum class Market { kUp, kDown, kNotUp };
template <typename T>
struct CapturedReturns {
  std::vector<T> run;
  std::vector<T> benchmark;
};
template <typename T>
[[nodiscard]] CapturedReturns<T> captured_returns(std::span<const T> returns,
                                                  std::span<const T> benchmark, Market market) {
  CapturedReturns<T> captured;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const bool wanted = market == Market::kUp     ? benchmark[i] > 0
                        : market == Market::kDown ? benchmark[i] < 0
                                                  : benchmark[i] <= 0;
    if (!wanted) continue;
    captured.run.push_back(returns[i]);
    captured.benchmark.push_back(benchmark[i]);
  }
  return captured;
}

/// The compound return over k periods, for each `per_periods` of them, over the benchmark's:
/// (prod(1 + r)^(p / k) - 1) / (prod(1 + b)^(p / k) - 1). Nothing for k = 0.
template <typename T>
[[nodiscard]] std::optional<T> capture_ratio(const CapturedReturns<T>& captured,
                                             const T& per_periods) {
  const std::size_t periods = captured.run.size();
  const T run = growth_of(std::span<const T>(captured.run));
  const T benchmark = growth_of(std::span<const T>(captured.benchmark));
  return quotient(annual_growth(run, periods, per_periods),
                  annual_growth(benchmark, periods, per_periods));
}

}  // namespace quant
