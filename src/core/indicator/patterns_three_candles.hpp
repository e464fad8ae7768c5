// SPDX-License-Identifier: PostgreSQL
// Patterns of three candles.
#pragma once

#include "core/indicator/patterns_two_candles.hpp"

namespace quant::pattern {

inline int two_crows(const Candles& c) {
  return bearish_if(c[2].white() && c.long_body(2) && c[1].black() && body_gap(c[1], c[2], 1) &&
                    c[0].black() && within_body(c[0].open, c[1]) && within_body(c[0].close, c[2]));
}

inline int upside_gap_two_crows(const Candles& c) {
  return bearish_if(c[2].white() && c.long_body(2) && c[1].black() && c.small_body(1) &&
                    body_gap(c[1], c[2], 1) && c[0].black() && body_inside(c[1], c[0]) &&
                    c[0].close > c[2].close);
}

inline int three_inside(const Candles& c) {
  const int first = c[2].color();
  return signal_if(c.long_body(2) && c.small_body(1) && body_inside(c[1], c[2]) &&
                       c[0].color() == -first && beyond(c[2].open, c[0].close, first),
                   -first);
}

inline int three_outside(const Candles& c) {
  const int second = c[1].color();
  return signal_if(
      c[2].color() == -second && body_inside(c[2], c[1]) && beyond(c[0].close, c[1].close, second),
      second);
}

inline int three_stars_in_south(const Candles& c) {
  if (!c[2].black() || !c[1].black() || !c[0].black()) return 0;
  const bool first = c.long_body(2) && c[2].lower_shadow() > c.measure(kShadowLong, 2);
  const bool second = c[1].body < c[2].body && c[1].open > c[2].close && c[1].open <= c[2].high &&
                      c[1].low < c[2].close && c[1].low >= c[2].low && c.has_lower_shadow(1);
  const bool third = c.short_body(0) && c.no_lower_shadow(0) && c.no_upper_shadow(0) &&
                     c[0].low > c[1].low && c[0].high < c[1].high;
  return bullish_if(first && second && third);
}

/// Opens above the open of the candle before it, and below or near that one's close; both white.
inline bool opens_in_advance(const Candles& c, std::size_t age) {
  const Candle& before = c[age + 1];
  return c[age].open > before.open &&
         subtract(c[age].open, before.close) <= c.measure(kNear, age + 1);
}
inline bool three_white_rising(const Candles& c) {
  return c[2].white() && c[1].white() && c[0].white() && c[0].close > c[1].close &&
         c[1].close > c[2].close;
}
/// The body is shorter than the one before it by more than far.
inline bool far_shorter(const Candles& c, std::size_t age) {
  return subtract(c[age + 1].body, c[age].body) > c.measure(kFar, age + 1);
}

inline int three_white_soldiers(const Candles& c) {
  const auto keeps_up = [&](std::size_t age) {
    return opens_in_advance(c, age) &&
           subtract(c[age + 1].body, c[age].body) < c.measure(kFar, age + 1);
  };
  return bullish_if(three_white_rising(c) && c.no_upper_shadow(2) && c.no_upper_shadow(1) &&
                    c.no_upper_shadow(0) && keeps_up(1) && keeps_up(0) && !c.small_body(0));
}

inline int advance_block(const Candles& c) {
  const auto longer_than_short = [&](std::size_t age) {
    return c[age].upper_shadow() > c.measure(kShadowShort, age);
  };
  if (!three_white_rising(c) || !opens_in_advance(c, 1) || !opens_in_advance(c, 0)) return 0;
  if (!c.long_body(2) || c[2].upper_shadow() >= c.measure(kShadowShort, 2)) return 0;
  const bool shrinks = c[0].body < c[1].body;
  const bool second_weak =
      far_shorter(c, 1) && subtract(c[0].body, c[1].body) < c.measure(kNear, 1);
  const bool both_weaker =
      shrinks && c[1].body < c[2].body && (longer_than_short(0) || longer_than_short(1));
  const bool third_halted = shrinks && c[0].upper_shadow() > c.measure(kShadowLong, 0);
  return bearish_if(second_weak || far_shorter(c, 0) || both_weaker || third_halted);
}

inline int stalled_pattern(const Candles& c) {
  // The third opens no further below the second's close than its own body and a bit.
  return bearish_if(three_white_rising(c) && c.long_body(2) && c.long_body(1) &&
                    c.no_upper_shadow(1) && opens_in_advance(c, 1) && c.short_body(0) &&
                    subtract(subtract(c[1].close, c[0].body), c[0].open) <= c.measure(kNear, 1));
}

/// The third candle turns against the first and takes back that part of its body.
inline bool turns(const Candles& c, Int128 penetration) {
  const Int128 taken_back = multiply(subtract(c[2].close, c[0].close), c[2].color());
  return c[0].color() == -c[2].color() && !c.small_body(0) &&
         exceeds_part(taken_back, penetration, c[2]);
}
/// So does a star: the bodies of the first and second leave a gap.
inline bool star(const Candles& c, int first, Int128 penetration) {
  return c.long_body(2) && c[2].color() == first && body_gap(c[1], c[2], first) &&
         turns(c, penetration);
}

inline int abandoned_baby(const Candles& c, Int128 penetration) {
  const int first = c[2].color();
  return signal_if(c.long_body(2) && c.doji(1) && candle_gap(c[1], c[2], first) &&
                       candle_gap(c[0], c[1], -first) && turns(c, penetration),
                   -first);
}
inline int evening_star(const Candles& c, Int128 penetration) {
  return bearish_if(c.small_body(1) && star(c, 1, penetration));
}
inline int evening_doji_star(const Candles& c, Int128 penetration) {
  return bearish_if(c.doji(1) && star(c, 1, penetration));
}
inline int morning_star(const Candles& c, Int128 penetration) {
  return bullish_if(c.small_body(1) && star(c, -1, penetration));
}
inline int morning_doji_star(const Candles& c, Int128 penetration) {
  return bullish_if(c.doji(1) && star(c, -1, penetration));
}

inline int gap_side_by_side_white(const Candles& c) {
  const int direction = body_gap(c[1], c[2], 1) ? 1 : -1;
  return signal_if(body_gap(c[1], c[2], direction) && body_gap(c[0], c[2], direction) &&
                       c[1].white() && c[0].white() &&
                       magnitude(subtract(c[0].body, c[1].body)) <= c.measure(kNear, 1) &&
                       c.equal(c[0].open, c[1].open, 1),
                   direction);
}

inline int tasuki_gap(const Candles& c) {
  const int direction = c[1].color();
  return signal_if(body_gap(c[1], c[2], direction) && c[0].color() == -direction &&
                       within_body(c[0].open, c[1]) && beyond(c[1].open, c[0].close, direction) &&
                       beyond(c[0].close, direction > 0 ? c[2].top() : c[2].bottom(), direction) &&
                       magnitude(subtract(c[1].body, c[0].body)) < c.measure(kNear, 1),
                   direction);
}

inline int gap_three_methods(const Candles& c) {
  const int direction = c[2].color();
  return signal_if(c[1].color() == direction && c[0].color() == -direction &&
                       within_body(c[0].open, c[1]) && within_body(c[0].close, c[2]) &&
                       body_gap(c[1], c[2], direction),
                   direction);
}

inline int identical_three_crows(const Candles& c) {
  const auto crow = [&](std::size_t age) { return c[age].black() && c.no_lower_shadow(age); };
  return bearish_if(crow(2) && crow(1) && crow(0) && c[2].close > c[1].close &&
                    c[1].close > c[0].close && c.equal(c[1].open, c[2].close, 2) &&
                    c.equal(c[0].open, c[1].close, 1));
}

inline int stick_sandwich(const Candles& c) {
  return bullish_if(c[2].black() && c[1].white() && c[0].black() && c[1].low > c[2].close &&
                    c.equal(c[0].close, c[2].close, 2));
}

inline int tristar(const Candles& c) {
  // All three against the average before the first.
  const CandleMeasure limit = c.measure(kBodyDoji, 2);
  if (std::max({c[2].body, c[1].body, c[0].body}) > limit) return 0;
  if (body_gap(c[1], c[2], 1) && c[0].top() < c[1].top()) return kBearish;
  return bullish_if(body_gap(c[1], c[2], -1) && c[0].bottom() > c[1].bottom());
}

inline int unique_three_river(const Candles& c) {
  return bullish_if(c[2].black() && c.long_body(2) && c[1].black() && c[1].close > c[2].close &&
                    c[1].open <= c[2].open && c[1].low < c[2].low && c[0].white() &&
                    c.short_body(0) && c[0].open > c[1].low);
}

}  // namespace quant::pattern
