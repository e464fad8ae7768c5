// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/backtest_job.hpp"

namespace quant::pg {

/// SHA-256 as bytea: of the bars that a run read, those of other symbols included, and of its
/// fills.
[[nodiscard]] Datum data_hash(const BacktestJob& job);
[[nodiscard]] Datum fills_hash(const BacktestJob& job);

/// SHA-256 of the rules, values and settings that the run of a stored backtest followed: the
/// canonical text of its JSONB, and the limits of the risk profile where it used one.
[[nodiscard]] Datum strategy_hash(const BacktestJob& job);

}  // namespace quant::pg
