// SPDX-License-Identifier: PostgreSQL
// How the server stores a numeric, and the short way to the common ones.
//
// A numeric on disk is a varlena: a 16-bit header (sign, scale, weight), for the long form a second
// 16-bit weight, then base-10000 digits, most significant first, leading and trailing zero digits
// stripped. Its value is sum digit[i] * 10000^(weight - i). The format has not changed since
// PostgreSQL 9.1 (src/backend/utils/adt/numeric.c describes it); a regression test holds it.
#pragma once

#include <array>
#include <cstring>

#include "adapter/postgres.hpp"

namespace quant::pg::numeric_format {

constexpr std::uint16_t kSignMask = 0xC000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kShort = 0x8000;
constexpr std::uint16_t kSpecial = 0xC000;
constexpr std::uint16_t kShortNegative = 0x2000;
constexpr std::uint16_t kShortWeightSign = 0x0040;
constexpr std::uint16_t kShortWeightMask = 0x003F;
constexpr int kDigitBase = 10000;
constexpr int kDecimalsPerDigit = 4;
/// Digits whose mantissa always fits 64 bits: 10000^4 = 10^16.
constexpr int kSmallCount = 4;

/// The digit at `index`; `digits` may be unaligned.
[[nodiscard]] inline int digit_at(const char* digits, int index) noexcept {
  std::int16_t value = 0;
  std::memcpy(&value, digits + sizeof value * static_cast<std::size_t>(index), sizeof value);
  return value;
}

/// A numeric taken apart; `digits` points into the value and may be unaligned.
struct Parts {
  bool special = false;
  bool negative = false;
  int weight = 0;
  const char* digits = nullptr;
  int count = 0;

  [[nodiscard]] int digit(int index) const noexcept { return digit_at(digits, index); }
};

/// Of a detoasted value; a short header is fine.
[[nodiscard]] inline Parts take_apart(const varlena* stored) noexcept {
  const char* data = VARDATA_ANY(stored);
  auto bytes = static_cast<int>(VARSIZE_ANY_EXHDR(stored));
  std::uint16_t header = 0;
  std::memcpy(&header, data, sizeof header);
  data += sizeof header;
  bytes -= static_cast<int>(sizeof header);

  Parts parts;
  if ((header & kSignMask) == kSpecial) {
    parts.special = true;
    return parts;
  }
  if ((header & kShort) != 0) {
    parts.negative = (header & kShortNegative) != 0;
    parts.weight = header & kShortWeightMask;
    if ((header & kShortWeightSign) != 0) parts.weight -= kShortWeightMask + 1;
  } else {
    parts.negative = (header & kSignMask) == kNegative;
    std::int16_t weight = 0;
    std::memcpy(&weight, data, sizeof weight);
    parts.weight = weight;
    data += sizeof weight;
    bytes -= static_cast<int>(sizeof weight);
  }
  parts.digits = data;
  parts.count = bytes / static_cast<int>(sizeof(std::int16_t));
  return parts;
}

constexpr std::array<std::int64_t, 19> kPowers = [] {
  std::array<std::int64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr int kMaxPower = static_cast<int>(kPowers.size()) - 1;

/// Sets `units` to mantissa * 10^shift where that is a 64-bit integer.
inline bool shift_decimal(std::int64_t mantissa, int shift, std::int64_t& units) noexcept {
  if (shift > kMaxPower || shift < -kMaxPower) return false;
  const std::int64_t power = kPowers[static_cast<std::size_t>(shift < 0 ? -shift : shift)];
  if (shift >= 0) return !__builtin_mul_overflow(mantissa, power, &units);
  units = mantissa / power;
  return mantissa % power == 0;
}

/// Sets `units` to a stored value of up to four digit groups, which nearly all prices, quantities
/// and amounts are: short varlena, short numeric header. False for all others.
inline bool find_short_units(const varlena* stored, int scale, std::int64_t& units) noexcept {
  if (!VARATT_IS_SHORT(stored)) return false;
  const char* data = VARDATA_SHORT(stored);
  std::uint16_t header = 0;
  std::memcpy(&header, data, sizeof header);
  if ((header & kSignMask) != kShort) return false;
  const int count =
      (static_cast<int>(VARSIZE_SHORT(stored)) - VARHDRSZ_SHORT - static_cast<int>(sizeof header)) /
      2;
  if (count > kSmallCount) return false;
  int weight = header & kShortWeightMask;
  if ((header & kShortWeightSign) != 0) weight -= kShortWeightMask + 1;
  std::int64_t mantissa = 0;
  for (int i = 0; i < count; ++i)
    mantissa = mantissa * kDigitBase + digit_at(data + sizeof header, i);
  if ((header & kShortNegative) != 0) mantissa = -mantissa;
  return shift_decimal(mantissa, (weight - count + 1) * kDecimalsPerDigit + scale, units);
}

}  // namespace quant::pg::numeric_format
