// SPDX-License-Identifier: PostgreSQL
// Strategies in plain words, and expressions in canonical form.
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.hpp"
#include "core/strategy/explain.hpp"
#include "core/strategy/expression_text.hpp"
#include "support/caught.hpp"
#include "support/strategies.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

std::string canonical(std::string_view text) {
  return expression_text(parse_expression(text),
                         {{"n", decimal_of("20")}, {"low", decimal_of("-1.50")}});
}
std::string explained(const Rules& rules) {
  return explain_strategy(
      {json_of(rules.parameters), json_of(rules.entry), json_of(rules.exit), json_of(rules.risk)});
}

TEST(ExpressionText, KeepsOnlyTheBracketsThatItsMeaningNeeds) {
  EXPECT_EQ(canonical("a+b*c"), "a + b * c");
  EXPECT_EQ(canonical("(a+b)*c"), "(a + b) * c");
  EXPECT_EQ(canonical("(a*b)+c"), "a * b + c");
  EXPECT_EQ(canonical("a-(b-c)"), "a - (b - c)");
  EXPECT_EQ(canonical("(a-b)-c"), "a - b - c");
  EXPECT_EQ(canonical("a/(b*c)"), "a / (b * c)");
  EXPECT_EQ(canonical("-(a+b)"), "-(a + b)");
  EXPECT_EQ(canonical("a - -b"), "a - -b");
  EXPECT_EQ(canonical("-(-b)"), "-(-b)");
  EXPECT_EQ(canonical("(close>open)[1]"), "(close > open)[1]");
  EXPECT_EQ(canonical("(-a)[2]"), "(-a)[2]");
  EXPECT_EQ(canonical("(close)[ 1 ][2]"), "close[1][2]");
}

TEST(ExpressionText, WritesConditionsInLowerCase) {
  EXPECT_EQ(canonical("a>1 AND (b<2 OR NOT c=3)"), "a > 1 and (b < 2 or not c = 3)");
  EXPECT_EQ(canonical("(a > 1 and b > 2) or c > 3"), "a > 1 and b > 2 or c > 3");
  EXPECT_EQ(canonical("not (a > 1 and b > 2)"), "not (a > 1 and b > 2)");
  EXPECT_EQ(canonical("not (not (a > 1))"), "not (not a > 1)");
}

TEST(ExpressionText, ShowsValuesInPlaceOfParameters) {
  EXPECT_EQ(canonical("sma(close, $n) > $low"), "sma(close, 20) > -1.5");
  EXPECT_EQ(canonical("close[$n] - $low"), "close[20] - -1.5");
  EXPECT_EQ(canonical("-$low + $other"), "-(-1.5) + $other");
  EXPECT_EQ(canonical("0.0500 * 1e2"), "0.05 * 100");
}

TEST(ExpressionText, WritesCallsAndOtherSeries) {
  EXPECT_EQ(canonical("crosses_above(sma(close,10),sma(close,30))"),
            "sma(close, 10) crosses above sma(close, 30)");
  EXPECT_EQ(canonical("not crosses_below(a, b + 1)"), "not a crosses below b + 1");
  EXPECT_EQ(canonical("crosses_below(a, b)[1]"), "(a crosses below b)[1]");
  EXPECT_EQ(canonical("at('SPY',tf('1w',close))"), "at(\"SPY\", tf(\"1w\", close))");
  EXPECT_EQ(canonical("at('a\"b', close)"), "at('a\"b', close)");
  EXPECT_EQ(canonical("y.close-x.close"), "y.close - x.close");
}

TEST(ExpressionText, IsReadAsWhatItShows) {
  for (const char* text :
       {"a - (b - c) * -d / e", "not (a > 1 or b > 2) and c[1] = 2", "(a + b)[2] <= abs(-c)",
        "at(\"SPY\", close > open) or tf(\"1w\", rsi(close, 5)) < 30"}) {
    EXPECT_EQ(canonical(text), text);
  }
}

TEST(Explain, ACrossing) {
  const std::string crossing = explained(
      {.entry = R"j({"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"}})j",
       .exit = R"j([{"id": "reverse", "side": "long",
                                    "when": "crosses_below(sma(close, $fast), sma(close, $slow))"}])j",
       .risk = R"j({"stop_loss": 0.02, "take_profit": 0.065, "max_positions": 5,
                                   "size": {"percent_equity": 90}})j",
       .parameters = R"j({"fast": 10, "slow": {"default": 30, "grid": [20, 30]}})j"});
  EXPECT_EQ(crossing,
            "Opens a long position when sma(close, 10) crosses above sma(close, 30), with a market "
            "order at the next "
            "open.\n"
            "Closes a long position when sma(close, 10) crosses below sma(close, 30), with a "
            "market order at the next "
            "open (reverse).\n"
            "Each position takes 90 percent of the equity.\n"
            "Stop loss: 2 percent from the fill price.\n"
            "Take profit: 6.5 percent from the fill price.\n"
            "Holds at most 5 positions at a time.");
}

TEST(Explain, WhatIsLeftOut) {
  const std::string always = explained({.entry = R"j({"long": {"when": true}})j"});
  EXPECT_EQ(always,
            "Opens a long position at every bar, with a market order at the next open.\n"
            "Holds a position to the end of the run.\n"
            "Each position takes 100 percent of the equity.");
  const std::string nothing = explained({.entry = "{}", .risk = "null"});
  EXPECT_EQ(nothing,
            "Opens no position.\n"
            "Each position takes 100 percent of the equity.");
}

TEST(Explain, BothSidesAndNamedIndicators) {
  const std::string both =
      explained({.entry = R"j({"indicators": {"trend": "ema(close, 50)"},
                                    "long": {"when": {"all": ["close > trend", {"not": "close < open"}]}},
                                    "short": {"when": "close<trend"},
                                    "priority": "close/close[60]-1"})j",
                 .exit = R"j([{"when": "bars_held >= 20"}])j",
                 .risk = R"j({"size": {"cash": 10000}, "stop_loss": {"distance": "2*atr(14)"},
                                   "take_profit": {"price": "highest(high, 5)"}})j"});
  EXPECT_EQ(
      both,
      "Opens a long position when close > trend and not close < open, with a market order at the "
      "next open.\n"
      "Opens a short position when close < trend, with a market order at the next open.\n"
      "An entry for the opposite side closes the position that is held.\n"
      "Serves the symbols with the highest close / close[60] - 1 first.\n"
      "Closes any position when bars_held >= 20, with a market order at the next open (exit 1).\n"
      "Each position is worth 10000 in cash.\n"
      "Stop loss: 2 * atr(14) from the fill price.\n"
      "Take profit: at highest(high, 5).\n"
      "Here trend is ema(close, 50).");
}

TEST(Explain, OrdersOfEveryType) {
  const auto order = [](std::string_view json) {
    const std::string entry =
        concat(R"j({"long": {"when": "close > open", "order": )j", json, "}}");
    const std::string text = explained({.entry = entry});
    return text.substr(0, text.find('\n'));
  };
  const std::string opens = "Opens a long position when close > open, with ";
  EXPECT_EQ(order(R"j({"type": "market"})j"), opens + "a market order at the next open.");
  EXPECT_EQ(order(R"j({"type": "market_on_close"})j"), opens + "a market order at the next close.");
  EXPECT_EQ(order(R"j({"type": "limit", "limit": "close*0.99", "tif": "day"})j"),
            opens + "a limit order at close * 0.99, good for the day.");
  EXPECT_EQ(order(R"j({"type": "stop", "stop": "high", "tif": "gtc"})j"),
            opens + "a stop order at high, good until it is cancelled.");
  EXPECT_EQ(
      order(R"j({"type": "stop_limit", "stop": "high", "limit": "high+1", "tif": {"bars": 3}})j"),
      opens + "a stop order at high, limited to high + 1, good for 3 bars.");
}

TEST(Explain, EveryKeyOfTheRisk) {
  const std::string risk = explained(
      {.entry = R"j({"signals": true})j",
       .exit = R"j([{"type": "trailing_stop", "distance": "3*atr(14)", "id": "trail"},
                                   {"when": "close < open", "side": "short", "portion": 0.5}])j",
       .risk = R"j({"trailing_stop": 0.1, "time_stop_bars": 1, "max_position_size_pct": 20,
                                   "max_gross_exposure_pct": 150, "max_net_exposure_pct": 50,
                                   "daily_loss_halt_pct": 3, "drawdown_halt_pct": 20.5, "halt_action": "close",
                                   "cooldown_bars": 5, "pyramiding": {"max": 3, "step": "atr(14)"},
                                   "size": {"risk_percent": 1, "distance": "2*atr(14)"}})j"});
  EXPECT_EQ(risk,
            "Takes its orders from the rows of trading.signals.\n"
            "Trails a stop 3 * atr(14) behind any position (trail).\n"
            "Closes 50 percent of a short position when close < open, with a market order at the "
            "next open (exit 2).\n"
            "Each position risks 1 percent of the equity over a distance of 2 * atr(14).\n"
            "Trailing stop: 10 percent from the best price since the fill.\n"
            "Time stop: after 1 bar.\n"
            "Adds to a position, up to 3 lots, each a step of atr(14) further.\n"
            "A position is worth at most 20 percent of the equity.\n"
            "All positions together are worth at most 150 percent of the equity.\n"
            "Long and short positions differ by at most 50 percent of the equity.\n"
            "Opens nothing more on a day that has lost 3 percent of the equity.\n"
            "Opens nothing more once the equity lies 20.5 percent below its peak.\n"
            "A halt also closes what is held.\n"
            "Waits 5 bars after an exit before it opens again.");
}

TEST(Explain, RotationAndLegs) {
  const std::string rotation = explained(
      {.entry =
           R"j({"rotate": {"every": "month", "on": "last", "gate": "close > sma(close, 200)", "top": 3,
                                               "rank_by": "close/close[120]", "keep_if_rank_within": 5,
                                               "weight": "inverse_volatility", "cash_buffer_percent": 2,
                                               "drift_threshold_percent": 1}})j"});
  EXPECT_EQ(rotation,
            "On the last bar of every month, holds the 3 symbols with the highest close / "
            "close[120], weighted by the "
            "inverse of their volatility over 20 bars.\n"
            "A symbol takes part only when close > sma(close, 200).\n"
            "What is held stays while it ranks within the first 5.\n"
            "Keeps 2 percent of the equity in cash.\n"
            "Leaves a weight alone that has drifted by less than 1 percentage point.");
  const std::string legs = explained(
      {.entry = R"j({"legs": {"y": {"asset": "KO"}, "x": {"asset": "PEP", "ratio": "0.7"}},
                                    "long": {"when": "y.close < x.close"}})j",
       .risk = R"j({"size": {"units": 10}})j"});
  EXPECT_EQ(legs,
            "Opens a long position when y.close < x.close, with a market order at the next open.\n"
            "Opens and closes these legs together or not at all: y = KO, x = PEP (ratio 0.7).\n"
            "Each position is of 10 units.");
}

TEST(Explain, ARiskIsMeasuredToTheStopWhereNoDistanceIsGiven) {
  EXPECT_EQ(explained({.entry = R"j({"short": {"when": "close < open"}})j",
                       .risk = R"j({"size": {"risk_percent": 0.5}, "stop_loss": 0.1})j"}),
            "Opens a short position when close < open, with a market order at the next open.\n"
            "Each position risks 0.5 percent of the equity between the fill and the stop loss.\n"
            "Stop loss: 10 percent from the fill price.");
}

TEST(Explain, WhatOpensNothing) {
  EXPECT_EQ(explained({.entry = R"j({"signals": false, "long": {"when": "close > open"}})j"}),
            "Opens a long position when close > open, with a market order at the next open.\n"
            "Holds a position to the end of the run.\n"
            "Each position takes 100 percent of the equity.");
  EXPECT_EQ(explained({.entry = R"j({"legs": {"y": {"asset": "KO"}, "x": {"asset": "PEP"}}})j",
                       .risk = R"j({"size": {"units": 10}})j"}),
            "Opens no position.\n"
            "Opens and closes these legs together or not at all: y = KO, x = PEP.\n"
            "Each position is of 10 units.");
}

TEST(Explain, SaysWhereADocumentIsOfAnotherKind) {
  const Error error = caught([] {
    (void)explained(
        {.entry = R"j({"long": {"when": "close > open"}})j", .risk = R"j({"stop_loss": true})j"});
  });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.detail(), "At risk_rules.stop_loss.");
}

}  // namespace
}  // namespace quant
