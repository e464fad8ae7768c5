// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/execution.hpp"
#include "core/backtest/orders.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"
#include "core/strategy/strategy.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// What a run is asked to do: the configuration columns of trading.backtests.
struct BacktestRequest {
  std::optional<std::int64_t> backtest_id;  // of a stored backtest
  std::int64_t strategy_id = 0;
  Json universe;
  std::string timeframe;
  Day start = 0;
  Day end = 0;
  Money initial_capital;
  Json parameters;
  /// Of a stored backtest only.
  std::optional<std::int64_t> user_id;
  std::optional<std::string> currency;
  std::optional<std::int64_t> benchmark_id;
};

/// The rules of a strategy and the user that they belong to.
struct StoredStrategy {
  std::int64_t user_id = 0;
  StrategyDocument document;
};

/// The row of a backtest; to write, it is locked against a second run of it. kNotFound where there
/// is none.
[[nodiscard]] BacktestRequest read_backtest(std::int64_t backtest_id, Access access);

/// The stored rules of a strategy. kNotFound where there is none; kNotPermitted where it belongs to
/// another user than `user_id`.
[[nodiscard]] StoredStrategy read_strategy(std::int64_t strategy_id,
                                           const std::optional<std::int64_t>& user_id);

/// The symbol that the run is compared with: "benchmark" of its parameters, else its
/// benchmark_id's.
[[nodiscard]] std::optional<std::string> benchmark_symbol(const BacktestRequest& request);

/// The limits of the user's default risk profile, or nothing where there is none.
[[nodiscard]] std::optional<Limits> read_risk_profile(std::int64_t user_id);

/// The decisions that users have given to a backtest, in order of time. A symbol that the run does
/// not have is kInvalidParameter.
[[nodiscard]] std::vector<UserSignal> read_signals(std::int64_t backtest_id,
                                                   const std::vector<BarSeries>& bars);

/// Bounds and capital of a run, checked. `name`s are the columns', for messages.
void check_period(Datum start, Datum end);
[[nodiscard]] Money decode_capital(Datum value);

}  // namespace quant::pg
