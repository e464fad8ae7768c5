// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <vector>

#include "core/backtest/engine.hpp"

namespace quant::fuzz {

/// Everything that one run is made of.
struct SmallRun {
  StrategyDocument document;
  Json parameters;
  Execution execution;
  std::vector<BarSeries> bars;
  std::vector<UserSignal> signals;
  Money capital;
};

/// A strategy for each symbol, as the splits of its bars ask for.
class CompiledRules {
 public:
  explicit CompiledRules(const SmallRun& run);

  [[nodiscard]] const Strategy& main() const { return main_; }
  [[nodiscard]] std::vector<const Strategy*> by_symbol() const;

 private:
  Strategy main_;
  std::vector<Strategy> own_;
};

/// The rules read other symbols from the same bars.
[[nodiscard]] RunRecords run(const SmallRun& run, const CompiledRules& rules);

}  // namespace quant::fuzz
