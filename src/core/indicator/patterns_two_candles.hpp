// SPDX-License-Identifier: PostgreSQL
// Patterns of a candle and the one before it.
#pragma once

#include "core/indicator/patterns_one_candle.hpp"

namespace quant::pattern {

/// A signal of four fifths where the bodies match at one end.
inline constexpr int kMatched = 80;

inline int counterattack(const Candles& c) {
  return signal_if(c[1].color() == -c[0].color() && c.long_body(1) && c.long_body(0) &&
                       c.equal(c[0].close, c[1].close, 1),
                   c[0].color());
}

inline int dark_cloud_cover(const Candles& c, Int128 penetration) {
  return bearish_if(c[1].white() && c.long_body(1) && c[0].black() && c[0].open > c[1].high &&
                    c[0].close > c[1].open &&
                    exceeds_part(subtract(c[1].close, c[0].close), penetration, c[1]));
}

/// The first long and black, the second white from below its low.
inline bool recovers(const Candles& c) {
  return c[1].black() && c.long_body(1) && c[0].white() && c[0].open < c[1].low;
}
/// The close lies in the upper half of the first body, or above it.
inline bool over_half(const Candles& c) {
  return multiply(subtract(c[0].close, c[1].close), 2) > c[1].body;
}

inline int piercing(const Candles& c) {
  return bullish_if(recovers(c) && c.long_body(0) && c[0].close < c[1].open && over_half(c));
}

inline int in_neck(const Candles& c) {
  return bearish_if(recovers(c) && c[0].close >= c[1].close &&
                    subtract(c[0].close, c[1].close) <= c.measure(kEqual, 1));
}

inline int on_neck(const Candles& c) {
  return bearish_if(recovers(c) && c.equal(c[0].close, c[1].low, 1));
}

inline int thrusting(const Candles& c) {
  return bearish_if(recovers(c) && subtract(c[0].close, c[1].close) > c.measure(kEqual, 1) &&
                    !over_half(c));
}

inline int doji_star(const Candles& c) {
  return signal_if(c.long_body(1) && c.doji(0) && body_gap(c[0], c[1], c[1].color()),
                   -c[1].color());
}

inline int engulfing(const Candles& c) {
  if (c[0].color() == c[1].color() || !body_not_outside(c[1], c[0])) return 0;
  const bool open_matches = c[0].open == c[1].close;
  const bool close_matches = c[0].close == c[1].open;
  if (open_matches && close_matches) return 0;
  return c[0].color() * (open_matches || close_matches ? kMatched : kBullish);
}

/// The second body within the first.
inline int contained(const Candles& c) {
  if (body_inside(c[0], c[1])) return -c[1].color() * kBullish;
  return body_not_outside(c[0], c[1]) ? -c[1].color() * kMatched : 0;
}
inline int harami(const Candles& c) { return c.long_body(1) && c.small_body(0) ? contained(c) : 0; }
inline int harami_cross(const Candles& c) { return c.long_body(1) && c.doji(0) ? contained(c) : 0; }

inline int homing_pigeon(const Candles& c) {
  return bullish_if(c[1].black() && c[0].black() && c.long_body(1) && c.small_body(0) &&
                    body_inside(c[0], c[1]));
}

/// A short body at the upper end of the candle.
inline bool hammer_shape(const Candles& c) {
  return c.short_body(0) && c[0].lower_shadow() > c.measure(kShadowLong, 0) && c.no_upper_shadow(0);
}
inline int hammer(const Candles& c) {
  return bullish_if(hammer_shape(c) && subtract(c[0].bottom(), c[1].low) <= c.measure(kNear, 1));
}
inline int hanging_man(const Candles& c) {
  return bearish_if(hammer_shape(c) && subtract(c[1].high, c[0].bottom()) <= c.measure(kNear, 1));
}

/// At the lower end.
inline bool inverted_shape(const Candles& c) {
  return c.short_body(0) && c[0].upper_shadow() > c.measure(kShadowLong, 0) && c.no_lower_shadow(0);
}
inline int inverted_hammer(const Candles& c) {
  return bullish_if(inverted_shape(c) && body_gap(c[0], c[1], -1));
}
inline int shooting_star(const Candles& c) {
  return bearish_if(inverted_shape(c) && body_gap(c[0], c[1], 1));
}

inline bool kicks(const Candles& c) {
  return c[1].color() == -c[0].color() && is_marubozu(c, 1) && is_marubozu(c, 0) &&
         candle_gap(c[0], c[1], c[0].color());
}
inline int kicking(const Candles& c) { return signal_if(kicks(c), c[0].color()); }
inline int kicking_by_length(const Candles& c) {
  return signal_if(kicks(c), c[0].body > c[1].body ? c[0].color() : c[1].color());
}

inline int matching_low(const Candles& c) {
  return bullish_if(c[1].black() && c[0].black() && c.equal(c[0].close, c[1].close, 1));
}

inline int separating_lines(const Candles& c) {
  return c[1].color() == -c[0].color() && c.equal(c[0].open, c[1].open, 1) ? belt_hold(c) : 0;
}

}  // namespace quant::pattern
