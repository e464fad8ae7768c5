// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// Heikin-ashi bars: close = (open + high + low + close) / 4; open begins as G((open + close) / 2),
/// then G((open[1] + close[1]) / 2) of these bars; high = max(high, open, close) and low = min(low,
/// open, close). First values at row 0. Inputs and results in grid units, but close is the exact
/// sum of four.
class HeikinAshi {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 4;

  explicit HeikinAshi(const IndicatorArguments& /*arguments*/) {}

  std::array<Number, 4> update(const std::array<Number, 4>& row) {
    if (!all_known(row)) return {};
    const auto& [open, high, low, close] = row;
    if (started_) {
      open_ = divide_rounded(add(multiply(open_, 4), sum_), 8);
    } else {
      started_ = true;
      open_ = divide_rounded(add(open.value, close.value), 2);
    }
    sum_ = add(add(open.value, high.value), add(low.value, close.value));
    const Int128 mean = divide_rounded(sum_, 4);
    return {Number::of(open_), Number::of(std::max({high.value, open_, mean})),
            Number::of(std::min({low.value, open_, mean})), Number::of(sum_)};
  }

 private:
  bool started_ = false;
  Int128 open_ = 0;
  Int128 sum_ = 0;  // 4 close
};

}  // namespace quant
