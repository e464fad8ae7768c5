// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/int256.hpp"
#include "core/indicator/common_unit.hpp"
#include "core/indicator/sma.hpp"
#include "core/indicator/true_range.hpp"

namespace quant {

/// Ultimate oscillator [Williams 1985]: 100 (4 A1 + 2 A2 + A3) / 7 with A = sum(BP) / sum(TR) over
/// the shortest, the middle and the longest period, BP = close - min(low, close[1]) and TR =
/// max(high, close[1]) - min(low, close[1]). Exact, rounded once to the grid. First value at the
/// row of the longest period; missing where a sum(TR) is 0.
class UltimateOscillator {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit UltimateOscillator(const IndicatorArguments& a) {
    std::array<int, 3> periods = {a.whole(0), a.whole(1), a.whole(2)};
    std::sort(periods.begin(), periods.end());
    for (const int period : periods) {
      pressures_.emplace_back(period);
      ranges_.emplace_back(period);
    }
  }

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    Number pressure;
    Number range;
    const Number previous = previous_close_;
    previous_close_ = {};
    if (all_known(row)) {
      for (const Number& price : row) unit_.include(price.value);
      previous_close_ = row[2];
      if (previous.known) {
        const Int128 low = std::min(row[1].value, previous.value);
        pressure = Number::of(subtract(row[2].value, low));
        range = Number::of(range_since(previous.value, row[0].value, row[1].value));
      }
    }
    std::array<Int128, 3> b = {};
    std::array<Int128, 3> t = {};
    bool known = true;
    for (std::size_t i = 0; i < 3; ++i) {
      const Number sum = pressures_[i].update(pressure);
      b[i] = unit_.count(sum.value);
      t[i] = unit_.count(ranges_[i].update(range).value);
      known = known && sum.known && t[i] != 0;
    }
    if (!known) return {};
    const Int256 above = product(product(t[1], t[2]), multiply(b[0], 4)) +
                         product(product(t[0], t[2]), multiply(b[1], 2)) +
                         product(product(t[0], t[1]), b[2]);
    const Int256 below = product(product(t[0], t[1]), multiply(t[2], 7));
    constexpr Int128 kHundred = Int128{100} * kGrid;
    return {Number::of(ratio(above, below, kHundred))};
  }

 private:
  std::vector<Sma> pressures_;
  std::vector<Sma> ranges_;
  Number previous_close_;
  CommonUnit unit_;
};

}  // namespace quant
