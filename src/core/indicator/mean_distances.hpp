// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// How far the last n >= 1 values lie from their mean, n times each distance, exact.
class MeanDistances {
 public:
  explicit MeanDistances(int n) : n_(n), window_(n), scaled_(n) {}

  void update(Number x) {
    const Number leaving = window_.push(x);
    sum_ = subtract(add(sum_, x.value), leaving.value);
    last_ = multiply(x.value, n_);
    scaled_.push(last_);
  }
  [[nodiscard]] bool full() const { return window_.full(); }
  /// n (x - mean) of the last value.
  [[nodiscard]] Int128 last() const { return subtract(last_, sum_); }
  /// n times the sum of abs(x - mean).
  [[nodiscard]] Int128 total() const {
    Int128 total = 0;
    for (const Int128 value : scaled_.items()) total = add(total, magnitude(subtract(value, sum_)));
    return total;
  }

 private:
  int n_;
  Window window_;
  Ring<Int128> scaled_;  // n times each value
  Int128 last_ = 0;
  Int128 sum_ = 0;
};

}  // namespace quant
