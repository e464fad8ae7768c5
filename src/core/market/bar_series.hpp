// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"

namespace quant {

/// What a run must know of an instrument.
struct Asset {
  std::int64_t id = 0;
  std::string symbol;
  std::string asset_type;
  std::string currency;
  Price tick_size;
  Quantity lot_size;
};

/// A split in the way of a series: from bar `bar` on, `to` new units stand for `from` old ones.
struct Split {
  std::size_t bar = 0;
  int to = 1;
  int from = 1;
};

/// Cash per unit held when bar `bar` opens, in units of that bar.
struct Dividend {
  std::size_t bar = 0;
  Decimal amount;
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
