// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quant {

/// Microseconds since 2000-01-01 00:00 UTC, PostgreSQL's own epoch and unit.
using Timestamp = std::int64_t;
/// Days since 2000-01-01.
using Day = std::int32_t;

inline constexpr Timestamp kDayLength = 86'400'000'000;
/// PostgreSQL's timestamps end there, in the year 294276; its dates go on to 5874897.
inline constexpr Timestamp kLastTimestamp = 9'223'371'331'199'999'999;

/// 00:00 UTC of the day; the last timestamp for the days beyond it.
[[nodiscard]] constexpr Timestamp midnight(Day day) {
  return day > kLastTimestamp / kDayLength ? kLastTimestamp : day * kDayLength;
}

/// The date of `timestamp` in UTC.
[[nodiscard]] constexpr Day utc_day(Timestamp timestamp) {
  const Timestamp day = timestamp / kDayLength;
  return static_cast<Day>(timestamp % kDayLength < 0 ? day - 1 : day);
}

[[nodiscard]] constexpr std::chrono::year_month_day civil_date(Day day) {
  using namespace std::chrono;
  return year_month_day{sys_days{year{2000} / January / 1} + days{day}};
}

[[nodiscard]] constexpr Day day_number(std::chrono::year_month_day date) {
  using namespace std::chrono;
  return static_cast<Day>((sys_days{date} - sys_days{year{2000} / January / 1}).count());
}

[[nodiscard]] bool is_weekend(Day day);

/// Reads "2024-01-31"; nothing where the text is no date of the years 1 to 9999.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);

/// Reads "09:30" or "09:30:00.5", up to "24:00", as microseconds since midnight.
[[nodiscard]] std::optional<Timestamp> parse_time_of_day(std::string_view text);

/// Reads "2024-01-31", "2024-01-31T09:30:00Z", "2024-01-31 09:30:00.25+05:30": a date of the years
/// 1 to 9999 in ISO 8601, with a time of day or without, UTC where no offset stands. Nothing for
/// any other text.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text);

/// "2024-01-31"
[[nodiscard]] std::string day_text(Day day);
/// "2024-01-31 09:30:00+00", UTC
[[nodiscard]] std::string timestamp_text(Timestamp timestamp);

}  // namespace quant
