// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/logarithm.hpp"

#include "core/base/error.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {

namespace {

// Numbers below are multiples of 2^-kBits.
constexpr int kBits = 192;
constexpr int kGridDigits = 12;

/// 2 artanh(n / d) = ln((d + n) / (d - n)), 0 <= n < d / 2, less than 2^8 units too small.
WideInteger twice_artanh(UInt128 n, UInt128 d) {
  WideInteger power = WideInteger(n) << kBits;
  power /= d;
  const WideInteger square = (power * power) >> kBits;
  WideInteger sum = 0;
  for (unsigned k = 1; power != 0; k += 2) {
    sum += power / k;
    power = (power * square) >> kBits;
  }
  return 2 * sum;
}

}  // namespace

Int128 natural_logarithm(Int128 x) {
  static const WideInteger kOfTwo = twice_artanh(1, 3);
  static const WideInteger kOfUnit = kGridDigits * (3 * kOfTwo + twice_artanh(1, 9));
  if (x <= 0) throw broken_invariant("logarithm of a number that is not positive");
  // x = 2^exponent times 3/4 to 3/2: the power above x or below it.
  const auto value = static_cast<UInt128>(x);
  int exponent = 0;
  while (value >> exponent > 1) ++exponent;
  UInt128 power = UInt128{1} << exponent;
  if (value - power > power / 2) {
    ++exponent;
    power *= 2;
  }
  WideInteger logarithm = exponent * kOfTwo - kOfUnit;
  if (value >= power) {
    logarithm += twice_artanh(value - power, value + power);
  } else {
    logarithm -= twice_artanh(power - value, value + power);
  }
  const bool negative = logarithm < 0;
  const WideInteger scaled = abs(logarithm) * kGrid;
  const WideInteger whole = scaled >> kBits;
  const WideInteger rest = scaled - (whole << kBits);
  const WideInteger half = WideInteger(1) << (kBits - 1);
  // All errors together are below 2^16 units, times the grid's 2^40.
  if (abs(rest - half) < WideInteger(1) << 56) throw broken_invariant("logarithm left undecided");
  const Int128 rounded = add(narrow(whole), rest > half ? 1 : 0);
  return negative ? -rounded : rounded;
}

}  // namespace quant
