// SPDX-License-Identifier: PostgreSQL
// Several entries of one position: rule 6.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kByOne =
    R"({"size": {"units": 100}, "pyramiding": {"max": 3, "step": 1}})";
constexpr std::string_view kTwice = R"({"size": {"units": 100}, "pyramiding": {"max": 2}})";

TEST(Pyramiding, AddsWhereTheCloseLiesTheStepBeyondTheNewestEntry) {
  const RunRecords records =
      run({kByOne}, {flat("10", kGoLong),
                     {"10", "11", "10", "10.99", kGoLong},  // 11 is asked for
                     {"11", "11", "11", "11", kGoLong},
                     {"11.5", "12.4", "11.5", "12.49", kGoLong},  // 12.5 is asked for
                     {"12", "12.5", "12", "12.5", kGoLong},
                     {"12.4", "20", "12.4", "20", kGoLong},  // three entries are there
                     flat("20", kGoLong)});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "3 A buy 100 @ 11.5 signal",
                                      "5 A buy 100 @ 12.4 signal"}));
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy executed", "2 A buy executed", "4 A buy executed"}));
  EXPECT_EQ(records.positions.size(), 1U);
}

TEST(Pyramiding, OfAShortPositionAddsWhereThePriceFalls) {
  EXPECT_EQ(fills_of(run({kByOne}, {flat("10", kGoShort), flat("10", kGoShort),
                                    flat("11", kGoShort), flat("9", kGoShort), flat("9")})),
            (Lines{"1 A short 100 @ 10 signal", "4 A short 100 @ 9 signal"}));
}

TEST(Pyramiding, WithoutAStepAddsAtAnyBar) {
  EXPECT_EQ(fills_of(run({kTwice},
                         {flat("10", kGoLong), flat("9", kGoLong), flat("8", kGoLong), flat("7")})),
            (Lines{"1 A buy 100 @ 9 signal", "2 A buy 100 @ 8 signal"}));
}

TEST(Pyramiding, IsOffUnlessAskedFor) {
  EXPECT_EQ(run({}, {flat("10", kGoLong), flat("11", kGoLong), flat("12", kGoLong), flat("13")})
                .fills.size(),
            1U);
}

TEST(Pyramiding, NeedsItsRuleToHold) {
  EXPECT_EQ(run({kTwice}, {flat("10", kGoLong), flat("11"), flat("12"), flat("13")}).fills.size(),
            1U);
}

TEST(Pyramiding, AddsNothingWhereTheStepIsMissing) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "pyramiding": {"max": 3, "step": "close[3] - 9"}})"};
  EXPECT_EQ(fills_of(run(settings, {flat("10", kGoLong), flat("10", kGoLong), flat("15", kGoLong),
                                    flat("15", kGoLong), flat("15")})),
            (Lines{"1 A buy 100 @ 10 signal", "4 A buy 100 @ 15 signal"}));
}

TEST(Pyramiding, MeasuresTheStepOnTheDecidingBar) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "pyramiding": {"max": 2, "step": "high - low"}})"};
  EXPECT_EQ(fills_of(run(settings, {flat("10", kGoLong),
                                    {"10", "12", "9", "11", kGoLong},   // 13 is asked for
                                    {"11", "12", "11", "12", kGoLong},  // 11 is
                                    flat("12")})),
            (Lines{"1 A buy 100 @ 10 signal", "3 A buy 100 @ 12 signal"}));
}

const std::vector<TestBar> kTwoLots = {flat("10", kGoLong), flat("10", kGoLong),
                                       flat("12")};  // lots at 10 and 12

std::vector<TestBar> two_lots_and(const std::vector<TestBar>& more) {
  std::vector<TestBar> bars = kTwoLots;
  bars.insert(bars.end(), more.begin(), more.end());
  return bars;
}

TEST(Lots, HaveTheirOwnStopsAndTargets) {
  // Stops at 9 and 10.80, targets at 12.50 and 15.
  const RunSettings settings{R"({"size": {"units": 100}, "pyramiding": {"max": 2},
                                 "stop_loss": 0.1, "take_profit": 0.25})"};
  EXPECT_EQ(fills_of(run(
                settings,
                two_lots_and({{"11", "11.5", "10.8", "11"}, flat("11"), {"11", "11", "9", "9"}}))),
            (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 12 signal",
                   "3 A sell 100 @ 10.8 stop_loss", "5 A sell 100 @ 9 stop_loss"}));
  const RunRecords records = run(
      settings, two_lots_and({{"12", "12.5", "12", "12.2"}, flat("12"), {"12", "15", "12", "14"}}));
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 12 signal",
                   "3 A sell 100 @ 12.5 take_profit", "5 A sell 100 @ 15 take_profit"}));
  EXPECT_EQ(trades_of(records), (Lines{"A 100 from 10 to 12.5: 250", "A 100 from 12 to 15: 300"}));
}

TEST(Lots, AreAllStoppedByOneBarThatReachesAllStops) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "pyramiding": {"max": 2}, "stop_loss": 0.1})"};
  EXPECT_EQ(fills_of(run(settings, two_lots_and({{"11", "11", "8", "8"}}))),
            (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 12 signal",
                   "3 A sell 100 @ 9 stop_loss", "3 A sell 100 @ 10.8 stop_loss"}));
}

TEST(Lots, AreClosedByARuleAllAtOnceTheOldestFirst) {
  const RunRecords records = run({kTwice}, two_lots_and({flat("12", kLeave), flat("13")}));
  Quantity sold;
  for (const Fill& fill : records.fills) {
    if (fill.kind == FillKind::kSell) sold += fill.quantity;
  }
  EXPECT_EQ(sold, quantity("200"));
  EXPECT_EQ(trades_of(records), (Lines{"A 100 from 10 to 13: 300", "A 100 from 12 to 13: 100"}));
  EXPECT_EQ(records.positions.at(0).realized_pnl, money("400"));
}

TEST(Lots, AreAllClosedByAReversal) {
  const RunRecords records = run({kTwice}, two_lots_and({flat("12", kGoShort), flat("11")}));
  EXPECT_EQ(trades_of(records), (Lines{"A 100 from 10 to 11: 100", "A 100 from 12 to 11: -100",
                                       "A 100 from 11 to open: 0"}));
  EXPECT_EQ(fills_of(records).back(), "4 A short 100 @ 11 signal");
}

TEST(Lots, AreOneToRulesThatAskForTheirPosition) {
  const auto leaves = [](std::string_view when) {
    const std::string exit = concat(R"([{"when": ")", when, "\"}]");
    const Lines fills =
        fills_of(run({.risk = kTwice, .exit = exit}, two_lots_and({flat("12"), flat("12")})));
    return fills.size() == 2 ? "held" : fills.at(2).substr(0, 1);
  };
  // At the close of day 2 there are 200 units, the oldest from day 1 at 10.
  EXPECT_EQ(leaves("position = 200"), "3");
  EXPECT_EQ(leaves("position = 200 and entry_price = 10"), "3");
  EXPECT_EQ(leaves("position = 200 and entry_price > 10"), "held");
  EXPECT_EQ(leaves("position = 200 and bars_held = 1"), "3");
  EXPECT_EQ(leaves("position = 200 and bars_held = 0"), "held");
}

TEST(Lots, AreStoppedByTimeEachOnItsOwn) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "pyramiding": {"max": 2}, "time_stop_bars": 3})"};
  const RunRecords records =
      run(settings, two_lots_and({flat("12"), flat("12"), flat("12"), flat("12"), flat("12")}));
  ASSERT_EQ(records.trades.size(), 2U);
  // One after the other, the second a bar later.
  EXPECT_EQ(records.fills[2].reason, Reason::kTimeExit);
  EXPECT_EQ(*records.trades[1].exit_time - *records.trades[0].exit_time, kDayLength);
  EXPECT_EQ(records.trades[0].entry_price, price("10"));
}

TEST(Finalize, ClosesAtTheOpenBeforeTheClose) {
  const RunRecords records = run({R"({"size": {"units": 10}, "pyramiding": {"max": 2}})",
                                  R"({"fill": "same_close", "finalize": "last_open"})"},
                                 {flat("10", kGoLong), {"11", "12", "11", "12", kGoLong}});
  EXPECT_EQ(trades_of(records), (Lines{"A 10 from 10 to 11: 10", "A 10 from 12 to 12: 0"}));
}

}  // namespace
}  // namespace quant
