// SPDX-License-Identifier: PostgreSQL
// The last candles of a symbol, and what is long, short, near or equal among them. All in grid
// units; averages are exact sums over their period, never divided: both sides of a comparison are
// multiplied instead.
#pragma once

#include <algorithm>
#include <array>
#include <compare>

#include "core/base/number_column.hpp"

namespace quant {

struct Candle {
  Int128 open = 0;
  Int128 high = 0;
  Int128 low = 0;
  Int128 close = 0;
  Int128 body = 0;           // |close - open|
  Int128 range = 0;          // high - low
  Int128 bodies_before = 0;  // sums over all candles before this one
  Int128 ranges_before = 0;

  [[nodiscard]] bool white() const { return close >= open; }
  [[nodiscard]] bool black() const { return close < open; }
  /// 1 white, -1 black.
  [[nodiscard]] int color() const { return white() ? 1 : -1; }
  /// The ends of the body.
  [[nodiscard]] Int128 top() const { return std::max(open, close); }
  [[nodiscard]] Int128 bottom() const { return std::min(open, close); }
  [[nodiscard]] Int128 upper_shadow() const { return subtract(high, top()); }
  [[nodiscard]] Int128 lower_shadow() const { return subtract(bottom(), low); }
};

/// factor times the average of a measure over the `period` candles before the one in question, or
/// of that one itself where the period is 0.
struct CandleSetting {
  enum class Measure { kBody, kRange, kShadows };

  Measure measure;
  int period;
  int numerator;  // of the factor
  int denominator;
};

// TA-Lib's defaults. A short shadow is held against half of
// both shadows.
inline constexpr CandleSetting kBodyLong{CandleSetting::Measure::kBody, 10, 1, 1};
inline constexpr CandleSetting kBodyShort{CandleSetting::Measure::kBody, 10, 1, 1};
inline constexpr CandleSetting kBodyDoji{CandleSetting::Measure::kRange, 10, 1, 10};
inline constexpr CandleSetting kShadowLong{CandleSetting::Measure::kBody, 0, 1, 1};
inline constexpr CandleSetting kShadowVeryLong{CandleSetting::Measure::kBody, 0, 2, 1};
inline constexpr CandleSetting kShadowShort{CandleSetting::Measure::kShadows, 10, 1, 2};
inline constexpr CandleSetting kShadowVeryShort{CandleSetting::Measure::kRange, 10, 1, 10};
inline constexpr CandleSetting kNear{CandleSetting::Measure::kRange, 5, 1, 5};
inline constexpr CandleSetting kFar{CandleSetting::Measure::kRange, 5, 3, 5};
inline constexpr CandleSetting kEqual{CandleSetting::Measure::kRange, 5, 1, 20};

/// What a length is held against: numerator / denominator, the latter > 0.
struct CandleMeasure {
  Int128 numerator;
  Int128 denominator;

  [[nodiscard]] CandleMeasure times(int factor) const {
    return {multiply(numerator, factor), denominator};
  }
};

[[nodiscard]] inline std::strong_ordering operator<=>(Int128 length, const CandleMeasure& measure) {
  return multiply(length, measure.denominator) <=> measure.numerator;
}

/// The candles since the last row that lacks a price, the last 16 of them at hand.
class Candles {
 public:
  /// Open, high, low, close. Where one is missing all candles are forgotten.
  void push(const std::array<Number, 4>& row) {
    const auto& [open, high, low, close] = row;
    if (!open.known || !high.known || !low.known || !close.known) {
      count_ = 0;
      return;
    }
    const Candle& last = ring_[(count_ - 1) & kMask];
    Candle& next = ring_[count_ & kMask];
    next.open = open.value;
    next.high = high.value;
    next.low = low.value;
    next.close = close.value;
    next.body = magnitude(subtract(close.value, open.value));
    next.range = subtract(high.value, low.value);
    next.bodies_before = count_ == 0 ? 0 : add(last.bodies_before, last.body);
    next.ranges_before = count_ == 0 ? 0 : add(last.ranges_before, last.range);
    ++count_;
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// The candle of `age` rows ago, 0 the last one.
  [[nodiscard]] const Candle& operator[](std::size_t age) const {
    return ring_[(count_ - 1 - age) & kMask];
  }

  /// What the setting means for the candle of that age.
  [[nodiscard]] CandleMeasure measure(const CandleSetting& setting, std::size_t age) const {
    const Candle& candle = (*this)[age];
    Int128 body = candle.body;
    Int128 range = candle.range;
    Int128 count = 1;
    if (setting.period != 0) {
      const Candle& first = (*this)[age + static_cast<std::size_t>(setting.period)];
      body = candle.bodies_before - first.bodies_before;
      range = candle.ranges_before - first.ranges_before;
      count = setting.period;
    }
    return {multiply(measured(setting.measure, body, range), setting.numerator),
            count * setting.denominator};
  }

  [[nodiscard]] bool long_body(std::size_t age) const {
    return (*this)[age].body > measure(kBodyLong, age);
  }
  [[nodiscard]] bool short_body(std::size_t age) const {
    return (*this)[age].body < measure(kBodyShort, age);
  }
  /// Short, or just as long as the average.
  [[nodiscard]] bool small_body(std::size_t age) const {
    return (*this)[age].body <= measure(kBodyShort, age);
  }
  [[nodiscard]] bool doji(std::size_t age) const {
    return (*this)[age].body <= measure(kBodyDoji, age);
  }
  [[nodiscard]] bool no_upper_shadow(std::size_t age) const {
    return (*this)[age].upper_shadow() < measure(kShadowVeryShort, age);
  }
  [[nodiscard]] bool no_lower_shadow(std::size_t age) const {
    return (*this)[age].lower_shadow() < measure(kShadowVeryShort, age);
  }
  /// A shadow that is not very short; one may be neither this nor none.
  [[nodiscard]] bool has_upper_shadow(std::size_t age) const {
    return (*this)[age].upper_shadow() > measure(kShadowVeryShort, age);
  }
  [[nodiscard]] bool has_lower_shadow(std::size_t age) const {
    return (*this)[age].lower_shadow() > measure(kShadowVeryShort, age);
  }
  /// x is y, as far as the candle of that age tells.
  [[nodiscard]] bool equal(Int128 x, Int128 y, std::size_t age) const {
    return magnitude(subtract(x, y)) <= measure(kEqual, age);
  }

 private:
  static constexpr std::size_t kKept = 16;
  static constexpr std::size_t kMask = kKept - 1;

  [[nodiscard]] static Int128 measured(CandleSetting::Measure measure, Int128 body, Int128 range) {
    switch (measure) {
      case CandleSetting::Measure::kBody:
        return body;
      case CandleSetting::Measure::kRange:
        return range;
      case CandleSetting::Measure::kShadows:
        return subtract(range, body);
    }
    return 0;
  }

  std::array<Candle, kKept> ring_;
  std::size_t count_ = 0;
};

/// x lies beyond y: above it where the direction is 1, below it where it is -1.
[[nodiscard]] inline bool beyond(Int128 x, Int128 y, int direction) {
  return direction > 0 ? x > y : x < y;
}
/// The body lies wholly above or below the older one.
[[nodiscard]] inline bool body_gap(const Candle& candle, const Candle& older, int direction) {
  return direction > 0 ? candle.bottom() > older.top() : candle.top() < older.bottom();
}
/// So does the candle with its shadows.
[[nodiscard]] inline bool candle_gap(const Candle& candle, const Candle& older, int direction) {
  return direction > 0 ? candle.low > older.high : candle.high < older.low;
}
/// x lies between the ends of the body.
[[nodiscard]] inline bool within_body(Int128 x, const Candle& candle) {
  return x > candle.bottom() && x < candle.top();
}
/// The body lies within the other, without touching its ends.
[[nodiscard]] inline bool body_inside(const Candle& candle, const Candle& other) {
  return candle.top() < other.top() && candle.bottom() > other.bottom();
}
[[nodiscard]] inline bool body_not_outside(const Candle& candle, const Candle& other) {
  return candle.top() <= other.top() && candle.bottom() >= other.bottom();
}
/// The distance is more than that part of the body; the part is in units of the grid.
[[nodiscard]] inline bool exceeds_part(Int128 distance, Int128 part, const Candle& candle) {
  return compare_products(distance, kGrid, candle.body, part) > 0;
}

}  // namespace quant
