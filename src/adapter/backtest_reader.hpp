// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/execution.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"
#include "core/strategy/strategy.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// What a run is asked to do: the configuration columns of trading.backtests.
struct BacktestRequest {
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

/// The row of a backtest, locked against a second run of it. kNotFound where there is none.
[[nodiscard]] BacktestRequest read_backtest(std::int64_t backtest_id);

/// The stored rules of a strategy. kNotFound where there is none; kNotPermitted where it belongs to
/// another user than `user_id`.
[[nodiscard]] StrategyDocument read_strategy(std::int64_t strategy_id,
                                             const std::optional<std::int64_t>& user_id);

/// Instruments of a universe in byte order of symbol: a list of symbols, or a filter on assets.
/// kInvalidParameter for an empty or malformed one, kNotFound for a symbol that is no asset.
[[nodiscard]] std::vector<Asset> read_universe(const Json& universe);

/// One instrument; kNotFound, where there is none, says in the message `what` it was wanted for, and
/// `where` in the detail.
[[nodiscard]] Asset read_asset(const std::string& symbol, std::string_view what, std::string where);

/// The symbol that the run is compared with: "benchmark" of its parameters, else its benchmark_id's.
[[nodiscard]] std::optional<std::string> benchmark_symbol(const BacktestRequest& request);

/// Recorded splits and dividends of the assets between two days, as text for a warning; empty where
/// there are none.
[[nodiscard]] std::string recorded_actions(const std::vector<Asset>& assets, Day start, Day end);

/// Bounds and capital of a run, checked. `name`s are the columns', for messages.
void check_period(Datum start, Datum end);
[[nodiscard]] Money decode_capital(Datum value);

}  // namespace quant::pg
