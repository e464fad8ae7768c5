// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/column_set.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/strategy/other_series.hpp"

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

/// What the bars see of another series: the value of its bar that `visible` names for each.
NumberColumn seen(const NumberColumn& source, const std::vector<std::size_t>& visible,
                  std::size_t size) {
  NumberColumn column(size);
  for (std::size_t bar = 0; bar < size; ++bar) {
    if (visible[bar] != kNoBar) column.set(bar, source.at(visible[bar]));
  }
  return column;
}
TruthColumn seen(const TruthColumn& source, const std::vector<std::size_t>& visible,
                 std::size_t size) {
  TruthColumn column(size, Truth::kUnknown);
  for (std::size_t bar = 0; bar < size; ++bar) {
    if (visible[bar] != kNoBar) column[bar] = source[visible[bar]];
  }
  return column;
}

}  // namespace

ColumnSet::ColumnSet(const Program& program, SeriesPlace place, std::vector<NodeId> kept)
    : program_(&program), bars_(program, std::move(place)), kept_(std::move(kept)) {
  std::sort(kept_.begin(), kept_.end());
  kept_.erase(std::unique(kept_.begin(), kept_.end()), kept_.end());
  const std::vector<bool> reached = program.reachable(kept_);
  // A node is interned after its operands, so the order of ids computes operands first.
  for (NodeId id = 0; id < static_cast<NodeId>(program.size()); ++id) {
    if (reached[static_cast<std::size_t>(id)] && bars_.holds(program[id])) planned_.push_back(id);
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
  if (segment_ == bars_.segments().size()) return true;
  if (next_ == planned_.size()) {
    finish_segment();
    return segment_ == bars_.segments().size();
  }
  const NodeId id = planned_[next_++];
  try {
    compute(id);
  } catch (Error& error) {
    error.detail(
        concat("While evaluating the rules for symbol \"", bars_.bars().asset.symbol, "\"."));
    throw;
  }
  for (const NodeId argument : (*program_)[id].arguments) {
    if (--uses_[argument] == 0) current_.erase(argument);
  }
  return false;
}

const Columns& ColumnSet::source_columns(const ProgramNode& source) const {
  return bars_.holds(source) ? current_
                             : bars_.others()->columns(program_->series(source.series).symbol);
}

void ColumnSet::compute(NodeId id) {
  const ProgramNode& node = (*program_)[id];
  const std::size_t size = bars_.size(node.series, segment_);
  if (node.operation == Operation::kOtherSeries) {
    const NodeId source = node.arguments[0];
    const std::vector<std::size_t>& visible = bars_.visible((*program_)[source].series);
    const Columns& columns = source_columns((*program_)[source]);
    if (node.is_condition) {
      current_.truths.emplace(id, seen(columns.truth(source), visible, size));
    } else {
      current_.numbers.emplace(id, seen(columns.number(source), visible, size));
    }
  } else if (node.indicator != nullptr && node.indicator->outputs.size() > 1) {
    compute_outputs(id, size);
  } else if (node.operation == Operation::kOutput) {
    // It has come with the others of its indicator.
  } else if (node.is_condition) {
    current_.truths.emplace(id, truth_column(node, current_, size));
  } else if (node.operation == Operation::kBar) {
    current_.numbers.emplace(id, bars_.column(node, segment_));
  } else {
    current_.numbers.emplace(id, number_column(*program_, node, current_, size, bars_.pause()));
  }
}

void ColumnSet::compute_outputs(NodeId id, std::size_t size) {
  const ProgramNode& node = (*program_)[id];
  std::vector<NumberColumn*> outputs(node.indicator->outputs.size(), nullptr);
  for (const NodeId user : planned_) {
    const ProgramNode& output = (*program_)[user];
    if (output.operation != Operation::kOutput || output.arguments[0] != id) continue;
    outputs.at(static_cast<std::size_t>(output.detail)) =
        &current_.numbers.emplace(user, size).first->second;
  }
  fill_outputs(node, current_, bars_.pause(), outputs);
}

void ColumnSet::finish_segment() {
  const Segment& segment = bars_.segments()[segment_];
  for (const NodeId id : kept_) {
    keep(kept_columns_.numbers, current_.numbers, id, bars_.bars().size(), segment);
    keep(kept_columns_.truths, current_.truths, id, bars_.bars().size(), segment);
  }
  current_ = {};
  if (++segment_ < bars_.segments().size()) begin_segment();
}

}  // namespace quant
