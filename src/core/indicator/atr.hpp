// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/true_range.hpp"
#include "core/indicator/wilder.hpp"

namespace quant {

/// Average true range [Wilder 1978]: Wilder's average of TR = max(high, close[1]) - min(low,
/// close[1]) over `period` >= 1 bars. The first true range stands at the second bar.
class Atr {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Atr(int period) : ranges_(period) {}
  explicit Atr(const IndicatorArguments& arguments) : Atr(arguments.whole(0)) {}

  /// Prices and the result in grid units.
  Number update(Number high, Number low, Number close) {
    if (!high.known || !low.known || !close.known) return {};
    const Number previous = previous_close_;
    previous_close_ = close;
    if (!previous.known) return {};
    const Number sum = ranges_.update(range_since(previous.value, high.value, low.value));
    if (!sum.known) return {};
    return Number::of(ranges_.average());
  }
  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    return {update(row[0], row[1], row[2])};
  }

 private:
  WilderSum ranges_;
  Number previous_close_;
};

}  // namespace quant
