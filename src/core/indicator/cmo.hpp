// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/sma.hpp"
#include "core/indicator/wilder.hpp"

namespace quant {

/// Chande's momentum oscillator [Chande, Kroll 1994]: 100 (U - D) / (U + D), U and D the gains and
/// losses of x - x[1] over n >= 1 changes: Wilder's sums, or plain ones as Chande has it. On the
/// grid; missing where U + D = 0. First value at row n.
class Cmo {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;
  static constexpr std::array<std::string_view, 2> kKinds = {"wilder", "sum"};

  explicit Cmo(const IndicatorArguments& a)
      : plain_(a[1] == 1),
        wilder_up_(a.whole(0)),
        wilder_down_(a.whole(0)),
        up_(plain_ ? a.whole(0) : 1),
        down_(plain_ ? a.whole(0) : 1) {}

  /// x and the result in grid units.
  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const Number x = row[0];
    if (!x.known && !plain_) return {};
    const Number previous = previous_;
    previous_ = x;
    const bool known = x.known && previous.known;
    if (!known && !plain_) return {};
    const Int128 change = known ? subtract(x.value, previous.value) : 0;
    const Number gain{positive_part(change), known};
    const Number loss{positive_part(subtract(0, change)), known};
    const Number up = plain_ ? up_.update(gain) : wilder_up_.update(gain.value);
    const Number down = plain_ ? down_.update(loss) : wilder_down_.update(loss.value);
    if (!up.known) return {};
    return {
        grid_quotient(multiply(subtract(up.value, down.value), 100), add(up.value, down.value))};
  }

 private:
  bool plain_;
  WilderSum wilder_up_;
  WilderSum wilder_down_;
  Sma up_;
  Sma down_;
  Number previous_;
};

}  // namespace quant
