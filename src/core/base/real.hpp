// SPDX-License-Identifier: PostgreSQL
// Decimal floating point for statistics: roots, logarithms, powers, and sums whose common
// denominator explodes. Software arithmetic, the same on every machine; never in a per-bar loop.
#pragma once

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <optional>
#include <vector>

#include "core/base/decimal.hpp"

namespace quant {

template <unsigned kDigits>
using DecimalFloat = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<kDigits>,
                                                   boost::multiprecision::et_off>;
using Real = DecimalFloat<50>;
using LongReal = DecimalFloat<100>;

/// The exact value of a 128-bit integer, in pieces that 64 bits hold.
template <typename T>
[[nodiscard]] T to_real(Int128 value) {
  constexpr std::int64_t kSplit = 1'000'000'000'000'000'000;
  const T low(static_cast<std::int64_t>(value % kSplit));
  const Int128 rest = value / kSplit;
  const T middle(static_cast<std::int64_t>(rest % kSplit));
  const T high(static_cast<std::int64_t>(rest / kSplit));
  return (high * kSplit + middle) * kSplit + low;
}
template <typename T>
[[nodiscard]] T to_real(const Decimal& value) {
  return to_real<T>(value.mantissa) / to_real<T>(value.unit());
}

/// A real rounded half away from zero to `decimals` places. `near_tie`: so close to a rounding
/// boundary that the digits of the type do not decide.
struct Rounded {
  Decimal value;
  bool near_tie;
};
[[nodiscard]] Rounded round_real(const Real& value, int decimals);
[[nodiscard]] Rounded round_real(const LongReal& value, int decimals);

/// The correctly rounded value of a figure (Ziv's method): `value`, its value with 50 digits, and
/// anew with 100 where 50 leave the rounding open. `figure(T{})` computes it in the arithmetic of T
/// and gives std::optional<T>; nothing stays nothing.
template <typename Figure>
[[nodiscard]] std::optional<Decimal> round_value(const std::optional<Real>& value,
                                                 const Figure& figure, int decimals) {
  if (!value) return std::nullopt;
  const Rounded rounded = round_real(*value, decimals);
  if (!rounded.near_tie) return rounded.value;
  const std::optional<LongReal> precise = figure(LongReal{});
  if (!precise) return std::nullopt;
  return round_real(*precise, decimals).value;
}
template <typename Figure>
[[nodiscard]] std::optional<Decimal> round_figure(const Figure& figure, int decimals) {
  return round_value(figure(Real{}), figure, decimals);
}

}  // namespace quant
