// SPDX-License-Identifier: PostgreSQL
// The column of a node, from the columns of its operands.
#pragma once

#include <span>
#include <unordered_map>

#include "core/base/number_column.hpp"
#include "core/base/pause.hpp"
#include "core/strategy/program.hpp"
#include "core/strategy/truth.hpp"

namespace quant {

/// Columns by node, all of them over the same bars.
struct Columns {
  std::unordered_map<NodeId, NumberColumn> numbers;
  std::unordered_map<NodeId, TruthColumn> truths;

  [[nodiscard]] const NumberColumn& number(NodeId id) const { return numbers.find(id)->second; }
  [[nodiscard]] const TruthColumn& truth(NodeId id) const { return truths.find(id)->second; }
  void erase(NodeId id) {
    numbers.erase(id);
    truths.erase(id);
  }
};

/// The outputs of an indicator into columns of the inputs' size; nullptr where one is not wanted.
void fill_outputs(const ProgramNode& node, const Columns& columns, const Pause& pause,
                  std::span<NumberColumn* const> outputs);
/// Values of a number node on `size` bars. Its operands are in `columns`; it reads no bars itself.
[[nodiscard]] NumberColumn number_column(const Program& program, const ProgramNode& node,
                                         const Columns& columns, std::size_t size,
                                         const Pause& pause = {});
/// Likewise of a condition.
[[nodiscard]] TruthColumn truth_column(const ProgramNode& node, const Columns& columns,
                                       std::size_t size);

}  // namespace quant
