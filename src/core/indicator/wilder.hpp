// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/fixed_divisor.hpp"
#include "core/base/number_column.hpp"

namespace quant {

/// Wilder's smoothed sum [Wilder 1978], on the grid of 10^-12. Seed: the exact sum of the first
/// `period` values; then W = W - G(W / period) + x.
class WilderSum {
 public:
  explicit WilderSum(int period) : period_(period), divide_(period) {}

  /// x and the result in grid units.
  Number update(Int128 x) {
    if (seen_ < period_) {
      sum_ = add(sum_, x);
      ++seen_;
    } else {
      sum_ = add(subtract(sum_, divide_(sum_)), x);
    }
    return {sum_, ready()};
  }
  [[nodiscard]] bool ready() const { return seen_ == period_; }
  [[nodiscard]] int period() const { return period_; }
  /// G(W / period).
  [[nodiscard]] Int128 average() const { return divide_(sum_); }

 private:
  int period_;
  FixedDivisor divide_;
  int seen_ = 0;
  Int128 sum_ = 0;
};

}  // namespace quant
