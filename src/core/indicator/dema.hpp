// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/ema.hpp"

namespace quant {

/// Double exponential moving average [Mulloy 1994]: 2 e1 - e2 with e1 = ema(x), e2 = ema(e1). First
/// value at row 2n - 2. x and the result in grid units.
class Dema {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Dema(int n) : first_(n), second_(n) {}
  explicit Dema(const IndicatorArguments& arguments) : Dema(arguments.whole(0)) {}

  Number update(Number x) {
    const Number e1 = first_.update(x);
    const Number e2 = second_.update(e1);
    if (!e2.known) return {};
    return Number::of(subtract(multiply(e1.value, 2), e2.value));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  Ema first_;
  Ema second_;
};

/// Triple exponential moving average [Mulloy 1994]: 3 e1 - 3 e2 + e3 with e3 = ema(e2). First value
/// at row 3n - 3. x and the result in grid units.
class Tema {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Tema(int n) : first_(n), second_(n), third_(n) {}
  explicit Tema(const IndicatorArguments& arguments) : Tema(arguments.whole(0)) {}

  Number update(Number x) {
    const Number e1 = first_.update(x);
    const Number e2 = second_.update(e1);
    const Number e3 = third_.update(e2);
    if (!e3.known) return {};
    return Number::of(add(multiply(subtract(e1.value, e2.value), 3), e3.value));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  Ema first_;
  Ema second_;
  Ema third_;
};

}  // namespace quant
