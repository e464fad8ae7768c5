// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/ema.hpp"

namespace quant {

/// Tillson's T3: six averages e1 = ema(x), e2 = ema(e1), ...; with v the volume factor
///   G(-v^3 e6 + 3 (v^2 + v^3) e5 - 3 (v + 2 v^2 + v^3) e4 + (1 + v)^3 e3).
/// First value at row 6 (n - 1). x, v and the result in grid units.
class T3 {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;
  static constexpr Int128 kStandardFactor = Int128{kGrid} * 7 / 10;

  explicit T3(int n, Int128 v = kStandardFactor)
      : averages_{Ema(n), Ema(n), Ema(n), Ema(n), Ema(n), Ema(n)} {
    const Int128 common = greatest_common_divisor(v, kGrid);
    const Int128 p = v / common;
    const Int128 q = kGrid / common;
    const Int128 cube = multiply(multiply(p, p), p);
    const Int128 square = multiply(multiply(p, p), q);
    const Int128 single = multiply(multiply(p, q), q);
    denominator_ = multiply(multiply(q, q), q);
    weights_ = {add(add(denominator_, multiply(single, 3)), add(multiply(square, 3), cube)),
                subtract(0, multiply(3, add(add(single, multiply(square, 2)), cube))),
                multiply(3, add(square, cube)), subtract(0, cube)};
  }
  explicit T3(const IndicatorArguments& arguments) : T3(arguments.whole(0), arguments[1]) {}

  Number update(Number x) {
    Int256 sum;
    for (std::size_t i = 0; i < averages_.size(); ++i) {
      x = averages_[i].update(x);
      if (x.known && i >= 2) sum += product(x.value, weights_[i - 2]);
    }
    if (!x.known) return {};
    return Number::of(ratio(sum, Int256(denominator_), 1));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  std::array<Ema, 6> averages_;
  std::array<Int128, 4> weights_ = {};  // of e3 .. e6
  Int128 denominator_ = 1;
};

}  // namespace quant
