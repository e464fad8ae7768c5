// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/common_unit.hpp"
#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// Adaptive moving average [Kaufman 1995]: k = G(k + c^2 (x - k)) with c = er (a - b) + b,
/// a = 2 / (fast + 1), b = 2 / (slow + 1) and er = abs(x - x[n]) / sum of abs(x - x[1]) over n, 1
/// where nothing moves. First value at row n, from k = x[1]. x and the result in grid units.
class Kama {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Kama(int n, int fast = 2, int slow = 30)
      : values_(n), moves_(n), fast_(fast), slow_(slow) {}
  explicit Kama(const IndicatorArguments& arguments)
      : Kama(arguments.whole(0), arguments.whole(1), arguments.whole(2)) {}

  Number update(Number x) {
    if (!x.known) return {};
    unit_.include(x.value);
    const Number previous = previous_;
    previous_ = x;
    const Number oldest = values_.push(x);
    if (!previous.known) return {};
    const Number move = Number::of(magnitude(subtract(x.value, previous.value)));
    const Number leaving = moves_.push(move);
    path_ = add(path_, move.value);
    if (leaving.known) path_ = subtract(path_, leaving.value);
    if (!oldest.known) return {};
    if (!started_) average_ = previous.value;
    started_ = true;
    // c = p / q with p and q counted in the common unit of the prices.
    Int128 distance = unit_.count(magnitude(subtract(x.value, oldest.value)));
    Int128 path = unit_.count(path_);
    if (path == 0) distance = path = 1;
    const Int128 p = multiply(2, add(multiply(distance, slow_ - fast_), multiply(path, fast_ + 1)));
    const Int128 q = multiply(path, Int128{fast_ + 1} * (slow_ + 1));
    const Int256 below = product(q, q);
    const Int256 above =
        product(below, average_) + product(product(p, p), subtract(x.value, average_));
    average_ = ratio(above, below, 1);
    return Number::of(average_);
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  Window values_;
  Window moves_;
  int fast_;
  int slow_;
  CommonUnit unit_;
  Number previous_;
  Int128 path_ = 0;
  bool started_ = false;
  Int128 average_ = 0;
};

}  // namespace quant
