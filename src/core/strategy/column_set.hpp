// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/market/splits.hpp"
#include "core/strategy/columns.hpp"

namespace quant {

/// What a program's nodes are on the bars of one symbol, as columns: node by node, and once for each
/// segment between splits, in its units. A column's value on a bar comes from the bar's own segment.
class ColumnSet {
 public:
  /// Plans the columns that `kept` need, and these stay when all is computed. None of them depends
  /// on the account. `program` and `bars` outlive it.
  ColumnSet(const Program& program, const BarSeries& bars, std::vector<NodeId> kept);

  /// Computes the next node's column in the current segment; true when all are done. Call until
  /// true. kOutOfRange names the symbol.
  bool compute_step();

  /// The kept columns, once all are computed.
  [[nodiscard]] const Columns& columns() const { return kept_columns_; }

 private:
  void begin_segment();
  void compute(NodeId id);
  void finish_segment();
  [[nodiscard]] std::span<const Segment> segments_so_far() const {
    return std::span(segments_).first(segment_ + 1);
  }

  const Program* program_;
  const BarSeries* bars_;
  std::vector<NodeId> kept_;
  std::vector<NodeId> planned_;  // operands come before what uses them
  std::vector<Segment> segments_;
  std::size_t segment_ = 0;
  std::size_t next_ = 0;
  std::unordered_map<NodeId, int> uses_;  // how many still read the column in this segment
  Columns current_;                       // of this segment, from the first bar on
  Columns kept_columns_;
};

}  // namespace quant
