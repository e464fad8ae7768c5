// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/strategy/columns.hpp"
#include "core/strategy/series_bars.hpp"

namespace quant {

/// What a program's nodes are on the bars of one symbol, coarser ones included, as columns: node by
/// node, and once for each segment between splits, in its units. A column's value on a bar comes
/// from the bar's own segment.
class ColumnSet {
 public:
  /// Plans the columns that `kept` need, and these stay when all is computed. They are on the
  /// symbol's own bars, and none depends on the account. `program` and the place's bars outlive it.
  ColumnSet(const Program& program, SeriesPlace place, std::vector<NodeId> kept);

  /// Computes the next node's column in the current segment; true when all are done. Call until
  /// true. kOutOfRange names the symbol.
  bool compute_step();

  /// The kept columns, once all are computed.
  [[nodiscard]] const Columns& columns() const { return kept_columns_; }

 private:
  void begin_segment();
  void compute(NodeId id);
  /// Those of an indicator with several, all at once, into the columns of the nodes that take them.
  void compute_outputs(NodeId id, std::size_t size);
  void finish_segment();
  [[nodiscard]] const Columns& source_columns(const ProgramNode& source) const;

  const Program* program_;
  SeriesBars bars_;
  std::vector<NodeId> kept_;
  std::vector<NodeId> planned_;  // operands come before what uses them
  std::size_t segment_ = 0;
  std::size_t next_ = 0;
  std::unordered_map<NodeId, int> uses_;  // how many still read the column in this segment
  Columns current_;                       // of this segment, from the first bar on
  Columns kept_columns_;
};

}  // namespace quant
