// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/schedule.hpp"

#include "core/base/int128.hpp"

namespace quant {

std::int64_t period_of(Day day, Rotation::Every every) {
  using Every = Rotation::Every;
  if (every == Every::kDay) return day;
  // 2000-01-03, day 2, was a Monday.
  if (every == Every::kWeek) return static_cast<std::int64_t>(divide_floor(day - 2, 7));
  const auto date = civil_date(day);
  const int year = static_cast<int>(date.year());
  const int month = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  switch (every) {
    case Every::kMonth:
      return std::int64_t{12} * year + month;
    case Every::kQuarter:
      return std::int64_t{4} * year + month / 3;
    default:
      return year;
  }
}

}  // namespace quant
