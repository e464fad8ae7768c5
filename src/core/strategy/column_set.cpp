// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/column_set.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/strategy/bar_columns.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

/// Takes over what `source` says of the bars of a segment.
void take(NumberColumn& target, const NumberColumn& source, const Segment& segment) {
  for (std::size_t bar = segment.begin; bar < segment.end; ++bar) target.set(bar, source.at(bar));
}
void take(TruthColumn& target, const TruthColumn& source, const Segment& segment) {
  for (std::size_t bar = segment.begin; bar < segment.end; ++bar) target[bar] = source[bar];
}

/// Keeps the column of `id` in `target`, a map: all of it where the series is one segment.
template <typename Map>
void keep(Map& target, Map& source, NodeId id, std::size_t size, const Segment& segment) {
  const auto found = source.find(id);
  if (found == source.end()) return;
  if (segment.begin == 0 && segment.end == size) {
    target.insert_or_assign(id, std::move(found->second));
  } else {
    take(target.try_emplace(id, size).first->second, found->second, segment);
  }
}

}  // namespace

ColumnSet::ColumnSet(const Program& program, const BarSeries& bars, std::vector<NodeId> kept)
    : program_(&program), bars_(&bars), kept_(std::move(kept)), segments_(segments_of(bars)) {
  std::sort(kept_.begin(), kept_.end());
  kept_.erase(std::unique(kept_.begin(), kept_.end()), kept_.end());
  const std::vector<bool> reached = program.reachable(kept_);
  // A node is interned after its operands, so the order of ids computes operands first.
  for (NodeId id = 0; id < static_cast<NodeId>(program.size()); ++id) {
    if (reached[static_cast<std::size_t>(id)]) planned_.push_back(id);
  }
  begin_segment();
}

void ColumnSet::begin_segment() {
  next_ = 0;
  uses_.clear();
  for (const NodeId id : kept_) ++uses_[id];
  for (const NodeId id : planned_) {
    for (const NodeId argument : (*program_)[id].arguments) ++uses_[argument];
  }
}

bool ColumnSet::compute_step() {
  if (segment_ == segments_.size()) return true;
  if (next_ == planned_.size()) {
    finish_segment();
    return segment_ == segments_.size();
  }
  const NodeId id = planned_[next_++];
  try {
    compute(id);
  } catch (Error& error) {
    error.detail(concat("While evaluating the rules for symbol \"", bars_->asset.symbol, "\"."));
    throw;
  }
  for (const NodeId argument : (*program_)[id].arguments) {
    if (--uses_[argument] == 0) current_.erase(argument);
  }
  return false;
}

void ColumnSet::compute(NodeId id) {
  const ProgramNode& node = (*program_)[id];
  const std::size_t size = segments_[segment_].end;
  if (node.is_condition) {
    current_.truths.emplace(id, truth_column(node, current_, size));
  } else if (node.operation == Operation::kBar) {
    const auto which = static_cast<BarColumn>(node.detail);
    const Int128 multiple = node.denominator / variable_of(which).denominator;
    current_.numbers.emplace(id, bar_column(*bars_, segments_so_far(), which, multiple));
  } else {
    current_.numbers.emplace(id, number_column(*program_, node, current_, size));
  }
}

void ColumnSet::finish_segment() {
  for (const NodeId id : kept_) {
    keep(kept_columns_.numbers, current_.numbers, id, bars_->size(), segments_[segment_]);
    keep(kept_columns_.truths, current_.truths, id, bars_->size(), segments_[segment_]);
  }
  current_ = {};
  if (++segment_ < segments_.size()) begin_segment();
}

}  // namespace quant
