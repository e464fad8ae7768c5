// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/dominant_cycle_phase.hpp"

namespace quant {

/// Instantaneous trend line [Ehlers 2001]: m = mean of the last N prices, N the smooth period of
/// the dominant cycle in whole bars (0 where N = 0), and (4 m + 3 m[1] + 2 m[2] + m[3]) / 10, both
/// on the grid of 10^-12; m is 0 before the start of the transform.
class InstantaneousTrend {
 public:
  void add_price(Int128 x) { prices_[++last_ % kSize] = x; }
  /// After add_price() and an update() of the transform that gave true. In grid units.
  Int128 update(const HilbertTransform& transform) {
    const int bars = transform.bars();
    Int128 sum = 0;
    for (int j = 0; j < bars; ++j) {
      sum = add(sum, prices_[(last_ - static_cast<std::size_t>(j)) % kSize]);
    }
    means_.push(bars == 0 ? 0 : divide_rounded(sum, bars));
    const Int128 newer = add(multiply(4, means_.back(0)), multiply(3, means_.back(1)));
    const Int128 older = add(multiply(2, means_.back(2)), means_.back(3));
    return divide_rounded(add(newer, older), 10);
  }

 private:
  static constexpr std::size_t kSize = 64;
  std::array<Int128, kSize> prices_ = {};
  std::size_t last_ = 0;
  DelayLine means_;
};

/// First value at row 63, the transform being at work from row 37 on.
class HtTrendline {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit HtTrendline(const IndicatorArguments&) : transform_(kLongHilbert.start) {}

  Number update(Number x) {
    if (!x.known) return {};
    trend_.add_price(x.value);
    Int128 line = 0;
    if (transform_.update(x.value)) line = trend_.update(transform_);
    if (row_++ < kLongHilbert.first) return {};
    return Number::of(line);
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  HilbertTransform transform_;
  InstantaneousTrend trend_;
  std::int64_t row_ = 0;
};

/// 1 in a trend, 0 in a cycle [Ehlers 2001]. It is a cycle at a crossing of the sine and the sine
/// 45 degrees on, for half a smooth period from there, and where the phase moves by more than 0.67
/// and less than 1.5 of 360 / smooth period in a bar; but a trend in any case where the smoothed
/// price is 1.5 % or more off the trend line. First value at row 63.
class HtTrendmode {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit HtTrendmode(const IndicatorArguments&) : transform_(kLongHilbert.start) {}

  Number update(Number x) {
    if (!x.known) return {};
    trend_.add_price(x.value);
    bool trending = false;
    if (transform_.update(x.value)) trending = decide();
    if (row_++ < kLongHilbert.first) return {};
    return Number::of(trending ? kGrid : 0);
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  bool decide() {
    const Int128 previous_degrees = phase_.degrees();
    phase_.update(transform_);
    const Int128 line = trend_.update(transform_);
    const Int128 smoothed = transform_.smoothed();  // in tenths
    const Int128 distance = magnitude(subtract(smoothed, multiply(10, line)));
    const bool crossed = crosses();
    bars_since_cross_ = crossed ? 1 : bars_since_cross_ + 1;
    // |s - line| / |line| >= 0.015
    if (line != 0 && multiply(distance, 100) >= multiply(magnitude(line), 15)) return true;
    if (crossed) return false;
    const Int128 smooth_period = transform_.smooth_period();
    if (2 * kGrid * bars_since_cross_ < smooth_period) return false;
    const Int128 turned = (phase_.degrees() - previous_degrees) * smooth_period;
    constexpr Int128 kTurnDegrees = Int128{360} * kGrid * kGrid;
    return !(turned > kTurnDegrees / 100 * 67 && turned < kTurnDegrees / 2 * 3);
  }
  bool crosses() {
    const Int128 lead = phase_.sine(0) - phase_.sine(45);
    const Int128 previous = lead_;
    lead_ = lead;
    return (lead > 0 && previous <= 0) || (lead < 0 && previous >= 0);
  }

  HilbertTransform transform_;
  DominantCyclePhase phase_;
  InstantaneousTrend trend_;
  Int128 lead_ = 0;  // sine less leading sine
  Int128 bars_since_cross_ = 0;
  std::int64_t row_ = 0;
};

}  // namespace quant
