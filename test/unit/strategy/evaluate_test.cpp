// SPDX-License-Identifier: PostgreSQL
// What expressions evaluate to, bar by bar: missing operands, history, crossings, functions,
// account.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/strategy/kernels.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

using Texts = std::vector<std::string>;

std::string truths(std::string_view text, const Texts& closes, const Names& names = {}) {
  const BarSeries bars = bars_of_closes(closes);
  return Evaluated(text, bars, names).truths();
}
Texts numbers(std::string_view text, const Texts& closes) {
  const BarSeries bars = bars_of_closes(closes);
  return Evaluated(text, bars).numbers();
}

TEST(ThreeValuedLogic, FollowsSqlsTables) {
  using enum Truth;
  struct Row {
    Truth a, b, both, either;
  };
  constexpr std::array<Row, 9> kTable = {{{kTrue, kTrue, kTrue, kTrue},
                                          {kTrue, kFalse, kFalse, kTrue},
                                          {kTrue, kUnknown, kUnknown, kTrue},
                                          {kFalse, kTrue, kFalse, kTrue},
                                          {kFalse, kFalse, kFalse, kFalse},
                                          {kFalse, kUnknown, kFalse, kUnknown},
                                          {kUnknown, kTrue, kUnknown, kTrue},
                                          {kUnknown, kFalse, kFalse, kUnknown},
                                          {kUnknown, kUnknown, kUnknown, kUnknown}}};
  for (const Row& row : kTable) {
    EXPECT_EQ(kernel::both(row.a, row.b), row.both);
    EXPECT_EQ(kernel::either(row.a, row.b), row.either);
  }
  EXPECT_EQ(kernel::invert(kTrue), kFalse);
  EXPECT_EQ(kernel::invert(kFalse), kTrue);
  EXPECT_EQ(kernel::invert(kUnknown), kUnknown);
}

TEST(ThreeValuedLogic, HoldsInWholeExpressions) {
  const Texts closes = {"10", "12"};
  // close[1] is missing on the first bar.
  EXPECT_EQ(truths("close[1] > 5", closes), "ut");
  EXPECT_EQ(truths("not (close[1] > 5)", closes), "uf");
  EXPECT_EQ(truths("close[1] > 5 and close > 11", closes), "ft");
  EXPECT_EQ(truths("close[1] > 5 and close > 1", closes), "ut");
  EXPECT_EQ(truths("close[1] > 5 or close > 1", closes), "tt");
  EXPECT_EQ(truths("close[1] > 5 or close > 11", closes), "ut");
  EXPECT_EQ(truths("close[1] = close[1]", closes), "ut");
}

TEST(MissingValues, DivisionByZeroIsMissing) {
  const Texts closes = {"10", "12", "10"};
  EXPECT_EQ(numbers("1 / (close - 10)", closes), (Texts{"", "1/2", ""}));
  EXPECT_EQ(truths("1 / (close - 10) > 0", closes), "utu");
  EXPECT_EQ(truths("not (1 / (close - 10) > 0)", closes), "ufu");
}

TEST(MissingValues, AnAbsentVwapIsMissing) {
  BarSeries bars = bars_of_closes({"10", "11"});
  bars.vwap[1] = price("10.5");
  EXPECT_EQ(Evaluated("vwap", bars).numbers(), (Texts{"", "21/2"}));
  EXPECT_EQ(Evaluated("close > vwap", bars).truths(), "ut");
}

TEST(BarColumns, ReadEachItsOwn) {
  BarSeries bars = bars_of_closes({"4"});
  bars.open[0] = price("1");
  bars.high[0] = price("5.5");
  bars.low[0] = price("0.25");
  bars.vwap[0] = price("3");
  bars.volume[0] = Volume::from_units(7);
  EXPECT_EQ(Evaluated("open", bars).number(0), "1");
  EXPECT_EQ(Evaluated("high", bars).number(0), "11/2");
  EXPECT_EQ(Evaluated("low", bars).number(0), "1/4");
  EXPECT_EQ(Evaluated("close", bars).number(0), "4");
  EXPECT_EQ(Evaluated("volume", bars).number(0), "7");
  EXPECT_EQ(Evaluated("vwap", bars).number(0), "3");
}

TEST(History, ReadsEarlierBarsOfNumbersAndConditions) {
  const Texts closes = {"1", "2", "3", "4"};
  EXPECT_EQ(numbers("close[2]", closes), (Texts{"", "", "1", "2"}));
  EXPECT_EQ(numbers("close[0]", closes), closes);
  EXPECT_EQ(numbers("close[1][1]", closes), (Texts{"", "", "1", "2"}));
  EXPECT_EQ(numbers("close[4]", closes), (Texts{"", "", "", ""}));
  EXPECT_EQ(numbers("close[100000]", closes), (Texts{"", "", "", ""}));
  EXPECT_EQ(truths("(close > 2)[1]", closes), "ufft");
  EXPECT_EQ(truths("(close > 2)[9]", closes), "uuuu");
  EXPECT_EQ(truths("(close > 2)[0]", closes), "fftt");
}

TEST(Crossings, DefaultCountsFromATieAndStrictDoesNot) {
  //                     below, tie, above, above, tie, above, below, above
  const Texts closes = {"9", "10", "11", "12", "10", "11", "9", "11"};
  Names strict;
  strict.strict_crossover = true;
  EXPECT_EQ(truths("crosses_above(close, 10)", closes), "fftfftft");
  EXPECT_EQ(truths("crosses_above(close, 10)", closes, strict), "ffffffft");
  EXPECT_EQ(truths("crosses_below(close, 10)", closes), "uffffftf");
}

TEST(Crossings, BelowMirrorsAbove) {
  const Texts closes = {"11", "10", "9", "8", "10", "9", "11", "9"};
  Names strict;
  strict.strict_crossover = true;
  EXPECT_EQ(truths("crosses_below(close, 10)", closes), "fftfftft");
  EXPECT_EQ(truths("crosses_below(close, 10)", closes, strict), "ffffffft");
  EXPECT_EQ(truths("crosses_above(close, 10)", closes, strict), "uffffftf");
}

TEST(Crossings, MeanWhatTheirDefinitionSays) {
  const Texts closes = {"3", "1", "4", "1", "5", "9", "2", "6", "5", "3", "5", "8", "9", "7", "9"};
  Names strict;
  strict.strict_crossover = true;
  const std::string a = "sma(close, 2)";
  const std::string b = "sma(close, 3)";
  EXPECT_EQ(truths("crosses_above(" + a + ", " + b + ")", closes),
            truths("(" + a + " <= " + b + ")[1] and " + a + " > " + b, closes));
  EXPECT_EQ(truths("crosses_below(" + a + ", " + b + ")", closes, strict),
            truths("(" + a + " > " + b + ")[1] and " + a + " < " + b, closes));
}

TEST(Crossings, AreUnknownOnTheFirstBar) {
  EXPECT_EQ(truths("crosses_above(close, 10)", {"11", "9", "11"}), "uft");
}

TEST(Functions, ComputeExactly) {
  const Texts closes = {"2", "9", "2.25"};
  EXPECT_EQ(numbers("sqrt(close)", closes)[1], "3");
  EXPECT_EQ(numbers("sqrt(close)", closes)[2], "3/2");
  EXPECT_EQ(numbers("sqrt(close)", closes)[0], "1414213562373/1000000000000");
  EXPECT_EQ(numbers("sqrt(1 - close)", closes), (Texts{"", "", ""}));
  EXPECT_EQ(numbers("abs(close - 4)", closes), (Texts{"2", "5", "7/4"}));
  EXPECT_EQ(numbers("-close", closes), (Texts{"-2", "-9", "-9/4"}));
  EXPECT_EQ(numbers("min(close, 3, 2.5)", closes), (Texts{"2", "5/2", "9/4"}));
  EXPECT_EQ(numbers("max(close, close[1], 3)", closes), (Texts{"", "9", "9"}));
}

TEST(Functions, RoundHalfAwayFromZero) {
  const Texts closes = {"2.5", "1.25", "0.05"};
  EXPECT_EQ(numbers("round(close)", closes), (Texts{"3", "1", "0"}));
  EXPECT_EQ(numbers("round(-close)", closes), (Texts{"-3", "-1", "0"}));
  EXPECT_EQ(numbers("round(close, 1)", closes), (Texts{"5/2", "13/10", "1/10"}));
  EXPECT_EQ(numbers("round(-close, 1)", closes), (Texts{"-5/2", "-13/10", "-1/10"}));
  EXPECT_EQ(numbers("round(close, 12)", closes), (Texts{"5/2", "5/4", "1/20"}));
}

TEST(Indicators, MayBeNamedAndNested) {
  const BarSeries bars = bars_of_closes({"1", "2", "3", "4", "6"});
  Names names;
  names.indicators.emplace("fast", parse_expression("sma(close, $n)"));
  names.indicators.emplace("gap", parse_expression("close - fast"));
  names.parameters.emplace("n", decimal_of("2"));
  EXPECT_EQ(Evaluated("gap", bars, names).numbers(), (Texts{"", "1/2", "1/2", "1/2", "1"}));
  EXPECT_EQ(Evaluated("gap = gap[1]", bars, names).truths(), "uuttf");
  EXPECT_EQ(Evaluated("highest(sma(close, 2), 2)", bars).numbers(),
            (Texts{"", "", "5/2", "7/2", "5"}));
}

TEST(Indicators, ANameMayStandForACondition) {
  const BarSeries bars = bars_of_closes({"1", "2", "3"});
  Names names;
  names.indicators.emplace("rising", parse_expression("close > close[1]"));
  EXPECT_EQ(Evaluated("rising and rising[1]", bars, names).truths(), "uut");
}

TEST(Account, IsReadOnTheDecidingBar) {
  const BarSeries bars = bars_of_closes({"10"});
  AccountState state;
  state.position = quantity("-2.5");
  state.entry_price = price("12.5");
  state.bars_held = 4;
  state.equity = money("1000.01");
  state.cash = money("-3");
  EXPECT_EQ(Evaluated("position", bars).number(0, state), "-5/2");
  EXPECT_EQ(Evaluated("entry_price", bars).number(0, state), "25/2");
  EXPECT_EQ(Evaluated("bars_held", bars).number(0, state), "4");
  EXPECT_EQ(Evaluated("equity", bars).number(0, state), "100001/100");
  EXPECT_EQ(Evaluated("cash", bars).number(0, state), "-3");
  EXPECT_EQ(Evaluated("close < entry_price * 0.9 and bars_held >= 4", bars).truths(state), "t");
  EXPECT_EQ(Evaluated("round(abs(min(position, cash)) / 2)", bars).number(0, state), "2");
  EXPECT_EQ(Evaluated("sqrt(max(equity, 1) - 1000 + 0.99)", bars).number(0, state), "1");
}

TEST(Account, WithoutAPositionItsPriceAndAgeAreMissing) {
  const BarSeries bars = bars_of_closes({"10"});
  const AccountState flat;
  EXPECT_EQ(Evaluated("position", bars).number(0, flat), "0");
  EXPECT_EQ(Evaluated("entry_price", bars).number(0, flat), "");
  EXPECT_EQ(Evaluated("bars_held", bars).number(0, flat), "");
  EXPECT_EQ(Evaluated("close > entry_price", bars).truths(flat), "u");
  EXPECT_EQ(Evaluated("not (bars_held < 5)", bars).truths(flat), "u");
  EXPECT_EQ(Evaluated("position = 0 or bars_held > 3", bars).truths(flat), "t");
}

TEST(Account, ColumnsAndSingleBarsAgree) {
  const BarSeries bars = bars_of_closes({"10", "12", "9", "9", "11.5"});
  const AccountState flat;
  for (const std::string text : {"crosses_above(close, sma(close, 2))", "close / close[1] > 1",
                                 "round(close / 3, 2) >= 3", "not (close > 10) or close[2] = 9"}) {
    // The second form depends on the account, so it is evaluated bar by bar.
    EXPECT_EQ(Evaluated(text, bars).truths(),
              Evaluated("(" + text + ") and position = 0", bars).truths(flat));
  }
}

TEST(Overflow, NamesTheSymbol) {
  const BarSeries bars = [] {
    BarSeries series = bars_of_closes({"999999.9999", "999999.9999"});
    for (Volume& volume : series.volume) volume = Volume::from_units(Volume::kMax);
    return series;
  }();
  EXPECT_EQ(Evaluated("volume * volume > 1", bars).truths(), "tt");
  const Error error = caught([&] { Evaluated("volume * volume * volume > 1", bars); });
  EXPECT_EQ(error.code(), ErrorCode::kOutOfRange);
  EXPECT_EQ(error.message(), "number out of range in exact arithmetic");
  EXPECT_EQ(error.detail(), "While evaluating the rules for symbol \"TEST\".");
}

}  // namespace
}  // namespace quant
