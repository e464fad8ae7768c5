// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>
#include <vector>

#include "core/backtest/execution.hpp"
#include "core/market/bar_series.hpp"

#include "adapter/session_days.hpp"

namespace quant::pg {

/// Sets splits and dividends of the series from trading.corporate_actions, as far as `prices` says
/// that the bars do not contain them, and when an asset is delisted. Adds what a reader of the
/// run must know to `warnings`. Needs a connection.
void apply_corporate_actions(std::vector<BarSeries>& series, Prices prices, const ZoneDays& days,
                             std::vector<std::string>& warnings);

}  // namespace quant::pg
