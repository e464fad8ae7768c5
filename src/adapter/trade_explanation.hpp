// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>

#include "adapter/backtest_job.hpp"

namespace quant::pg {

/// A trade of a finished run in words, a line each: the rules of its entry and exit with what they
/// compared on their deciding bars, how the fills came about, what it cost.
[[nodiscard]] std::string explain_trade(const BacktestJob& job, const StrategyDocument& document,
                                        const Trade& trade);

}  // namespace quant::pg
