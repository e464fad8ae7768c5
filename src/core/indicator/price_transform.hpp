// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// A mean of a bar's prices with whole weights, over the sum of the weights: the exact weighted
/// sum. First value at row 0.
template <int... kWeights>
class PriceTransform {
 public:
  static constexpr std::size_t kInputs = sizeof...(kWeights);
  static constexpr std::size_t kOutputs = 1;

  explicit PriceTransform(const IndicatorArguments& /*arguments*/) {}

  std::array<Number, 1> update(const std::array<Number, kInputs>& row) {
    if (!all_known(row)) return {};
    constexpr std::array<int, kInputs> kAll = {kWeights...};
    Int128 sum = 0;
    for (std::size_t i = 0; i < kInputs; ++i) sum = add(sum, multiply(row[i].value, kAll[i]));
    return {Number::of(sum)};
  }

  static Int128 weight(const IndicatorArguments& /*arguments*/) { return (kWeights + ...); }
};

using AveragePrice = PriceTransform<1, 1, 1, 1>;  // open, high, low, close
using MedianPrice = PriceTransform<1, 1>;         // high, low
using TypicalPrice = PriceTransform<1, 1, 1>;     // high, low, close
using WeightedClose = PriceTransform<1, 1, 2>;    // high, low, close

}  // namespace quant
