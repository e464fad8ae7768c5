// SPDX-License-Identifier: PostgreSQL
// Two series over a window: their correlation, and the slope of one on the other.
#pragma once

#include "core/indicator/common_unit.hpp"
#include "core/indicator/indicator.hpp"
#include "core/indicator/root.hpp"

namespace quant {

/// Exact sums of the last n pairs, counted in the largest powers of ten that divide all values of
/// each series so far. A pair that lacks a value has none.
class MovingPair {
 public:
  explicit MovingPair(int n) : x_(n), y_(n), n_(n) {}

  void update(Number x, Number y) {
    const bool known = x.known && y.known;
    const CountedWindow::Step x_step = x_.push(known ? x : Number{});
    const CountedWindow::Step y_step = y_.push(known ? y : Number{});
    if (x_step.factor != 1 || y_step.factor != 1) scale(x_step.factor, y_step.factor);
    if (x_step.leaving.known) take(x_step.leaving.value, y_step.leaving.value, true);
    if (known) take(x_step.entering.value, y_step.entering.value, false);
  }
  [[nodiscard]] bool full() const { return x_.full(); }

  [[nodiscard]] Int128 x_unit() const { return x_.unit(); }
  [[nodiscard]] Int128 y_unit() const { return y_.unit(); }
  /// n sum(x y) - sum x sum y, and likewise the squares.
  [[nodiscard]] Int256 joint() const { return product(xy_, n_) - product(x_sum_, y_sum_); }
  [[nodiscard]] Int256 x_spread() const { return product(xx_, n_) - product(x_sum_, x_sum_); }
  [[nodiscard]] Int256 y_spread() const { return product(yy_, n_) - product(y_sum_, y_sum_); }

 private:
  void take(Int128 x, Int128 y, bool leaves) {
    const Int128 sign = leaves ? -1 : 1;
    x_sum_ = add(x_sum_, sign * x);
    y_sum_ = add(y_sum_, sign * y);
    xx_ += product(sign * x, x);
    yy_ += product(sign * y, y);
    xy_ += product(sign * x, y);
  }
  void scale(Int128 x_factor, Int128 y_factor) {
    x_sum_ = multiply(x_sum_, x_factor);
    y_sum_ = multiply(y_sum_, y_factor);
    xx_ = product(product(xx_, x_factor), x_factor);
    yy_ = product(product(yy_, y_factor), y_factor);
    xy_ = product(product(xy_, x_factor), y_factor);
  }

  CountedWindow x_;
  CountedWindow y_;
  Int128 n_;
  Int128 x_sum_ = 0;
  Int128 y_sum_ = 0;
  Int256 xx_;
  Int256 yy_;
  Int256 xy_;
};

/// round(10^12 joint / sqrt(x y)) of positive spreads.
[[nodiscard]] Int128 correlation_of(const Int256& joint, const Int256& x, const Int256& y);

/// Pearson's correlation of the levels of two series over n >= 2 rows, a ratio of roots, rounded
/// once to the grid. Missing where one of them is constant. First value at row n - 1.
class Correlation {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Correlation(const IndicatorArguments& arguments) : pair_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    pair_.update(row[0], row[1]);
    if (!pair_.full()) return {};
    const Int256 x = pair_.x_spread();
    const Int256 y = pair_.y_spread();
    if (x.is_zero() || y.is_zero()) return {};
    return {Number::of(correlation_of(pair_.joint(), x, y))};
  }

 private:
  MovingPair pair_;
};

/// Slope of the simple returns of x on those of y over n >= 2 returns. A return is G(x / x[1] - 1);
/// their sums are exact, the quotient is rounded once. Missing where y's returns are constant, and
/// while a return is missing. First value at row n.
class Beta {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Beta(const IndicatorArguments& arguments) : pair_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    const std::array<Number, 2> before = previous_;
    previous_ = all_known(row) ? row : std::array<Number, 2>{};
    pair_.update(change(before[0], previous_[0]), change(before[1], previous_[1]));
    if (!pair_.full()) return {};
    const Int256 spread = pair_.y_spread();
    if (spread.is_zero()) return {};
    // In units of x over units of y.
    const Int128 over = pair_.y_unit();
    return {Number::of(
        ratio(product(pair_.joint(), pair_.x_unit()), product(spread, over), Int128{kGrid}))};
  }

 private:
  static Number change(Number before, Number after) {
    if (!before.known || !after.known) return {};
    return grid_quotient(subtract(after.value, before.value), before.value);
  }

  MovingPair pair_;
  std::array<Number, 2> previous_;
};

}  // namespace quant
