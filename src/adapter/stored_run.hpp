// SPDX-License-Identifier: PostgreSQL
// What is stored of a run, to hold a repetition against.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/backtest_job.hpp"

namespace quant::pg {

/// The provenance of a stored run.
struct StoredRun {
  std::string engine_version;
  std::string data_hash;  // as bytes
  std::string strategy_hash;
  std::string fills_hash;
};

/// kNotFound where there is no such backtest, kNoData where it has not been run.
[[nodiscard]] StoredRun read_stored_run(std::int64_t backtest_id);

/// The same of a finished repetition.
[[nodiscard]] StoredRun repeated_run(const BacktestJob& job);

/// The final value and the equity curve that are stored of the backtest are those of the
/// repetition.
[[nodiscard]] bool has_stored_account(const BacktestJob& job);

/// A stored trade, as far as it says which one of the run it is, and whether it is still the same.
struct StoredTrade {
  std::int64_t backtest_id = 0;
  std::int64_t number = 0;
  std::string symbol;
  Quantity quantity;
  Timestamp entry_time = 0;
  Price entry_price;
  std::optional<Timestamp> exit_time;
  std::optional<Price> exit_price;
  std::optional<Money> pnl;
  Money commission;
};

/// kNotFound where there is none, kInvalidParameter where no run wrote it.
[[nodiscard]] StoredTrade read_stored_trade(std::int64_t trade_id);

/// The trade of the repetition; kNoData where the run no longer has it.
[[nodiscard]] const Trade& find_trade(const BacktestJob& job, const StoredTrade& stored);

/// Days at which to cut the run, at most `cuts`, evenly spaced, the last day not among them.
[[nodiscard]] std::vector<Day> cut_days(const BacktestJob& job, std::int32_t cuts);

/// The first decision or fill up to `end` that two runs do not share, as text; empty where there is
/// none. `cut` has seen nothing after `end`.
[[nodiscard]] std::string first_difference(const BacktestJob& whole, const BacktestJob& cut,
                                           Timestamp end);

/// Decisions of a run before `end`.
[[nodiscard]] std::int64_t decisions_before(const BacktestJob& job, Timestamp end);

}  // namespace quant::pg
