// SPDX-License-Identifier: PostgreSQL
#include "adapter/series_reader.hpp"

#include "adapter/corporate_actions.hpp"
#include "adapter/universe_reader.hpp"
#include "core/market/splits.hpp"

namespace quant::pg {

void fill_local_times(std::vector<BarSeries>& bars, const ZoneDays& days) {
  for (BarSeries& series : bars) {
    series.local.reserve(series.size());
    for (const Timestamp timestamp : series.timestamp)
      series.local.push_back(days.local_of(timestamp));
    serve_interrupts();
  }
}

void request_columns(BarRequest& request, const Program& program, const std::vector<NodeId>& roots,
                     std::string_view symbol) {
  const auto reads = [&](BarColumn column) { return reads_column(program, roots, symbol, column); };
  request.range = reads(BarColumn::kHigh) || reads(BarColumn::kLow);
  request.volume = reads(BarColumn::kVolume);
  request.vwap = reads(BarColumn::kVwap);
}

std::map<std::string, BarSeries> read_others(const Program& program,
                                             const std::vector<NodeId>& roots, BarRequest wanted,
                                             Prices prices, const ZoneDays& days,
                                             std::vector<std::string>& warnings) {
  std::map<std::string, BarSeries> others;
  for (const auto& [symbol, nodes] : read_of_others(program, roots)) {
    wanted.assets = {
        read_asset(symbol, "symbol", concat("The rules read at(\"", symbol, "\", ...)."))};
    wanted.warm_up = warm_up_of(program, nodes);
    request_columns(wanted, program, roots, symbol);
    std::vector<BarSeries> bars = read_bars(wanted);
    if (bars.empty()) {
      warnings.push_back(
          concat("no bars for \"", symbol, "\", which the rules read, in the period"));
      continue;
    }
    apply_corporate_actions(bars, prices, days, warnings);
    if (reads_calendar(program, roots, symbol)) fill_local_times(bars, days);
    others.emplace(symbol, std::move(bars.front()));
    serve_interrupts();
  }
  return others;
}

SeriesSettings settings_of(const SeriesContext& context) {
  SeriesSettings settings;
  settings.timeframe = context.timeframe;
  for (const auto& [symbol, bars] : context.others) {
    if (const Int128 multiple = price_multiple(bars); multiple != 1)
      settings.other_multiples.emplace(symbol, multiple);
  }
  return settings;
}

namespace {

void compile(ExpressionSeries& series, const std::vector<Expression>& expressions,
             const SeriesSettings& settings) {
  Names names;
  names.series = settings;
  series.program = {};
  series.roots.clear();
  for (const Expression& expression : expressions) {
    series.roots.push_back(compile_expression(series.program, expression, names));
    if (!series.program[series.roots.back()].needs_state) continue;
    throw invalid("an expression over bars has no position and no account")
        .detail(concat("It is expression ", series.roots.size(), "."));
  }
}

}  // namespace

ExpressionSeries read_expression_series(const SeriesRequest& request,
                                        const std::vector<Expression>& expressions) {
  const ZoneDays days("UTC");
  ExpressionSeries series;
  series.context.timeframe = request.timeframe;
  series.context.pause = serve_interrupts;
  compile(series, expressions, settings_of(series.context));
  BarRequest wanted;
  wanted.timeframe = request.timeframe;
  wanted.from = request.from;
  wanted.to = request.to;
  for (const NodeId root : series.roots)
    wanted.warm_up = std::max(wanted.warm_up, series.program[root].warm_up);
  request_columns(wanted, series.program, series.roots, "");
  std::vector<BarSeries> own = {
      read_symbol(wanted, read_asset(request.symbol, "symbol", "It is argument \"symbol\"."))};
  apply_corporate_actions(own, Prices::kRaw, days, series.warnings);
  if (reads_calendar(series.program, series.roots, "")) fill_local_times(own, days);
  series.bars = std::move(own.front());
  if (series.bars.size() != 0) wanted.from = std::min(wanted.from, series.bars.timestamp.front());
  series.context.others =
      read_others(series.program, series.roots, wanted, Prices::kRaw, days, series.warnings);
  SeriesSettings settings = settings_of(series.context);
  settings.price_multiple = price_multiple(series.bars);
  if (settings.price_multiple != 1 || !settings.other_multiples.empty())
    compile(series, expressions, settings);
  return series;
}

}  // namespace quant::pg
