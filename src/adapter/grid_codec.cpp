// SPDX-License-Identifier: PostgreSQL
#include "adapter/grid_codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "adapter/numeric_format.hpp"

extern "C" {
#include "common/shortest_dec.h"
}

namespace quant::pg {

namespace {

namespace format = numeric_format;

/// Digit groups behind the point that the grid holds.
constexpr int kGridGroups = kGridDecimals / format::kDecimalsPerDigit;

/// units * 10 + digit, checked.
bool append_digit(Int128& units, int digit) noexcept {
  return !__builtin_mul_overflow(units, Int128{10}, &units) &&
         !__builtin_add_overflow(units, Int128{digit}, &units);
}

/// Sign, digits and exponent of "-1.2345e-07" to units.
GridFault decode_shortest(const char* text, int length, Int128& units) noexcept {
  const char* end = text + length;
  const bool negative = *text == '-';
  if (negative) ++text;
  std::array<char, 32> digits{};
  int count = 0;
  int point = -1;
  for (; text != end && *text != 'e'; ++text) {
    if (*text == '.') {
      point = count;
    } else {
      digits.at(static_cast<std::size_t>(count++)) = *text;
    }
  }
  if (point < 0) point = count;
  if (text != end) point += std::atoi(text + 1);
  // The value is 0.digits x 10^point; kept are the digits up to 10^-12.
  const int kept = point + kGridDecimals;
  units = 0;
  for (int i = 0; i < kept; ++i) {
    const int digit = i < count ? digits.at(static_cast<std::size_t>(i)) - '0' : 0;
    if (!append_digit(units, digit)) return GridFault::kTooLarge;
  }
  if (kept >= 0 && kept < count && digits.at(static_cast<std::size_t>(kept)) >= '5') ++units;
  if (negative) units = -units;
  return GridFault::kNone;
}

}  // namespace

GridFault decode_grid_numeric(const varlena* stored, Int128& units) noexcept {
  std::int64_t small = 0;
  if (format::find_short_units(stored, format::kDecimalsPerDigit, small)) {
    // Up to four decimals: nearly every price.
    constexpr std::int64_t kRest = 100'000'000;
    units = Int128{small} * kRest;
    return GridFault::kNone;
  }
  const format::Parts parts = format::take_apart(stored);
  if (parts.special) return GridFault::kNotFinite;
  const int groups = parts.weight + 1 + kGridGroups;  // that the grid holds
  units = 0;
  if (parts.count > 0 && groups > 0) {
    for (int i = 0; i < groups; ++i) {
      const int digit = i < parts.count ? parts.digit(i) : 0;
      if (__builtin_mul_overflow(units, Int128{format::kDigitBase}, &units) ||
          __builtin_add_overflow(units, Int128{digit}, &units)) {
        return GridFault::kTooLarge;
      }
    }
  }
  const bool rounds_up =
      groups >= 0 && groups < parts.count && parts.digit(groups) >= format::kDigitBase / 2;
  if (rounds_up && __builtin_add_overflow(units, Int128{1}, &units)) return GridFault::kTooLarge;
  if (parts.negative) units = -units;
  return GridFault::kNone;
}

GridFault decode_grid_double(double value, Int128& units) noexcept {
  if (!std::isfinite(value)) return GridFault::kNotFinite;
  std::array<char, DOUBLE_SHORTEST_DECIMAL_LEN> text{};
  const int length = double_to_shortest_decimal_bufn(value, text.data());
  return decode_shortest(text.data(), length, units);
}

namespace {

/// What the server stores of a value behind the length: header and digit groups.
struct StoredDigits {
  static constexpr int kMostGroups = 10 + kGridGroups;
  static constexpr std::size_t kMostSize =
      sizeof(std::uint16_t) + kMostGroups * sizeof(std::int16_t);

  std::uint16_t header = 0;
  int first = 0;  // trailing zero groups are not stored
  int count = 0;
  std::array<std::int16_t, kMostGroups> groups;  // least significant first

  explicit StoredDigits(Int128 units) noexcept {
    constexpr std::uint64_t kBase = format::kDigitBase;
    const auto add = [this](std::uint64_t group) {
      groups[static_cast<std::size_t>(count++)] = static_cast<std::int16_t>(group);
    };
    UInt128 rest = size_of(units);
    while (rest > ~std::uint64_t{0}) {
      constexpr std::uint64_t kFour = kBase * kBase * kBase * kBase;
      const QuotientAndRest parted = divide(rest, kFour);
      rest = parted.quotient;
      auto part = static_cast<std::uint64_t>(parted.rest);
      for (int i = 0; i < 4; ++i, part /= kBase) add(part % kBase);
    }
    for (auto part = static_cast<std::uint64_t>(rest); part != 0; part /= kBase) add(part % kBase);
    while (count > 0 && group(count - 1) == 0) --count;
    while (first < count && group(first) == 0) ++first;

    int scale = 0;
    if (first < kGridGroups && first < count) {
      scale = (kGridGroups - first) * format::kDecimalsPerDigit;
      for (int digit = group(first); digit % 10 == 0; digit /= 10) --scale;
    }
    const int weight = count == 0 ? 0 : count - kGridGroups - 1;
    constexpr int kScaleShift = 7;
    header = static_cast<std::uint16_t>(
        format::kShort | (units < 0 ? format::kShortNegative : 0) | (scale << kScaleShift) |
        (weight < 0 ? format::kShortWeightSign : 0) | (weight & format::kShortWeightMask));
  }

  [[nodiscard]] int group(int index) const noexcept {
    return groups[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return sizeof header + static_cast<std::size_t>(count - first) * sizeof(std::int16_t);
  }
  void write(char* data) const noexcept {
    std::memcpy(data, &header, sizeof header);
    data += sizeof header;
    for (int i = count - 1; i >= first; --i, data += sizeof(std::int16_t))
      std::memcpy(data, &groups[static_cast<std::size_t>(i)], sizeof(std::int16_t));
  }
};

}  // namespace

Datum encode_grid(Int128 units) {
  auto* place = static_cast<char*>(palloc(kMostGridBytes));
  write_grid(place, units);
  return PointerGetDatum(place);
}

void write_grid(char* place, Int128 units) noexcept {
  static_assert(VARHDRSZ + StoredDigits::kMostSize <= kMostGridBytes);
  const StoredDigits digits(units);
  SET_VARSIZE(place, VARHDRSZ + digits.size());
  digits.write(VARDATA(place));
}

}  // namespace quant::pg
