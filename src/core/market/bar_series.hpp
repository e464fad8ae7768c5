// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"

namespace quant {

/// Days from `first` to `last`, both included.
struct DayRange {
  Day first = 0;
  Day last = 0;
};

/// What a run must know of an instrument.
struct Asset {
  std::int64_t id = 0;
  std::string symbol;
  std::string asset_type;
  std::string currency;
  Price tick_size;
  Quantity lot_size;
  std::optional<Day> listed_on;
  std::optional<Day> delisted_on;
  /// When it belongs to the universe of the run; none: always.
  std::vector<DayRange> member_days;
  /// Bars that it must have had, the current one included, to belong to it.
  int min_history_bars = 0;

  /// It may be entered on that day.
  [[nodiscard]] bool is_member(Day day) const {
    if ((listed_on && day < *listed_on) || (delisted_on && day > *delisted_on)) return false;
    return member_days.empty() ||
           std::any_of(member_days.begin(), member_days.end(), [&](const DayRange& range) {
             return range.first <= day && day <= range.last;
           });
  }
};

/// A split in the way of a series: from bar `bar` on, `to` new units stand for `from` old ones.
struct Split {
  std::size_t bar = 0;
  int to = 1;
  int from = 1;
};

/// Cash for each unit held when bar `bar` opens, in units of that bar: numerator / denominator.
struct Dividend {
  std::size_t bar = 0;
  Int128 numerator = 0;
  Int128 denominator = 1;
};

/// The bars of one symbol as columns, oldest first. Columns that a run does not read are empty.
/// The bars before `first` come before the run and only fill the lookbacks of indicators.
/// Prices are as they were traded; `splits` and `dividends`, in order of bar, say what happened
/// between them.
struct BarSeries {
  Asset asset;
  std::vector<Timestamp> timestamp;
  std::vector<Price> open;
  std::vector<Price> high;
  std::vector<Price> low;
  std::vector<Price> close;
  std::vector<Volume> volume;
  std::vector<Price> vwap;  // zero stands for none
  std::vector<Price> bid;   // likewise
  std::vector<Price> ask;
  std::vector<Timestamp> local;  // the bar's start as wall-clock time of the run's zone
  std::vector<Split> splits;
  std::vector<Dividend> dividends;
  std::size_t first = 0;

  [[nodiscard]] std::size_t size() const { return timestamp.size(); }
};

}  // namespace quant
