// SPDX-License-Identifier: PostgreSQL
// The least squares line through the last n values, j = 0 the oldest one.
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/weighted_sum.hpp"

namespace quant {

enum class LinePart { kSlope, kIntercept, kEnd, kForecast };

/// A part of the line of n >= 2 values: its slope, or its value at j = 0, n - 1 or n. First value
/// at row n - 1. With s = sum x and w = sum j x:
///   slope     (2 w - (n - 1) s) / (n (n^2 - 1) / 6)
///   intercept ((2n - 1) s - 3 w) / (n (n + 1) / 2)
///   end       (3 w - (n - 2) s) / (n (n + 1) / 2)
///   forecast  (3 w - (n - 1) s) / (n (n - 1) / 2)
template <LinePart kPart>
class LinearRegression {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit LinearRegression(const IndicatorArguments& arguments)
      : n_(arguments[0]), sums_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    sums_.update(row[0]);
    if (!sums_.full()) return {};
    return {Number::of(part())};
  }

  static Int128 denominator(const IndicatorArguments& arguments) {
    const Int128 n = arguments[0];
    if constexpr (kPart == LinePart::kSlope) return n * (n * n - 1) / 6;
    if constexpr (kPart == LinePart::kForecast) return n * (n - 1) / 2;
    return n * (n + 1) / 2;
  }

 private:
  [[nodiscard]] Int128 part() const {
    if constexpr (kPart == LinePart::kSlope) return sums_.of(2, 1 - n_);
    if constexpr (kPart == LinePart::kIntercept) return sums_.of(-3, 2 * n_ - 1);
    if constexpr (kPart == LinePart::kEnd) return sums_.of(3, 2 - n_);
    return sums_.of(3, 1 - n_);
  }

  Int128 n_;
  WeightedSum sums_;
};

/// The angle whose tangent is y / x, in degrees on the grid, correctly rounded; x > 0.
[[nodiscard]] Int128 grid_angle(Int128 y, Int128 x);

/// The angle of the slope in degrees, atan(slope), rounded once to the grid. First value at row
/// n - 1.
class RegressionAngle {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit RegressionAngle(const IndicatorArguments& arguments)
      : slope_(arguments), unit_(multiply(Slope::denominator(arguments), kGrid)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const Number slope = slope_.update(row)[0];
    if (!slope.known) return {};
    return {Number::of(grid_angle(slope.value, unit_))};
  }

 private:
  using Slope = LinearRegression<LinePart::kSlope>;

  Slope slope_;
  Int128 unit_;  // a slope of 1
};

}  // namespace quant
