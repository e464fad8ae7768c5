// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/hilbert_transform.hpp"

namespace quant {

/// MESA adaptive moving average and the average that follows it [Ehlers 2001]. With i and q of the
/// Hilbert transform,
///
///   phase = atan(q / i) in degrees, 0 where i = 0; step = phase[1] - phase, at least 1
///   a = fast / step, at least slow; fast where step = 1
///   mama = a x + (1 - a) mama[1], fama = a / 2 mama + (1 - a / 2) fama[1]
///
/// each rounded to the grid of 10^-12. Both start from 0 at row 12; first value at row 32.
class Mama {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 2;

  explicit Mama(const IndicatorArguments& arguments)
      : transform_(kShortHilbert.start), fast_(arguments[0]), slow_(arguments[1]) {}

  std::array<Number, 2> update(const std::array<Number, 1>& row) {
    if (!row[0].known) return {};
    if (transform_.update(row[0].value)) average(row[0].value);
    if (row_++ < kShortHilbert.first) return {};
    return {Number::of(mama_), Number::of(fama_)};
  }

 private:
  void average(Int128 x) {
    const Int128 in_phase = transform_.in_phase();
    Int128 phase = 0;
    if (in_phase != 0) {
      phase = grid_degrees(arctangent(Int256(transform_.quadrature()), Int256(in_phase)));
    }
    const Int128 step = phase_ - phase;
    phase_ = phase;
    Int128 weight = fast_;
    if (step > kGrid) weight = std::max(divide_rounded(fast_ * kGrid, step), slow_);
    mama_ = weighted(x, mama_, weight, kGrid);
    fama_ = weighted(mama_, fama_, weight, 2 * Int128{kGrid});
  }
  /// (weight x + (whole - weight) previous) / whole
  static Int128 weighted(Int128 x, Int128 previous, Int128 weight, Int128 whole) {
    const Int256 sum = product(x, weight) + product(previous, whole - weight);
    return ratio(sum, Int256(whole), 1);
  }

  HilbertTransform transform_;
  Int128 fast_;
  Int128 slow_;
  Int128 phase_ = 0;
  Int128 mama_ = 0;
  Int128 fama_ = 0;
  std::int64_t row_ = 0;
};

}  // namespace quant
