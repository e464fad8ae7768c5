// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/program.hpp"

#include <algorithm>

namespace quant {

NodeId Program::intern(ProgramNode node) {
  Key key{node.operation, node.series,    node.denominator, node.constant,
          node.detail,    node.indicator, node.settings,    node.arguments};
  const auto [position, added] =
      known_.try_emplace(std::move(key), static_cast<NodeId>(nodes_.size()));
  if (added) nodes_.push_back(std::move(node));
  return position->second;
}

int Program::series_id(const SeriesKey& key) {
  const auto known = std::find(series_.begin(), series_.end(), key);
  const auto id = static_cast<int>(known - series_.begin());
  if (known == series_.end()) series_.push_back(key);
  return id;
}

std::vector<bool> Program::reachable(const std::vector<NodeId>& roots) const {
  std::vector<bool> reached(nodes_.size());
  std::vector<NodeId> open = roots;
  while (!open.empty()) {
    const auto id = static_cast<std::size_t>(open.back());
    open.pop_back();
    if (reached[id]) continue;
    reached[id] = true;
    open.insert(open.end(), nodes_[id].arguments.begin(), nodes_[id].arguments.end());
  }
  return reached;
}

}  // namespace quant
