// SPDX-License-Identifier: PostgreSQL
// Rules across splits: every bar reads earlier ones in its own units.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/expressions.hpp"
#include "support/strategies.hpp"

namespace quant {
namespace {

using Texts = std::vector<std::string>;

Names names_for(const BarSeries& bars) {
  Names names;
  names.series.price_multiple = price_multiple(bars);
  return names;
}
Texts numbers(std::string_view text, const BarSeries& bars) {
  return Evaluated(text, bars, names_for(bars)).numbers();
}
std::string truths(std::string_view text, const BarSeries& bars, const AccountState& state = {}) {
  return Evaluated(text, bars, names_for(bars)).truths(state);
}

/// 10 and 12, then two for one: 5 and 6 in the units of 6.5 and 7.
BarSeries two_for_one() {
  BarSeries bars = bars_of_closes({"10", "12", "6.5", "7"});
  bars.splits = {{2, 2, 1}};
  return bars;
}

TEST(Splits, EveryBarReadsItsOwnUnits) {
  const BarSeries bars = two_for_one();
  EXPECT_EQ(numbers("close", bars), (Texts{"10", "12", "13/2", "7"}));
  EXPECT_EQ(numbers("close[1]", bars), (Texts{"", "10", "6", "13/2"}));
  EXPECT_EQ(numbers("close[2]", bars), (Texts{"", "", "5", "6"}));
  EXPECT_EQ(numbers("sma(close, 2)", bars), (Texts{"", "11", "25/4", "27/4"}));
  EXPECT_EQ(numbers("highest(close, 3)", bars), (Texts{"", "", "13/2", "7"}));
  EXPECT_EQ(numbers("volume[1]", bars), (Texts{"", "1000", "2000", "1000"}));
  EXPECT_EQ(numbers("close / close[1] - 1", bars),
            (Texts{"", "1/5", "83333333333/1000000000000", "76923076923/1000000000000"}));
  EXPECT_EQ(truths("close > close[1]", bars), "uttt");
  EXPECT_EQ(truths("crosses_below(close, 7)", bars), "ffff");
}

TEST(Splits, FractionsStayExact) {
  BarSeries bars = bars_of_closes({"10", "10", "7"});
  bars.splits = {{2, 3, 2}};
  EXPECT_EQ(numbers("close[2]", bars), (Texts{"", "", "20/3"}));
  EXPECT_EQ(numbers("sma(close, 3)", bars), (Texts{"", "", "61/9"}));
  EXPECT_EQ(truths("close[1] * 3 = 20", bars), "uft");
}

TEST(Splits, FollowOneAnother) {
  // Three for one, then one for ten: in the last bar's units 100, 100, 110, 120.
  BarSeries bars = bars_of_closes({"30", "10", "11", "120"});
  bars.splits = {{1, 3, 1}, {3, 1, 10}};
  EXPECT_EQ(numbers("sma(close, 3)", bars), (Texts{"", "", "31/3", "110"}));
  EXPECT_EQ(numbers("sma(close, 4)", bars)[3], "215/2");
  EXPECT_EQ(numbers("volume[3]", bars)[3], "300");
}

TEST(Splits, AMissingVwapStaysMissing) {
  BarSeries bars = two_for_one();
  bars.vwap[1] = price("11");
  EXPECT_EQ(numbers("vwap[1]", bars), (Texts{"", "", "11/2", ""}));
}

TEST(Splits, TheEntryPriceIsInTheUnitsOfTheDecidingBar) {
  const BarSeries bars = two_for_one();
  AccountState state;
  state.position = quantity("2");
  state.entry_price = price("6.5");
  EXPECT_EQ(truths("close >= entry_price", bars, state), "tttt");
  EXPECT_EQ(truths("close > entry_price", bars, state), "ttft");
  EXPECT_EQ(truths("close[1] < entry_price", bars, state), "uftf");
}

TEST(Splits, ColumnsAndSingleBarsAgree) {
  const BarSeries bars = two_for_one();
  for (const std::string text :
       {"close[1] > 9", "crosses_above(close, sma(close, 2))", "close * volume[1] > 10000"}) {
    EXPECT_EQ(truths(text, bars), truths("(" + text + ") and position = 0", bars)) << text;
  }
}

/// The raw bars as they look from `deciding`, written out by hand instead of by the evaluator.
BarSeries seen_from(const BarSeries& raw, std::size_t deciding) {
  BarSeries seen = raw;
  seen.splits.clear();
  for (std::size_t bar = 0; bar <= deciding; ++bar) {
    for (const Split& split : raw.splits) {
      if (bar >= split.bar || split.bar > deciding) continue;
      for (auto* column : {&seen.open, &seen.high, &seen.low, &seen.close}) {
        (*column)[bar] = Price::from_units((*column)[bar].units() * split.from / split.to);
      }
      seen.volume[bar] = Volume::from_units(seen.volume[bar].units() * split.to / split.from);
    }
  }
  return seen;
}

TEST(Splits, EqualAnEvaluationOfEachBarByItself) {
  // Two for one, then four for one: multiples of eight stay whole.
  BarSeries bars =
      bars_of_closes({"80", "88", "72", "48", "40", "44", "36", "48", "40", "10", "12", "9", "11"});
  for (std::size_t bar = 0; bar < bars.size(); ++bar) {
    bars.high[bar] = bars.close[bar] + price("0.8");
    bars.low[bar] = bars.close[bar] - price("1.6");
  }
  bars.splits = {{4, 2, 1}, {9, 4, 1}};
  for (const std::string text : {"sma(close, 3)", "ema(close, 3)", "rsi(close, 2)", "atr(3)",
                                 "highest(high - low, 4)", "lowest(low, 5)[1]", "close / close[3]",
                                 "sma(close * volume, 2)", "ema(rsi(close, 2), 2)"}) {
    const Texts found = numbers(text, bars);
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
      const BarSeries seen = seen_from(bars, bar);
      EXPECT_EQ(found[bar], Evaluated(text, seen).number(bar)) << text << " on bar " << bar;
    }
  }
}

TEST(Splits, EachSegmentIsAStepOfItsOwn) {
  const auto steps = [](const BarSeries& bars) {
    Program program;
    const NodeId root =
        compile_condition(program, parse_expression("close > open"), names_for(bars));
    SymbolValues values(program, bars, {root});
    int count = 1;
    while (!values.compute_step()) ++count;
    return count;
  };
  // open, close, the comparison, and the end of the segment.
  EXPECT_EQ(steps(bars_of_closes({"1", "2", "3", "4"})), 4);
  EXPECT_EQ(steps(two_for_one()), 8);
}

TEST(Splits, AStrategyIsCompiledForThem) {
  SeriesSettings series;
  series.price_multiple = 6;
  const Strategy strategy = compile_strategy(
      {{}, json_of(R"({"long": {"when": "close > volume"}})"), {}, {}}, {}, false, series);
  const ProgramNode& when = strategy.program[strategy.enter_long->when];
  EXPECT_TRUE(strategy.program[when.arguments[0]].denominator == 60'000);
  EXPECT_TRUE(strategy.program[when.arguments[1]].denominator == 1);
}

}  // namespace
}  // namespace quant
