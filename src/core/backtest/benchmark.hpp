// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/market/bar_series.hpp"
#include "core/risk/returns.hpp"

namespace quant {

/// The closes of a run's benchmark over the period of the run.
struct Benchmark {
  struct Close {
    Timestamp time;
    Day session_day;
    Price price;
  };
  std::string symbol;
  Price base;  // the last close before the run, else the first open of it
  std::vector<Close> closes;
};

/// `bars` has at least one bar in the run's period; `days` gives the session date of each of those.
[[nodiscard]] Benchmark benchmark_of(const BarSeries& bars, std::span<const Day> days);

/// Returns of a run and its benchmark over the same periods.
struct PairedReturns {
  std::vector<Ratio> run;
  std::vector<Ratio> benchmark;
  bool with_first = false;  // the first pair is that of the first period
};

/// Pairs the run's returns (of the periods that end at `periods`) with the benchmark's over the
/// same two ends. By session date, or by exact time where `by_time`. Periods at whose ends the
/// benchmark has no close are left out.
[[nodiscard]] PairedReturns pair_returns(const Benchmark& benchmark,
                                         std::span<const EquityPoint> periods,
                                         std::span<const Ratio> returns, bool by_time);

/// What `initial_capital` held in the benchmark would be worth at each time, to cents; nothing
/// where that is beyond the column.
[[nodiscard]] std::vector<std::optional<Money>> benchmark_values(const Benchmark& benchmark,
                                                                 Money initial_capital,
                                                                 std::span<const Timestamp> times);

}  // namespace quant
