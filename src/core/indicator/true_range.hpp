// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>
#include <utility>

#include "core/indicator/indicator.hpp"

namespace quant {

/// max(high, close[1]) - min(low, close[1]).
[[nodiscard]] inline Int128 range_since(Int128 previous_close, Int128 high, Int128 low) {
  return subtract(std::max(high, previous_close), std::min(low, previous_close));
}

/// True range [Wilder 1978]: max(high, close[1]) - min(low, close[1]), in the units of the prices.
/// A window of two rows: missing behind a row with a missing input. First value at row 1; or at row
/// 0, there high - low.
class TrueRange {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit TrueRange(const IndicatorArguments& arguments) : has_first_(arguments.whole(0) == 1) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    const Number previous = previous_close_;
    const bool is_first = std::exchange(is_first_, false);
    previous_close_ = {};
    if (!all_known(row)) return {};
    const auto& [high, low, close] = row;
    previous_close_ = close;
    if (previous.known) {
      return {Number::of(range_since(previous.value, high.value, low.value))};
    }
    if (is_first && has_first_) return {Number::of(subtract(high.value, low.value))};
    return {};
  }

 private:
  bool has_first_;
  bool is_first_ = true;
  Number previous_close_;
};

}  // namespace quant
