// SPDX-License-Identifier: PostgreSQL
// Exact sums of products of two 128-bit integers.
#pragma once

#include <compare>

#include "core/base/int128.hpp"

namespace quant {

/// A signed 256-bit integer, as two's complement. Sums are checked: kOutOfRange instead of a wrap.
struct Int256 {
  UInt128 low = 0;
  Int128 high = 0;

  constexpr Int256() = default;
  constexpr Int256(UInt128 low_half, Int128 high_half) : low(low_half), high(high_half) {}
  constexpr explicit Int256(Int128 value)
      : low(static_cast<UInt128>(value)), high(value < 0 ? -1 : 0) {}

  [[nodiscard]] constexpr bool is_zero() const { return low == 0 && high == 0; }
  [[nodiscard]] constexpr bool is_negative() const { return high < 0; }
  /// It is the value of its lower half alone.
  [[nodiscard]] constexpr bool fits_int128() const {
    return high == (static_cast<Int128>(low) < 0 ? -1 : 0);
  }
  [[nodiscard]] constexpr Int128 to_int128() const {
    if (!fits_int128()) throw_overflow();
    return static_cast<Int128>(low);
  }

  constexpr Int256& operator+=(const Int256& other) {
    const UInt128 sum = low + other.low;
    const Int128 carry = sum < low ? 1 : 0;
    low = sum;
    Int128 upper = 0;
    const bool over = __builtin_add_overflow(high, other.high, &upper);
    const bool over_carry = __builtin_add_overflow(upper, carry, &high);
    if (over != over_carry) throw_overflow();
    return *this;
  }
  constexpr Int256 operator-() const {
    Int256 negated(~low + 1, static_cast<Int128>(~static_cast<UInt128>(high)));
    if (negated.low == 0) negated.high = add(negated.high, 1);
    return negated;
  }
  constexpr Int256& operator-=(const Int256& other) { return *this += -other; }
  friend constexpr Int256 operator+(Int256 a, const Int256& b) { return a += b; }
  friend constexpr Int256 operator-(Int256 a, const Int256& b) { return a -= b; }

  [[nodiscard]] constexpr bool operator==(const Int256&) const = default;
  [[nodiscard]] constexpr std::strong_ordering operator<=>(const Int256& other) const {
    return high == other.high ? low <=> other.low : high <=> other.high;
  }
};

/// Of v >= 0.
[[nodiscard]] constexpr int bit_width(const Int256& v) {
  return v.high != 0 ? 128 + bit_width(static_cast<UInt128>(v.high)) : bit_width(v.low);
}

[[nodiscard]] Int256 wide_product(Int128 a, Int128 b);

/// a * b, which always fits.
[[nodiscard]] inline Int256 product(Int128 a, Int128 b) {
  if (fits_int64(a) && fits_int64(b)) return Int256(multiply(a, b));
  Int128 small = 0;
  if (!__builtin_mul_overflow(a, b, &small)) return Int256(small);
  return wide_product(a, b);
}
[[nodiscard]] Int256 wide_product(const Int256& a, Int128 b);

/// a * b; kOutOfRange where it does not fit.
[[nodiscard]] inline Int256 product(const Int256& a, Int128 b) {
  return a.fits_int128() ? product(static_cast<Int128>(a.low), b) : wide_product(a, b);
}

/// n * factor / d rounded half away from zero. d is not 0 and may be negative; kOutOfRange where
/// the quotient does not fit 128 bits.
[[nodiscard]] Int128 ratio(const Int256& n, const Int256& d, Int128 factor);

}  // namespace quant
