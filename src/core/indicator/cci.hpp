// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/mean_distances.hpp"

namespace quant {

/// Commodity channel index [Lambert 1980]: (TP - sma) / (0.015 mean of abs(TP - sma)) over n >= 1
/// bars, TP = (high + low + close) / 3. Exact: with t = 3 n TP and S = sum(t) / n it is 200 n
/// (t - S) / (3 sum of abs(t - S)), rounded once to the grid. First value at row n - 1; missing
/// where all TP are equal.
class Cci {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Cci(const IndicatorArguments& arguments)
      : n_(arguments[0]), prices_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    Number price;
    if (all_known(row)) price = Number::of(add(add(row[0].value, row[1].value), row[2].value));
    prices_.update(price);
    if (!prices_.full()) return {};
    return {
        grid_quotient(multiply(multiply(prices_.last(), n_), 200), multiply(prices_.total(), 3))};
  }

 private:
  Int128 n_;
  MeanDistances prices_;  // of 3 TP
};

}  // namespace quant
