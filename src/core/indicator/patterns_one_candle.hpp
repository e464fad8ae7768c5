// SPDX-License-Identifier: PostgreSQL
// Patterns of one candle, seen against the average of those before it.
#pragma once

#include "core/indicator/candle_pattern.hpp"

namespace quant::pattern {

inline int belt_hold(const Candles& c) {
  const bool opens_at_end = c[0].white() ? c.no_lower_shadow(0) : c.no_upper_shadow(0);
  return signal_if(c.long_body(0) && opens_at_end, c[0].color());
}

inline int closing_marubozu(const Candles& c) {
  const bool closes_at_end = c[0].white() ? c.no_upper_shadow(0) : c.no_lower_shadow(0);
  return signal_if(c.long_body(0) && closes_at_end, c[0].color());
}

inline bool is_marubozu(const Candles& c, std::size_t age) {
  return c.long_body(age) && c.no_upper_shadow(age) && c.no_lower_shadow(age);
}
inline int marubozu(const Candles& c) { return signal_if(is_marubozu(c, 0), c[0].color()); }

inline int doji(const Candles& c) { return bullish_if(c.doji(0)); }

inline int dragonfly_doji(const Candles& c) {
  return bullish_if(c.doji(0) && c.no_upper_shadow(0) && c.has_lower_shadow(0));
}

inline int gravestone_doji(const Candles& c) {
  return bullish_if(c.doji(0) && c.no_lower_shadow(0) && c.has_upper_shadow(0));
}

inline int takuri(const Candles& c) {
  return bullish_if(c.doji(0) && c.no_upper_shadow(0) &&
                    c[0].lower_shadow() > c.measure(kShadowVeryLong, 0));
}

inline int long_legged_doji(const Candles& c) {
  return bullish_if(c.doji(0) &&
                    std::max(c[0].upper_shadow(), c[0].lower_shadow()) > c.measure(kShadowLong, 0));
}

inline int rickshaw_man(const Candles& c) {
  if (!c.doji(0)) return 0;
  if (std::min(c[0].upper_shadow(), c[0].lower_shadow()) <= c.measure(kShadowLong, 0)) return 0;
  // Distances from the middle of the range, doubled.
  const Int128 middle = add(c[0].low, c[0].high);
  const CandleMeasure near = c.measure(kNear, 0).times(2);
  return bullish_if(subtract(multiply(c[0].bottom(), 2), middle) <= near &&
                    subtract(middle, multiply(c[0].top(), 2)) <= near);
}

inline int high_wave(const Candles& c) {
  const Int128 shorter = std::min(c[0].upper_shadow(), c[0].lower_shadow());
  return signal_if(c.short_body(0) && shorter > c.measure(kShadowVeryLong, 0), c[0].color());
}

inline int spinning_top(const Candles& c) {
  const Int128 shorter = std::min(c[0].upper_shadow(), c[0].lower_shadow());
  return signal_if(c.short_body(0) && shorter > c[0].body, c[0].color());
}

inline bool short_shadows(const Candles& c) {
  return std::max(c[0].upper_shadow(), c[0].lower_shadow()) < c.measure(kShadowShort, 0);
}
inline int long_line(const Candles& c) {
  return signal_if(c.long_body(0) && short_shadows(c), c[0].color());
}
inline int short_line(const Candles& c) {
  return signal_if(c.short_body(0) && short_shadows(c), c[0].color());
}

}  // namespace quant::pattern
