// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/strategy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/caught.hpp"
#include "support/strategies.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

constexpr std::string_view kLong = R"({"long": {"when": "close > $level"}})";
constexpr std::string_view kLevel = R"({"level": 10})";

/// The value that the long rule compares close with.
std::string level_of(const Strategy& strategy) {
  const ProgramNode& comparison = strategy.program[strategy.enter_long->when];
  const ProgramNode& level = strategy.program[comparison.arguments[1]];
  return to_text(level.constant) + "/" + to_text(level.denominator);
}

TEST(Strategy, ReadsAWholeDocument) {
  const Strategy strategy = strategy_of({
      .entry = R"j({"indicators": {"fast": "sma(close, $n)"},
                   "long": {"when": "close > fast", "order": {"type": "market"}},
                   "short": {"when": {"left": "close", "op": "<", "right": "fast"}},
                   "priority": "volume"})j",
      .exit = R"([{"id": "flip", "side": "long", "when": "close < fast"},
                  {"when": "bars_held > 5"}, {"side": "short", "when": "close > fast"}])",
      .risk = R"j({"stop_loss": 0.02, "take_profit": {"distance": "2 * atr(5)"},
                   "size": {"cash": 1000.50}, "max_positions": 3})j",
      .parameters = R"({"n": {"default": 5, "grid": [5, 10]}})",
  });
  EXPECT_TRUE(strategy.has_entries());
  EXPECT_TRUE(strategy.entry(Side::kLong) && strategy.entry(Side::kShort) && strategy.priority);
  ASSERT_EQ(strategy.exits.size(), 3U);
  EXPECT_EQ(strategy.exits[0].id, "flip");
  EXPECT_TRUE(strategy.exits[0].closes_long && !strategy.exits[0].closes_short);
  EXPECT_EQ(strategy.exits[1].id, "exit 2");
  EXPECT_TRUE(strategy.exits[1].closes_long && strategy.exits[1].closes_short);
  EXPECT_TRUE(!strategy.exits[2].closes_long && strategy.exits[2].closes_short);
  EXPECT_EQ(strategy.stop_loss->kind, LevelRule::Kind::kFraction);
  EXPECT_EQ(strategy.stop_loss->fraction, decimal_of("0.02"));
  EXPECT_EQ(strategy.take_profit->kind, LevelRule::Kind::kDistance);
  EXPECT_EQ(strategy.size.mode, SizeRule::Mode::kCash);
  EXPECT_EQ(strategy.size.amount, decimal_of("1000.5"));
  EXPECT_EQ(strategy.limits.max_positions, 3);
  // Two entries, a priority, three exits and the target's distance.
  EXPECT_EQ(strategy.roots().size(), 7U);
}

TEST(Strategy, HasDefaults) {
  const Strategy strategy = strategy_of({.entry = R"({"long": {"when": true}})"});
  EXPECT_EQ(strategy.size.mode, SizeRule::Mode::kPercentEquity);
  EXPECT_EQ(strategy.size.amount, decimal_of("100"));
  EXPECT_FALSE(strategy.stop_loss || strategy.take_profit || strategy.limits.max_positions ||
               strategy.priority);
  EXPECT_FALSE(strategy_of({}).has_entries());
  EXPECT_FALSE(strategy_of({.entry = "null",
                            .exit = "null",
                            .risk = "null",
                            .parameters = "null",
                            .run_parameters = "null"})
                   .has_entries());
}

TEST(Strategy, TakesParametersAndTheirOverrides) {
  EXPECT_EQ(level_of(strategy_of({.entry = kLong, .parameters = kLevel})), "10/1");
  EXPECT_EQ(
      level_of(strategy_of(
          {.entry = kLong, .parameters = R"({"level": {"default": 0.1, "range": [0, 1, 0.1]}})"})),
      "1/10");
  EXPECT_EQ(level_of(strategy_of(
                {.entry = kLong,
                 .parameters = kLevel,
                 .run_parameters = R"({"level": 2.5, "execution": {}, "benchmark": "SPY"})"})),
            "5/2");
}

TEST(Strategy, KeepsOtherJsonAmongItsParameters) {
  EXPECT_NO_THROW((void)strategy_of(
      {.entry = kLong,
       .parameters = R"({"level": 1, "note": "text", "tags": ["a"], "more": {"b": 1}})"}));
}

TEST(Strategy, KnowsWhatItNeedsOfTheBars) {
  const Strategy strategy = strategy_of({.entry = R"j({"indicators": {"unused": "ema(vwap, 50)"},
                     "long": {"when": "sma(close, 10)[3] > 1 and volume > 0"}})j",
                                         .risk = R"j({"stop_loss": {"distance": "atr(1)"}})j"});
  EXPECT_TRUE(strategy.reads(BarColumn::kClose) && strategy.reads(BarColumn::kVolume));
  EXPECT_TRUE(strategy.reads(BarColumn::kHigh) && strategy.reads(BarColumn::kLow));
  EXPECT_FALSE(strategy.reads(BarColumn::kOpen) || strategy.reads(BarColumn::kVwap));
  EXPECT_EQ(strategy.warm_up(), 12);
}

struct Refused {
  Rules rules;
  std::string message;
  std::string detail;
  std::string hint = "";
  ErrorCode code = ErrorCode::kInvalidParameter;
};

void expect_refused(const std::vector<Refused>& cases) {
  for (const Refused& wanted : cases) {
    const Error error = caught([&] { (void)strategy_of(wanted.rules); });
    EXPECT_EQ(error.code(), wanted.code) << wanted.message;
    EXPECT_EQ(error.message(), wanted.message);
    EXPECT_EQ(error.detail(), wanted.detail) << wanted.message;
    EXPECT_EQ(error.hint(), wanted.hint) << wanted.message;
  }
}

TEST(Strategy, RefusesWrongParameters) {
  expect_refused({
      {{.entry = kLong},
       "parameter \"$level\" has no value",
       "In entry_rules.long.when, at column 10."},
      {{.entry = kLong, .parameters = R"({"level": "10"})"},
       "a number is expected, not a string",
       "At parameters.level."},
      {{.entry = kLong, .parameters = R"({"leven": 10})"},
       "parameter \"$level\" has no value",
       "In entry_rules.long.when, at column 10.",
       "Perhaps you meant \"$leven\"."},
      {{.parameters = "[1]"}, "an object is expected, not an array", "At parameters."},
      {{.parameters = R"({"n": {"default": "x"}})"},
       "a number is expected, not a string",
       "At parameters.n.default."},
      {{.parameters = R"({"n": {"default": 1, "step": 2}})"},
       "unknown key \"step\"",
       "At parameters.n.",
       "It is one of \"default\", \"grid\", \"range\"."},
      {{.entry = kLong, .parameters = kLevel, .run_parameters = R"({"levle": 5})"},
       "the strategy has no parameter \"levle\"",
       "At parameters.levle.",
       "Perhaps you meant \"level\"."},
      {{.entry = kLong, .parameters = kLevel, .run_parameters = R"({"slippage": {"ticks": 1}})"},
       "the strategy has no parameter \"slippage\"",
       "At parameters.slippage.",
       "It is a setting of the execution: {\"execution\": {\"slippage\": ...}}."},
      {{.entry = kLong, .parameters = kLevel, .run_parameters = R"({"size": 5})"},
       "the strategy has no parameter \"size\"",
       "At parameters.size.",
       "It is one of the strategy's risk rules: put it into strategies.risk_rules."},
      {{.entry = kLong, .parameters = kLevel, .run_parameters = R"({"unheard of": 5})"},
       "the strategy has no parameter \"unheard of\"",
       "At parameters.unheard of.",
       "It is one of \"execution\", \"benchmark\", \"level\"."},
      {{.entry = kLong, .parameters = kLevel, .run_parameters = R"({"level": "5"})"},
       "a number is expected, not a string",
       "At parameters.level."},
      {{.parameters = R"({"n": {"default": 1, "grid": []}})"},
       "the grid is empty",
       "At parameters.n.grid."},
      {{.parameters = R"({"n": {"default": 1, "range": [5, 1, 1]}})"},
       "the range ends before it begins",
       "At parameters.n.range."},
      {{.parameters = R"({"n": {"default": 1, "range": [1, 5]}})"},
       "a range is [from, to, step]",
       "At parameters.n.range."},
      {{.parameters = R"({"n": {"default": 1, "range": [1, 5, 0]}})"},
       "a number above 0 is expected, not 0",
       "At parameters.n.range[2]."},
      {{.parameters = R"({"n": {"default": 1, "range": [1, 5, 1], "grid": [1]}})"},
       "a parameter has a grid or a range, not both",
       "At parameters.n."},
      {{.parameters = R"({"n": {"grid": [1]}})"}, "key \"default\" is missing", "At parameters.n."},
      {{.parameters = R"({"execution": {}})"},
       "\"execution\" belongs to a run, not to a strategy",
       "At parameters.execution.",
       "Put it into backtests.parameters."},
      {{.run_parameters = "5"}, "an object is expected, not a number", "At parameters."},
  });
}

TEST(Strategy, RefusesWrongEntries) {
  expect_refused({
      {{.entry = R"({"lnog": {"when": true}})"},
       "unknown key \"lnog\"",
       "At entry_rules.",
       "Perhaps you meant \"long\"."},
      {{.entry = R"({"long": "close > 5"})"},
       "an object is expected, not a string",
       "At entry_rules.long.",
       R"(Write it as in {"when": "close > open"}.)"},
      {{.entry = R"({"long": {}})"}, "key \"when\" is missing", "At entry_rules.long."},
      {{.entry = R"({"long": {"when": "close"}})"},
       "a condition is expected, not a number",
       "In entry_rules.long.when, at column 1."},
      {{.entry = R"({"long": {"when": "1 > 2"}})"},
       "the condition is never true",
       "At entry_rules.long.when."},
      {{.entry = R"({"long": {"when": "close > 5 and close > close"}})"},
       "the condition is never true",
       "At entry_rules.long.when."},
      {{.entry = R"({"long": {"when": true}, "priority": "close > 5"})"},
       "a number is expected, not a condition",
       "In entry_rules.priority, at column 7."},
      {{.entry = R"({"indicators": {"close": "open"}})"},
       "the name \"close\" is taken",
       "At entry_rules.indicators."},
      {{.entry = R"({"indicators": []})"},
       "an object is expected, not an array",
       "At entry_rules.indicators."},
      {{.entry = R"({"indicators": {"a b": "open"}})"},
       "\"a b\" cannot be a name",
       "At entry_rules.indicators."},
      {{.entry = R"j({"indicators": {"unused": "sma(clos, 5)"}})j"},
       "unknown name \"clos\"",
       "In entry_rules.indicators.unused, at column 5.",
       "Perhaps you meant \"close\"."},
      {{.entry = R"j({"indicators": {"fast": "ema(cash, 5)"}, "long": {"when": "close > fast"}})j"},
       "position and account have no history in a rule",
       "In entry_rules.indicators.fast, at column 1."},
      {{.entry = R"({"indicators": {"x": "open +"}})"},
       "malformed expression: an operand is missing",
       "In entry_rules.indicators.x, at column 7 of \"open +\"."},
      {{.entry = R"({"long": {"when": true, "order": {"type": "markt"}}})"},
       "unknown value \"markt\"",
       "At entry_rules.long.order.type.",
       "It is one of \"market\", \"limit\", \"stop\", \"stop_limit\", \"market_on_close\"."},
      {{.entry = R"({"long": {"when": true, "order": {"type": "limit"}}})"},
       "key \"limit\" is missing",
       "At entry_rules.long.order."},
      {{.entry = R"({"long": {"when": true, "order": {"type": "stop", "stop": 5, "limit": 4}}})"},
       "an order of type \"stop\" has no \"limit\"",
       "At entry_rules.long.order."},
      {{.entry = R"({"long": {"when": true, "order": {"type": "market", "tif": "day"}}})"},
       "an order of type \"market\" does not wait for a price",
       "At entry_rules.long.order.",
       "Leave out \"tif\"."},
      {{.entry =
            R"({"long": {"when": true, "order": {"type": "limit", "limit": 1, "tif": "ioc"}}})"},
       "unknown value \"ioc\"",
       "At entry_rules.long.order.tif.",
       R"(It is "gtc", "day", or {"bars": 5}.)"},
      {{.entry = R"({"rotate": {}})"}, "key \"every\" is missing", "At entry_rules.rotate."},
      {{.entry =
            R"({"rotate": {"every": "month", "rank_by": "close", "top": 5, "keep_if_rank_within": 3}})"},
       "at least \"top\" is expected",
       "At entry_rules.rotate.keep_if_rank_within."},
      {{.entry = R"({"long": {"when": true}, "signals": true})"},
       "\"signals\" does not go together with \"long\"",
       "At entry_rules."},
      {{.entry = R"({"long": {"when": true}, "legs": {"y": {"asset": "A"}}})"},
       "at least two legs are expected",
       "At entry_rules.legs."},
      {{.entry = R"("close > 5")"},
       "an object is expected, not a string",
       "At entry_rules.",
       R"(Write it as in {"long": {"when": "close > open"}}.)"},
  });
}

TEST(Strategy, RefusesWrongExits) {
  constexpr std::string_view kOnlyLong = R"({"long": {"when": true}})";
  expect_refused({
      {{.entry = kOnlyLong, .exit = R"({"when": true})"},
       "an array is expected, not an object",
       "At exit_rules."},
      {{.entry = kOnlyLong, .exit = R"([{"side": "up", "when": true}])"},
       "unknown value \"up\"",
       "At exit_rules[0].side.",
       "It is one of \"long\", \"short\", \"both\"."},
      {{.entry = kOnlyLong, .exit = R"([{"id": "x", "when": true}, {"id": "x", "when": true}])"},
       "the id \"x\" is taken",
       "At exit_rules[1]."},
      {{.entry = kOnlyLong, .exit = R"([{"id": "", "when": true}])"},
       "the id \"\" is empty",
       "At exit_rules[0]."},
      {{.entry = kOnlyLong, .exit = R"([{"when": true}, {"side": "short", "when": true}])"},
       "the rule closes short positions, which no rule opens",
       "At exit_rules[1]."},
      {{.entry = kOnlyLong, .exit = R"([{"id": 5, "when": true}])"},
       "a string is expected, not a number",
       "At exit_rules[0].id."},
      {{.entry = kOnlyLong, .exit = R"([{"id": "x"}])"},
       "key \"when\" is missing",
       "At exit_rules[0]."},
      {{.entry = kOnlyLong, .exit = R"([{"when": "close > 1 and clos < 2"}])"},
       "unknown name \"clos\"",
       "In exit_rules[0].when, at column 15.",
       "Perhaps you meant \"close\"."},
      {{.entry = kOnlyLong, .exit = R"([{"when": true, "portion": 1.5}])"},
       "a fraction of the position up to 1 is expected, not 1.5",
       "At exit_rules[0].portion.",
       "50 percent is written 0.5."},
      {{.entry = kOnlyLong, .exit = R"([{"type": "trailing_stop"}])"},
       "key \"distance\" is missing",
       "At exit_rules[0]."},
  });
}

TEST(Strategy, RefusesWrongRiskRules) {
  expect_refused({
      {{.risk = R"({"stop_los": 0.02})"},
       "unknown key \"stop_los\"",
       "At risk_rules.",
       "Perhaps you meant \"stop_loss\"."},
      {{.risk = R"({"stop_loss": 2})"},
       "a fraction of the fill price below 1 is expected, not 2",
       "At risk_rules.stop_loss.",
       "2 percent is written 0.02."},
      {{.risk = R"({"stop_loss": 0})"},
       "a number above 0 is expected, not 0",
       "At risk_rules.stop_loss."},
      {{.risk = R"({"take_profit": -0.1})"},
       "a number above 0 is expected, not -0.1",
       "At risk_rules.take_profit."},
      {{.risk = R"({"take_profit": "0.1"})"},
       "a number is expected, not a string",
       "At risk_rules.take_profit.",
       R"j(2 percent is written 0.02, a price {"price": "lowest(low, 5)"}, a distance from the fill )j"
       R"j({"distance": "2 * atr(14)"}.)j"},
      {{.risk = R"({"stop_loss": {}})"},
       "either \"distance\" or \"price\" is expected",
       "At risk_rules.stop_loss."},
      {{.risk = R"({"stop_loss": {"distance": 1, "price": 2}})"},
       "either \"distance\" or \"price\" is expected",
       "At risk_rules.stop_loss."},
      {{.risk = R"({"stop_loss": {"price": "low > 1"}})"},
       "a number is expected, not a condition",
       "In risk_rules.stop_loss.price, at column 5."},
      {{.risk = R"({"stop_loss": {"distance": "1 - 1"}})"},
       "a number above 0 is expected",
       "At risk_rules.stop_loss.distance."},
      {{.entry = R"({"short": {"when": true}})", .risk = R"({"take_profit": 1})"},
       "a short position never reaches a target of 1 or more",
       "At risk_rules.take_profit."},
      {{.risk = R"({"size": {}})"},
       "exactly one of \"units\", \"cash\", \"percent_equity\", \"risk_percent\", "
       "\"volatility_target_percent\" and \"weight\" is expected",
       "At risk_rules.size."},
      {{.risk = R"({"size": {"units": 1, "cash": 1}})"},
       "exactly one of \"units\", \"cash\", \"percent_equity\", \"risk_percent\", "
       "\"volatility_target_percent\" and \"weight\" is expected",
       "At risk_rules.size."},
      {{.risk = R"({"size": {"units": 0.0000001}})"},
       "0.0000001 has more than 6 decimals",
       "At risk_rules.size.units."},
      {{.risk = R"({"size": {"cash": 0.001}})"},
       "0.001 has more than 2 decimals",
       "At risk_rules.size.cash."},
      {{.risk = R"({"size": {"cash": 0}})"},
       "a number above 0 is expected, not 0",
       "At risk_rules.size.cash."},
      {{.risk = R"({"size": {"percent_equity": 100000.5}})"},
       "a percentage of at most 100000 is expected, not 100000.5",
       "At risk_rules.size.percent_equity."},
      {{.risk = R"({"max_positions": 0})"},
       "a whole number between 1 and 1000000 is expected, not 0",
       "At risk_rules.max_positions."},
      {{.risk = R"({"trailing_stop": 2})"},
       "a fraction of the fill price below 1 is expected, not 2",
       "At risk_rules.trailing_stop.",
       "2 percent is written 0.02."},
      {{.risk = R"({"size": {"risk_percent": 1}})"},
       "\"risk_percent\" needs a \"distance\" or a \"stop_loss\"",
       "At risk_rules.size."},
      {{.risk = R"({"halt_action": "close"})"},
       "no halt is set",
       "At risk_rules.halt_action.",
       "Give \"daily_loss_halt_pct\" or \"drawdown_halt_pct\"."},
  });
}

}  // namespace
}  // namespace quant
