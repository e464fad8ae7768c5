// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/other_series.hpp"

#include "core/strategy/series_needs.hpp"

namespace quant {

OtherSeries::OtherSeries(const Program& program, const std::vector<NodeId>& roots,
                         const SeriesContext& context)
    : context_(&context) {
  for (const auto& [symbol, nodes] : read_of_others(program, roots)) {
    const SeriesPlace place{&bars(symbol), symbol, context.timeframe, nullptr, context.pause};
    sets_.emplace(symbol, ColumnSet(program, place, nodes));
  }
}

const BarSeries& OtherSeries::bars(const std::string& symbol) const {
  const auto found = context_->others.find(symbol);
  return found == context_->others.end() ? none_ : found->second;
}

bool OtherSeries::compute_step() {
  for (auto& entry : sets_) {
    if (!entry.second.compute_step()) return false;
  }
  return true;
}

}  // namespace quant
