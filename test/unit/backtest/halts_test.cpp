// SPDX-License-Identifier: PostgreSQL
// When a run stops entering: rule 30.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kDaily =
    R"({"size": {"percent_equity": 100}, "daily_loss_halt_pct": 5})";
constexpr std::string_view kDailyHalf =
    R"({"size": {"percent_equity": 50}, "daily_loss_halt_pct": 5})";
constexpr std::string_view kDailyClosing =
    R"({"size": {"percent_equity": 100}, "daily_loss_halt_pct": 5, "halt_action": "close"})";
constexpr std::string_view kDrawdown =
    R"({"size": {"percent_equity": 50}, "drawdown_halt_pct": 10})";
constexpr std::string_view kDrawdownClosing =
    R"({"size": {"percent_equity": 100}, "drawdown_halt_pct": 10, "halt_action": "close"})";

/// A is bought with half of 10,000 at 10 on day 1 and closes that day at `close`; B is ordered then
/// and, where `again`, on the day after.
RunRecords after_a_day(std::string_view close, bool again = false) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), {"10", "10", close, close}, flat(close), flat(close)}),
      series("B",
             {flat("20"), flat("20", kGoLong), flat("20", again ? kGoLong : kWait), flat("20")})};
  return run({kDailyHalf}, bars);
}

TEST(DailyLoss, RefusesEntriesFromTheGivenPercentOn) {
  // Half of the equity: A at 9 loses 500, five percent.
  const RunRecords halted = after_a_day("9");
  EXPECT_EQ(fills_of(halted), (Lines{"1 A buy 500 @ 10 signal"}));
  EXPECT_EQ(signals_of(halted),
            (Lines{"0 A buy executed", "1 B buy rejected: the daily loss halt is on"}));
  const RunRecords open = after_a_day("9.01");
  EXPECT_EQ(open.fills.size(), 2U);
}

TEST(DailyLoss, EndsWithTheDay) {
  const RunRecords records = after_a_day("9", true);
  ASSERT_EQ(records.fills.size(), 2U);
  EXPECT_EQ(utc_day(records.fills[1].time), 3);
  EXPECT_EQ(records.fills[1].symbol, 1U);
}

TEST(DailyLoss, IsMeasuredFromTheLastEquityOfTheDayBefore) {
  // A gains on day 2 and loses less than five percent of that on day 3, then five exactly.
  const std::vector<TestBar> rise = {flat("10", kGoLong), flat("10"), flat("20")};
  const auto refused = [&](std::string_view close) {
    std::vector<TestBar> bars = rise;
    bars.push_back(flat(close));
    bars.push_back(flat(close));
    const std::vector<BarSeries> both = {
        series("A", bars),
        series("B", {flat("20"), flat("20"), flat("20"), flat("20", kGoLong), flat("20")})};
    // 500 units: equity 15,000 at 20; 750 are lost at 18.50.
    return run({kDailyHalf}, both).fills.size() == 1;
  };
  EXPECT_TRUE(refused("18.5"));
  EXPECT_FALSE(refused("18.51"));
}

TEST(DailyLoss, IsMeasuredFromTheInitialCapitalOnTheFirstDay) {
  const auto refused = [](std::string_view close) {
    std::vector<BarSeries> bars = {
        series("A", {flat("10", kGoLong, 0), flat(close, kWait, 1), flat(close, kWait, 2)}),
        series("B", {flat("20", kWait, 0), flat("20", kGoLong, 1), flat("20", kWait, 2)})};
    for (BarSeries& one : bars) one.timestamp[1] = kDayLength / 2;  // still day 0
    return run({kDailyHalf, R"({"fill": "same_close"})"}, bars).fills.size() == 1;
  };
  EXPECT_TRUE(refused("9"));
  EXPECT_FALSE(refused("9.01"));
}

TEST(DailyLoss, CancelsEntryOrdersThatWait) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), {"10", "10", "9", "9"}, flat("9"), flat("9")}),
      series("B", {flat("20"), flat("20", kGoShort), flat("20"), flat("25"), flat("25")})};
  const RunRecords records = run({.risk = kDailyHalf, .entry = R"({"long": {"when": "volume = 1"},
                        "short": {"when": "volume = 2",
                                   "order": {"type": "limit", "limit": 22}}})"},
                                 bars);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 500 @ 10 signal"}));
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy executed", "1 B short cancelled: the daily loss halt is on"}));
}

TEST(DailyLoss, KeepsPositionsAndTheirStops) {
  const RunRecords records =
      run({R"({"size": {"percent_equity": 100}, "stop_loss": 0.1, "daily_loss_halt_pct": 5})"},
          {flat("10", kGoLong), {"10", "10", "9.4", "9.4"}, {"9.4", "9.4", "9", "9"}});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 1000 @ 10 signal", "2 A sell 1000 @ 9 stop_loss"}));
  EXPECT_EQ(fills_of(run({kDaily}, {flat("10", kGoLong), flat("10"), flat("9"), flat("9")})).size(),
            1U);
}

TEST(HaltAction, ClosesAllPositionsWithMarketOrders) {
  const RunRecords records = run(
      {kDailyClosing}, {flat("10", kGoLong), {"10", "10", "9.4", "9.5"}, flat("9.6"), flat("9.7")});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 1000 @ 10 signal", "2 A sell 1000 @ 9.6 risk_limit"}));
  EXPECT_EQ(records.equity.back().equity(), money("9600"));
}

TEST(HaltAction, ClosesLongAndShortPositions) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), {"10", "10", "8", "8"}, flat("8")}),
      series("B", {flat("20", kGoShort), {"20", "21", "20", "21"}, flat("21")})};
  EXPECT_EQ(fills_of(run({R"({"size": {"units": 200}, "daily_loss_halt_pct": 5,
                              "halt_action": "close"})"},
                         bars)),
            (Lines{"1 A buy 200 @ 10 signal", "1 B short 200 @ 20 signal",
                   "2 A sell 200 @ 8 risk_limit", "2 B cover 200 @ 21 risk_limit"}));
}

TEST(Drawdown, HaltsToTheEndOfTheRun) {
  // 500 units bought at 10: equity 12,000 at 14, its peak; ten percent below it is 11.60.
  const auto entered = [](std::string_view low) {
    const std::vector<BarSeries> bars = {
        series("A",
               {flat("10", kGoLong), flat("10"), flat("14"), flat(low), flat("20"), flat("20")}),
        series("B", {flat("20"), flat("20"), flat("20"), flat("20", kGoLong), flat("20", kGoLong),
                     flat("20")})};
    Lines fills = fills_of(run({kDrawdown}, bars));
    fills.erase(fills.begin());
    return fills;
  };
  EXPECT_TRUE(entered("11.6").empty());
  EXPECT_EQ(entered("11.61").size(), 1U);
}

TEST(Drawdown, CountsTheInitialCapitalAsAPeak) {
  const RunRecords records = run({kDrawdownClosing}, {flat("10", kGoLong),
                                                      {"10", "10", "9", "9"},
                                                      flat("9.5", kGoLong),
                                                      flat("9.5"),
                                                      flat("9.5")});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 1000 @ 10 signal", "2 A sell 1000 @ 9.5 risk_limit"}));
  EXPECT_EQ(signals_of(records).back(), "2 A buy rejected: the drawdown halt is on");
}

TEST(Drawdown, ComesBeforeTheRules) {
  // The rule asks for an entry at the very close at which the halt begins.
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), flat("7.9"), flat("7.9")}),
      series("B", {flat("20"), flat("20"), flat("20", kGoLong), flat("20")})};
  EXPECT_EQ(fills_of(run({kDrawdown, R"({"fill": "same_close"})"}, bars)),
            (Lines{"0 A buy 500 @ 10 signal"}));
}

TEST(Drawdown, IsMeasuredFromTheCurveNotFromAnEquityBeforeItsFills) {
  // At the close of day 1 equity is 2,300; the fee for B leaves 2,200 on the curve. The 2,000 of
  // day 2 are 9.09 percent below that, and 13 percent below 2,300.
  const std::vector<BarSeries> bars = {series("A", {flat("10", kGoLong), flat("14"), flat("12")}),
                                       series("B", {flat("5"), flat("5", kGoLong), flat("5")}),
                                       series("C", {flat("1"), flat("1"), flat("1", kGoLong)})};
  const RunRecords records =
      run({R"({"size": {"units": 100}, "drawdown_halt_pct": 10})",
           R"({"fill": "same_close", "commission": {"per_share": 1}})", "2000"},
          bars);
  EXPECT_EQ(equity_of(records), (Lines{"1900", "2200", "1900"}));
  EXPECT_EQ(fills_of(records).back(), "2 C buy 100 @ 1 signal");
}

TEST(Halts, DoNotKeepAnOppositeSignalFromClosing) {
  const RunRecords records =
      run({kDrawdown, R"({"on_opposite": "close"})"},
          {flat("10", kGoLong), {"10", "10", "7", "7"}, flat("7", kGoShort), flat("7"), flat("7")});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 500 @ 10 signal", "3 A sell 500 @ 7 opposite_signal"}));
}

}  // namespace
}  // namespace quant
