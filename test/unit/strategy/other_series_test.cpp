// SPDX-License-Identifier: PostgreSQL
// Expressions on other series: another symbol's bars, and coarser bars of the same symbol.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/strategy/series_needs.hpp"
#include "support/expressions.hpp"
#include "support/strategies.hpp"

namespace quant {
namespace {

using Texts = std::vector<std::string>;

/// Daily bars with these closes on these days after 2000-01-01, a Saturday.
BarSeries bars_on(const std::vector<int>& days, const Texts& closes) {
  BarSeries bars = bars_of_closes(closes);
  for (std::size_t bar = 0; bar < days.size(); ++bar) bars.timestamp[bar] = days[bar] * kDayLength;
  return bars;
}

SeriesContext with_spy(const BarSeries& spy, Timestamp max_age = 0) {
  SeriesContext context;
  context.max_age = max_age;
  context.others.emplace("SPY", spy);
  return context;
}

Names daily() {
  Names names;
  names.series.timeframe = Timeframe::k1d;
  return names;
}

class AnotherSymbol : public testing::Test {
 protected:
  [[nodiscard]] Texts numbers(std::string_view text, Timestamp max_age = 0) const {
    return Evaluated(text, own_, daily(), with_spy(spy_, max_age)).numbers();
  }
  [[nodiscard]] std::string truths(std::string_view text, Timestamp max_age = 0) const {
    return Evaluated(text, own_, daily(), with_spy(spy_, max_age)).truths();
  }

  const BarSeries own_ = bars_on({0, 1, 2, 3}, {"10", "11", "12", "13"});
  const BarSeries spy_ = bars_on({0, 2, 3}, {"100", "102", "103"});
};

TEST_F(AnotherSymbol, IsReadAtTheSameTimestamp) {
  EXPECT_EQ(numbers("at(\"SPY\", close)"), (Texts{"100", "", "102", "103"}));
  EXPECT_EQ(numbers("at('SPY', close)"), (Texts{"100", "", "102", "103"}));
  EXPECT_EQ(truths("at(\"SPY\", close > 101)"), "futt");
  EXPECT_EQ(truths("not at(\"SPY\", close > 101)"), "tuff");
  EXPECT_EQ(numbers("at(\"SPY\", close) / close"),
            (Texts{"10", "", "17/2", "7923076923077/1000000000000"}));
}

TEST_F(AnotherSymbol, MayBeOlderWithinItsAge) {
  EXPECT_EQ(numbers("at(\"SPY\", close)", kDayLength), (Texts{"100", "100", "102", "103"}));
  EXPECT_EQ(truths("at(\"SPY\", close > 101)", kDayLength), "fftt");
}

TEST_F(AnotherSymbol, HasItsOwnIndicatorsAndHistory) {
  EXPECT_EQ(numbers("at(\"SPY\", sma(close, 2))"), (Texts{"", "", "101", "205/2"}));
  EXPECT_EQ(numbers("at(\"SPY\", close[1])"), (Texts{"", "", "100", "102"}));
  // Outside of at, history and windows are those of the rule's own bars.
  EXPECT_EQ(numbers("at(\"SPY\", close)[1]"), (Texts{"", "100", "", "102"}));
  EXPECT_EQ(numbers("sma(at(\"SPY\", close), 2)"), (Texts{"", "", "", "205/2"}));
  EXPECT_EQ(truths("crosses_above(at(\"SPY\", close), 102.5)"), "fuft");
}

TEST_F(AnotherSymbol, TakesConstantsAndNamesWithIt) {
  Names names = daily();
  names.indicators.emplace("mean", parse_expression("sma(close, $n)"));
  names.parameters.emplace("n", decimal_of("2"));
  const SeriesContext context = with_spy(spy_);
  EXPECT_EQ(Evaluated("mean", own_, names, context).numbers(), (Texts{"", "21/2", "23/2", "25/2"}));
  EXPECT_EQ(Evaluated("at(\"SPY\", mean) - mean", own_, names, context).numbers(),
            (Texts{"", "", "179/2", "90"}));
  EXPECT_EQ(numbers("at(\"SPY\", 5)"), (Texts{"5", "", "5", "5"}));
  EXPECT_EQ(truths("at(\"SPY\", true)"), "tutt");
}

TEST_F(AnotherSymbol, IsMissingWithoutBars) {
  EXPECT_EQ(numbers("at(\"QQQ\", sma(close, 2))"), (Texts{"", "", "", ""}));
  EXPECT_EQ(truths("at(\"QQQ\", close > 1) or close > 12"), "uuut");
}

TEST_F(AnotherSymbol, MixesWithTheAccount) {
  EXPECT_EQ(truths("at(\"SPY\", close) > 101 and position = 0"), "futt");
}

TEST_F(AnotherSymbol, OfTheSameBarsEqualsTheRulesOwn) {
  SeriesContext context;
  context.others.emplace("TEST", own_);
  for (const std::string text :
       {"close", "ema(close, 2)", "highest(high, 3)[1]", "close / close[2]"}) {
    EXPECT_EQ(Evaluated("at(\"TEST\", " + text + ")", own_, daily(), context).numbers(),
              Evaluated(text, own_).numbers());
  }
}

TEST_F(AnotherSymbol, IsReadInTheUnitsOfItsOwnBar) {
  BarSeries spy = bars_on({0, 1, 2, 3}, {"200", "210", "110", "120"});
  spy.splits = {{2, 2, 1}};
  Names names = daily();
  names.series.other_multiples.emplace("SPY", price_multiple(spy));
  const SeriesContext context = with_spy(spy);
  EXPECT_EQ(Evaluated("at(\"SPY\", close)", own_, names, context).numbers(),
            (Texts{"200", "210", "110", "120"}));
  EXPECT_EQ(Evaluated("at(\"SPY\", close[1])", own_, names, context).numbers(),
            (Texts{"", "200", "105", "110"}));
  EXPECT_EQ(Evaluated("at(\"SPY\", close)[1]", own_, names, context).numbers(),
            (Texts{"", "200", "210", "110"}));
}

TEST_F(AnotherSymbol, IsComputedOnceForAllWhoReadIt) {
  Program program;
  const NodeId root =
      compile_number(program, parse_expression("at(\"SPY\", sma(close, 2))"), daily());
  const SeriesContext context = with_spy(spy_);
  OtherSeries others(program, {root}, context);
  const auto steps = [&] {
    SymbolValues values(program, own_, {root}, &others);
    int count = 1;
    while (!values.compute_step()) ++count;
    return count;
  };
  const int first = steps();
  EXPECT_EQ(first - steps(), 2);  // close and its average; the end of the segment counts for both
}

/// The week from Monday, 2000-01-03, four days of the next, and the Monday after.
class CoarserBars : public testing::Test {
 protected:
  CoarserBars() {
    own_ = bars_on({2, 3, 4, 5, 6, 9, 10, 11, 12, 16},
                   {"3", "5", "4", "2", "6", "7", "9", "8", "8.5", "1"});
    own_.open[0] = price("2.5");
    own_.high[1] = price("6.5");
    own_.low[3] = price("1.5");
  }
  [[nodiscard]] Texts numbers(std::string_view text) const {
    return Evaluated(text, own_, daily(), SeriesContext{}).numbers();
  }

  BarSeries own_;
};

Texts of_weeks(const std::string& first, const std::string& second) {
  return {"", "", "", "", "", first, first, first, first, second};
}

TEST_F(CoarserBars, AreSeenWhenTheyHaveEnded) {
  EXPECT_EQ(numbers("tf(\"1w\", open)"), of_weeks("5/2", "7"));
  EXPECT_EQ(numbers("tf(\"1w\", high)"), of_weeks("13/2", "9"));
  EXPECT_EQ(numbers("tf(\"1w\", low)"), of_weeks("3/2", "7"));
  EXPECT_EQ(numbers("tf(\"1w\", close)"), of_weeks("6", "17/2"));
  EXPECT_EQ(numbers("tf(\"1w\", volume)"), of_weeks("5000", "4000"));
  EXPECT_EQ(Evaluated("tf(\"1w\", close > open)", own_, daily(), SeriesContext{}).truths(),
            "uuuuuttttt");
}

TEST_F(CoarserBars, HaveIndicatorsAndHistoryOfTheirOwn) {
  EXPECT_EQ(numbers("tf(\"1w\", sma(close, 2))"), of_weeks("", "29/4"));
  EXPECT_EQ(numbers("tf(\"1w\", close[1])"), of_weeks("", "6"));
  EXPECT_EQ(numbers("tf(\"1w\", close)[1]"), (Texts{"", "", "", "", "", "", "6", "6", "6", "6"}));
}

TEST_F(CoarserBars, AreSeenByTheBarThatEndsThem) {
  // Monday to Sunday: the Sunday's close is the week's.
  const BarSeries bars =
      bars_on({2, 3, 4, 5, 6, 7, 8, 9}, {"1", "2", "3", "4", "5", "6", "7", "8"});
  EXPECT_EQ(Evaluated("tf(\"1w\", close)", bars, daily(), SeriesContext{}).numbers(),
            (Texts{"", "", "", "", "", "", "7", "7"}));
}

TEST_F(CoarserBars, WeighTheirAveragePriceByVolume) {
  BarSeries bars = bars_on({2, 3, 9, 10, 16}, {"1", "1", "1", "1", "1"});
  bars.vwap = {price("10"), price("11"), price("10"), Price{}, price("10")};
  bars.volume = {Volume::from_units(1), Volume::from_units(3), Volume::from_units(1),
                 Volume::from_units(1), Volume::from_units(1)};
  // (10 + 33) / 4; then a part is missing.
  EXPECT_EQ(Evaluated("tf(\"1w\", vwap)", bars, daily(), SeriesContext{}).numbers(),
            (Texts{"", "", "43/4", "43/4", ""}));
}

TEST_F(CoarserBars, TakeTheirCalendarFromTheirFirstBar) {
  own_.local = own_.timestamp;
  EXPECT_EQ(numbers("tf(\"1w\", day)"), of_weeks("3", "10"));
}

TEST_F(CoarserBars, CrossSplitsInTheUnitsOfTheDecidingBar) {
  BarSeries bars = bars_on({2, 3, 4, 5, 9}, {"10", "12", "6.5", "7", "8"});
  bars.splits = {{2, 2, 1}};
  Names names = daily();
  names.series.price_multiple = price_multiple(bars);
  const auto last = [&](std::string_view text) {
    return Evaluated(text, bars, names, SeriesContext{}).number(4);
  };
  EXPECT_EQ(last("tf(\"1w\", open)"), "5");
  EXPECT_EQ(last("tf(\"1w\", high)"), "7");
  EXPECT_EQ(last("tf(\"1w\", low)"), "5");
  EXPECT_EQ(last("tf(\"1w\", volume)"), "6000");
  // A split on the day that decides: the whole week in the new units.
  bars.splits = {{4, 2, 1}};
  EXPECT_EQ(last("tf(\"1w\", close)"), "7/2");
  EXPECT_EQ(Evaluated("tf(\"1w\", close)", bars, names, SeriesContext{}).numbers(),
            (Texts{"", "", "", "", "7/2"}));
}

TEST_F(CoarserBars, OfAnotherSymbolAreReadThroughItsBars) {
  // SPY's bar of day 9 sees its first week, so its reader does.
  const SeriesContext context = with_spy(bars_on({2, 6, 9, 16}, {"100", "106", "109", "116"}));
  EXPECT_EQ(Evaluated("at(\"SPY\", tf(\"1w\", close))", own_, daily(), context).numbers(),
            (Texts{"", "", "", "", "", "106", "", "", "", "109"}));
  EXPECT_EQ(Evaluated("at(\"SPY\", close > tf(\"1w\", close))", own_, daily(), context).truths(),
            "uuuuutuuut");
}

TEST(SeriesNeeds, TellSymbolsAndColumnsApart) {
  Program program;
  const NodeId root = compile_condition(
      program,
      parse_expression(
          "at(\"SPY\", sma(volume, 5)) > 1 and tf(\"1w\", vwap) > open and at(\"QQQ\", day) = 1"),
      daily());
  const std::vector<NodeId> roots = {root};
  const auto others = read_of_others(program, roots);
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(warm_up_of(program, others.at("SPY")), 4);
  EXPECT_TRUE(reads_column(program, roots, "SPY", BarColumn::kVolume));
  EXPECT_FALSE(reads_column(program, roots, "SPY", BarColumn::kVwap));
  EXPECT_TRUE(reads_column(program, roots, "", BarColumn::kVwap));
  EXPECT_TRUE(reads_column(program, roots, "", BarColumn::kVolume));
  EXPECT_FALSE(reads_column(program, roots, "", BarColumn::kHigh));
  EXPECT_TRUE(reads_calendar(program, roots, "QQQ"));
  EXPECT_FALSE(reads_calendar(program, roots, ""));
}

TEST(SeriesNeeds, CountWarmUpInBarsOfTheRun) {
  const auto warm_up = [](const std::string& when, Timeframe timeframe) {
    SeriesSettings series;
    series.timeframe = timeframe;
    return compile_strategy({{}, json_of(R"({"long": {"when": ")" + when + R"("}})"), {}, {}}, {},
                            false, series)
        .warm_up();
  };
  EXPECT_EQ(warm_up("tf('1w', close) > 1", Timeframe::k1d), 7);
  EXPECT_EQ(warm_up("tf('1w', sma(close, 10)) > 1", Timeframe::k1d), 70);
  EXPECT_EQ(warm_up("tf('1mo', close[2])[5] > 1", Timeframe::k1d), 98);
  EXPECT_EQ(warm_up("tf('1h', sma(close, 3)) > 1", Timeframe::k5m), 36);
  EXPECT_EQ(warm_up("at('SPY', sma(close, 200)) > close[3]", Timeframe::k1d), 3);
  EXPECT_EQ(warm_up("tf('1mo', sma(close, 100000)) > 1", Timeframe::k1s), 1'000'000'000);
}

}  // namespace
}  // namespace quant
