// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/window.hpp"

namespace quant {

/// Simple moving average over `period` >= 1 bars, the current one included: sum / period.
/// Gives the exact sum; the mean's denominator is the input's times the period.
class Sma {
 public:
  explicit Sma(int period) : window_(period) {}

  Number update(Number x) {
    const Number leaving = window_.push(x);
    if (x.known) sum_ = add(sum_, x.value);
    if (leaving.known) sum_ = subtract(sum_, leaving.value);
    return {sum_, window_.full()};
  }
  [[nodiscard]] bool ready() const { return window_.full(); }
  void reset() {
    window_.reset();
    sum_ = 0;
  }

 private:
  Window window_;
  Int128 sum_ = 0;
};

}  // namespace quant
