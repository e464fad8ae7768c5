// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/atr.hpp"

namespace quant {

/// Normalized average true range: G(100 ATR / close), of the average on the grid. First value at
/// row n; missing where the close is 0.
class Natr {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Natr(const IndicatorArguments& arguments) : atr_(arguments) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    const Number range = atr_.update(row)[0];
    if (!range.known) return {};
    return {grid_quotient(multiply(range.value, 100), row[2].value)};
  }

 private:
  Atr atr_;
};

}  // namespace quant
