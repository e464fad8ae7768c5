// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/sma.hpp"

namespace quant {

/// Balance of power [Livshin 2001]: (close - open) / (high - low), on the grid; missing where high
/// = low. First value at row 0.
class Bop {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;

  explicit Bop(const IndicatorArguments&) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    if (!all_known(row)) return {};
    return {
        grid_quotient(subtract(row[3].value, row[0].value), subtract(row[1].value, row[2].value))};
  }
};

/// Intraday momentum index [Chande, Kroll 1994]: 100 U / (U + D), U the sum of close - open over
/// the rising bars among the last n >= 1, D that of open - close over the falling ones, on the
/// grid; missing where U + D = 0. First value at row n - 1.
class Imi {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Imi(const IndicatorArguments& arguments)
      : up_(arguments.whole(0)), down_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    const bool known = all_known(row);
    const Int128 change = known ? subtract(row[1].value, row[0].value) : 0;
    const Number up = up_.update(Number{positive_part(change), known});
    const Number down = down_.update(Number{positive_part(subtract(0, change)), known});
    if (!up.known) return {};
    return {grid_quotient(multiply(up.value, 100), add(up.value, down.value))};
  }

 private:
  Sma up_;
  Sma down_;
};

}  // namespace quant
