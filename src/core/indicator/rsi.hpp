// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/wilder.hpp"

namespace quant {

/// Relative strength index [Wilder 1978]: 100 U / (U + D), U and D Wilder's sums of the gains and
/// losses over `period` >= 1 changes. Missing where nothing has moved (U + D = 0).
class Rsi {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Rsi(int period) : gains_(period), losses_(period) {}
  explicit Rsi(const IndicatorArguments& arguments) : Rsi(arguments.whole(0)) {}

  /// x and the result in grid units.
  Number update(Number x) {
    if (!x.known) return {};
    const Number previous = previous_;
    previous_ = x;
    if (!previous.known) return {};
    const Int128 change = subtract(x.value, previous.value);
    const Number up = gains_.update(positive_part(change));
    const Number down = losses_.update(positive_part(subtract(0, change)));
    const Int128 total = add(up.value, down.value);
    if (!up.known || total == 0) return {};
    constexpr Int128 kHundred = Int128{100} * kGrid;
    return Number::of(multiply_divide(up.value, kHundred, total));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  WilderSum gains_;
  WilderSum losses_;
  Number previous_;
};

}  // namespace quant
