// SPDX-License-Identifier: PostgreSQL
// Sample quantiles and tail means. Where a quantile lies in a sorted sample depends only on the
// sample's size, so it is worked out first, exactly, and then applied to values of any arithmetic.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/real.hpp"

namespace quant {

/// Type 7 of Hyndman and Fan: the default of R, NumPy and percentile_cont.
inline constexpr int kDefaultQuantileType = 7;
/// A probability may have this many decimals.
inline constexpr int kMaxProbabilityDecimals = 28;

/// A quantile of a sorted sample x_1 <= .. <= x_n: x_lower + weight / unit * (x_(lower+1) -
/// x_lower), lower counted from 1. With weight 0, x_(lower+1) need not exist.
struct QuantilePosition {
  std::size_t lower = 1;
  Int128 weight = 0;
  Int128 unit = 1;
};

/// Position of the quantile of `size` values at `probability` [Hyndman, Fan 1996, Sample Quantiles
/// in Statistical Packages], `type` 1 to 9. kInvalidParameter where size is 0, the type is another,
/// or the probability lies outside 0 to 1.
[[nodiscard]] QuantilePosition quantile_position(std::size_t size, const Decimal& probability,
                                                 int type = kDefaultQuantileType);

/// The share of a sorted sample in its lower tail: the first `whole` values count fully (`unit`),
/// the next one with `boundary`; together `total` = unit * probability * n.
struct TailWeights {
  std::size_t whole = 0;
  Int128 boundary = 0;
  Int128 unit = 1;
  Int128 total = 1;
};

/// Weights of the exact tail integral at 0 < probability < 1 [Rockafellar, Uryasev 2000].
[[nodiscard]] TailWeights tail_weights(std::size_t size, const Decimal& probability);

/// 1 - level, for a confidence level strictly between 0 and 1; else kInvalidParameter.
[[nodiscard]] Decimal tail_probability(const Decimal& level);

template <typename T>
[[nodiscard]] T quantile(std::span<const T> sorted, const Decimal& probability,
                         int type = kDefaultQuantileType) {
  const QuantilePosition at = quantile_position(sorted.size(), probability, type);
  const T& lower = sorted[at.lower - 1];
  if (at.weight == 0) return lower;
  // Divided last: what cancels out between two decimals is exactly 0.
  return (lower * to_real<T>(at.unit - at.weight) + sorted[at.lower] * to_real<T>(at.weight)) /
         to_real<T>(at.unit);
}

/// Mean of the lower tail of `sorted`, n >= 1, the boundary value with its share.
template <typename T>
[[nodiscard]] T tail_mean(std::span<const T> sorted, const Decimal& probability) {
  const TailWeights tail = tail_weights(sorted.size(), probability);
  T sum(0);
  for (const T& value : sorted.first(tail.whole)) sum += value;
  sum *= to_real<T>(tail.unit);
  if (tail.boundary != 0) sum += sorted[tail.whole] * to_real<T>(tail.boundary);
  return sum / to_real<T>(tail.total);
}

/// Historical value at risk of `sorted` P&L or returns, n >= 1: minus the quantile at 1 - level.
/// A loss is positive, a sure gain negative (not floored).
template <typename T>
[[nodiscard]] T value_at_risk(std::span<const T> sorted, const Decimal& level,
                              int type = kDefaultQuantileType) {
  return -quantile(sorted, tail_probability(level), type);
}

/// Historical expected shortfall of `sorted` P&L or returns, n >= 1: minus the tail mean at
/// 1 - level. For levels of 0.5 and more never below the value at risk of type 7.
template <typename T>
[[nodiscard]] T expected_shortfall(std::span<const T> sorted, const Decimal& level) {
  return -tail_mean(sorted, tail_probability(level));
}

/// Values mantissa * 10^-scale, in any order.
struct DecimalSample {
  std::vector<Int128> mantissas;
  int scale = 0;
};

/// The values of a sample in decimal floating point, exact.
template <typename T>
[[nodiscard]] std::vector<T> to_reals(const DecimalSample& sample) {
  // A power of ten is exact, where a division need not be.
  const T unit("1e-" + std::to_string(sample.scale));
  std::vector<T> reals;
  reals.reserve(sample.mantissas.size());
  for (const Int128 mantissa : sample.mantissas) reals.push_back(to_real<T>(mantissa) * unit);
  return reals;
}

/// The quantile as an exact decimal; type 8 (thirds) is rounded half away from zero to 12 decimals,
/// or as many as the values have, where it never ends. n >= 1. Takes the sample to reorder it.
[[nodiscard]] Decimal sample_quantile(DecimalSample sample, const Decimal& probability,
                                      int type = kDefaultQuantileType);

/// The tail mean likewise: exact where the quotient ends.
[[nodiscard]] Decimal sample_tail_mean(DecimalSample sample, const Decimal& probability);

/// Mean of the values strictly below the quantile; nothing where there is none.
[[nodiscard]] std::optional<Decimal> sample_mean_below_quantile(DecimalSample sample,
                                                                const Decimal& probability,
                                                                int type = kDefaultQuantileType);

}  // namespace quant
