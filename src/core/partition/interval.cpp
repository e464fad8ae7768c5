// SPDX-License-Identifier: PostgreSQL
#include "core/partition/interval.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/base/error.hpp"

namespace quant {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// In the order of PartitionInterval.
constexpr std::array<std::string_view, 5> kNames = {"day", "week", "month", "quarter", "year"};
/// Names longer than this lose their end when the server stores them.
constexpr std::size_t kMaxNameBytes = 63;

Timestamp midnight(year_month_day date) { return quant::midnight(day_number(date)); }

unsigned quarter_of(year_month_day date) { return (static_cast<unsigned>(date.month()) + 2) / 3; }

year_month_day monday_of(year_month_day date) {
  const sys_days day{date};
  return day - (std::chrono::weekday{day} - std::chrono::Monday);
}

year_month_day first_day(year_month_day date, PartitionInterval interval) {
  using namespace std::chrono;
  switch (interval) {
    case PartitionInterval::kDay:
      return date;
    case PartitionInterval::kWeek:
      return monday_of(date);
    case PartitionInterval::kMonth:
      return date.year() / date.month() / 1;
    case PartitionInterval::kQuarter:
      return date.year() / month{quarter_of(date) * 3 - 2} / 1;
    case PartitionInterval::kYear:
      return date.year() / January / 1;
  }
  throw broken_invariant("unknown partition interval");
}

year_month_day next_first_day(year_month_day first, PartitionInterval interval) {
  switch (interval) {
    case PartitionInterval::kDay:
      return sys_days{first} + days{1};
    case PartitionInterval::kWeek:
      return sys_days{first} + days{7};
    case PartitionInterval::kMonth:
      return first + months{1};
    case PartitionInterval::kQuarter:
      return first + months{3};
    case PartitionInterval::kYear:
      return first + months{12};
  }
  throw broken_invariant("unknown partition interval");
}

std::string digits(unsigned value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

std::string year_suffix(year_month_day date) {
  return "y" + digits(static_cast<unsigned>(static_cast<int>(date.year())), 4);
}

/// ISO 8601: a week belongs to the year of its Thursday.
std::string week_suffix(year_month_day monday) {
  using namespace std::chrono;
  const sys_days thursday = sys_days{monday} + days{3};
  const year_month_day date{thursday};
  const auto day_of_year = (thursday - sys_days{date.year() / January / 1}).count();
  return year_suffix(date) + "w" + digits(static_cast<unsigned>(day_of_year / 7 + 1), 2);
}

std::string name_suffix(year_month_day date, PartitionInterval interval) {
  const std::string month = "m" + digits(static_cast<unsigned>(date.month()), 2);
  switch (interval) {
    case PartitionInterval::kDay:
      return year_suffix(date) + month + "d" + digits(static_cast<unsigned>(date.day()), 2);
    case PartitionInterval::kWeek:
      return week_suffix(date);
    case PartitionInterval::kMonth:
      return year_suffix(date) + month;
    case PartitionInterval::kQuarter:
      return year_suffix(date) + "q" + digits(quarter_of(date), 1);
    case PartitionInterval::kYear:
      return year_suffix(date);
  }
  throw broken_invariant("unknown partition interval");
}

/// At most `size` bytes of `text`, never cutting a UTF-8 sequence.
std::string_view clipped(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

}  // namespace

std::optional<PartitionInterval> parse_partition_interval(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<PartitionInterval>(found - kNames.begin());
}

std::string_view partition_interval_name(PartitionInterval interval) {
  return kNames.at(static_cast<std::size_t>(interval));
}

TimeRange partitionable_range() {
  using namespace std::chrono;
  return {midnight(year{1} / January / 1), midnight(year{10000} / January / 1)};
}

TimeRange interval_of_day(Day day, PartitionInterval interval) {
  const TimeRange all = partitionable_range();
  if (day < all.from / kDayLength || day >= all.to / kDayLength) {
    throw out_of_range("partitions cover the years 1 to 9999 only");
  }
  const year_month_day first = first_day(civil_date(day), interval);
  return {midnight(first), midnight(next_first_day(first, interval))};
}

TimeRange interval_at(Timestamp timestamp, PartitionInterval interval) {
  return interval_of_day(utc_day(timestamp), interval);
}

std::vector<TimeRange> intervals_covering(Day first, Day last, PartitionInterval interval,
                                          std::size_t limit) {
  if (first > last) {
    throw invalid("the first day of the range comes after the last")
        .detail(concat("The range is ", day_text(first), " to ", day_text(last), "."));
  }
  std::vector<TimeRange> ranges;
  const Timestamp end = interval_of_day(last, interval).to;
  for (TimeRange next = interval_of_day(first, interval);; next = interval_at(next.to, interval)) {
    if (ranges.size() == limit) {
      throw invalid(concat("the range needs more than ", limit, " partitions"))
          .detail(concat("The range is ", day_text(first), " to ", day_text(last), "."))
          .hint("Create them in several calls.");
    }
    ranges.push_back(next);
    if (next.to == end) return ranges;
  }
}

std::string partition_name(std::string_view table, Timestamp from, PartitionInterval interval) {
  const std::string suffix = "_" + name_suffix(civil_date(utc_day(from)), interval);
  return std::string(clipped(table, kMaxNameBytes - suffix.size())) + suffix;
}

}  // namespace quant
