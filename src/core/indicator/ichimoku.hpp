// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/channel.hpp"

namespace quant {

/// Ichimoku [Hosoda 1969]: tenkan and kijun are (highest high + lowest low) / 2 of their windows;
/// senkou_a = (tenkan + kijun) / 2 and senkou_b = (highest high + lowest low) / 2 of the longest
/// one, both as they were `displacement` rows earlier; chikou is the close. First values at the
/// rows tenkan - 1, kijun - 1, max(tenkan, kijun) - 1 + displacement, senkou - 1 + displacement, 0.
/// Gives exact sums: over 2, 2, 4, 2, 1.
class Ichimoku {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 5;

  explicit Ichimoku(const IndicatorArguments& arguments)
      : tenkan_(arguments.whole(0)),
        kijun_(arguments.whole(1)),
        senkou_(arguments.whole(2)),
        delayed_a_(arguments.whole(3)),
        delayed_b_(arguments.whole(3)) {}

  std::array<Number, 5> update(const std::array<Number, 3>& row) {
    const bool known = all_known(row);
    const Number high = known ? row[0] : Number{};
    const Number low = known ? row[1] : Number{};
    const Number tenkan = tenkan_.update(high, low).sum();
    const Number kijun = kijun_.update(high, low).sum();
    Number a;
    if (tenkan.known && kijun.known) a = Number::of(add(tenkan.value, kijun.value));
    const Number senkou_a = delay(delayed_a_, a);
    const Number senkou_b = delay(delayed_b_, senkou_.update(high, low).sum());
    if (!known) return {};
    return {tenkan, kijun, senkou_a, senkou_b, row[2]};
  }

 private:
  static Number delay(Window& rows, Number entering) {
    return rows.period() == 0 ? entering : rows.push(entering);
  }

  Channel tenkan_;
  Channel kijun_;
  Channel senkou_;
  Window delayed_a_;
  Window delayed_b_;
};

}  // namespace quant
