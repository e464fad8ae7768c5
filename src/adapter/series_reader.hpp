// SPDX-License-Identifier: PostgreSQL
// The bars that expressions read.
#pragma once

#include "core/backtest/execution.hpp"
#include "core/strategy/series_context.hpp"
#include "core/strategy/series_needs.hpp"

#include "adapter/bar_reader.hpp"
#include "adapter/session_days.hpp"

namespace quant::pg {

/// Sets the bars' starts as wall-clock time of a zone.
void fill_local_times(std::vector<BarSeries>& bars, const ZoneDays& days);

/// The columns that `roots` read of `symbol` (empty: the rules' own).
void request_columns(BarRequest& request, const Program& program, const std::vector<NodeId>& roots,
                     std::string_view symbol);

/// Bars of the symbols that `roots` read with at(), as `wanted` says of time and timeframe,
/// adjusted by corporate actions as `prices` says. Needs a connection.
[[nodiscard]] std::map<std::string, BarSeries> read_others(const Program& program,
                                                           const std::vector<NodeId>& roots,
                                                           BarRequest wanted, Prices prices,
                                                           const ZoneDays& days,
                                                           std::vector<std::string>& warnings);

/// What compiling for these bars must know.
[[nodiscard]] SeriesSettings settings_of(const SeriesContext& context);

/// One symbol's bars with expressions over them.
struct SeriesRequest {
  std::string symbol;
  Timeframe timeframe = Timeframe::k1d;
  Timestamp from = 0;
  Timestamp to = 0;  // exclusive
};

struct ExpressionSeries {
  Program program;
  std::vector<NodeId> roots;  // one for each expression
  BarSeries bars;
  SeriesContext context;
  std::vector<std::string> warnings;
};

/// Days are those of UTC. Reads the bars, and so many before them as the expressions need. Needs a
/// connection.
[[nodiscard]] ExpressionSeries read_expression_series(const SeriesRequest& request,
                                                      const std::vector<Expression>& expressions);

}  // namespace quant::pg
