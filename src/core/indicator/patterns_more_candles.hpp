// SPDX-License-Identifier: PostgreSQL
// Patterns of four or five candles, and the hikkake, which a later candle confirms.
#pragma once

#include "core/indicator/candle_pattern.hpp"

namespace quant::pattern {

inline int three_black_crows(const Candles& c) {
  const auto crow = [&](std::size_t age) { return c[age].black() && c.no_lower_shadow(age); };
  return bearish_if(c[3].white() && crow(2) && crow(1) && crow(0) && within_body(c[1].open, c[2]) &&
                    within_body(c[0].open, c[1]) && c[3].high > c[2].close &&
                    c[2].close > c[1].close && c[1].close > c[0].close);
}

inline int three_line_strike(const Candles& c) {
  const int direction = c[1].color();
  // Opens within or near the body before it.
  const auto follows = [&](std::size_t age) {
    const Candle& before = c[age + 1];
    const CandleMeasure near = c.measure(kNear, age + 1);
    return before.color() == direction && beyond(c[age].close, before.close, direction) &&
           subtract(before.bottom(), c[age].open) <= near &&
           subtract(c[age].open, before.top()) <= near;
  };
  return signal_if(follows(2) && follows(1) && c[0].color() == -direction &&
                       beyond(c[0].open, c[1].close, direction) &&
                       beyond(c[3].open, c[0].close, direction),
                   direction);
}

inline int breakaway(const Candles& c) {
  const int first = c[4].color();
  const auto further = [&](std::size_t age) {
    return beyond(c[age].high, c[age + 1].high, first) && beyond(c[age].low, c[age + 1].low, first);
  };
  return signal_if(c.long_body(4) && c[3].color() == first && c[1].color() == first &&
                       c[0].color() == -first && body_gap(c[3], c[4], first) && further(2) &&
                       further(1) && beyond(c[3].open, c[0].close, first) &&
                       beyond(c[0].close, c[4].close, first),
                   -first);
}

inline int concealing_baby_swallow(const Candles& c) {
  const auto bald = [&](std::size_t age) {
    return c.no_lower_shadow(age) && c.no_upper_shadow(age);
  };
  return bullish_if(c[3].black() && c[2].black() && c[1].black() && c[0].black() && bald(3) &&
                    bald(2) && body_gap(c[1], c[2], -1) && c.has_upper_shadow(1) &&
                    c[1].high > c[2].close && c[0].high > c[1].high && c[0].low < c[1].low);
}

inline int ladder_bottom(const Candles& c) {
  return bullish_if(c[4].black() && c[3].black() && c[2].black() && c[4].open > c[3].open &&
                    c[3].open > c[2].open && c[4].close > c[3].close && c[3].close > c[2].close &&
                    c[1].black() && c.has_upper_shadow(1) && c[0].white() &&
                    c[0].open > c[1].open && c[0].close > c[1].high);
}

inline int mat_hold(const Candles& c, Int128 penetration) {
  if (!c.long_body(4) || !c.short_body(3) || !c.short_body(2) || !c.short_body(1)) return 0;
  if (!c[4].white() || !c[3].black() || !c[0].white() || !body_gap(c[3], c[4], 1)) return 0;
  // Reaches into the first body, by less than that part of it.
  const auto holds = [&](std::size_t age) {
    const Int128 depth = subtract(c[4].close, c[age].bottom());
    return depth > 0 && compare_products(depth, kGrid, c[4].body, penetration) < 0;
  };
  return bullish_if(holds(2) && holds(1) && c[2].top() < c[3].open && c[1].top() < c[2].top() &&
                    c[0].open > c[1].close &&
                    c[0].close > std::max({c[3].high, c[2].high, c[1].high}));
}

inline int rising_falling_three_methods(const Candles& c) {
  const int first = c[4].color();
  // A short candle the other way, a part of its body within the range of the first.
  const auto rests = [&](std::size_t age) {
    return c.short_body(age) && c[age].color() == -first && c[age].bottom() < c[4].high &&
           c[age].top() > c[4].low;
  };
  return signal_if(c.long_body(4) && rests(3) && rests(2) && rests(1) && c.long_body(0) &&
                       c[0].color() == first && beyond(c[3].close, c[2].close, first) &&
                       beyond(c[2].close, c[1].close, first) &&
                       beyond(c[0].open, c[1].close, first) &&
                       beyond(c[0].close, c[4].close, first),
                   first);
}

/// The high is lower and the low higher than those of the candle before.
inline bool inside_bar(const Candles& c, std::size_t age) {
  return c[age].high < c[age + 1].high && c[age].low > c[age + 1].low;
}
/// 1 where high and low are both lower than those of the candle before, -1 where both are higher.
inline int false_break(const Candles& c) {
  if (c[0].high < c[1].high && c[0].low < c[1].low) return 1;
  return c[0].high > c[1].high && c[0].low > c[1].low ? -1 : 0;
}

inline int hikkake(const Candles& c) { return inside_bar(c, 1) ? false_break(c) * kBullish : 0; }

inline int modified_hikkake(const Candles& c) {
  if (!inside_bar(c, 2) || !inside_bar(c, 1)) return 0;
  const int direction = false_break(c);
  // The second candle closes near its end on the side of the break.
  const Int128 distance =
      direction > 0 ? subtract(c[2].close, c[2].low) : subtract(c[2].high, c[2].close);
  return distance <= c.measure(kNear, 2) ? direction * kBullish : 0;
}

}  // namespace quant::pattern
