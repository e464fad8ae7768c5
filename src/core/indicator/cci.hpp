// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// Commodity channel index [Lambert 1980]: (TP - sma) / (0.015 mean of abs(TP - sma)) over n >= 1
/// bars, TP = (high + low + close) / 3. Exact: with t = 3 n TP and S = sum(t) / n it is 200 n
/// (t - S) / (3 sum of abs(t - S)), rounded once to the grid. First value at row n - 1; missing
/// where all TP are equal.
class Cci {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Cci(int n) : n_(n), prices_(n), scaled_(static_cast<std::size_t>(n)) {}
  explicit Cci(const Arguments& arguments) : Cci(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    Number price;
    if (all_known(row)) price = Number::of(add(add(row[0].value, row[1].value), row[2].value));
    const Number leaving = prices_.push(price);
    sum_ = subtract(add(sum_, price.value), leaving.value);
    const Int128 scaled = multiply(price.value, n_);
    scaled_[next_] = scaled;
    next_ = next_ + 1 == scaled_.size() ? 0 : next_ + 1;
    if (!prices_.full()) return {};
    Int128 distances = 0;
    for (const Int128 value : scaled_) distances = add(distances, magnitude(subtract(value, sum_)));
    return {
        grid_quotient(multiply(multiply(subtract(scaled, sum_), n_), 200), multiply(distances, 3))};
  }

 private:
  int n_;
  Window prices_;               // 3 TP
  std::vector<Int128> scaled_;  // n times that, in the order of the window
  std::size_t next_ = 0;
  Int128 sum_ = 0;
};

}  // namespace quant
