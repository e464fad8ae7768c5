// SPDX-License-Identifier: PostgreSQL
// Symbols that come and go: delisting (rule 27), the universe (rule 28), days without a bar
// (rule 26).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

BarSeries member(BarSeries bars, Day first, Day last) {
  bars.asset.member_days = {{first, last}};
  return bars;
}

const BarSeries kOther = series("B", std::vector<TestBar>(8, flat("20")));

TEST(Universe, IsWhatIsEnteredOnly) {
  const BarSeries bars =
      series("A", {flat("10", kGoLong), flat("10"), flat("10", kGoLong), flat("10"), flat("10")});
  const RunRecords records = run({}, std::vector{member(bars, 2, 9)});
  EXPECT_EQ(fills_of(records), (Lines{"3 A buy 100 @ 10 signal"}));
  EXPECT_EQ(signals_of(records).back(), "2 A buy executed");
}

TEST(Universe, CancelsAWaitingEntryOfASymbolThatHasLeft) {
  const BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), flat("10")});
  const RunRecords records = run({}, std::vector{member(bars, 0, 0)});
  EXPECT_TRUE(records.fills.empty());
  EXPECT_EQ(signals_of(records), (Lines{"0 A buy cancelled: the symbol has left the universe"}));
}

TEST(Universe, KeepsOrClosesThePositionOfASymbolThatHasLeft) {
  const std::vector<BarSeries> bars = {
      member(series("A", {flat("10", kGoLong), flat("10"), flat("11"), flat("12")}), 0, 1)};
  EXPECT_EQ(fills_of(run({}, bars)), (Lines{"1 A buy 100 @ 10 signal"}));
  EXPECT_EQ(fills_of(run({.execution = R"({"on_leave": "close"})"}, bars)),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 rebalance"}));
}

TEST(Universe, ThatASymbolComesBackToIsEnteredAgain) {
  BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), flat("10"), flat("10"),
                                flat("10", kGoLong), flat("10")});
  bars.asset.member_days = {{0, 1}, {4, 9}};
  EXPECT_EQ(
      fills_of(run({.execution = R"({"on_leave": "close"})"}, std::vector{bars})),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 10 rebalance", "5 A buy 100 @ 10 signal"}));
}

TEST(Universe, BeginsWithTheListing) {
  BarSeries bars =
      series("A", {flat("10", kGoLong), flat("10"), flat("10"), flat("10", kGoLong), flat("10")});
  bars.asset.listed_on = 2;
  EXPECT_EQ(fills_of(run({}, std::vector{bars})), (Lines{"4 A buy 100 @ 10 signal"}));
}

constexpr std::string_view kCosts = R"({"commission": {"per_order": 1}, "slippage": {"ticks": 5}})";

TEST(Delisting, ClosesThePositionAtItsLastCloseOnItsDay) {
  BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), {"8", "8", "7", "7.5"}});
  bars.asset.delisted_on = 4;
  const RunRecords records = run({.execution = kCosts}, {bars, kOther});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10.05 signal", "4 A sell 100 @ 7.5 delisted"}));
  EXPECT_EQ(fees_of(records), (Lines{"1", "1"}));
  EXPECT_EQ(records.equity.back().equity(), money("9743"));  // 10,000 - 255 - 2
}

TEST(Delisting, WaitsForTheFirstTimestampOnOrAfterItsDay) {
  BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), flat("8")});
  bars.asset.delisted_on = 4;
  const BarSeries other = series("B", {flat("20", kWait, 0), flat("20", kWait, 1),
                                       flat("20", kWait, 3), flat("20", kWait, 6)});
  EXPECT_EQ(fills_of(run({}, {bars, other})).back(), "6 A sell 100 @ 8 delisted");
}

TEST(Delisting, OnADayWithABarClosesAtThatClose) {
  BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), {"9", "9", "8", "8"}});
  bars.asset.delisted_on = 2;
  EXPECT_EQ(fills_of(run({}, {bars, kOther})).back(), "2 A sell 100 @ 8 delisted");
}

TEST(Delisting, OfAShortPositionBuysItBack) {
  BarSeries bars = series("A", {flat("10", kGoShort), flat("10"), flat("2")});
  bars.asset.delisted_on = 3;
  const RunRecords records = run({}, {bars, kOther});
  EXPECT_EQ(fills_of(records).back(), "3 A cover 100 @ 2 delisted");
  EXPECT_EQ(records.equity.back().equity(), money("10800"));
}

TEST(Stale, ClosesAPositionWithoutBarsForTooManyDays) {
  const BarSeries bars = series("A", {flat("10", kGoLong), flat("9")});
  EXPECT_EQ(fills_of(run({.execution = R"({"stale_days": 3})"}, {bars, kOther})),
            (Lines{"1 A buy 100 @ 9 signal", "4 A sell 100 @ 9 delisted"}));
  // The default of ten days is not reached.
  const RunRecords held = run({}, {bars, kOther});
  EXPECT_EQ(held.fills.size(), 1U);
  EXPECT_EQ(held.stale_marks, 6);
  EXPECT_EQ(held.equity.back().equity(), money("10000"));
}

TEST(Stale, CountsDaysOnWhichTheRunHadBars) {
  const BarSeries bars = series("A", {flat("10", kGoLong), flat("9")});
  const BarSeries sparse =
      series("B", {flat("20", kWait, 0), flat("20", kWait, 1), flat("20", kWait, 9),
                   flat("20", kWait, 20), flat("20", kWait, 30)});
  EXPECT_EQ(fills_of(run({.execution = R"({"stale_days": 3})"}, {bars, sparse})).back(),
            "30 A sell 100 @ 9 delisted");
}

TEST(Stale, StartsAnewWithEachBar) {
  const BarSeries bars = series(
      "A", {flat("10", kGoLong, 0), flat("9", kWait, 1), flat("9", kWait, 3), flat("9", kWait, 5)});
  const RunRecords records = run({.execution = R"({"stale_days": 2})"}, {bars, kOther});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 9 signal", "7 A sell 100 @ 9 delisted"}));
}

TEST(NoBar, AgesNoOrder) {
  const BarSeries bars =
      series("A", {flat("10", kGoLong, 0), flat("10", kWait, 3), flat("9.4", kWait, 7)});
  const RunSettings two{.entry = R"({"long": {"when": "volume = 1", "order":
      {"type": "limit", "limit": 9.5, "tif": {"bars": 2}}}})"};
  EXPECT_EQ(fills_of(run(two, {bars, kOther})), (Lines{"7 A buy 100 @ 9.4 signal"}));
}

TEST(AtTheEnd, APositionIsOnlyMarked) {
  const BarSeries bars = series("A", {flat("10", kGoLong), flat("10"), flat("11")});
  const RunRecords records = run({.execution = R"({"stale_days": 1})"}, std::vector{bars});
  EXPECT_EQ(records.fills.size(), 1U);
  EXPECT_EQ(records.equity.back().equity(), money("10100"));
}

TEST(Universe, DoesNotKeepAnOppositeSignalFromClosing) {
  const BarSeries bars =
      series("A", {flat("10", kGoLong), flat("10"), flat("11", kGoShort), flat("12")});
  EXPECT_EQ(
      fills_of(run({.execution = R"({"on_opposite": "close"})"}, std::vector{member(bars, 0, 1)})),
      (Lines{"1 A buy 100 @ 10 signal", "3 A sell 100 @ 12 opposite_signal"}));
}

}  // namespace
}  // namespace quant
