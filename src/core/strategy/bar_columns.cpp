// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/bar_columns.hpp"

#include "core/base/error.hpp"

namespace quant {

namespace {

/// A part of a wall-clock time; of weekdays, 1 is Monday and 7 Sunday.
Int128 calendar_value(Timestamp local, BarColumn which) {
  using namespace std::chrono;
  const Day number = utc_day(local);
  const year_month_day date = civil_date(number);
  const Timestamp minutes = (local - number * kDayLength) / 60'000'000;
  switch (which) {
    case BarColumn::kSession:
      return number;
    case BarColumn::kYear:
      return static_cast<int>(date.year());
    case BarColumn::kMonth:
      return static_cast<unsigned>(date.month());
    case BarColumn::kDay:
      return static_cast<unsigned>(date.day());
    case BarColumn::kWeekday:
      return weekday{sys_days{date}}.iso_encoding();
    case BarColumn::kHour:
      return minutes / 60;
    default:  // kMinute
      return minutes % 60;
  }
}

NumberColumn calendar_column(const BarSeries& bars, std::size_t size, BarColumn which) {
  if (bars.local.size() != bars.size()) throw broken_invariant("the bars have no local time");
  NumberColumn column(size);
  for (std::size_t bar = 0; bar < size; ++bar) {
    column.set(bar, Number::of(calendar_value(bars.local[bar], which)));
  }
  return column;
}

}  // namespace

NumberColumn bar_column(const BarSeries& bars, std::span<const Segment> segments, BarColumn which,
                        Int128 multiple) {
  switch (which) {
    case BarColumn::kOpen:
      return adjusted_prices(bars.open, segments, multiple);
    case BarColumn::kHigh:
      return adjusted_prices(bars.high, segments, multiple);
    case BarColumn::kLow:
      return adjusted_prices(bars.low, segments, multiple);
    case BarColumn::kClose:
      return adjusted_prices(bars.close, segments, multiple);
    case BarColumn::kVwap: {
      NumberColumn column = adjusted_prices(bars.vwap, segments, multiple);
      for (std::size_t bar = 0; bar < column.size(); ++bar)
        column.known[bar] = column.values[bar] != 0;
      return column;
    }
    case BarColumn::kVolume:
      return adjusted_volumes(bars.volume, segments);
    default:
      return calendar_column(bars, segments.back().end, which);
  }
}

}  // namespace quant
