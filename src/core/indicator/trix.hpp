// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/ema.hpp"
#include "core/indicator/math_transform.hpp"

namespace quant {

/// Rate of change of the triple smoothed average [Hutson 1983]: 100 (e3 - e3[1]) / e3[1] with e1 =
/// ema(x, n), e2 = ema(e1, n), e3 = ema(e2, n), on the grid; missing where e3[1] = 0. Of kind
/// `log`: 10000 (e3 - e3[1]) of G(ln x), where x <= 0 counts as missing. First value at row 3n - 2.
class Trix {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;
  static constexpr std::array<std::string_view, 2> kKinds = {"simple", "log"};

  explicit Trix(const IndicatorArguments& a)
      : logarithmic_(a[1] == 1), first_(a.whole(0)), second_(a.whole(0)), third_(a.whole(0)) {}

  /// x and the result in grid units.
  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    Number x = row[0];
    if (logarithmic_ && x.known) {
      x = RealFunction<NaturalLogarithm>::of(x.value);
    }
    const Number e3 = third_.update(second_.update(first_.update(x)));
    if (!e3.known) return {};
    const Number previous = previous_;
    previous_ = e3;
    if (!previous.known) return {};
    const Int128 change = subtract(e3.value, previous.value);
    if (logarithmic_) return {Number::of(multiply(change, 10'000))};
    return {grid_quotient(multiply(change, 100), previous.value)};
  }

 private:
  bool logarithmic_;
  Ema first_;
  Ema second_;
  Ema third_;
  Number previous_;
};

}  // namespace quant
