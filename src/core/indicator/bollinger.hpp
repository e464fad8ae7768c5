// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/variance.hpp"

namespace quant {

/// Bollinger bands [Bollinger 1983] over n rows: middle = mean, upper and lower = middle +- k sd,
/// percent_b = (x - lower) / (upper - lower), bandwidth = (upper - lower) / middle; sd has the
/// divisor n - ddof. First values at row n - 1. Each result is rounded once, from the exact root.
/// x and the results in grid units, but middle is the exact sum.
class Bollinger {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 5;
  static constexpr bool kSelects = true;

  explicit Bollinger(const IndicatorArguments& arguments) : variance_(arguments.whole(0)) {
    const Int128 n = arguments[0];
    const Int128 ddof = arguments[2];
    if (ddof != 0) factor_ = multiply(n, n - ddof);
    divisor_ = ddof == 0 ? n : factor_;
    sum_factor_ = divisor_ / n;
    const Int128 common = greatest_common_divisor(arguments[1], kGrid);
    k_above_ = arguments[1] / common;
    k_below_ = kGrid / common;
    const Int128 grid_common = greatest_common_divisor(kGrid, k_above_);
    off_scale_ = multiply(kGrid / grid_common, k_below_);
    off_divisor_ = k_above_ / grid_common;
  }

  void select(const std::array<bool, 5>& wanted) { wanted_ = wanted; }

  std::array<Number, 5> update(const std::array<Number, 1>& row) {
    variance_.update(row[0]);
    if (!variance_.full()) return {};
    // With D the divisor, middle = s / D and sd = sqrt(v) / D, counted in the unit.
    const Int128 s = multiply(variance_.sum(), sum_factor_);
    const Int256 v = product(variance_.spread(), factor_);
    const Int128 unit = variance_.unit();
    std::array<Number, 5> results;
    if (wanted_[0] || wanted_[2]) {
      const Int128 base = multiply(multiply(2 * unit, s), k_below_);
      const Root band = floor_root(v, multiply(2 * unit, k_above_));
      results[0] = Number::of(upper(base, band));
      results[2] = Number::of(subtract(0, upper(subtract(0, base), band)));
    }
    results[1] = Number::of(multiply(variance_.sum(), unit));
    if (wanted_[3]) results[3] = percent_b(s, v);
    if (wanted_[4]) results[4] = bandwidth(s, v);
    return results;
  }

 private:
  /// round((base + band) / 2d), half away from zero.
  Int128 upper(Int128 base, const Root& band) const {
    const Int128 d = multiply(divisor_, k_below_);
    if (add(base, band.floor) >= 0) {
      return divide_floor(add(add(base, d), band.floor), multiply(2, d));
    }
    return divide_ceiling(add(subtract(base, d), band.ceiling()), multiply(2, d));
  }
  /// 1/2 + (D x - s) / (2 k sqrt(v)).
  Number percent_b(Int128 s, const Int256& v) const {
    if (v.is_zero()) return {};
    const Int128 distance = subtract(multiply(divisor_, variance_.last()), s);
    const Root off = floor_over_root(product(distance, off_scale_), off_divisor_, v);
    if (distance >= 0) return Number::of(divide_floor(add(off.floor, kGrid + 1), 2));
    if (off.floor >= kGrid) return Number::of(-((off.floor - kGrid + 1) / 2));
    return Number::of((kGrid + 1 - off.ceiling()) / 2);
  }
  /// 2 k sqrt(v) / s.
  Number bandwidth(Int128 s, const Int256& v) const {
    if (s == 0) return {};
    const Int128 width =
        rounded_root(v, multiply(Int128{2} * kGrid, k_above_), multiply(magnitude(s), k_below_));
    return Number::of(s < 0 ? -width : width);
  }

  MovingVariance variance_;
  std::array<bool, 5> wanted_ = {true, true, true, true, true};
  Int128 factor_ = 1;
  Int128 divisor_ = 1;
  Int128 sum_factor_ = 1;
  Int128 k_above_ = 1;  // k = above / below
  Int128 k_below_ = 1;
  Int128 off_scale_ = 1;  // 10^12 / k = scale / divisor
  Int128 off_divisor_ = 1;
};

}  // namespace quant
