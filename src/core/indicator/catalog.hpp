// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/number_column.hpp"

namespace quant {

/// The columns of a bar: what is stored, and the parts of its start on the run's calendar.
enum class BarColumn {
  kOpen,
  kHigh,
  kLow,
  kClose,
  kVolume,
  kVwap,
  kYear,
  kMonth,
  kDay,
  kWeekday,
  kHour,
  kMinute,
};

[[nodiscard]] constexpr bool is_calendar(BarColumn column) { return column >= BarColumn::kYear; }
[[nodiscard]] constexpr bool is_price(BarColumn column) {
  return column != BarColumn::kVolume && !is_calendar(column);
}

/// How an indicator's result is scaled.
enum class ResultScale {
  kInput,        // the input's denominator
  kInputTimesN,  // the input's denominator times the period: an exact mean
  kOnGrid,       // inputs and result in units of 10^-12
};

/// What the language and SQL need to know of an indicator with one period.
struct Indicator {
  std::string_view name;
  /// Columns it reads from the bar itself; empty: it takes one series as its first argument.
  std::vector<BarColumn> bar_columns;
  ResultScale scale;
  int smallest_period;
  /// Bars before the first result when bar 0 is the first input.
  int (*lookback)(int period);
  /// Bars until the seed of a recursion weighs less than 10^-8; the lookback for a window.
  int (*stable_after)(int period);
  void (*run)(std::span<const NumberColumn* const> inputs, int period, NumberColumn& result);
};

/// nullptr where there is none of that name.
[[nodiscard]] const Indicator* find_indicator(std::string_view name);
[[nodiscard]] std::vector<std::string_view> indicator_names();

inline constexpr int kLongestPeriod = 100'000;

}  // namespace quant
