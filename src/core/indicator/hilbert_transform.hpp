// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/fixed_trigonometry.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// n / 5 cut off towards zero.
[[nodiscard]] Int256 fifth(const Int256& n);

/// The last 16 values of a series, zero before the first.
class DelayLine {
 public:
  void push(Int128 value) { values_[++last_ % kSize] = value; }
  /// The value of `age` rows ago, 0 the last one; age < 16.
  [[nodiscard]] Int128 back(std::size_t age) const { return values_[(last_ - age) % kSize]; }

 private:
  static constexpr std::size_t kSize = 16;
  std::array<Int128, kSize> values_ = {};
  std::size_t last_ = 0;
};

/// Period of the dominant cycle by Hilbert transforms and the homodyne discriminator [Ehlers 2001].
///
///   s   = (4 x + 3 x[1] + 2 x[2] + x[3]) / 10
///   H(v) = (0.0962 v + 0.5769 v[2] - 0.5769 v[4] - 0.0962 v[6]) (0.075 period[1] + 0.54)
///   d   = H(s), quadrature q = H(d), in phase i = d[3]
///   q2  = 0.2 (q + H(i)) + 0.8 q2[1], i2 = 0.2 (i - H(q)) + 0.8 i2[1]
///   re  = 0.2 (i2 i2[1] + q2 q2[1]) + 0.8 re[1], im = 0.2 (i2 q2[1] - q2 i2[1]) + 0.8 im[1]
///   p   = 2 pi / atan(im / re), then into 0.67 to 1.5 period[1], then into 6 to 50
///   period = 0.2 p + 0.8 period[1], smooth period = 0.33 period + 0.67 smooth period[1]
///
/// Everything before row `first` is 0, but s is always of four real rows. Each line is rounded
/// once: the periods to the grid of 10^-12, d and H(v) to 10^-16 for the sake of the ratio im / re,
/// half away from zero; q2 and i2 to 10^-16, re and im to 10^-32, towards zero, where they end
/// after some 200 equal rows. p is period[1] where re or im is 0, or both are below 10^-22, so
/// small that the rounding would show in their ratio.
class HilbertTransform {
 public:
  static constexpr Int128 kFine = Int128{10'000} * kGrid;

  explicit HilbertTransform(int first) : first_(first) {}

  /// x in grid units; false before row `first`.
  bool update(Int128 x) {
    prices_.push(x);
    if (seen_++ < first_) return false;
    smoothed_ = add(add(multiply(4, x), multiply(3, prices_.back(1))),
                    add(multiply(2, prices_.back(2)), prices_.back(3)));
    smooth_.push(smoothed_);
    // 0.075 period + 0.54, on the grid.
    const Int128 factor = divide_rounded(75 * period_, 1000) + kGrid / 100 * 54;
    // The coefficients are in units of 10^-4 and s in tenths of the grid's.
    constexpr Int128 kSmoothUnit = power_of_ten(13);
    constexpr Int128 kFineUnit = power_of_ten(16);
    detrended_.push(multiply_divide(weighted(smooth_, 0), factor, kSmoothUnit));
    in_phase_ = detrended_.back(3);
    quadrature_ = multiply_divide(weighted(detrended_, 0), factor, kFineUnit);
    quadratures_.push(quadrature_);
    const Int128 turned_in_phase = multiply_divide(weighted(detrended_, 3), factor, kFineUnit);
    const Int128 turned_quadrature = multiply_divide(weighted(quadratures_, 0), factor, kFineUnit);
    const Int128 q2 = smoothed_component(add(quadrature_, turned_in_phase), q2_);
    const Int128 i2 = smoothed_component(subtract(in_phase_, turned_quadrature), i2_);
    discriminate(i2, q2);
    return true;
  }

  /// s in tenths of grid units.
  [[nodiscard]] Int128 smoothed() const { return smoothed_; }
  /// i and q in units of 1 / kFine.
  [[nodiscard]] Int128 in_phase() const { return in_phase_; }
  [[nodiscard]] Int128 quadrature() const { return quadrature_; }
  /// In grid units.
  [[nodiscard]] Int128 smooth_period() const { return smooth_period_; }
  /// The smooth period in whole bars, half up.
  [[nodiscard]] int bars() const { return static_cast<int>((smooth_period_ + kGrid / 2) / kGrid); }

 private:
  static Int128 weighted(const DelayLine& line, std::size_t age) {
    const Int128 outer = subtract(line.back(age), line.back(age + 6));
    const Int128 inner = subtract(line.back(age + 2), line.back(age + 4));
    return add(multiply(962, outer), multiply(5769, inner));
  }
  static Int128 smoothed_component(Int128 value, Int128 previous) {
    return add(value, multiply(4, previous)) / 5;
  }
  static Int256 smoothed_part(const Int256& value, const Int256& previous) {
    const Int256 twice = previous + previous;
    return fifth(value + twice + twice);
  }

  void discriminate(Int128 i2, Int128 q2) {
    re_ = smoothed_part(product(i2, i2_) + product(q2, q2_), re_);
    im_ = smoothed_part(product(i2, q2_) - product(q2, i2_), im_);
    i2_ = i2;
    q2_ = q2;
    const Int128 previous = period_;
    Int128 period = previous;
    if (!re_.is_zero() && !im_.is_zero() && (is_seen(re_) || is_seen(im_))) {
      Int128 angle = arctangent(im_, re_);
      if (angle == 0) angle = re_.is_negative() == im_.is_negative() ? 1 : -1;
      const Int128 bars = divide_rounded(kTurnRadians * kGrid, magnitude(angle));
      period = angle < 0 ? -bars : bars;
    }
    period = std::min(period, divide_rounded(3 * previous, 2));
    period = std::max(period, divide_rounded(67 * previous, 100));
    period = std::clamp(period, Int128{6} * kGrid, Int128{50} * kGrid);
    period_ = divide_rounded(period + 4 * previous, 5);
    smooth_period_ = divide_rounded(33 * period_ + 67 * smooth_period_, 100);
  }
  /// At least 10^-22.
  static bool is_seen(const Int256& part) {
    constexpr Int256 kLeast(power_of_ten(10));
    return (part.is_negative() ? -part : part) >= kLeast;
  }

  int first_;
  std::int64_t seen_ = 0;
  DelayLine prices_;
  DelayLine smooth_;
  DelayLine detrended_;
  DelayLine quadratures_;
  Int128 smoothed_ = 0;
  Int128 in_phase_ = 0;
  Int128 quadrature_ = 0;
  Int128 i2_ = 0;
  Int128 q2_ = 0;
  Int256 re_;
  Int256 im_;
  Int128 period_ = 0;
  Int128 smooth_period_ = 0;
};

/// The rows with which TA-Lib starts the transform, and gives its first result.
struct HilbertRows {
  int start;
  int first;
};
inline constexpr HilbertRows kShortHilbert = {12, 32};
inline constexpr HilbertRows kLongHilbert = {37, 63};

}  // namespace quant
