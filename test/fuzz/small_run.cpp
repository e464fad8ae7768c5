// SPDX-License-Identifier: PostgreSQL
#include "small_run.hpp"

#include "core/market/splits.hpp"

namespace quant::fuzz {

CompiledRules::CompiledRules(const SmallRun& run) {
  SeriesSettings settings;
  settings.timeframe = Timeframe::k1d;
  for (const BarSeries& series : run.bars) {
    if (const Int128 multiple = price_multiple(series); multiple != 1) {
      settings.other_multiples.emplace(series.asset.symbol, multiple);
    }
  }
  const auto compiled = [&] {
    return compile_strategy(run.document, run.parameters, run.execution.strict_crossover, settings);
  };
  main_ = compiled();
  for (const BarSeries& series : run.bars) {
    settings.price_multiple = price_multiple(series);
    own_.push_back(compiled());
  }
}

std::vector<const Strategy*> CompiledRules::by_symbol() const {
  std::vector<const Strategy*> rules;
  for (const Strategy& one : own_) rules.push_back(&one);
  return rules;
}

RunRecords run(const SmallRun& run, const CompiledRules& rules) {
  RunContext context;
  context.signals = run.signals;
  context.rules = rules.by_symbol();
  context.series.max_age = run.execution.max_age;
  for (const BarSeries& series : run.bars) {
    context.series.others.emplace(series.asset.symbol, series);
    context.series.others.at(series.asset.symbol).first = 0;
  }
  // One finer bar for each, the same as the bar.
  context.finer_bars = [&](std::size_t symbol, Timestamp start) {
    const BarSeries& series = run.bars[symbol];
    BarSeries finer;
    for (std::size_t i = 0; i < series.size(); ++i) {
      if (series.timestamp[i] != start) continue;
      finer.timestamp = {start};
      finer.open = {series.open[i]};
      finer.high = {series.high[i]};
      finer.low = {series.low[i]};
      finer.close = {series.close[i]};
    }
    return finer;
  };
  Engine engine(rules.main(), run.execution, run.bars, run.capital, std::move(context));
  while (!engine.prepare_step()) {
  }
  while (!engine.step(7)) {
  }
  return engine.finish();
}

}  // namespace quant::fuzz
