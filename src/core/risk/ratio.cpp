// SPDX-License-Identifier: PostgreSQL
#include "core/risk/ratio.hpp"

#include <algorithm>
#include <optional>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kMaxScale = 37;

/// The decimals that 1 / denominator needs, or nothing where they never end.
std::optional<int> decimals_of_unit_fraction(WideInteger denominator) {
  int twos = 0;
  int fives = 0;
  for (; denominator % 2 == 0; denominator /= 2) ++twos;
  for (; denominator % 5 == 0; denominator /= 5) ++fives;
  if (denominator != 1) return std::nullopt;
  return std::max(twos, fives);
}

/// numerator * 10^decimals / denominator, rounded half away from zero.
WideInteger scaled_quotient(const WideInteger& numerator, const WideInteger& denominator,
                            int decimals) {
  const WideInteger scaled = abs(numerator) * widen(power_of_ten(decimals));
  const WideInteger magnitude = (2 * scaled + denominator) / (2 * denominator);
  return numerator < 0 ? WideInteger(-magnitude) : magnitude;
}

std::optional<Decimal> narrow(const WideInteger& mantissa, int scale) {
  const WideInteger limit = widen(kInt128Max);
  if (mantissa > limit || mantissa < -limit) return std::nullopt;
  return Decimal{static_cast<Int128>(mantissa), scale};
}

}  // namespace

Decimal decimal_quotient(const WideInteger& numerator, const WideInteger& denominator,
                         int decimals) {
  const WideInteger common = gcd(numerator, denominator);
  const WideInteger over = numerator / common;
  const WideInteger under = denominator / common;
  if (const auto ending = decimals_of_unit_fraction(under); ending && *ending <= kMaxScale) {
    if (const auto exact = narrow(scaled_quotient(over, under, *ending), *ending)) return *exact;
  }
  const auto value = narrow(scaled_quotient(over, under, decimals), decimals);
  if (!value) throw out_of_range("statistic out of range");
  return *value;
}

Decimal rounded(const Ratio& ratio, int decimals) {
  const auto value =
      narrow(scaled_quotient(widen(ratio.numerator), widen(ratio.denominator), decimals), decimals);
  if (!value) throw out_of_range("statistic out of range");
  return *value;
}

}  // namespace quant
