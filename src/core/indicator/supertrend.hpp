// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/atr.hpp"

namespace quant {

/// Supertrend [Seban]: U, D = G((high + low) / 2 +- k ATR_n). The upper band fu takes U where U <
/// fu[1] or close[1] > fu[1], else it stays; the lower band fd takes D where D > fd[1] or close[1]
/// < fd[1]. direction begins as -1, turns to 1 where close > fu and back where close < fd; value is
/// fd while it is 1, else fu. First values at row n. Inputs and results in grid units.
class Supertrend {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 2;

  explicit Supertrend(const IndicatorArguments& arguments)
      : atr_(arguments.whole(0)), k_(arguments[1]) {}

  std::array<Number, 2> update(const std::array<Number, 3>& row) {
    if (!all_known(row)) return {};
    const auto& [high, low, close] = row;
    const Number atr = atr_.update(high, low, close);
    if (!atr.known) return {};
    const Int128 center = multiply(add(high.value, low.value), kGrid);
    const Int128 distance = multiply(multiply(atr.value, k_), 2);
    const Int128 upper = divide_rounded(add(center, distance), Int128{2} * kGrid);
    const Int128 lower = divide_rounded(subtract(center, distance), Int128{2} * kGrid);
    if (!previous_close_.known) {
      upper_ = upper;
      lower_ = lower;
    } else {
      if (upper < upper_ || previous_close_.value > upper_) upper_ = upper;
      if (lower > lower_ || previous_close_.value < lower_) lower_ = lower;
      if (rising_ ? close.value < lower_ : close.value > upper_) rising_ = !rising_;
    }
    previous_close_ = close;
    return {Number::of(rising_ ? lower_ : upper_), Number::of(rising_ ? kGrid : -kGrid)};
  }

 private:
  Atr atr_;
  Int128 k_;
  Number previous_close_;
  Int128 upper_ = 0;
  Int128 lower_ = 0;
  bool rising_ = false;
};

}  // namespace quant
