// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/common_unit.hpp"
#include "core/indicator/root.hpp"

namespace quant {

/// The exact spread n sum(x^2) - (sum x)^2 of the last n >= 1 values: n^2 times their variance with
/// the divisor n, n (n - 1) times that with n - 1. Sums are counted in the largest power of ten
/// that divides all values so far, so that 128 bits are enough for those with few decimals.
class MovingVariance {
 public:
  explicit MovingVariance(int n) : window_(n), n_(n) {}

  void update(Number x) {
    const auto [entering, leaving, factor] = window_.push(x);
    if (factor != 1) {
      sum_ = multiply(sum_, factor);
      squares_ = product(product(squares_, factor), factor);
    }
    if (leaving.known) {
      sum_ = subtract(sum_, leaving.value);
      squares_ -= product(leaving.value, leaving.value);
    }
    if (entering.known) {
      last_ = entering.value;
      sum_ = add(sum_, last_);
      squares_ += product(last_, last_);
    }
  }
  /// All n values are known; what follows holds only then.
  [[nodiscard]] bool full() const { return window_.full(); }

  /// The unit that the rest is counted in, in units of the input.
  [[nodiscard]] Int128 unit() const { return window_.unit(); }
  [[nodiscard]] Int128 last() const { return last_; }
  [[nodiscard]] Int128 sum() const { return sum_; }
  /// In units squared; 0 where all values are equal.
  [[nodiscard]] Int256 spread() const { return product(squares_, n_) - product(sum_, sum_); }
  /// round(scale sqrt(variance)) in units of the input, with the divisor n - ddof; ddof < n.
  [[nodiscard]] Int128 deviation(int ddof = 0, Int128 scale = 1) const {
    if (ddof == 0) return rounded_root(spread(), multiply(unit(), scale), n_);
    const Int128 divisor = Int128{n_} * (n_ - ddof);
    return rounded_root(product(spread(), divisor), multiply(unit(), scale), divisor);
  }

 private:
  CountedWindow window_;
  int n_;
  Int128 last_ = 0;
  Int128 sum_ = 0;
  Int256 squares_;
};

}  // namespace quant
