// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/window.hpp"

namespace quant {

/// Exact sums of the last n >= 1 values, j = 0 the oldest one: sum x and sum j x.
class WeightedSum {
 public:
  explicit WeightedSum(int n) : window_(n), n_(n) {}

  void update(Number x) {
    const Number leaving = window_.push(x);
    // Every value moves one place back; what a missing one adds leaves with it.
    sum_ = subtract(sum_, leaving.value);
    weighted_ = add(subtract(weighted_, sum_), multiply(n_ - 1, x.value));
    sum_ = add(sum_, x.value);
  }
  [[nodiscard]] bool full() const { return window_.full(); }
  /// a sum(j x) + b sum(x).
  [[nodiscard]] Int128 of(Int128 a, Int128 b) const {
    return add(multiply(a, weighted_), multiply(b, sum_));
  }

 private:
  Window window_;
  int n_;
  Int128 sum_ = 0;
  Int128 weighted_ = 0;
};

}  // namespace quant
