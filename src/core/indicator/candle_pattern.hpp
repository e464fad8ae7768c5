// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <type_traits>

#include "core/indicator/candles.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// What TA-Lib calls it: 100 bullish, -100 bearish, 80 or -80 where the bodies match at one end.
inline constexpr int kBullish = 100;
inline constexpr int kBearish = -100;
[[nodiscard]] constexpr int bullish_if(bool found) { return found ? kBullish : 0; }
[[nodiscard]] constexpr int bearish_if(bool found) { return found ? kBearish : 0; }
/// In the direction 1 or -1.
[[nodiscard]] constexpr int signal_if(bool found, int direction) {
  return found ? direction * kBullish : 0;
}

/// A candlestick pattern that the last candles show by themselves: `kFind(candles)` or
/// `kFind(candles, penetration)` gives the signal, 0 for none. It looks at kLookback candles before
/// the last one, and has no result until there are so many without a missing price.
template <auto kFind, int kLookback>
class CandlePattern {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;
  static constexpr bool kPenetrates = std::is_invocable_v<decltype(kFind), const Candles&, Int128>;

  explicit CandlePattern(const IndicatorArguments& arguments) {
    if constexpr (kPenetrates) penetration_ = arguments[0];
  }

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    candles_.push(row);
    if (candles_.count() <= kLookback) return {};
    if constexpr (kPenetrates) {
      return {Number::of(kFind(candles_, penetration_) * Int128{kGrid})};
    } else {
      return {Number::of(kFind(candles_) * Int128{kGrid})};
    }
  }

 private:
  Candles candles_;
  Int128 penetration_ = 0;
};

/// A pattern that one of the next three candles may confirm, unless a new pattern comes with it: by
/// closing beyond the end of the candle before the pattern's last, above its high if bullish, below
/// its low if bearish. The confirmation is 200 or -200. `kFind` looks at kNeeded candles before the
/// last one; results begin when also the three to confirm are there.
template <auto kFind, int kNeeded>
class ConfirmedPattern {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;
  static constexpr int kCandlesToConfirm = 3;
  static constexpr int kLookback = kNeeded + kCandlesToConfirm;

  explicit ConfirmedPattern(const IndicatorArguments& /*arguments*/) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    candles_.push(row);
    if (candles_.count() <= kNeeded) {
      left_ = 0;
      return {};
    }
    const int signal = next();
    if (candles_.count() <= kLookback) return {};
    return {Number::of(signal * Int128{kGrid})};
  }

 private:
  int next() {
    const int found = kFind(candles_);
    if (found != 0) {
      direction_ = found > 0 ? 1 : -1;
      level_ = found > 0 ? candles_[1].high : candles_[1].low;
      left_ = kCandlesToConfirm;
      return found;
    }
    if (left_ == 0) return 0;
    --left_;
    if (!beyond(candles_[0].close, level_, direction_)) return 0;
    left_ = 0;
    return 2 * direction_ * kBullish;
  }

  Candles candles_;
  int left_ = 0;  // candles that may still confirm
  int direction_ = 0;
  Int128 level_ = 0;
};

}  // namespace quant
