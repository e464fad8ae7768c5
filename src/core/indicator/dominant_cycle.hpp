// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/hilbert_transform.hpp"

namespace quant {

/// Smooth period of the dominant cycle [Ehlers 2001], in bars. First value at row 32, the transform
/// being at work from row 12 on.
class HtDcperiod {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit HtDcperiod(const IndicatorArguments&) : transform_(kShortHilbert.start) {}

  Number update(Number x) {
    if (!x.known) return {};
    transform_.update(x.value);
    if (row_++ < kShortHilbert.first) return {};
    return Number::of(transform_.smooth_period());
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  HilbertTransform transform_;
  std::int64_t row_ = 0;
};

/// The phasor of the dominant cycle [Ehlers 2001]: i and q of the transform. First value at row 32.
class HtPhasor {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 2;

  explicit HtPhasor(const IndicatorArguments&) : transform_(kShortHilbert.start) {}

  std::array<Number, 2> update(const std::array<Number, 1>& row) {
    if (!row[0].known) return {};
    transform_.update(row[0].value);
    if (row_++ < kShortHilbert.first) return {};
    constexpr Int128 kPerGrid = HilbertTransform::kFine / kGrid;
    return {Number::of(divide_rounded(transform_.in_phase(), kPerGrid)),
            Number::of(divide_rounded(transform_.quadrature(), kPerGrid))};
  }

 private:
  HilbertTransform transform_;
  std::int64_t row_ = 0;
};

}  // namespace quant
