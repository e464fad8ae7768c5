// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// Simple moving average over n >= 1 rows, the current one included: sum / n. Gives the exact sum,
/// whose denominator is the input's times n.
class Sma {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Sma(int n) : window_(n) {}
  explicit Sma(const IndicatorArguments& arguments) : Sma(arguments.whole(0)) {}

  Number update(Number x) {
    const Number leaving = window_.push(x);
    if (x.known) sum_ = add(sum_, x.value);
    if (leaving.known) sum_ = subtract(sum_, leaving.value);
    return {sum_, window_.full()};
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  Window window_;
  Int128 sum_ = 0;
};

}  // namespace quant
