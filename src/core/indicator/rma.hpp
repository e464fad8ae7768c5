// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/wilder.hpp"

namespace quant {

/// Wilder's average [Wilder 1978]: G(W / n), W his smoothed sum of n >= 1 values. First value at
/// row n - 1: the mean of the first n. x and the result in grid units.
class Rma {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Rma(int n) : sum_(n) {}
  explicit Rma(const IndicatorArguments& arguments) : Rma(arguments.whole(0)) {}

  Number update(Number x) {
    if (!x.known) return {};
    const Number sum = sum_.update(x.value);
    if (!sum.known) return {};
    return Number::of(sum_.average());
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  WilderSum sum_;
};

}  // namespace quant
