// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// x and y of one row joined, on the grid of 10^-12. `Operation::of(x, y)` takes and gives grid
/// units.
template <typename Operation>
class MathOperator {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit MathOperator(const IndicatorArguments&) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    if (!all_known(row)) return {};
    return {Operation::of(row[0].value, row[1].value)};
  }
};

struct Addition {
  static Number of(Int128 x, Int128 y) { return Number::of(add(x, y)); }
};
struct Subtraction {
  static Number of(Int128 x, Int128 y) { return Number::of(subtract(x, y)); }
};
struct Multiplication {
  static Number of(Int128 x, Int128 y) { return Number::of(multiply_divide(x, y, kGrid)); }
};
/// Nothing where y = 0.
struct Division {
  static Number of(Int128 x, Int128 y) { return grid_quotient(x, y); }
};

}  // namespace quant
