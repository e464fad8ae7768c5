// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "core/base/int128.hpp"

namespace quant {

/// For exact terms that 128 bits cannot hold. It checks: what 512 bits cannot hold is an exception.
using WideInteger = boost::multiprecision::checked_int512_t;

[[nodiscard]] inline WideInteger widen(Int128 value) { return {value}; }

/// Raises kOutOfRange where 128 bits cannot hold it.
[[nodiscard]] inline Int128 narrow(const WideInteger& value) {
  if (value > widen(kInt128Max) || value < -widen(kInt128Max)) throw_overflow();
  return static_cast<Int128>(value);
}

}  // namespace quant
