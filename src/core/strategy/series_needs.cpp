// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/series_needs.hpp"

#include <algorithm>
#include <array>

namespace quant {

std::map<std::string, std::vector<NodeId>> read_of_others(const Program& program,
                                                          const std::vector<NodeId>& roots) {
  std::map<std::string, std::vector<NodeId>> nodes;
  const std::vector<bool> reached = program.reachable(roots);
  for (std::size_t id = 0; id < reached.size(); ++id) {
    const ProgramNode& node = program[static_cast<NodeId>(id)];
    if (!reached[id] || node.operation != Operation::kOtherSeries) continue;
    const NodeId source = node.arguments[0];
    const SeriesKey& key = program.series(program[source].series);
    if (key.symbol != program.series(node.series).symbol) nodes[key.symbol].push_back(source);
  }
  return nodes;
}

bool reads_column(const Program& program, const std::vector<NodeId>& roots, std::string_view symbol,
                  BarColumn column) {
  const std::vector<bool> reached = program.reachable(roots);
  for (std::size_t id = 0; id < reached.size(); ++id) {
    const ProgramNode& node = program[static_cast<NodeId>(id)];
    if (!reached[id] || node.operation != Operation::kBar) continue;
    const SeriesKey& key = program.series(node.series);
    if (key.symbol != symbol) continue;
    const auto read = static_cast<BarColumn>(node.detail);
    const bool weighs = read == BarColumn::kVwap && key.timeframe && column == BarColumn::kVolume;
    if (read == column || weighs) return true;
  }
  return false;
}

bool reads_calendar(const Program& program, const std::vector<NodeId>& roots,
                    std::string_view symbol) {
  using enum BarColumn;
  const std::array parts = {kYear, kMonth, kDay, kWeekday, kHour, kMinute, kSession};
  return std::any_of(parts.begin(), parts.end(),
                     [&](BarColumn part) { return reads_column(program, roots, symbol, part); });
}

int warm_up_of(const Program& program, const std::vector<NodeId>& nodes) {
  int bars = 0;
  for (const NodeId node : nodes) bars = std::max(bars, program[node].warm_up);
  return bars;
}

}  // namespace quant
