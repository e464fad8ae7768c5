// SPDX-License-Identifier: PostgreSQL
// The candlestick patterns. In their formulas the candles follow each other from the oldest to the
// last, and a word stands for a setting of candles.hpp: long and short bodies, "no" shadow (a very
// short one), near, far, equal. A candle that closes at its open is white.
#include "core/indicator/catalog.hpp"
#include "core/indicator/patterns_more_candles.hpp"
#include "core/indicator/patterns_three_candles.hpp"

namespace quant {

namespace {

Indicator entry(std::string_view name, std::string_view title, std::string_view formula) {
  return {.name = name,
          .group = "pattern",
          .title = title,
          .formula = formula,
          .source = "",
          .peers = "TA-Lib, under the same name; comparisons are exact, not those of doubles",
          .inputs = {kOpenInput, kHighInput, kLowInput, kCloseInput},
          .arguments = {},
          .outputs = {},
          .runner = {}};
}

/// The default of the penetration is in units of 1 / 10,000.
template <auto kFind, int kLookback>
Indicator candles(std::string_view name, std::string_view title, std::string_view formula,
                  int penetration = 0) {
  using Pattern = CandlePattern<kFind, kLookback>;
  constexpr int kDeepest = 100'000;
  Indicator made = entry(name, title, formula);
  if (Pattern::kPenetrates)
    made.arguments = {ArgumentSpec::decimal("penetration", penetration, 0, kDeepest)};
  made.outputs = {{name, [](const IndicatorArguments&) { return kLookback; }}};
  made.runner = kRunner<Pattern>;
  return made;
}

template <auto kFind, int kNeeded>
Indicator confirmed(std::string_view name, std::string_view title, std::string_view formula) {
  using Pattern = ConfirmedPattern<kFind, kNeeded>;
  Indicator made = entry(name, title, formula);
  made.source = "Chesler 2004";
  made.outputs = {{name, [](const IndicatorArguments&) { return Pattern::kLookback; }}};
  made.runner = kRunner<Pattern>;
  return made;
}

/// The second number is that of the candles before the last one: 10 or 5 of an average, if any, and
/// those of the pattern.
std::vector<Indicator> patterns() {
  return {
      candles<pattern::two_crows, 10 + 2>(
          "cdl2crows", "Two crows",
          "long white; black whose body gaps up; black from within the second body into the first"),
      candles<pattern::three_black_crows, 10 + 3>(
          "cdl3blackcrows", "Three black crows",
          "white; three black without lower shadow, each opening within the body before it and "
          "closing lower, the first of them below the white one's high"),
      candles<pattern::three_inside, 10 + 2>(
          "cdl3inside", "Three inside up or down",
          "long; small body within it; one of the other color that closes beyond the first open"),
      candles<pattern::three_line_strike, 5 + 3>(
          "cdl3linestrike", "Three-line strike",
          "three of one color, each closing further and opening within or near the body before it; "
          "one of the other color that opens further and closes beyond the first open"),
      candles<pattern::three_outside, 3>("cdl3outside", "Three outside up or down",
                                         "a body; one of the other color around it; a close "
                                         "further in the direction of the second"),
      candles<pattern::three_stars_in_south, 10 + 2>(
          "cdl3starsinsouth", "Three stars in the south",
          "long black with a long lower shadow; shorter black within its range, opening above its "
          "close and trading below it; short black without shadows within the second's range"),
      candles<pattern::three_white_soldiers, 10 + 2>(
          "cdl3whitesoldiers", "Three advancing white soldiers",
          "three white without upper shadow, closing higher, opening within or near the body "
          "before, none far shorter than the one before, the last not short"),
      candles<pattern::abandoned_baby, 10 + 2>(
          "cdlabandonedbaby", "Abandoned baby",
          "long; doji apart from both neighbors, shadows included; one of the other color, not "
          "short, that closes more than penetration into the first body",
          3000),
      candles<pattern::advance_block, 10 + 2>(
          "cdladvanceblock", "Advance block",
          "three white closing higher, opening within or near the body before, the first long with "
          "a short upper shadow, the others ever weaker: smaller bodies or long upper shadows"),
      candles<pattern::belt_hold, 10>("cdlbelthold", "Belt-hold",
                                      "long body, no shadow at the open"),
      candles<pattern::breakaway, 10 + 4>(
          "cdlbreakaway", "Breakaway",
          "long; same color, body gaps on; two more with ever further highs and lows, the second "
          "of the same color; one of the other color that closes within the gap"),
      candles<pattern::closing_marubozu, 10>("cdlclosingmarubozu", "Closing marubozu",
                                             "long body, no shadow at the close"),
      candles<pattern::concealing_baby_swallow, 10 + 3>(
          "cdlconcealbabyswall", "Concealing baby swallow",
          "two black without shadows; black whose body gaps down and whose upper shadow reaches "
          "into the body before; black around the third, shadows included"),
      candles<pattern::counterattack, 10 + 1>("cdlcounterattack", "Counterattack",
                                              "long; long of the other color with an equal close"),
      candles<pattern::dark_cloud_cover, 10 + 1>(
          "cdldarkcloudcover", "Dark cloud cover",
          "long white; black from above its high that closes within its body, more than "
          "penetration deep",
          5000),
      candles<pattern::doji, 10>("cdldoji", "Doji", "body at most 10 % of the mean range"),
      candles<pattern::doji_star, 10 + 1>(
          "cdldojistar", "Doji star",
          "long; doji whose body gaps on in its direction; the signal is against it"),
      candles<pattern::dragonfly_doji, 10>("cdldragonflydoji", "Dragonfly doji",
                                           "doji without upper shadow, with a lower one"),
      candles<pattern::engulfing, 2>(
          "cdlengulfing", "Engulfing pattern",
          "a body around the one before, of the other color; 80 where they match at one end"),
      candles<pattern::evening_doji_star, 10 + 2>(
          "cdleveningdojistar", "Evening doji star",
          "long white; doji whose body gaps up; black, not short, that closes more than "
          "penetration into the first body",
          3000),
      candles<pattern::evening_star, 10 + 2>(
          "cdleveningstar", "Evening star",
          "long white; small body that gaps up; black, not short, that closes more than "
          "penetration into the first body",
          3000),
      candles<pattern::gap_side_by_side_white, 5 + 2>(
          "cdlgapsidesidewhite", "Up or down gap side-by-side white lines",
          "a body; two white whose bodies gap from it to the same side, with equal opens and near "
          "lengths"),
      candles<pattern::gravestone_doji, 10>("cdlgravestonedoji", "Gravestone doji",
                                            "doji without lower shadow, with an upper one"),
      candles<pattern::hammer, 10 + 1>(
          "cdlhammer", "Hammer",
          "short body, long lower shadow, no upper one; the body below or near the low before"),
      candles<pattern::hanging_man, 10 + 1>(
          "cdlhangingman", "Hanging man",
          "short body, long lower shadow, no upper one; the body above or near the high before"),
      candles<pattern::harami, 10 + 1>("cdlharami", "Harami pattern",
                                       "long; small body within it; 80 where they match at one "
                                       "end; the signal is against the first"),
      candles<pattern::harami_cross, 10 + 1>(
          "cdlharamicross", "Harami cross pattern",
          "long; doji within it; 80 where they match at one end; the signal is against the first"),
      candles<pattern::high_wave, 10>("cdlhighwave", "High-wave candle",
                                      "short body, both shadows more than twice as long"),
      confirmed<pattern::hikkake, 2>(
          "cdlhikkake", "Hikkake pattern",
          "inside bar; then lower high and low (bullish) or higher (bearish); 200 or -200 where "
          "one of the next three closes beyond the inside bar the other way"),
      confirmed<pattern::modified_hikkake, 5 + 2>(
          "cdlhikkakemod", "Modified hikkake pattern",
          "two inside bars, the first closing near its low; then lower high and low (bullish), or "
          "near its high and higher (bearish); 200 or -200 where one of the next three confirms"),
      candles<pattern::homing_pigeon, 10 + 1>("cdlhomingpigeon", "Homing pigeon",
                                              "long black; small black within its body"),
      candles<pattern::identical_three_crows, 10 + 2>(
          "cdlidentical3crows", "Identical three crows",
          "three black without lower shadow, closing lower, each opening equal to the close "
          "before"),
      candles<pattern::in_neck, 10 + 1>(
          "cdlinneck", "In-neck pattern",
          "long black; white from below its low that closes equal to its close or slightly above"),
      candles<pattern::inverted_hammer, 10 + 1>(
          "cdlinvertedhammer", "Inverted hammer",
          "short body, long upper shadow, no lower one; the body gaps down"),
      candles<pattern::kicking, 10 + 1>(
          "cdlkicking", "Kicking",
          "marubozu; marubozu of the other color that gaps away in its own direction"),
      candles<pattern::kicking_by_length, 10 + 1>(
          "cdlkickingbylength", "Kicking, by the longer marubozu",
          "marubozu; marubozu of the other color that gaps away in its own direction; the longer "
          "one gives the signal"),
      candles<pattern::ladder_bottom, 10 + 4>(
          "cdlladderbottom", "Ladder bottom",
          "three black with lower opens and closes; black with an upper shadow; white that opens "
          "above its body and closes above its high"),
      candles<pattern::long_legged_doji, 10>("cdllongleggeddoji", "Long-legged doji",
                                             "doji with a long shadow or two"),
      candles<pattern::long_line, 10>("cdllongline", "Long line candle",
                                      "long body, short shadows"),
      candles<pattern::marubozu, 10>("cdlmarubozu", "Marubozu", "long body, no shadows"),
      candles<pattern::matching_low, 5 + 1>("cdlmatchinglow", "Matching low",
                                            "black; black with an equal close"),
      candles<pattern::mat_hold, 10 + 4>(
          "cdlmathold", "Mat hold",
          "long white; short black whose body gaps up; two short and falling, less than "
          "penetration deep in the first body; white that opens above the close before and closes "
          "above the highs of the three",
          5000),
      candles<pattern::morning_doji_star, 10 + 2>(
          "cdlmorningdojistar", "Morning doji star",
          "long black; doji whose body gaps down; white, not short, that closes more than "
          "penetration into the first body",
          3000),
      candles<pattern::morning_star, 10 + 2>(
          "cdlmorningstar", "Morning star",
          "long black; small body that gaps down; white, not short, that closes more than "
          "penetration into the first body",
          3000),
      candles<pattern::on_neck, 10 + 1>(
          "cdlonneck", "On-neck pattern",
          "long black; white from below its low that closes equal to its low"),
      candles<pattern::piercing, 10 + 1>(
          "cdlpiercing", "Piercing pattern",
          "long black; long white from below its low that closes in the upper half of its body"),
      candles<pattern::rickshaw_man, 10>(
          "cdlrickshawman", "Rickshaw man",
          "doji with two long shadows, the body near the middle of the range"),
      candles<pattern::rising_falling_three_methods, 10 + 4>(
          "cdlrisefall3methods", "Rising or falling three methods",
          "long; three short of the other color, closing ever further back, within the first "
          "range; long of the first color that opens beyond the close before and closes beyond the "
          "first"),
      candles<pattern::separating_lines, 10 + 1>(
          "cdlseparatinglines", "Separating lines",
          "a candle; belt-hold of the other color with an equal open"),
      candles<pattern::shooting_star, 10 + 1>(
          "cdlshootingstar", "Shooting star",
          "short body, long upper shadow, no lower one; the body gaps up"),
      candles<pattern::short_line, 10>("cdlshortline", "Short line candle",
                                       "short body, short shadows"),
      candles<pattern::spinning_top, 10>("cdlspinningtop", "Spinning top",
                                         "short body, both shadows longer than it"),
      candles<pattern::stalled_pattern, 10 + 2>(
          "cdlstalledpattern", "Stalled pattern",
          "three white closing higher: long; long without upper shadow, opening within or near the "
          "body before; short, at the shoulder of the second"),
      candles<pattern::stick_sandwich, 5 + 2>(
          "cdlsticksandwich", "Stick sandwich",
          "black; white that trades above its close; black with a close equal to the first"),
      candles<pattern::takuri, 10>(
          "cdltakuri", "Takuri",
          "doji without upper shadow, the lower one more than twice the body"),
      candles<pattern::tasuki_gap, 5 + 2>(
          "cdltasukigap", "Tasuki gap",
          "a body; one that gaps from it in its own direction; the other color, from within the "
          "second body into the gap, of near length"),
      candles<pattern::thrusting, 10 + 1>(
          "cdlthrusting", "Thrusting pattern",
          "long black; white from below its low that closes above its close, more than equal, up "
          "to the middle of its body"),
      candles<pattern::tristar, 10 + 2>(
          "cdltristar", "Tristar pattern",
          "three doji, the second body a gap away from the first, the third not as far"),
      candles<pattern::unique_three_river, 10 + 2>("cdlunique3river", "Unique three river",
                                                   "long black; black within its body with a lower "
                                                   "low; short white that opens above that low"),
      candles<pattern::upside_gap_two_crows, 10 + 2>(
          "cdlupsidegap2crows", "Upside gap two crows",
          "long white; small black whose body gaps up; black around it that closes above the first "
          "close"),
      candles<pattern::gap_three_methods, 2>("cdlxsidegap3methods",
                                             "Upside or downside gap three methods",
                                             "two of one color with a body gap between; the other "
                                             "color, from within the second body into the first"),
  };
}

}  // namespace

const std::vector<Indicator>& pattern_indicators() {
  static const std::vector<Indicator> kIndicators = patterns();
  return kIndicators;
}

}  // namespace quant
