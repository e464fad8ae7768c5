// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/fixed_divisor.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// Exponential moving average with a = 2 / (period + 1), on the grid of 10^-12.
/// Seed: the mean of the first `period` known values, or the first of them alone; then
/// e = G(e + a (x - e)), G rounding half away from zero. A missing value gives a missing average
/// and leaves the state as it is.
class Ema {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;
  enum class Seed { kMean, kFirst };

  explicit Ema(int period, Seed seed = Seed::kMean)
      : period_(period), weights_(period + 1), seeds_(seed == Seed::kMean ? period : 1) {}
  explicit Ema(const Arguments& arguments)
      : Ema(arguments.whole(0),
            arguments.size() > 1 ? static_cast<Seed>(arguments.whole(1)) : Seed::kMean) {}

  /// x and the result in grid units.
  Number update(Number x) {
    if (!x.known) return {};
    if (seen_ < seeds_) {
      sum_ = add(sum_, x.value);
      if (++seen_ < seeds_) return {};
      average_ = divide_rounded(sum_, seeds_);
    } else {
      const Int128 weighted = add(multiply(average_, period_ - 1), multiply(x.value, 2));
      average_ = weights_(weighted);
    }
    return Number::of(average_);
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  int period_;
  FixedDivisor weights_;  // their sum
  int seeds_;
  int seen_ = 0;
  Int128 sum_ = 0;
  Int128 average_ = 0;
};

}  // namespace quant
