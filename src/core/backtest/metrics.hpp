// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/backtest/benchmark.hpp"
#include "core/backtest/execution.hpp"
#include "core/backtest/records.hpp"
#include "core/base/pause.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"
#include "core/risk/drawdown.hpp"

namespace quant {

/// One figure of a run: a result column of trading.backtests, or one that stands in `metrics`
/// alone.
struct Metric {
  std::string_view name;
  /// Rounded once to its decimals; nothing: undefined, or it does not fit the column.
  std::optional<Decimal> value;
  /// The same with 12 decimals, fitting or not; as text where it is beyond 38 digits.
  std::optional<Decimal> precise;
  std::string beyond = {};
};

/// What the annual figures of a run rest on.
struct MetricConventions {
  Decimal periods_per_year;
  Decimal risk_free;  // annual fraction
  bool every_bar = false;
  Conventions formulas = Conventions::kOwn;
};

/// 252 periods a year for daily and finer bars, 365 where every asset trades on every day, 52 for
/// weeks, 12 for months; "periods_per_year" of the run overrides it, and must be given for metrics
/// by intraday bar. Other engines have defaults of their own: 365 for vectorbt, a risk-free rate of
/// 1 percent for backtrader. What the run says wins over both.
[[nodiscard]] MetricConventions metric_conventions(const Execution& execution, Timeframe timeframe,
                                                   const std::vector<BarSeries>& bars);

struct RunMetrics {
  std::vector<Metric> figures;  // in the order of the columns
  std::vector<Metric> further;  // those without a column
  std::vector<DrawdownEpisode> deepest_drawdowns;
  /// Names of figures that their column cannot hold.
  std::vector<std::string_view> too_large;
  std::size_t periods = 0;  // returns used

  [[nodiscard]] const Metric& figure(std::string_view name) const;
};

/// All figures of a run. `days`: the session date of each point of the equity curve; `benchmark`:
/// what it is compared with, or nullptr. Ratios are fractions, losses positive.
[[nodiscard]] RunMetrics compute_metrics(
    const RunRecords& records, Money initial_capital, std::span<const Day> days,
    const MetricConventions& conventions, const Benchmark* benchmark, const Pause& pause = [] {});

/// Drawdown at each point of the equity curve, with 6 decimals.
[[nodiscard]] std::vector<Decimal> drawdown_column(const RunRecords& records,
                                                   Money initial_capital);

/// All figures with 12 decimals, the deepest drawdowns, and the conventions they follow, as a JSON
/// object. Under the conventions of another engine "name" tells which, and "formulas" gives those
/// of its formulas that were used; every figure that it does not name follows ours.
[[nodiscard]] std::string metrics_json(const RunMetrics& metrics,
                                       const MetricConventions& conventions);

}  // namespace quant
