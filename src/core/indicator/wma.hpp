// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/weighted_sum.hpp"

namespace quant {

/// The sum of 1 .. n.
[[nodiscard]] constexpr Int128 triangle(int n) { return Int128{n} * (n + 1) / 2; }

/// Weighted moving average over n >= 1 rows: the weights are 1 .. n, n for the current row, over
/// their sum n (n + 1) / 2. First value at row n - 1. Gives the exact weighted sum.
class Wma {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Wma(int n) : sums_(n) {}
  explicit Wma(const IndicatorArguments& arguments) : Wma(arguments.whole(0)) {}

  Number update(Number x) {
    sums_.update(x);
    return sums_.full() ? Number::of(sums_.of(1, 1)) : Number{};
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  WeightedSum sums_;
};

/// Hull's moving average: wma_s(2 wma_h - wma_n) with h = floor(n / 2) >= 1, s = floor(sqrt(n)).
/// First value at row n + s - 2. Exact, over denominator(n).
class Hma {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Hma(int n)
      : half_(half(n)),
        whole_(n),
        smooth_(root(n)),
        half_factor_(2 * (common(n) / triangle(half(n)))),
        whole_factor_(common(n) / triangle(n)) {}
  explicit Hma(const IndicatorArguments& arguments) : Hma(arguments.whole(0)) {}

  Number update(Number x) {
    const Number half = half_.update(x);
    const Number whole = whole_.update(x);
    if (!half.known || !whole.known) return smooth_.update(Number{});
    return smooth_.update(Number::of(
        subtract(multiply(half.value, half_factor_), multiply(whole.value, whole_factor_))));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

  /// floor(sqrt(n)).
  [[nodiscard]] static constexpr int root(int n) {
    int root = 1;
    while ((root + 1) * (root + 1) <= n) ++root;
    return root;
  }
  [[nodiscard]] static constexpr Int128 denominator(int n) {
    return multiply(common(n), triangle(root(n)));
  }

 private:
  static constexpr int half(int n) { return n < 2 ? 1 : n / 2; }
  /// Denominator of 2 wma_h - wma_n.
  static constexpr Int128 common(int n) {
    return least_common_multiple(triangle(half(n)), triangle(n));
  }

  Wma half_;
  Wma whole_;
  Wma smooth_;
  Int128 half_factor_;
  Int128 whole_factor_;
};

}  // namespace quant
