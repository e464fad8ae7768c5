// SPDX-License-Identifier: PostgreSQL
#include "core/risk/quantile.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/risk/ratio.hpp"

namespace quant {

namespace {

/// Position (n + a) p + b of a continuous type, a and b in units of 1/24.
struct Plotting {
  int a;
  int b;
};
constexpr int kPlottingUnit = 24;
constexpr int kFirstContinuousType = 4;
constexpr std::array<Plotting, 6> kPlottings = {{
    {0, 0},     // 4: inverse of the empirical distribution function, interpolated
    {0, 12},    // 5: midway between its steps (Hazen)
    {24, 0},    // 6: (n + 1) p (Weibull)
    {-24, 24},  // 7: (n - 1) p + 1 (Gumbel)
    {8, 8},     // 8: median-unbiased
    {6, 9},     // 9: normal-unbiased (Blom)
}};

Decimal checked_probability(const Decimal& probability) {
  const Decimal value = probability.trimmed();
  if (value.scale > kMaxProbabilityDecimals) {
    throw invalid(concat("probability has more than ", kMaxProbabilityDecimals, " decimals"))
        .detail(concat("The probability is ", value.to_text(), "."));
  }
  if (value.mantissa < 0 || value.mantissa > value.unit()) {
    throw invalid("probability must lie between 0 and 1")
        .detail(concat("The probability is ", value.to_text(), "."));
  }
  return value;
}

std::size_t clamp_rank(Int128 rank, std::size_t size) {
  return static_cast<std::size_t>(std::clamp<Int128>(rank, 1, static_cast<Int128>(size)));
}

/// `products` = n p in units of 1/unit.
QuantilePosition stepwise_position(std::size_t size, Int128 product, Int128 unit, int type) {
  const Int128 whole = product / unit;
  const Int128 rest = product % unit;
  if (type == 3) {
    const bool up = 2 * rest > unit || (2 * rest == unit && whole % 2 != 0);
    return {clamp_rank(up ? whole + 1 : whole, size)};
  }
  const std::size_t rank = clamp_rank(rest == 0 ? whole : whole + 1, size);
  if (type == 2 && rest == 0 && whole >= 1 && rank < size) return {rank, 1, 2};
  return {rank};
}

QuantilePosition continuous_position(std::size_t size, const Decimal& probability, int type) {
  const Plotting plotting = kPlottings.at(static_cast<std::size_t>(type - kFirstContinuousType));
  const Int128 unit = multiply(kPlottingUnit, probability.unit());
  const auto count = static_cast<Int128>(size);
  const Int128 product = multiply(kPlottingUnit * count + plotting.a, probability.mantissa);
  const Int128 position =
      std::clamp(add(product, plotting.b * probability.unit()), unit, multiply(unit, count));
  return {static_cast<std::size_t>(position / unit), position % unit, unit};
}

/// Decimals of a result that no decimal number equals.
int endless_decimals(const DecimalSample& sample) {
  constexpr int kDecimals = 12;
  return std::max(kDecimals, sample.scale);
}

/// The quantile times at.unit, in units of 10^-scale. Reorders the sample around it.
WideInteger scaled_quantile(std::vector<Int128>& values, const QuantilePosition& at) {
  const auto lower = values.begin() + static_cast<std::ptrdiff_t>(at.lower - 1);
  std::nth_element(values.begin(), lower, values.end());
  WideInteger scaled = WideInteger(*lower) * WideInteger(at.unit - at.weight);
  if (at.weight != 0) {
    scaled += WideInteger(*std::min_element(lower + 1, values.end())) * WideInteger(at.weight);
  }
  return scaled;
}

}  // namespace

QuantilePosition quantile_position(std::size_t size, const Decimal& probability, int type) {
  if (size == 0) throw invalid("a quantile needs at least one value");
  if (type < 1 || type > 9) {
    throw invalid("quantile type must be an integer from 1 to 9")
        .detail(concat("The type is ", type, "."));
  }
  const Decimal checked = checked_probability(probability);
  if (type >= kFirstContinuousType) return continuous_position(size, checked, type);
  return stepwise_position(size, multiply(static_cast<Int128>(size), checked.mantissa),
                           checked.unit(), type);
}

TailWeights tail_weights(std::size_t size, const Decimal& probability) {
  if (size == 0) throw invalid("a tail mean needs at least one value");
  const Decimal checked = checked_probability(probability);
  if (checked.mantissa == 0) throw invalid("probability of a tail must be above 0");
  const Int128 unit = checked.unit();
  const Int128 total = multiply(static_cast<Int128>(size), checked.mantissa);
  return {static_cast<std::size_t>(total / unit), total % unit, unit, total};
}

Decimal tail_probability(const Decimal& level) {
  const Decimal value = level.trimmed();
  if (value.mantissa <= 0 || value.mantissa >= value.unit()) {
    throw invalid("level must lie between 0 and 1, both excluded")
        .detail(concat("The level is ", value.to_text(), "."))
        .hint("The level is the confidence, 0.95 for 95 percent.");
  }
  if (value.scale > kMaxProbabilityDecimals) {
    throw invalid(concat("level has more than ", kMaxProbabilityDecimals, " decimals"))
        .detail(concat("The level is ", value.to_text(), "."));
  }
  return {value.unit() - value.mantissa, value.scale};
}

Decimal sample_quantile(DecimalSample sample, const Decimal& probability, int type) {
  const QuantilePosition at = quantile_position(sample.mantissas.size(), probability, type);
  const WideInteger scaled = scaled_quantile(sample.mantissas, at);
  return decimal_quotient(scaled, WideInteger(at.unit) * WideInteger(power_of_ten(sample.scale)),
                          endless_decimals(sample));
}

Decimal sample_tail_mean(DecimalSample sample, const Decimal& probability) {
  std::vector<Int128>& values = sample.mantissas;
  const TailWeights tail = tail_weights(values.size(), probability);
  const auto boundary = values.begin() + static_cast<std::ptrdiff_t>(tail.whole);
  if (boundary != values.end()) std::nth_element(values.begin(), boundary, values.end());

  WideInteger sum = 0;
  std::for_each(values.begin(), boundary, [&](Int128 value) { sum += WideInteger(value); });
  sum *= WideInteger(tail.unit);
  if (tail.boundary != 0) sum += WideInteger(*boundary) * WideInteger(tail.boundary);
  return decimal_quotient(sum, WideInteger(tail.total) * WideInteger(power_of_ten(sample.scale)),
                          endless_decimals(sample));
}

std::optional<Decimal> sample_mean_below_quantile(DecimalSample sample, const Decimal& probability,
                                                  int type) {
  std::vector<Int128>& values = sample.mantissas;
  const QuantilePosition at = quantile_position(values.size(), probability, type);
  const WideInteger limit = scaled_quantile(values, at);
  WideInteger sum = 0;
  std::size_t count = 0;
  for (const Int128 value : values) {
    if (WideInteger(value) * WideInteger(at.unit) >= limit) continue;
    sum += WideInteger(value);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return decimal_quotient(sum, WideInteger(count) * WideInteger(power_of_ten(sample.scale)),
                          endless_decimals(sample));
}

}  // namespace quant
