// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/atr.hpp"
#include "core/indicator/ema.hpp"
#include "core/indicator/sma.hpp"

namespace quant {

inline constexpr std::array<std::string_view, 2> kKeltnerKinds = {"ema", "chester"};

/// Keltner's channel: middle +- k width. Of the kind ema [Raschke], middle = EMA_n of the close and
/// width = ATR_m, first values at row max(n - 1, m); of the kind chester [Keltner 1960], middle =
/// mean of (high + low + close) / 3 over n and width = mean of high - low over m, first values at
/// row max(n, m) - 1. Inputs and results in grid units.
class Keltner {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 3;

  explicit Keltner(const IndicatorArguments& arguments)
      : n_(arguments.whole(0)),
        k_(arguments[1]),
        m_(arguments.whole(2)),
        chester_(arguments.whole(3) == 1),
        ema_(n_),
        atr_(m_),
        prices_(chester_ ? n_ : 1),
        ranges_(chester_ ? m_ : 1) {}

  std::array<Number, 3> update(const std::array<Number, 3>& row) {
    const bool known = all_known(row);
    const auto& [high, low, close] = row;
    if (chester_) {
      Number price;
      Number range;
      if (known) {
        price = Number::of(add(add(high.value, low.value), close.value));
        range = Number::of(subtract(high.value, low.value));
      }
      return bands(prices_.update(price), Int128{3} * n_, ranges_.update(range), m_);
    }
    if (!known) return {};
    const Number middle = ema_.update(close);
    return bands(middle, 1, atr_.update(high, low, close), 1);
  }

 private:
  /// middle / a and width / b.
  [[nodiscard]] std::array<Number, 3> bands(Number middle, Int128 a, Number width, Int128 b) const {
    if (!middle.known || !width.known) return {};
    const Int256 center = product(product(middle.value, b), kGrid);
    const Int256 distance = product(product(width.value, a), k_);
    const Int256 below = product(a * b, kGrid);
    return {Number::of(ratio(center + distance, below, 1)),
            Number::of(divide_rounded(middle.value, a)),
            Number::of(ratio(center - distance, below, 1))};
  }

  int n_;
  Int128 k_;
  int m_;
  bool chester_;
  Ema ema_;
  Atr atr_;
  Sma prices_;
  Sma ranges_;
};

}  // namespace quant
