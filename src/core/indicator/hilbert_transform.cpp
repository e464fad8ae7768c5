// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/hilbert_transform.hpp"

namespace quant {

Int256 fifth(const Int256& n) {
  if (n.fits_int128()) return Int256(static_cast<Int128>(n.low) / 5);
  const Int256 size = n.is_negative() ? -n : n;
  const auto high = static_cast<UInt128>(size.high);
  const std::array<std::uint64_t, 4> digits = {
      static_cast<std::uint64_t>(high >> 64), static_cast<std::uint64_t>(high),
      static_cast<std::uint64_t>(size.low >> 64), static_cast<std::uint64_t>(size.low)};
  std::array<UInt128, 4> quotient = {};
  UInt128 rest = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const UInt128 part = (rest << 64) | digits[i];
    quotient[i] = part / 5;
    rest = part % 5;
  }
  const Int256 result(quotient[2] << 64 | quotient[3],
                      static_cast<Int128>(quotient[0] << 64 | quotient[1]));
  return n.is_negative() ? -result : result;
}

}  // namespace quant
