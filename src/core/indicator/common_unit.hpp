// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int128.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// The largest power of ten, at most the grid's, that divides all values seen so far. Prices have
/// few decimals: counted in this unit, their products fit 128 bits.
class CommonUnit {
 public:
  /// Takes a value and returns it counted in the unit, which may have become smaller by it.
  Int128 include(Int128 value) {
    while (true) {
      const auto [size, rest] = divide(size_of(value), static_cast<UInt128>(unit_));
      if (rest == 0) return with_sign_of(value, size);
      unit_ /= 10;
    }
  }
  [[nodiscard]] Int128 value() const { return unit_; }
  /// What has been included, or a sum of it, counted in the unit.
  [[nodiscard]] Int128 count(Int128 value) const { return divide_floor(value, unit_); }

 private:
  Int128 unit_ = kGrid;
};

/// A window whose values are counted in their common unit.
class CountedWindow {
 public:
  explicit CountedWindow(int period) : window_(period) {}

  struct Step {
    Number entering;
    Number leaving;
    Int128 factor = 1;  // the unit has become that many times smaller
  };
  Step push(Number x) {
    Step step;
    if (x.known) {
      const Int128 before = unit_.value();
      step.entering = Number::of(unit_.include(x.value));
      if (unit_.value() != before) {
        step.factor = before / unit_.value();
        window_.scale(step.factor);
      }
    }
    step.leaving = window_.push(step.entering);
    return step;
  }
  [[nodiscard]] bool full() const { return window_.full(); }
  [[nodiscard]] Int128 unit() const { return unit_.value(); }

 private:
  Window window_;
  CommonUnit unit_;
};

}  // namespace quant
