// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/market/timeframe.hpp"
#include "core/risk/account_performance.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

// Each needs a connection to SPI, and takes a lock on the row that it changes.

/// Values the account at `as_of` by the last bar of `timeframe` that began by then, and stores the
/// point in trading.equity_curves. Where nothing later is stored, the open positions and the totals
/// of the portfolio are marked too. Returns the equity.
Money mark_portfolio(std::int64_t portfolio_id, Timestamp as_of, Timeframe timeframe);

/// The equity curve with what was paid in or taken out between its points.
[[nodiscard]] std::vector<AccountMark> read_marks(std::int64_t portfolio_id);

/// Fills the performance columns of a portfolio from its equity curve. kNoData without one.
void update_portfolio_metrics(std::int64_t portfolio_id);

/// Fills the performance columns of a benchmark from its daily bars. kNotFound, kNoData.
void update_benchmark_metrics(const std::string& symbol);

}  // namespace quant::pg
