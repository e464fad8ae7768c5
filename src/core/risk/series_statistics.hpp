// SPDX-License-Identifier: PostgreSQL
// Statistics of a series of period returns, in decimal floating point of any width: T is Real or
// LongReal, and round_figure() decides with both. Returns r_1..r_n are fractions per period,
// `periods_per_year` is A, `target` and `risk_free` are fractions per period. A figure that is not
// defined (too few values, a denominator of 0) is nothing, never 0 or infinity.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "core/risk/quantile.hpp"
#include "core/risk/ratio.hpp"

namespace quant {

/// a - b. Equal values that were divided differently (1/4 and 2/8) may differ in the last digits of
/// T; such a difference is none, so that a constant series has a deviation of exactly 0. Quotients
/// of two amounts of money cannot really be closer than 10^-30.
template <typename T>
[[nodiscard]] T difference(const T& a, const T& b) {
  static const T kNoise("1e-42");
  const T result = a - b;
  const T size_a = abs(a);
  const T size_b = abs(b);
  return abs(result) <= kNoise * std::max(size_a, size_b) ? T(0) : result;
}

template <typename T>
[[nodiscard]] T real_count(std::span<const T> values) {
  return T(static_cast<long long>(values.size()));
}

template <typename T>
[[nodiscard]] std::optional<T> mean(std::span<const T> values) {
  if (values.empty()) return std::nullopt;
  T sum(0);
  for (const T& value : values) sum += value;
  return sum / real_count(values);
}

/// sum (x - mean)^k, k = 2, 3, 4. n >= 1.
template <typename T>
struct CentralSums {
  T squares = 0;
  T cubes = 0;
  T fourths = 0;
};
/// `pause` is called for each value, so that a long series can be given up.
template <typename T, typename Pause>
[[nodiscard]] CentralSums<T> central_sums(std::span<const T> values, const Pause& pause) {
  const T centre = *mean(values);
  CentralSums<T> sums;
  for (const T& value : values) {
    pause();
    const T deviation = difference(value, centre);
    const T square = deviation * deviation;
    sums.squares += square;
    sums.cubes += square * deviation;
    sums.fourths += square * square;
  }
  return sums;
}
template <typename T>
[[nodiscard]] CentralSums<T> central_sums(std::span<const T> values) {
  return central_sums(values, [] {});
}

/// sqrt(sum (x - mean)^2 / (n - 1)). Nothing for n < 2; exactly 0 for a constant series.
template <typename T>
[[nodiscard]] std::optional<T> standard_deviation(std::span<const T> values) {
  if (values.size() < 2) return std::nullopt;
  const T centre = *mean(values);
  T squares(0);
  for (const T& value : values) {
    const T deviation = difference(value, centre);
    squares += deviation * deviation;
  }
  return T(sqrt(squares / (real_count(values) - 1)));
}

/// Arithmetic annual return mean(r) * A, a fraction.
template <typename T>
[[nodiscard]] std::optional<T> annual_return(std::span<const T> returns,
                                             const T& periods_per_year) {
  const auto average = mean(returns);
  if (!average) return std::nullopt;
  return T(*average * periods_per_year);
}

/// Annualised volatility sd(r) * sqrt(A), a fraction.
template <typename T>
[[nodiscard]] std::optional<T> volatility(std::span<const T> returns, const T& periods_per_year) {
  const auto deviation = standard_deviation(returns);
  if (!deviation) return std::nullopt;
  return T(*deviation * sqrt(periods_per_year));
}

/// Annualised downside deviation sqrt(sum min(r - target, 0)^2 / n) * sqrt(A), all n returns in the
/// divisor [Sortino, Price 1994]. 0 where no return is below the target; nothing for n = 0.
template <typename T>
[[nodiscard]] std::optional<T> downside_deviation(std::span<const T> returns, const T& target,
                                                  const T& periods_per_year) {
  if (returns.empty()) return std::nullopt;
  T squares(0);
  for (const T& value : returns) {
    const T excess = difference(value, target);
    if (excess < 0) squares += excess * excess;
  }
  return T(sqrt(squares / real_count(returns)) * sqrt(periods_per_year));
}

/// Sharpe ratio mean(r - risk_free) / sd(r) * sqrt(A) [Sharpe 1994], risk_free constant.
template <typename T>
[[nodiscard]] std::optional<T> sharpe_ratio(std::span<const T> returns, const T& risk_free,
                                            const T& periods_per_year) {
  const auto deviation = standard_deviation(returns);
  if (!deviation || *deviation == 0) return std::nullopt;
  return T((*mean(returns) - risk_free) / *deviation * sqrt(periods_per_year));
}

/// Sortino ratio A * (mean(r) - target) / downside_deviation. Nothing where no return is below the
/// target.
template <typename T>
[[nodiscard]] std::optional<T> sortino_ratio(std::span<const T> returns, const T& target,
                                             const T& periods_per_year) {
  const auto deviation = downside_deviation(returns, target, periods_per_year);
  if (!deviation || *deviation == 0) return std::nullopt;
  return T((*mean(returns) - target) * periods_per_year / *deviation);
}

/// Omega ratio sum max(r - target, 0) / sum max(target - r, 0) [Keating, Shadwick 2002]. Nothing
/// where no return is below the target.
template <typename T>
[[nodiscard]] std::optional<T> omega_ratio(std::span<const T> returns, const T& target) {
  T gains(0);
  T losses(0);
  for (const T& value : returns) {
    const T excess = difference(value, target);
    (excess > 0 ? gains : losses) += abs(excess);
  }
  if (losses == 0) return std::nullopt;
  return T(gains / losses);
}

/// Skewness m3 / m2^1.5, central moments with divisor n, of sums over n >= 1 values. Nothing for a
/// constant series.
template <typename T>
[[nodiscard]] std::optional<T> skewness(const CentralSums<T>& sums, const T& count) {
  if (sums.squares == 0) return std::nullopt;
  return T(sums.cubes / (sums.squares * sqrt(sums.squares / count)));
}
template <typename T>
[[nodiscard]] std::optional<T> skewness(std::span<const T> values) {
  if (values.empty()) return std::nullopt;
  return skewness(central_sums(values), real_count(values));
}

/// Excess kurtosis m4 / m2^2 - 3, central moments with divisor n, likewise; 0 for a normal
/// distribution.
template <typename T>
[[nodiscard]] std::optional<T> excess_kurtosis(const CentralSums<T>& sums, const T& count) {
  if (sums.squares == 0) return std::nullopt;
  return T(sums.fourths * count / (sums.squares * sums.squares) - 3);
}
template <typename T>
[[nodiscard]] std::optional<T> excess_kurtosis(std::span<const T> values) {
  if (values.empty()) return std::nullopt;
  return excess_kurtosis(central_sums(values), real_count(values));
}

/// Ascending copy of a series, for quantiles.
template <typename T>
[[nodiscard]] std::vector<T> sorted_copy(std::span<const T> values) {
  std::vector<T> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// Tail ratio q(0.95) / |q(0.05)| of the returns, quantiles of type 7. Nothing where q(0.05) is 0.
template <typename T>
[[nodiscard]] std::optional<T> tail_ratio(std::span<const T> returns) {
  if (returns.empty()) return std::nullopt;
  const std::vector<T> sorted = sorted_copy(returns);
  const std::span<const T> view(sorted);
  const T lower = quantile(view, Decimal{5, 2});
  if (lower == 0) return std::nullopt;
  return T(quantile(view, Decimal{95, 2}) / abs(lower));
}

/// Root mean square sqrt(sum d^2 / n); of a series of drawdowns the ulcer index, a fraction
/// [Martin, McCann 1989]. Nothing for n = 0.
template <typename T>
[[nodiscard]] std::optional<T> root_mean_square(std::span<const T> values) {
  if (values.empty()) return std::nullopt;
  T squares(0);
  for (const T& value : values) squares += value * value;
  return T(sqrt(squares / real_count(values)));
}

}  // namespace quant
