// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// Parabolic stop and reverse [Wilder 1978]. At row 1 long, unless the low has fallen by more than
/// the high has risen; stop = low[1], extreme = high (short: high[1], low). Then in each row, long:
/// - low <= stop: the result is max(extreme, high[1], high), and the position turns short with
///   extreme = low, the initial acceleration a and, for the next row,
///   stop = max(G(stop + a (extreme - stop)), high[1], high);
/// - else the result is the stop; a new high is the extreme and adds the step to a, at most the
///   maximum; for the next row stop = min(G(stop + a (extreme - stop)), low[1], low).
/// Short mirrored. In row 1, high[1] and low[1] are that row's own. All in grid units.
class StopAndReverse {
 public:
  struct Side {
    Int128 initial;  // acceleration
    Int128 step;
    Int128 maximum;
  };
  struct Stop {
    Number value;
    bool is_long = true;
  };

  /// `start` 0: as above; else the first stop, below 0 that of a short position. `offset` moves the
  /// stop of a turn away from the price by this share.
  StopAndReverse(const Side& long_side, const Side& short_side, Int128 start = 0, Int128 offset = 0)
      : long_{capped(long_side)}, short_{capped(short_side)}, start_(start), offset_(offset) {}

  Stop update(Number high, Number low) {
    if (!high.known || !low.known) return {};
    if (rows_ == 0) {
      ++rows_;
      keep(high.value, low.value);
      return {};
    }
    if (rows_ == 1) {
      ++rows_;
      begin(high.value, low.value);
    }
    // A short position is a long one on mirrored prices.
    const Int128 best = is_long_ ? high.value : -low.value;
    const Int128 worst = is_long_ ? low.value : -high.value;
    const Int128 last_best = is_long_ ? high_ : -low_;
    const Int128 last_worst = is_long_ ? low_ : -high_;
    const Side& side = is_long_ ? long_ : short_;
    Stop result;
    if (worst <= stop_) {
      const Int128 turn = std::max({extreme_, last_best, best});
      const Int128 moved = scaled(turn, is_long_ ? kGrid + offset_ : kGrid - offset_);
      is_long_ = !is_long_;
      acceleration_ = (is_long_ ? long_ : short_).initial;
      extreme_ = -worst;
      const Int128 next = approach(-moved);
      stop_ = std::min({next, -last_best, -best});
      result = {Number::of(is_long_ ? -moved : moved), is_long_};
    } else {
      result = {Number::of(is_long_ ? stop_ : -stop_), is_long_};
      if (best > extreme_) {
        extreme_ = best;
        acceleration_ = std::min(add(acceleration_, side.step), side.maximum);
      }
      stop_ = std::min({approach(stop_), last_worst, worst});
    }
    keep(high.value, low.value);
    return result;
  }

 private:
  static Side capped(const Side& side) {
    return {std::min(side.initial, side.maximum), std::min(side.step, side.maximum), side.maximum};
  }
  static Int128 scaled(Int128 value, Int128 factor) {
    return divide_rounded(multiply(value, factor), kGrid);
  }
  void keep(Int128 high, Int128 low) {
    high_ = high;
    low_ = low;
  }
  void begin(Int128 high, Int128 low) {
    const Int128 fall = subtract(low_, low);
    is_long_ = start_ == 0 ? fall <= 0 || fall <= subtract(high, high_) : start_ > 0;
    extreme_ = is_long_ ? high : -low;
    stop_ = start_ != 0 ? start_ : is_long_ ? low_ : -high_;
    acceleration_ = (is_long_ ? long_ : short_).initial;
    keep(high, low);
  }
  /// G(stop + a (extreme - stop)).
  [[nodiscard]] Int128 approach(Int128 stop) const {
    return divide_rounded(
        add(multiply(stop, kGrid), multiply(acceleration_, subtract(extreme_, stop))), kGrid);
  }

  Side long_;
  Side short_;
  Int128 start_;
  Int128 offset_;
  int rows_ = 0;
  bool is_long_ = true;
  Int128 high_ = 0;  // of the row before
  Int128 low_ = 0;
  // Of a short position with the opposite sign.
  Int128 extreme_ = 0;
  Int128 stop_ = 0;
  Int128 acceleration_ = 0;
};

/// The stop of StopAndReverse with the same step on both sides. First value at row 1.
class Psar {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Psar(const IndicatorArguments& arguments)
      : stop_({arguments[0], arguments[0], arguments[1]},
              {arguments[0], arguments[0], arguments[1]}) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    return {stop_.update(row[0], row[1]).value};
  }

 private:
  StopAndReverse stop_;
};

/// The stop of StopAndReverse with all parameters, with the opposite sign while the position is
/// short. First value at row 1.
class Sarext {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Sarext(const IndicatorArguments& arguments)
      : stop_({arguments[2], arguments[3], arguments[4]},
              {arguments[5], arguments[6], arguments[7]}, arguments[0], arguments[1]) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    StopAndReverse::Stop stop = stop_.update(row[0], row[1]);
    if (!stop.is_long) stop.value.value = -stop.value.value;
    return {stop.value};
  }

 private:
  StopAndReverse stop_;
};

}  // namespace quant
