// SPDX-License-Identifier: PostgreSQL
#include "core/base/calendar.hpp"

#include "core/base/error.hpp"

namespace quant {

namespace {

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

}  // namespace

std::string day_text(Day day) {
  const auto date = civil_date(day);
  return concat(padded(static_cast<int>(date.year()), 4), '-',
              padded(static_cast<unsigned>(date.month()), 2), '-',
              padded(static_cast<unsigned>(date.day()), 2));
}

std::string timestamp_text(Timestamp timestamp) {
  const Day day = utc_day(timestamp);
  const std::int64_t rest = timestamp - day * kDayLength;
  const std::int64_t seconds = rest / 1'000'000;
  std::string out = concat(day_text(day), ' ', padded(seconds / 3600, 2), ':',
                         padded(seconds / 60 % 60, 2), ':', padded(seconds % 60, 2));
  if (rest % 1'000'000 != 0) out += concat('.', padded(rest % 1'000'000, 6));
  return out + "+00";
}

}  // namespace quant
