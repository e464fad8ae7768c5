// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/backtest_job.hpp"

namespace quant::pg {

/// Replaces everything stored of a backtest by the result of `job`: its account with positions,
/// transactions and equity curve, its trades and engine signals, and its result columns. Signals of
/// users stay. `started` is the clock at the beginning of the run. Needs a connection to SPI.
void store_backtest(std::int64_t backtest_id, const BacktestJob& job, TimestampTz started);

}  // namespace quant::pg
