// SPDX-License-Identifier: PostgreSQL
#include "core/base/int256.hpp"

#include "core/base/wide_integer.hpp"

namespace quant {

namespace {

/// Of magnitudes, by halves of 64 bits.
Int256 unsigned_product(UInt128 a, UInt128 b) {
  const UInt128 mask = ~std::uint64_t{0};
  const UInt128 a_low = a & mask;
  const UInt128 a_high = a >> 64;
  const UInt128 b_low = b & mask;
  const UInt128 b_high = b >> 64;
  const UInt128 lows = a_low * b_low;
  const UInt128 cross = a_high * b_low + (lows >> 64);
  const UInt128 middle = (cross & mask) + a_low * b_high;
  return {(middle << 64) | (lows & mask),
          static_cast<Int128>(a_high * b_high + (cross >> 64) + (middle >> 64))};
}

}  // namespace

Int256 wide_product(Int128 a, Int128 b) {
  const Int256 size = unsigned_product(size_of(a), size_of(b));
  return (a < 0) != (b < 0) ? -size : size;
}

Int256 wide_product(const Int256& a, Int128 b) {
  const bool negative = a.is_negative() != (b < 0);
  const Int256 size = a.is_negative() ? -a : a;
  const Int256 low = unsigned_product(size.low, size_of(b));
  const Int256 high = unsigned_product(static_cast<UInt128>(size.high), size_of(b));
  if (high.high != 0 || static_cast<Int128>(high.low) < 0) throw_overflow();
  Int256 sum(low.low, low.high);
  if (low.high < 0) throw_overflow();
  sum.high = add(sum.high, static_cast<Int128>(high.low));
  return negative ? -sum : sum;
}

Int128 ratio(const Int256& n, const Int256& d, Int128 factor) {
  if (n.fits_int128() && d.fits_int128()) {
    const auto above = static_cast<Int128>(n.low);
    const auto below = static_cast<Int128>(d.low);
    if (below > 0) return multiply_divide(above, factor, below);
    return multiply_divide(subtract(0, above), factor, subtract(0, below));
  }
  const WideInteger divisor = widen(d);
  const WideInteger product = widen(n) * widen(factor);
  return divisor < 0 ? rounded_quotient(-product, -divisor) : rounded_quotient(product, divisor);
}

}  // namespace quant
