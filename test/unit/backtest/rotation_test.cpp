// SPDX-License-Identifier: PostgreSQL
// Portfolios chosen anew in every period: rule 31. A bar's volume is the symbol's rank value.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/backtest/schedule.hpp"
#include "support/runs.hpp"

namespace quant {
namespace {

struct Ranked {
  std::string_view at;
  int value;
};

BarSeries ranked(std::string symbol, const std::vector<Ranked>& days) {
  std::vector<TestBar> bars;
  for (const Ranked& day : days) bars.push_back(flat(day.at, static_cast<Command>(day.value)));
  return series(std::move(symbol), bars);
}

RunRecords rotating(std::string_view rotate, const std::vector<BarSeries>& bars,
                    std::string_view execution = "{}", std::string_view risk = "{}") {
  const std::string entry = concat(R"({"rotate": {)", rotate, "}}");
  return run({risk, execution, "10000", entry, "[]"}, bars);
}

constexpr std::string_view kFirst = R"("every": "week", "rank_by": "volume", "top": 1)";
constexpr std::string_view kDaily = R"("every": "day", "rank_by": "volume", "top": 1)";
constexpr std::string_view kTwo = R"("every": "day", "rank_by": "volume", "top": 2)";

std::string two_and(std::string_view more) { return concat(kTwo, ", ", more); }

TEST(Period, OfAWeekBeginsOnMonday) {
  // Day 0, 2000-01-01, is a Saturday.
  using enum Rotation::Every;
  EXPECT_EQ(period_of(0, kWeek), period_of(1, kWeek));
  EXPECT_NE(period_of(1, kWeek), period_of(2, kWeek));
  EXPECT_EQ(period_of(2, kWeek), period_of(8, kWeek));
  EXPECT_NE(period_of(8, kWeek), period_of(9, kWeek));
  EXPECT_EQ(period_of(-5, kWeek), period_of(0, kWeek));
  EXPECT_NE(period_of(-6, kWeek), period_of(-5, kWeek));
}

TEST(Period, FollowsTheCalendar) {
  using enum Rotation::Every;
  EXPECT_NE(period_of(0, kDay), period_of(1, kDay));
  EXPECT_EQ(period_of(0, kMonth), period_of(30, kMonth));
  EXPECT_NE(period_of(30, kMonth), period_of(31, kMonth));
  EXPECT_NE(period_of(0, kMonth), period_of(366, kMonth));  // January 2001
  EXPECT_EQ(period_of(0, kQuarter), period_of(90, kQuarter));
  EXPECT_NE(period_of(90, kQuarter), period_of(91, kQuarter));
  EXPECT_EQ(period_of(0, kYear), period_of(365, kYear));
  EXPECT_NE(period_of(365, kYear), period_of(366, kYear));
  EXPECT_NE(period_of(-1, kYear), period_of(0, kYear));
}

/// A series whose value is 2 on the days of `high`, else 0.
BarSeries high_on(std::string symbol, int days, const std::vector<int>& high) {
  std::vector<Ranked> made(static_cast<std::size_t>(days), Ranked{"10", 0});
  for (const int day : high) made[static_cast<std::size_t>(day)].value = 2;
  return ranked(std::move(symbol), made);
}

TEST(Schedule, DecidesAtTheFirstTimestampOfEachPeriod) {
  const std::vector<BarSeries> bars = {ranked("A", std::vector<Ranked>(12, {"10", 1})),
                                       high_on("B", 12, {1, 2, 8})};
  // The Mondays are the days 2 and 9.
  EXPECT_EQ(fills_of(rotating(kFirst, bars)),
            (Lines{"1 A buy 1000 @ 10 rebalance", "3 A sell 1000 @ 10 rebalance",
                   "3 B buy 1000 @ 10 rebalance", "10 B sell 1000 @ 10 rebalance",
                   "10 A buy 1000 @ 10 rebalance"}));
}

TEST(Schedule, MayDecideAtTheLastTimestamp) {
  const std::vector<BarSeries> bars = {ranked("A", std::vector<Ranked>(11, {"10", 1})),
                                       high_on("B", 11, {0, 2, 8})};
  // The Sundays are the days 1 and 8.
  EXPECT_EQ(fills_of(rotating(concat(kFirst, R"(, "on": "last")"), bars)),
            (Lines{"2 A buy 1000 @ 10 rebalance", "9 A sell 1000 @ 10 rebalance",
                   "9 B buy 1000 @ 10 rebalance"}));
}

TEST(Schedule, TakesTheFirstDayWithBars) {
  // No bars on the first three days of February, the days 31 to 33.
  std::vector<BarSeries> bars = {ranked("A", std::vector<Ranked>(36, {"10", 1})),
                                 high_on("B", 36, {34})};
  for (BarSeries& one : bars) {
    for (std::size_t i = 31; i < one.size(); ++i) one.timestamp[i] += 3 * kDayLength;
    std::swap(one.volume[31], one.volume[34]);  // now on day 34
  }
  const RunRecords records = rotating(R"("every": "month", "rank_by": "volume", "top": 1)", bars);
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 1000 @ 10 rebalance", "35 A sell 1000 @ 10 rebalance",
                   "35 B buy 1000 @ 10 rebalance"}));
}

const std::vector<BarSeries> kThree = {ranked("A", {{"10", 1}, {"10", 1}}),
                                       ranked("B", {{"20", 3}, {"20", 3}}),
                                       ranked("C", {{"30", 2}, {"30", 2}})};

TEST(Ranking, TakesTheHighestOrTheLowest) {
  EXPECT_EQ(fills_of(rotating(kTwo, kThree)),
            (Lines{"1 B buy 250 @ 20 rebalance", "1 C buy 166 @ 30 rebalance"}));
  EXPECT_EQ(fills_of(rotating(two_and(R"("order": "asc")"), kThree)),
            (Lines{"1 A buy 500 @ 10 rebalance", "1 C buy 166 @ 30 rebalance"}));
}

TEST(Ranking, BreaksTiesBySymbol) {
  const std::vector<BarSeries> same = {ranked("A", {{"10", 1}, {"10", 1}}),
                                       ranked("B", {{"10", 1}, {"10", 1}})};
  EXPECT_EQ(fills_of(rotating(kDaily, same)), (Lines{"1 A buy 1000 @ 10 rebalance"}));
  EXPECT_EQ(fills_of(rotating(concat(kDaily, R"(, "order": "asc")"), same)),
            (Lines{"1 A buy 1000 @ 10 rebalance"}));
}

TEST(Ranking, LeavesOutWhatTheGateOrTheValueLeavesOut) {
  EXPECT_EQ(fills_of(rotating(two_and(R"("gate": "close < 30")"), kThree)),
            (Lines{"1 B buy 250 @ 20 rebalance", "1 A buy 500 @ 10 rebalance"}));
  EXPECT_EQ(
      fills_of(rotating(R"j("every": "day", "rank_by": "1 / (close - 20)", "top": 3)j", kThree)),
      (Lines{"1 C buy 166 @ 30 rebalance", "1 A buy 500 @ 10 rebalance"}));
}

TEST(Ranking, OfFewerThanTheTopSharesAmongThem) {
  EXPECT_EQ(fills_of(rotating(R"("every": "day", "rank_by": "volume", "top": 9)",
                              {kThree[0], kThree[1]})),
            (Lines{"1 B buy 250 @ 20 rebalance", "1 A buy 500 @ 10 rebalance"}));
}

TEST(Ranking, IsTheStrengthOfTheSignals) {
  const RunRecords records = rotating(kTwo, kThree);
  ASSERT_GE(records.signals.size(), 2U);
  for (const Signal& signal : records.signals) {
    EXPECT_EQ(signal.strength, signal.symbol == 1 ? 1 : 2);
  }
}

TEST(Ranking, NeedsABarThere) {
  const std::vector<BarSeries> bars = {
      ranked("A", {{"10", 1}, {"10", 1}, {"10", 1}}),
      series("B", {flat("20", static_cast<Command>(3), 1), flat("20", kWait, 2)})};
  EXPECT_EQ(fills_of(rotating(kFirst, bars)), (Lines{"1 A buy 1000 @ 10 rebalance"}));
}

TEST(Weights, ByRank) {
  const std::vector<BarSeries> bars = {ranked("A", {{"20", 3}, {"20", 3}}),
                                       ranked("B", {{"10", 2}, {"10", 2}})};
  // Two thirds and one third.
  EXPECT_EQ(fills_of(rotating(two_and(R"("weight": "rank")"), bars)),
            (Lines{"1 A buy 333 @ 20 rebalance", "1 B buy 333 @ 10 rebalance"}));
}

TEST(Weights, ByInverseVolatility) {
  // Returns of +-0.1 and +-0.2 up to Monday, day 2; C stands still and has none.
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 1}, {"11", 1}, {"9.9", 1}, {"10", 1}}),
                                       ranked("B", {{"10", 2}, {"12", 2}, {"9.6", 2}, {"10", 2}}),
                                       ranked("C", {{"10", 3}, {"10", 3}, {"10", 3}, {"10", 3}})};
  EXPECT_EQ(fills_of(rotating(R"("every": "week", "rank_by": "volume", "top": 3,
                                 "weight": "inverse_volatility", "lookback": 2)",
                              bars)),
            (Lines{"3 B buy 333 @ 10 rebalance", "3 A buy 666 @ 10 rebalance"}));
}

TEST(Weights, ByAnExpressionAreFractionsOfEquity) {
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 3}, {"10", 3}}),
                                       ranked("B", {{"10", 1}, {"10", 1}})};
  EXPECT_EQ(fills_of(rotating(two_and(R"("weight": "volume / 10")"), bars)),
            (Lines{"1 A buy 300 @ 10 rebalance", "1 B buy 100 @ 10 rebalance"}));
  // At most 1, which leaves nothing for the second.
  EXPECT_EQ(fills_of(rotating(two_and(R"("weight": "volume")"), bars)),
            (Lines{"1 A buy 1000 @ 10 rebalance"}));
  // None where it is not positive.
  EXPECT_EQ(fills_of(rotating(two_and(R"("weight": "(2 - volume) / 2")"), bars)),
            (Lines{"1 B buy 500 @ 10 rebalance"}));
}

TEST(Weights, LeaveTheCashBuffer) {
  EXPECT_EQ(fills_of(rotating(concat(kDaily, R"(, "cash_buffer_percent": 10)"), {kThree[0]})),
            (Lines{"1 A buy 900 @ 10 rebalance"}));
}

TEST(Fills, SellWhollyThenTooMuchThenBuy) {
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 3}, {"10", 2}, {"20", 2}}),
                                       ranked("B", {{"10", 0}, {"10", 3}, {"10", 3}}),
                                       ranked("C", {{"10", 2}, {"10", 1}, {"10", 1}})};
  // Equity at the open of day 2: 10,000 in A, 5,000 in C. 7,500 each for A and B.
  EXPECT_EQ(fills_of(rotating(kTwo, bars)),
            (Lines{"1 A buy 500 @ 10 rebalance", "1 C buy 500 @ 10 rebalance",
                   "2 C sell 500 @ 10 rebalance", "2 A sell 125 @ 20 rebalance",
                   "2 B buy 750 @ 10 rebalance"}));
}

TEST(Fills, AtTheDecidingCloseIfAsked) {
  EXPECT_EQ(fills_of(rotating(kDaily, {kThree[0], kThree[1]}, R"({"fill": "same_close"})")),
            (Lines{"0 B buy 500 @ 20 rebalance"}));
}

TEST(Fills, PayTheirCosts) {
  const RunRecords records =
      rotating(kDaily, {ranked("A", {{"10", 1}, {"10", 1}})},
               R"({"slippage": {"ticks": 1}, "commission": {"percent": 0.1}})");
  // 10,000 / 10.01 is 999; with the fee 998 units fit: 9,989.98 and 9.99.
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 998 @ 10.01 rebalance"}));
  EXPECT_EQ(records.equity.back().cash, money("0.03"));
}

TEST(Fills, AreHeldByTheLimits) {
  EXPECT_EQ(fills_of(rotating(kTwo, kThree, "{}", R"({"max_position_size_pct": 30})")),
            (Lines{"1 B buy 150 @ 20 rebalance", "1 C buy 100 @ 30 rebalance"}));
}

TEST(Keeping, HoldsASymbolWithinTheGivenRank) {
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 3}, {"10", 2}, {"10", 1}, {"10", 1}}),
                                       ranked("B", {{"10", 2}, {"10", 3}, {"10", 3}, {"10", 3}}),
                                       ranked("C", {{"10", 1}, {"10", 1}, {"10", 2}, {"10", 2}})};
  EXPECT_EQ(fills_of(rotating(concat(kDaily, R"(, "keep_if_rank_within": 2)"), bars)),
            (Lines{"1 A buy 1000 @ 10 rebalance", "3 A sell 1000 @ 10 rebalance",
                   "3 B buy 1000 @ 10 rebalance"}));
  EXPECT_EQ(fills_of(rotating(kDaily, bars)),
            (Lines{"1 A buy 1000 @ 10 rebalance", "2 A sell 1000 @ 10 rebalance",
                   "2 B buy 1000 @ 10 rebalance"}));
}

TEST(Drift, LeavesASymbolAloneThatIsNearItsTarget) {
  // At 12, 54.5 and 45.5 percent; at 13, 56.5 and 43.5.
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 2}, {"10", 2}, {"12", 2}, {"13", 2}}),
                                       ranked("B", {{"10", 1}, {"10", 1}, {"10", 1}, {"10", 1}})};
  EXPECT_EQ(fills_of(rotating(two_and(R"("drift_threshold_percent": 5)"), bars)),
            (Lines{"1 A buy 500 @ 10 rebalance", "1 B buy 500 @ 10 rebalance",
                   "3 A sell 58 @ 13 rebalance", "3 B buy 75 @ 10 rebalance"}));
}

TEST(Drift, DoesNotKeepWhatIsNoLongerSelected) {
  const std::vector<BarSeries> bars = {ranked("A", {{"10", 2}, {"10", 1}, {"10", 1}}),
                                       ranked("B", {{"10", 1}, {"10", 2}, {"10", 2}})};
  EXPECT_EQ(fills_of(rotating(concat(kDaily, R"(, "drift_threshold_percent": 90,
                                                  "cash_buffer_percent": 20)"),
                              bars)),
            (Lines{"1 A buy 800 @ 10 rebalance", "2 A sell 800 @ 10 rebalance",
                   "2 B buy 800 @ 10 rebalance"}));
}

TEST(Members, ThatHaveLeftDropOutOfTheRanking) {
  std::vector<BarSeries> bars = {ranked("A", std::vector<Ranked>(4, {"10", 2})),
                                 ranked("B", std::vector<Ranked>(4, {"10", 1}))};
  bars[0].asset.member_days = {{0, 1}};
  EXPECT_EQ(fills_of(rotating(kDaily, bars)),
            (Lines{"1 A buy 1000 @ 10 rebalance", "3 A sell 1000 @ 10 rebalance",
                   "3 B buy 1000 @ 10 rebalance"}));
}

TEST(Nothing, SelectedSellsEverything) {
  EXPECT_EQ(fills_of(rotating(concat(kDaily, R"(, "gate": "volume = 2")"),
                              {ranked("A", {{"10", 2}, {"10", 1}, {"11", 1}})})),
            (Lines{"1 A buy 1000 @ 10 rebalance", "2 A sell 1000 @ 11 rebalance"}));
}

TEST(Rotation, BuysNothingThatHasLeftByTheFill) {
  BarSeries bars = ranked("A", {{"10", 1}, {"10", 1}, {"10", 1}});
  bars.asset.member_days = {{0, 0}};
  EXPECT_TRUE(rotating(kFirst, {bars}).fills.empty());
}

}  // namespace
}  // namespace quant
