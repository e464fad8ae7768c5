// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <bit>

#include "core/base/int128.hpp"

namespace quant {

/// Divides by one number again and again, rounded half away from zero: divide_rounded(n, d) by a
/// multiplication where n is a 64-bit integer [Granlund, Montgomery 1994].
class FixedDivisor {
 public:
  /// 1 <= d < 2^31.
  explicit constexpr FixedDivisor(int d)
      : d_(static_cast<std::uint64_t>(d)),
        shift_(kBits + static_cast<int>(std::bit_width(d_ - 1))),
        reciprocal_(static_cast<std::uint64_t>((UInt128{1} << shift_) / d_ + 1)) {}

  [[nodiscard]] constexpr Int128 divisor() const { return static_cast<Int128>(d_); }

  [[nodiscard]] constexpr Int128 operator()(Int128 n) const {
    if (!fits_int64(n)) return divide_rounded(n, divisor());
    const auto n64 = static_cast<std::int64_t>(n);
    const std::int64_t sign = n64 >> 63;
    const auto size = static_cast<std::uint64_t>((n64 ^ sign) - sign);
    // Half the divisor more makes the floor of it the rounded quotient. Below 2^63 the reciprocal,
    // 2^shift / d rounded up, errs by less than one part in n.
    const std::uint64_t raised = size + d_ / 2;
    if (raised >> kBits != 0) return divide_rounded(n, divisor());
    const auto quotient = static_cast<std::int64_t>((UInt128{raised} * reciprocal_) >> shift_);
    return (quotient ^ sign) - sign;
  }

 private:
  static constexpr int kBits = 63;

  std::uint64_t d_;
  int shift_;
  std::uint64_t reciprocal_;
};

}  // namespace quant
