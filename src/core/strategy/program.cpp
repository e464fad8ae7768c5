// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/program.hpp"

#include <algorithm>

namespace quant {

NodeId Program::intern(ProgramNode node) {
  Key key{node.operation, node.denominator, node.constant, node.detail, node.indicator, node.arguments};
  const auto [position, added] = known_.try_emplace(std::move(key), static_cast<NodeId>(nodes_.size()));
  if (added) nodes_.push_back(std::move(node));
  return position->second;
}

bool Program::reads(BarColumn column) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const ProgramNode& node) {
    return node.operation == Operation::kBar && node.detail == static_cast<int>(column);
  });
}

int Program::warm_up() const {
  int bars = 0;
  for (const ProgramNode& node : nodes_) bars = std::max(bars, node.warm_up);
  return bars;
}

}  // namespace quant
