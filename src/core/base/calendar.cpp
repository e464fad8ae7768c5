// SPDX-License-Identifier: PostgreSQL
#include "core/base/calendar.hpp"

#include <charconv>
#include <limits>

#include "core/base/error.hpp"

namespace quant {

namespace {

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

/// Takes a number of exactly `count` digits, at most `most`, from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t count, int most) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  const char* end = text.data() + count;
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stop != end || value < 0 || value > most) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

/// Hours and minutes; the colon between them may be left out, in an offset the minutes too.
std::optional<Timestamp> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool behind = take(text, '-');
  if (!behind && !take(text, '+')) return std::nullopt;
  const auto hours = take_number(text, 2, 15);
  if (!hours) return std::nullopt;
  std::optional<int> minutes = 0;
  if (!text.empty()) {
    (void)take(text, ':');
    minutes = take_number(text, 2, 59);
    if (!minutes) return std::nullopt;
  }
  const Timestamp offset = (Timestamp{*hours} * 60 + *minutes) * 60'000'000;
  return behind ? -offset : offset;
}

/// Digits behind a point or comma as microseconds; what is finer is cut off.
std::optional<Timestamp> take_fraction(std::string_view& text) {
  if (!take(text, '.') && !take(text, ',')) return 0;
  Timestamp fraction = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    if (digits < 6) fraction = fraction * 10 + (text[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < 6; ++digits) fraction *= 10;
  return fraction;
}

std::optional<Timestamp> take_time(std::string_view& text) {
  const auto hour = take_number(text, 2, 24);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2, 59);
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  std::optional<Timestamp> fraction = 0;
  if (take(text, ':')) {
    second = take_number(text, 2, 59);
    if (!second) return std::nullopt;
    fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
  }
  const Timestamp time = ((Timestamp{*hour} * 60 + *minute) * 60 + *second) * 1'000'000 + *fraction;
  return time <= kDayLength ? std::optional(time) : std::nullopt;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  const auto year = take_number(text, 4, 9999);
  if (!year || *year < 1 || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2, 12);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2, 31);
  if (!day || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(day_number(date)) : std::nullopt;
}

std::optional<Timestamp> parse_time_of_day(std::string_view text) {
  const auto time = take_time(text);
  return text.empty() ? time : std::nullopt;
}

bool is_weekend(Day day) {
  const std::chrono::weekday weekday{std::chrono::sys_days{civil_date(day)}};
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  constexpr std::size_t kDateLength = 10;
  const auto day = parse_day(text.substr(0, kDateLength));
  if (!day) return std::nullopt;
  Timestamp timestamp = *day * kDayLength;
  text.remove_prefix(kDateLength);
  if (text.empty()) return timestamp;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  timestamp += *time;
  if (text.empty()) return timestamp;
  (void)take(text, ' ');
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return timestamp - *offset;
}

std::string day_text(Day day) {
  const auto date = civil_date(day);
  return concat(padded(static_cast<int>(date.year()), 4), '-',
                padded(static_cast<unsigned>(date.month()), 2), '-',
                padded(static_cast<unsigned>(date.day()), 2));
}

std::string timestamp_text(Timestamp timestamp) {
  if (timestamp == std::numeric_limits<Timestamp>::min()) return "-infinity";
  if (timestamp == std::numeric_limits<Timestamp>::max()) return "infinity";
  const Day day = utc_day(timestamp);
  const std::int64_t rest = timestamp - day * kDayLength;
  const std::int64_t seconds = rest / 1'000'000;
  std::string out = concat(day_text(day), ' ', padded(seconds / 3600, 2), ':',
                           padded(seconds / 60 % 60, 2), ':', padded(seconds % 60, 2));
  if (rest % 1'000'000 != 0) out += concat('.', padded(rest % 1'000'000, 6));
  return out + "+00";
}

}  // namespace quant
