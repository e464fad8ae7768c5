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

/// The bars of one symbol as columns, oldest first. Columns that a run does not read are empty.
/// The bars before `first` come before the run and only fill the lookbacks of indicators.
struct BarSeries {
  Asset asset;
  std::vector<Timestamp> timestamp;
  std::vector<Price> open;
  std::vector<Price> high;
  std::vector<Price> low;
  std::vector<Price> close;
  std::vector<Volume> volume;
  std::vector<Price> vwap;  // zero stands for none
  std::size_t first = 0;

  [[nodiscard]] std::size_t size() const { return timestamp.size(); }
};

}  // namespace quant
