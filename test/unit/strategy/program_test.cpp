// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/strategy/vocabulary.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

NodeId condition(Program& program, std::string_view text, const Names& names = {}) {
  return compile_condition(program, parse_expression(text), names);
}
NodeId number(Program& program, std::string_view text, const Names& names = {}) {
  return compile_number(program, parse_expression(text), names);
}

TEST(Program, EqualExpressionsAreOneNode) {
  Program program;
  const NodeId first = condition(program, "sma(close, 10) > sma(close, 20) and volume > 0");
  const std::size_t size = program.size();
  EXPECT_EQ(condition(program, "sma(close,10)>sma(close,20) AND (volume > 0)"), first);
  EXPECT_EQ(condition(program, "sma(close, 5 + 5) > sma(close, 2 * 10) and volume > 1 - 1"), first);
  EXPECT_EQ(program.size(), size + 3);  // the constants 5, 2 and 1
}

TEST(Program, DifferentExpressionsAreDifferentNodes) {
  Program program;
  const NodeId node = number(program, "sma(close, 10)");
  EXPECT_NE(number(program, "sma(close, 11)"), node);
  EXPECT_NE(number(program, "sma(open, 10)"), node);
  EXPECT_NE(number(program, "highest(close, 10)"), node);
  EXPECT_NE(number(program, "sma(close, 10)[1]"), node);
  EXPECT_NE(number(program, "round(close, 1)"), number(program, "round(close, 2)"));
  EXPECT_NE(number(program, "close - open"), number(program, "open - close"));
  EXPECT_NE(number(program, "close"), number(program, "close + close"));
}

TEST(Program, NamesAndParametersLeaveNoTrace) {
  Names names;
  names.indicators.emplace("average", parse_expression("sma(close, $n)"));
  names.parameters.emplace("n", decimal_of("10.0"));
  Program program;
  EXPECT_EQ(number(program, "average", names), number(program, "sma(close, 10)"));
}

TEST(Program, SharesAnIndicatorBetweenRules) {
  Program program;
  (void)condition(program, "crosses_above(sma(close, 5), sma(close, 20))");
  (void)condition(program, "crosses_below(sma(close, 5), sma(close, 20))");
  int indicators = 0;
  for (NodeId id = 0; id < static_cast<NodeId>(program.size()); ++id) {
    indicators += program[id].operation == Operation::kIndicator ? 1 : 0;
  }
  EXPECT_EQ(indicators, 2);
}

TEST(Program, KnowsWhatItsRootsAreMadeOf) {
  Program program;
  const NodeId range = number(program, "high - low");
  const NodeId average = number(program, "sma(close, 5)");
  const std::vector<bool> reached = program.reachable({range});
  EXPECT_TRUE(reached.at(static_cast<std::size_t>(range)));
  EXPECT_TRUE(reached.at(static_cast<std::size_t>(number(program, "low"))));
  EXPECT_FALSE(reached.at(static_cast<std::size_t>(average)));
  EXPECT_FALSE(reached.at(static_cast<std::size_t>(number(program, "close"))));
}

int warm_up(std::string_view text) {
  Program program;
  return program[number(program, text)].warm_up;
}

TEST(Program, AddsUpTheBarsThatMustComeBefore) {
  EXPECT_EQ(warm_up("close"), 0);
  EXPECT_EQ(warm_up("close[7]"), 7);
  EXPECT_EQ(warm_up("sma(close, 10)"), 9);
  EXPECT_EQ(warm_up("sma(close, 10)[3]"), 12);
  EXPECT_EQ(warm_up("highest(sma(close, 10), 5)"), 13);
  EXPECT_EQ(warm_up("sma(close[2], 10) + close[4]"), 11);
  // ema(14): 13 bars for the seed, 129 until it weighs less than 10^-8.
  EXPECT_EQ(warm_up("ema(close, 14)"), 142);
  EXPECT_EQ(warm_up("ema(ema(close, 14), 14)"), 284);
  EXPECT_EQ(warm_up("rsi(close, 14)[1]"), 264);
}

TEST(Program, CrossingsNeedOneBarMore) {
  Program program;
  const NodeId crossing = condition(program, "crosses_above(sma(close, 10), sma(close, 30))");
  EXPECT_EQ(program[crossing].warm_up, 30);
}

TEST(Program, OnlyTheAccountsPartIsEvaluatedBarByBar) {
  const BarSeries bars = bars_of_closes({"1", "2"});
  Program program;
  const NodeId prices = condition(program, "close > 1");
  const NodeId account = condition(program, "close > 1 and position = 0");
  SymbolValues values(program, bars, {prices, account});
  while (!values.compute_step()) {
  }
  ASSERT_NE(values.column(prices), nullptr);
  EXPECT_EQ(*values.column(prices), (TruthColumn{Truth::kFalse, Truth::kTrue}));
  EXPECT_EQ(values.column(account), nullptr);
  EXPECT_TRUE(program[account].needs_state);
  EXPECT_FALSE(program[prices].needs_state);
}

TEST(Vocabulary, ReservesEveryNameOfTheLanguage) {
  const auto names = reserved_names();
  for (const std::string_view name :
       {"open",          "high",        "low",       "close",  "volume",  "vwap",
        "position",      "entry_price", "bars_held", "equity", "cash",    "crosses_above",
        "crosses_below", "abs",         "min",       "max",    "round",   "sqrt",
        "sma",           "ema",         "rsi",       "atr",    "highest", "lowest",
        "true",          "at",          "tf",        "weekday"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

}  // namespace
}  // namespace quant
