// SPDX-License-Identifier: PostgreSQL
// Statistics of a whole run beyond those of series_statistics.hpp, in the same two arithmetics.
// Nothing where a figure is not defined.
#pragma once

#include <algorithm>
#include <boost/math/constants/constants.hpp>

#include "core/risk/distribution.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

/// base^exponent, base >= 0.
template <typename T>
[[nodiscard]] T power(const T& base, const T& exponent) {
  if (base == 0) return T(0);
  if (base == 1) return T(1);
  return T(exp(log(base) * exponent));
}

/// prod (1 + r): what one unit of money grew to.
template <typename T>
[[nodiscard]] T growth_of(std::span<const T> returns) {
  T product(1);
  for (const T& value : returns) product *= 1 + value;
  return product;
}

/// growth^(A / n) - 1, the annual return by the number of periods. Nothing for n = 0 or a growth
/// below 0; -1 for one of 0.
template <typename T>
[[nodiscard]] std::optional<T> annual_growth(const T& growth, std::size_t periods,
                                             const T& periods_per_year) {
  if (periods == 0 || growth < 0) return std::nullopt;
  return T(power(growth, T(periods_per_year / static_cast<long long>(periods))) - 1);
}

/// growth^(365.25 / days) - 1, the annual return by calendar days, likewise.
template <typename T>
[[nodiscard]] std::optional<T> annual_growth(const T& growth, int days) {
  return annual_growth(growth, static_cast<std::size_t>(std::max(days, 0)), T("365.25"));
}

/// numerator / denominator. Nothing where one of them is nothing or the denominator is 0.
template <typename T>
[[nodiscard]] std::optional<T> quotient(const std::optional<T>& numerator,
                                        const std::optional<T>& denominator) {
  if (!numerator || !denominator || *denominator == 0) return std::nullopt;
  return T(*numerator / *denominator);
}

/// What the estimation error of a Sharpe ratio depends on.
template <typename T>
struct SharpeSample {
  T sharpe;  // per period
  T skewness;
  T kurtosis;  // 3 for a normal distribution
  std::size_t size;
};

/// The probability that the true Sharpe ratio exceeds `benchmark`, both per period:
/// Phi((S - S*) sqrt(n - 1) / sqrt(1 - g3 S + (g4 - 1) / 4 S^2)) [Bailey, Lopez de Prado 2012].
/// Nothing for n < 2 or where the variance of the estimate is not positive.
template <typename T>
[[nodiscard]] std::optional<T> probabilistic_sharpe(const SharpeSample<T>& sample,
                                                    const T& benchmark) {
  if (sample.size < 2) return std::nullopt;
  const T variance = 1 - sample.skewness * sample.sharpe +
                     (sample.kurtosis - 1) / 4 * sample.sharpe * sample.sharpe;
  if (variance <= 0) return std::nullopt;
  const T degrees(static_cast<long long>(sample.size - 1));
  return normal_probability(T((sample.sharpe - benchmark) * sqrt(degrees / variance)));
}

/// probabilistic_sharpe() of returns, with their own Sharpe ratio and moments.
template <typename T>
[[nodiscard]] std::optional<T> sharpe_probability(std::span<const T> returns, const T& benchmark) {
  const auto sharpe = sharpe_ratio(returns, T(0), T(1));
  const auto third = skewness(returns);
  const auto fourth = excess_kurtosis(returns);
  if (!sharpe || !third || !fourth) return std::nullopt;
  return probabilistic_sharpe(SharpeSample<T>{*sharpe, *third, T(*fourth + 3), returns.size()},
                              benchmark);
}

/// The same against the largest Sharpe ratio that `trials` without skill, whose ratios have this
/// variance, would show [Bailey, Lopez de Prado 2014]. Nothing for fewer than two trials.
template <typename T>
[[nodiscard]] std::optional<T> deflated_sharpe(std::span<const T> returns, const T& variance,
                                               const T& trials) {
  if (trials < 2) return std::nullopt;
  const T gamma = boost::math::constants::euler<T>();
  const T e = boost::math::constants::e<T>();
  const T expected = (1 - gamma) * normal_quantile(T(1 - 1 / trials)) +
                     gamma * normal_quantile(T(1 - 1 / (trials * e)));
  return sharpe_probability(returns, T(sqrt(variance) * expected));
}

/// sqrt(sum x^2): of the depths of drawdown episodes the risk of the Burke ratio [Burke 1994].
template <typename T>
[[nodiscard]] T root_sum_square(std::span<const T> values) {
  T squares(0);
  for (const T& value : values) squares += value * value;
  return T(sqrt(squares));
}

/// Mean of exactly the largest (1 - level) * n values, the boundary value with its share; of
/// drawdowns the conditional drawdown at risk [Chekhlov, Uryasev, Zabarankin 2005].
template <typename T>
[[nodiscard]] std::optional<T> upper_tail_mean(std::span<const T> values, const Decimal& level) {
  if (values.empty()) return std::nullopt;
  std::vector<T> negated;
  negated.reserve(values.size());
  for (const T& value : values) negated.push_back(-value);
  const std::vector<T> sorted = sorted_copy(std::span<const T>(negated));
  return expected_shortfall(std::span<const T>(sorted), level);
}

}  // namespace quant
