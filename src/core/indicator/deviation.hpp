// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/mean_distances.hpp"
#include "core/indicator/variance.hpp"

namespace quant {

/// Standard deviation of n >= 2 values times `nbdev`, with the divisor n - ddof; the exact spread,
/// one root, rounded once to the grid. First value at row n - 1. IndicatorArguments n, nbdev, ddof.
class StandardDeviation {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit StandardDeviation(const IndicatorArguments& arguments)
      : variance_(arguments.whole(0)),
        divisor_(variance_divisor(arguments[0], arguments[2])),
        scales_(arguments.whole(2) != 0),
        n_(arguments[0]) {
    const Int128 common = greatest_common_divisor(arguments[1], kGrid);
    above_ = arguments[1] / common;
    below_ = kGrid / common;
  }

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    variance_.update(row[0]);
    if (!variance_.full()) return {};
    const Int128 scale = multiply(variance_.unit(), magnitude(above_));
    const Int256 spread = variance_.spread();
    // sqrt(spread / divisor), as sqrt(spread) / n where the divisor is n^2.
    const Int128 size = scales_ ? rounded_root(product(spread, divisor_), scale, divisor_ * below_)
                                : rounded_root(spread, scale, n_ * below_);
    return {Number::of(above_ < 0 ? -size : size)};
  }

  /// What the spread is divided by: n (n - ddof).
  static Int128 variance_divisor(Int128 n, Int128 ddof) { return n * (n - ddof); }

 private:
  MovingVariance variance_;
  Int128 divisor_;
  bool scales_;
  Int128 n_;
  Int128 above_ = 1;  // nbdev = above / below
  Int128 below_ = 1;
};

/// Variance of n >= 2 values with the divisor n - ddof, exact, rounded once to the grid. First
/// value at row n - 1.
class Variance {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Variance(const IndicatorArguments& arguments)
      : variance_(arguments.whole(0)),
        divisor_(StandardDeviation::variance_divisor(arguments[0], arguments[1])) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    variance_.update(row[0]);
    if (!variance_.full()) return {};
    // Squares of units of the grid are in units of its square.
    const Int128 square = multiply(variance_.unit(), variance_.unit());
    const Int128 value = square >= kGrid
                             ? ratio(variance_.spread(), Int256(divisor_), square / kGrid)
                             : ratio(variance_.spread(), product(divisor_, kGrid / square), 1);
    return {Number::of(value)};
  }

 private:
  MovingVariance variance_;
  Int128 divisor_;
};

/// Standard score (x - mean) / deviation over n >= 2 values, a ratio of roots, rounded once to the
/// grid. Missing where all values are equal. First value at row n - 1. IndicatorArguments n, ddof.
class StandardScore {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit StandardScore(const IndicatorArguments& arguments)
      : variance_(arguments.whole(0)), n_(arguments[0]), ddof_(arguments[1]) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    variance_.update(row[0]);
    if (!variance_.full()) return {};
    const Int256 spread = variance_.spread();
    if (spread.is_zero()) return {};
    // (n x - sum) / sqrt(spread), times sqrt((n - ddof) / n).
    const Int128 distance = subtract(multiply(n_, variance_.last()), variance_.sum());
    const Int256 twice =
        product(product(magnitude(distance), Int128{2} * kGrid), ddof_ == 0 ? 1 : n_ - ddof_);
    const Int256 square = ddof_ == 0 ? spread : product(spread, n_ * (n_ - ddof_));
    const Int128 score = (floor_over_root(twice, 1, square).floor + 1) / 2;
    return {Number::of(distance < 0 ? -score : score)};
  }

 private:
  MovingVariance variance_;
  Int128 n_;
  Int128 ddof_;
};

/// Mean absolute deviation from the mean of n >= 1 values: the exact sum of |n x - sum|, over n^2.
/// First value at row n - 1.
class AbsoluteDeviation {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit AbsoluteDeviation(const IndicatorArguments& arguments)
      : distances_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    distances_.update(row[0]);
    if (!distances_.full()) return {};
    return {Number::of(distances_.total())};
  }

  static Int128 denominator(const IndicatorArguments& arguments) {
    return arguments[0] * arguments[0];
  }

 private:
  MeanDistances distances_;
};

}  // namespace quant
