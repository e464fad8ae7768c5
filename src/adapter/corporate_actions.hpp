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

/// What happened to a share, as vendors write it: a split as one number, an amount for each share.
struct VendorAction {
  std::string symbol;
  Day ex_date = 0;
  std::string type;
  std::optional<Decimal> value;
  std::optional<std::string> currency;  // the asset's where there is none
};

/// Stores it in place of what is recorded of its type for that day; the id of the row. A NOTICE
/// where a split is taken as another number. kNotFound for the symbol, kInvalidParameter and
/// kNullNotAllowed for the value. Needs a connection.
[[nodiscard]] std::int64_t record_corporate_action(const VendorAction& action);

}  // namespace quant::pg
