// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <string>

#include "core/base/pause.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

/// What rules may read besides the bars of their own symbol.
struct SeriesContext {
  Timeframe timeframe = Timeframe::k1d;  // of all bars of the run
  Timestamp max_age = 0;                 // of another symbol's bar that at() reads, in microseconds
  /// By symbol. One that is not there has no bars, and its values are missing.
  std::map<std::string, BarSeries> others = {};
  /// For long columns; empty: none.
  Pause pause = {};
};

}  // namespace quant
