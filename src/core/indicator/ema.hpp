// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/number_column.hpp"

namespace quant {

/// Exponential moving average with a = 2 / (period + 1), on the grid of 10^-12.
/// Seed: the mean of the first `period` known values; then e = G(e + a (x - e)), G rounding half
/// away from zero. A missing value gives a missing average and leaves the state as it is.
class Ema {
 public:
  explicit Ema(int period) : period_(period) {}

  /// x and the result in grid units.
  Number update(Number x) {
    if (!x.known) return {};
    if (seen_ < period_) {
      sum_ = add(sum_, x.value);
      if (++seen_ < period_) return {};
      average_ = divide_rounded(sum_, period_);
    } else {
      const Int128 weighted = add(multiply(average_, period_ - 1), multiply(x.value, 2));
      average_ = divide_rounded(weighted, period_ + 1);
    }
    return Number::of(average_);
  }
  [[nodiscard]] bool ready() const { return seen_ == period_; }
  void reset() { *this = Ema(period_); }

 private:
  int period_;
  int seen_ = 0;
  Int128 sum_ = 0;
  Int128 average_ = 0;
};

}  // namespace quant
