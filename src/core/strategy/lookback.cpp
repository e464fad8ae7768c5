// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/lookback.hpp"

#include <algorithm>
#include <limits>

namespace quant {

namespace {

/// Of the node itself, beyond its operands.
std::int64_t own_lookback(const Program& program, const ProgramNode& node) {
  switch (node.operation) {
    case Operation::kHistory:
      return node.detail;
    case Operation::kIndicator:
      return node.indicator->outputs.size() == 1
                 ? node.indicator->outputs.front().lookback(node.settings)
                 : 0;
    case Operation::kOutput: {
      const ProgramNode& source = program[node.arguments[0]];
      return source.indicator->outputs[static_cast<std::size_t>(node.detail)].lookback(
          source.settings);
    }
    default:
      return 0;
  }
}

}  // namespace

int lookback_of(const Program& program, NodeId id) {
  const std::vector<bool> reached = program.reachable({id});
  std::vector<std::int64_t> bars(program.size());
  // A node is interned after its operands.
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) continue;
    const ProgramNode& node = program[static_cast<NodeId>(i)];
    for (const NodeId argument : node.arguments)
      bars[i] = std::max(bars[i], bars[static_cast<std::size_t>(argument)]);
    bars[i] += own_lookback(program, node);
  }
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(bars[static_cast<std::size_t>(id)], kMost));
}

int stable_after_of(const Program& program, NodeId id) {
  const std::vector<bool> reached = program.reachable({id});
  int bars = 0;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i]) bars = std::max(bars, program[static_cast<NodeId>(i)].warm_up);
  }
  return bars;
}

}  // namespace quant
