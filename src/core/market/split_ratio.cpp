// SPDX-License-Identifier: PostgreSQL
#include "core/market/split_ratio.hpp"

namespace quant {

namespace {

constexpr Int128 kLargestDenominator = 1'000;

struct Fraction {
  Int128 numerator = 0;
  Int128 denominator = 1;
};

/// |fraction - value| < |other - value|, both times denominators that are positive.
bool is_nearer(const Fraction& fraction, const Fraction& other, const Fraction& value) {
  const auto distance = [&](const Fraction& one) {
    return magnitude(subtract(multiply(one.numerator, value.denominator),
                              multiply(value.numerator, one.denominator)));
  };
  return compare_products(distance(fraction), other.denominator, distance(other),
                          fraction.denominator) < 0;
}

/// Continued fractions; the last step may be a part of one.
Fraction nearest(const Fraction& value) {
  Fraction before{0, 1};
  Fraction last{1, 0};
  Int128 n = value.numerator;
  Int128 d = value.denominator;
  while (d != 0) {
    const Int128 whole = n / d;
    const Int128 next = add(before.denominator, multiply(whole, last.denominator));
    if (next > kLargestDenominator) {
      const Int128 steps = (kLargestDenominator - before.denominator) / last.denominator;
      const Fraction part{add(before.numerator, multiply(steps, last.numerator)),
                          add(before.denominator, multiply(steps, last.denominator))};
      return is_nearer(part, last, value) ? part : last;
    }
    const Fraction found{add(before.numerator, multiply(whole, last.numerator)), next};
    before = last;
    last = found;
    const Int128 rest = n - whole * d;
    n = d;
    d = rest;
  }
  return last;
}

}  // namespace

std::optional<SplitRatio> nearest_split_ratio(const Decimal& value) {
  const Decimal trimmed = value.trimmed();
  if (trimmed.mantissa <= 0 || trimmed.scale > 18) return std::nullopt;
  const Fraction fraction = nearest({trimmed.mantissa, trimmed.unit()});
  if (fraction.numerator <= 0 || fraction.numerator > INT32_MAX) return std::nullopt;
  return SplitRatio{static_cast<int>(fraction.numerator), static_cast<int>(fraction.denominator)};
}

}  // namespace quant
