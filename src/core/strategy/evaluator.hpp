// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "core/market/bar_series.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// SQL's three truth values. A rule acts on kTrue only; unknown stays unknown inside it.
enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

using TruthColumn = std::vector<Truth>;

/// The account and the symbol's position at the close of the deciding bar.
struct AccountState {
  Quantity position;  // signed
  std::optional<Price> entry_price;
  std::int64_t bars_held = 0;
  Money equity;
  Money cash;
};

/// The values of a program's expressions for one symbol. What depends on prices alone is computed
/// once, as columns, node by node; what depends on the account is computed when it is asked for.
class SymbolValues {
 public:
  /// Plans the columns that `roots` need. `program` and `bars` outlive it.
  SymbolValues(const Program& program, const BarSeries& bars, const std::vector<NodeId>& roots);

  /// Computes the next node's column; true when all are done. Call until true. kOutOfRange names the
  /// symbol.
  bool compute_step();

  [[nodiscard]] Truth condition(NodeId id, std::size_t bar, const AccountState& state) const;
  [[nodiscard]] Number number(NodeId id, std::size_t bar, const AccountState& state) const;
  /// The column of a condition that does not depend on the account, else nullptr.
  [[nodiscard]] const TruthColumn* column(NodeId id) const {
    const auto found = truths_.find(id);
    return found == truths_.end() ? nullptr : &found->second;
  }

 private:
  void compute(NodeId id);
  void drop_used_up(NodeId id);

  const Program* program_;
  const BarSeries* bars_;
  std::vector<NodeId> planned_;  // operands come before what uses them
  std::size_t next_ = 0;
  std::unordered_map<NodeId, int> uses_;  // how many still read the column
  std::unordered_map<NodeId, TruthColumn> truths_;
  std::unordered_map<NodeId, NumberColumn> numbers_;
};

}  // namespace quant
