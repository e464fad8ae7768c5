// SPDX-License-Identifier: PostgreSQL
#include "core/base/calendar.hpp"

#include <charconv>

#include "core/base/error.hpp"

namespace quant {

namespace {

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t first, std::size_t count) -> std::optional<int> {
    int value = 0;
    const char* end = text.data() + first + count;
    const auto [stop, fault] = std::from_chars(text.data() + first, end, value);
    if (fault != std::errc{} || stop != end || value < 1) return std::nullopt;
    return value;
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(day_number(date)) : std::nullopt;
}

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
