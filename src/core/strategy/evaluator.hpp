// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <vector>

#include "core/strategy/other_series.hpp"

namespace quant {

/// The account and the symbol's position at the close of the deciding bar.
struct AccountState {
  Quantity position;  // signed
  std::optional<Price> entry_price;
  std::int64_t bars_held = 0;
  Money equity;
  Money cash;
};

/// The values of a program's expressions for one symbol. What depends on bars alone is computed
/// once, as columns; what depends on the account is computed when it is asked for.
class SymbolValues {
 public:
  /// Plans the columns that `roots` need. `program` and `bars` outlive it; so does `others`, which
  /// a program with at() or tf() needs, and which may serve many symbols.
  SymbolValues(const Program& program, const BarSeries& bars, const std::vector<NodeId>& roots,
               OtherSeries* others = nullptr);

  /// Computes the next node's column; true when all are done. Call until true. kOutOfRange names
  /// the symbol.
  bool compute_step() {
    if (others_ != nullptr && !others_->compute_step()) return false;
    return columns_.compute_step();
  }

  [[nodiscard]] Truth condition(NodeId id, std::size_t bar, const AccountState& state) const;
  [[nodiscard]] Number number(NodeId id, std::size_t bar, const AccountState& state) const;
  /// The column of a condition that does not depend on the account, else nullptr.
  [[nodiscard]] const TruthColumn* column(NodeId id) const {
    const auto& truths = columns_.columns().truths;
    const auto found = truths.find(id);
    return found == truths.end() ? nullptr : &found->second;
  }

 private:
  const Program* program_;
  OtherSeries* others_;
  ColumnSet columns_;
};

}  // namespace quant
