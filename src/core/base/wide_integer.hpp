// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "core/base/int256.hpp"

namespace quant {

/// For exact terms that 128 bits cannot hold. It checks: what 512 bits cannot hold is an exception.
using WideInteger = boost::multiprecision::checked_int512_t;

[[nodiscard]] inline WideInteger widen(Int128 value) { return {value}; }
[[nodiscard]] inline WideInteger widen(const Int256& value) {
  const bool negative = value.is_negative();
  const Int256 size = negative ? -value : value;
  WideInteger wide = static_cast<UInt128>(size.high);
  wide <<= 128;
  wide += WideInteger(size.low);
  return negative ? WideInteger(-wide) : wide;
}

/// Raises kOutOfRange where 128 bits cannot hold it.
[[nodiscard]] inline Int128 narrow(const WideInteger& value) {
  if (value > widen(kInt128Max) || value < -widen(kInt128Max)) throw_overflow();
  return static_cast<Int128>(value);
}

/// n / d rounded half away from zero, d > 0; kOutOfRange where 128 bits cannot hold it.
[[nodiscard]] inline Int128 rounded_quotient(const WideInteger& n, const WideInteger& d) {
  WideInteger quotient = n / d;
  const WideInteger rest = abs(n - quotient * d);
  if (2 * rest >= d) quotient += n < 0 ? -1 : 1;
  return narrow(quotient);
}

}  // namespace quant
