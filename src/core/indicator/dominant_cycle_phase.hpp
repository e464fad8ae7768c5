// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/hilbert_transform.hpp"

namespace quant {

/// Phase of the dominant cycle in degrees [Ehlers 2001]. N is the smooth period in whole bars, s
/// the smoothed price of the transform (0 before its start) and
///
///   real = sum of s[j] sin(2 pi j / N), imag = sum of s[j] cos(2 pi j / N), j = 0..N-1
///   phase = atan(real / imag); where imag = 0, phase[1] + 90 times the sign of real
///   phase = phase + 90 + 360 / smooth period, + 180 where imag < 0, - 360 where above 315
///
/// on the grid of 10^-12. For N > 1 the weights add up to 0; s[0] is taken from every s[j], so that
/// a flat series gives 0 and no rounding error of the weights.
class DominantCyclePhase {
 public:
  /// After an update() of the transform that gave true.
  void update(const HilbertTransform& transform) {
    smooth_[++last_ % kSize] = transform.smoothed();
    const int bars = transform.bars();
    Parts parts;
    if (bars == 1) parts.imag = Int256(transform.smoothed());
    if (bars > 1) parts = sums(static_cast<std::size_t>(bars));
    constexpr Int128 kDegree = kGrid;
    if (!parts.imag.is_zero()) {
      degrees_ = grid_degrees(arctangent(parts.real, parts.imag));
    } else if (!parts.real.is_zero()) {
      degrees_ += (parts.real.is_negative() ? -90 : 90) * kDegree;
    }
    degrees_ += 90 * kDegree;
    degrees_ += divide_rounded(360 * kDegree * kGrid, transform.smooth_period());
    if (parts.imag.is_negative()) degrees_ += 180 * kDegree;
    if (degrees_ > 315 * kDegree) degrees_ -= 360 * kDegree;
  }

  /// In grid units.
  [[nodiscard]] Int128 degrees() const { return degrees_; }
  /// The sine of the phase plus `lead` degrees, in grid units.
  [[nodiscard]] Int128 sine(int lead) const {
    constexpr Int128 kPerGrid = kTrigonometryUnit / kGrid;
    return divide_rounded(sine_of_degrees(degrees_ + Int128{lead} * kGrid), kPerGrid);
  }

 private:
  static constexpr std::size_t kSize = 64;
  static constexpr std::size_t kLongest = 50;
  struct Weight {
    std::int64_t sine;
    std::int64_t cosine;
  };
  struct Parts {
    Int256 real;
    Int256 imag;
  };

  /// The weights of N bars, j = 0..N-1.
  static const std::array<Weight, kLongest>& weights(std::size_t bars) {
    using Table = std::array<std::array<Weight, kLongest>, kLongest + 1>;
    static const Table kTable = [] {
      Table table = {};
      for (std::size_t n = 1; n <= kLongest; ++n) {
        for (std::size_t j = 0; j < n; ++j) {
          table[n][j] = {static_cast<std::int64_t>(sine_of_turns(Int128(j), Int128(n))),
                         static_cast<std::int64_t>(cosine_of_turns(Int128(j), Int128(n)))};
        }
      }
      return table;
    }();
    return kTable[bars];
  }

  [[nodiscard]] Parts sums(std::size_t bars) const {
    // 50 products of differences of 61 bits and weights of 60 fit 128 bits.
    constexpr Int128 kSmall = Int128{1} << 61;
    const auto& weight = weights(bars);
    const Int128 newest = smooth_[last_ % kSize];
    std::array<Int128, kLongest> differences = {};
    bool small = true;
    for (std::size_t j = 1; j < bars; ++j) {
      differences[j] = subtract(smooth_[(last_ - j) % kSize], newest);
      small = small && differences[j] < kSmall && differences[j] > -kSmall;
    }
    Parts parts;
    if (!small) {
      for (std::size_t j = 1; j < bars; ++j) {
        parts.real += product(differences[j], weight[j].sine);
        parts.imag += product(differences[j], weight[j].cosine);
      }
      return parts;
    }
    Int128 real = 0;
    Int128 imag = 0;
    for (std::size_t j = 1; j < bars; ++j) {
      const auto difference = static_cast<std::int64_t>(differences[j]);
      real += Int128{difference} * weight[j].sine;
      imag += Int128{difference} * weight[j].cosine;
    }
    return {Int256(real), Int256(imag)};
  }

  std::array<Int128, kSize> smooth_ = {};
  std::size_t last_ = 0;
  Int128 degrees_ = 0;
};

/// The phase of the dominant cycle. First value at row 63, the transform being at work from 37 on.
class HtDcphase {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit HtDcphase(const IndicatorArguments&) : transform_(kLongHilbert.start) {}

  Number update(Number x) {
    if (!x.known) return {};
    if (transform_.update(x.value)) phase_.update(transform_);
    if (row_++ < kLongHilbert.first) return {};
    return Number::of(phase_.degrees());
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  HilbertTransform transform_;
  DominantCyclePhase phase_;
  std::int64_t row_ = 0;
};

/// The sine of that phase, and of the phase 45 degrees on.
class HtSine {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 2;

  explicit HtSine(const IndicatorArguments&) : transform_(kLongHilbert.start) {}

  std::array<Number, 2> update(const std::array<Number, 1>& row) {
    if (!row[0].known) return {};
    if (transform_.update(row[0].value)) phase_.update(transform_);
    if (row_++ < kLongHilbert.first) return {};
    return {Number::of(phase_.sine(0)), Number::of(phase_.sine(45))};
  }

 private:
  HilbertTransform transform_;
  DominantCyclePhase phase_;
  std::int64_t row_ = 0;
};

}  // namespace quant
