// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <string>

#include "core/strategy/column_set.hpp"
#include "core/strategy/series_context.hpp"

namespace quant {

/// The columns that a program reads of other symbols: computed once for a run, whichever symbol
/// asks.
class OtherSeries {
 public:
  /// Plans what `roots` read. `program` and `context` outlive it.
  OtherSeries(const Program& program, const std::vector<NodeId>& roots,
              const SeriesContext& context);
  // The column sets point to the series that they read.
  OtherSeries(const OtherSeries&) = delete;
  OtherSeries& operator=(const OtherSeries&) = delete;

  /// Computes the next column; true when all are done. Call until true.
  bool compute_step();

  [[nodiscard]] const SeriesContext& context() const { return *context_; }
  /// Bars and columns of a symbol that the program reads.
  [[nodiscard]] const BarSeries& bars(const std::string& symbol) const;
  [[nodiscard]] const Columns& columns(const std::string& symbol) const {
    return sets_.at(symbol).columns();
  }

 private:
  const SeriesContext* context_;
  BarSeries none_;  // stands for a symbol without bars
  std::map<std::string, ColumnSet> sets_;
};

}  // namespace quant
