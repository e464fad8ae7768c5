// SPDX-License-Identifier: PostgreSQL
// Fills that take a share of their bar's volume at most: rule 15.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kTenth = R"({"max_volume_share": 0.1})";
constexpr std::string_view kUnits = R"({"size": {"units": 250}})";

RunRecords limited(const std::vector<TestBar>& bars, const std::vector<int>& volumes,
                   RunSettings settings = {}) {
  if (settings.risk == kHundredUnits) settings.risk = kUnits;
  if (settings.execution == "{}") settings.execution = kTenth;
  if (settings.entry == kCommandEntries) settings.entry = kQuietEntries;
  if (settings.exit == kCommandExits) settings.exit = kQuietExits;
  return run(settings, std::vector{trading(series("A", bars), volumes)});
}

TEST(VolumeLimit, SpreadsAMarketOrderOverTheNextOpens) {
  const RunRecords records =
      limited({flat("10", kGoLong), flat("10"), flat("11"), flat("12"), flat("13")}, {1000});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 11 signal",
                                      "3 A buy 50 @ 12 signal"}));
  EXPECT_EQ(signals_of(records), (Lines{"0 A buy executed"}));
  EXPECT_EQ(records.trades.size(), 3U);
  EXPECT_EQ(records.positions.size(), 1U);
}

TEST(VolumeLimit, IsRoundedDownToTheStepAndMayBeNothing) {
  EXPECT_EQ(fills_of(limited({flat("10", kGoLong), flat("10"), flat("10"), flat("10"), flat("10")},
                             {0, 1509, 0, 9, 5000})),
            (Lines{"1 A buy 150 @ 10 signal", "4 A buy 100 @ 10 signal"}));
}

TEST(VolumeLimit, IsThatOfTheBarBeforeIfAsked) {
  EXPECT_EQ(
      fills_of(limited(
          {flat("10", kGoLong), flat("10"), flat("10")}, {700, 1200, 50},
          {.execution =
               R"({"max_volume_share": 0.1, "slippage": {"volume_basis": "previous_bar"}})"})),
      (Lines{"1 A buy 70 @ 10 signal", "2 A buy 120 @ 10 signal"}));
}

TEST(VolumeLimit, SpreadsAnExitAsWell) {
  const RunRecords records = limited(
      {flat("10", kGoLong), flat("10", kLeave), flat("11"), flat("12"), flat("13"), flat("14")},
      {0, 9000, 1000, 1000, 1000, 1000});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 250 @ 10 signal", "2 A sell 100 @ 11 signal",
                                      "3 A sell 100 @ 12 signal", "4 A sell 50 @ 13 signal"}));
  EXPECT_EQ(trades_of(records), (Lines{"A 100 from 10 to 11: 100", "A 100 from 10 to 12: 200",
                                       "A 50 from 10 to 13: 150"}));
  EXPECT_EQ(signals_of(records), (Lines{"0 A buy executed", "1 A sell executed"}));
}

TEST(VolumeLimit, MakesWhatRemainsOfAStopAMarketOrder) {
  const RunRecords records = limited({flat("10", kGoLong),
                                      flat("10"),
                                      {"10", "10", "8.5", "9.5"},
                                      flat("9.7"),
                                      flat("9.8"),
                                      flat("9.9")},
                                     {0, 9000, 1000, 1000, 1000},
                                     {.risk = R"({"size": {"units": 250}, "stop_loss": 0.1})"});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 250 @ 10 signal", "2 A sell 100 @ 9 stop_loss",
                   "3 A sell 100 @ 9.7 stop_loss", "4 A sell 50 @ 9.8 stop_loss"}));
}

TEST(VolumeLimit, LetsWhatRemainsOfATargetRest) {
  const RunRecords records = limited({flat("10", kGoLong),
                                      flat("10"),
                                      {"10", "12", "10", "11"},
                                      flat("11"),
                                      {"11", "12", "11", "11"},
                                      {"12.5", "13", "12", "12"}},
                                     {0, 9000, 1000, 1000, 1000},
                                     {.risk = R"({"size": {"units": 250}, "take_profit": 0.2})"});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 250 @ 10 signal", "2 A sell 100 @ 12 take_profit",
                   "4 A sell 100 @ 12 take_profit", "5 A sell 50 @ 12.5 take_profit"}));
}

TEST(VolumeLimit, LetsWhatRemainsOfALimitRest) {
  const RunRecords records = limited(
      {flat("10", kGoLong),
       {"10", "10", "9.5", "10"},
       flat("10"),
       {"10", "10", "9.5", "10"},
       {"9.2", "9.2", "9.2", "9.2"}},
      {1000},
      {.entry = R"({"long": {"when": "vwap = 1", "order": {"type": "limit", "limit": 9.5}}})"});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 9.5 signal", "3 A buy 100 @ 9.5 signal",
                                      "4 A buy 50 @ 9.2 signal"}));
}

TEST(VolumeLimit, MakesWhatRemainsOfAStopOrderAMarketOrder) {
  const RunRecords records = limited(
      {flat("10", kGoLong), {"10", "10.5", "10", "10"}, flat("9.8"), flat("9.7"), flat("9.6")},
      {1000},
      {.entry = R"({"long": {"when": "vwap = 1", "order": {"type": "stop", "stop": 10.5}}})"});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10.5 signal", "2 A buy 100 @ 9.8 signal",
                                      "3 A buy 50 @ 9.7 signal"}));
}

TEST(VolumeLimit, MakesALotOfEachFillWithItsOwnStop) {
  const RunRecords records =
      limited({flat("10", kGoLong),
               flat("10"),
               flat("12"),
               {"12", "12", "10.8", "12"},
               flat("12"),
               {"12", "12", "9", "12"}},
              {0, 1500, 1000, 9000}, {.risk = R"({"size": {"units": 250}, "stop_loss": 0.1})"});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 150 @ 10 signal", "2 A buy 100 @ 12 signal",
                   "3 A sell 100 @ 10.8 stop_loss", "5 A sell 150 @ 9 stop_loss"}));
}

TEST(VolumeLimit, LeavesTheClosingsAtTheEndAlone) {
  const RunRecords at_end =
      limited({flat("10", kGoLong), flat("10"), flat("11")}, {0, 9000, 10},
              {.execution = R"({"max_volume_share": 0.1, "finalize": "last_close"})"});
  EXPECT_EQ(fills_of(at_end).back(), "2 A sell 250 @ 11 end_of_data");
}

TEST(VolumeLimit, LeavesMarginCallsAlone) {
  const RunRecords called =
      limited({flat("10", kGoLong), flat("10"), flat("7"), flat("8")}, {0, 90000, 10},
              {.risk = R"({"size": {"units": 3000}})",
               .execution = R"({"max_volume_share": 0.1, "leverage": 4})"});
  EXPECT_EQ(fills_of(called), (Lines{"1 A buy 3000 @ 10 signal", "3 A sell 3000 @ 8 margin_call"}));
}

TEST(VolumeLimit, OfAnEntryEndsWhereAnExitRuleHolds) {
  const RunRecords records =
      limited({flat("10", kGoLong), flat("10", kLeave), flat("11"), flat("12")}, {0, 1000, 9000});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 signal"}));
}

TEST(VolumeLimit, IsNotTakenTwiceByTwoOrdersThatCloseAll) {
  // The rule leaves from day 2 on, 100 a day; the short entry of day 2 waits until all is closed.
  const RunRecords records = limited({flat("10", kGoLong), flat("10", kLeave), flat("10", kGoShort),
                                      flat("10"), flat("10"), flat("10")},
                                     {9000, 9000, 1000});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 250 @ 10 signal", "2 A sell 100 @ 10 signal",
                                      "3 A sell 100 @ 10 signal", "4 A sell 50 @ 10 signal",
                                      "4 A short 100 @ 10 signal", "5 A short 100 @ 10 signal"}));
}

TEST(VolumeLimit, LeavesAnEntryBehindItsReversalAtTheMarket) {
  // The short stop is triggered on day 3; from day 4 on what is left fills at the opens.
  const RunRecords records =
      limited({flat("10", kGoLong),
               flat("10"),
               flat("10", kGoShort),
               {"10", "10", "9", "10"},
               flat("10.5"),
               flat("10.5")},
              {9000, 9000, 9000, 2000, 9000}, {.entry = R"({"long": {"when": "vwap = 1"},
                    "short": {"when": "vwap = 2", "order": {"type": "stop", "stop": "9.5"}}})"});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 250 @ 10 signal", "3 A sell 200 @ 9.5 opposite_signal",
                   "4 A sell 50 @ 10.5 opposite_signal", "4 A short 250 @ 10.5 signal"}));
}

TEST(VolumeLimit, LeavesTheRestOfATargetToTheStopOfTheSameBar) {
  // Day 2 opens beyond the target, which takes 100; the bar then falls to the stop.
  const RunRecords records =
      limited({flat("10", kGoLong), flat("10"), {"12", "12", "8", "9"}, flat("9")},
              {9000, 9000, 1000, 9000},
              {.risk = R"({"size": {"units": 250}, "take_profit": 0.1, "stop_loss": 0.1})"});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 250 @ 10 signal", "2 A sell 100 @ 12 take_profit",
                                      "2 A sell 100 @ 9 stop_loss", "3 A sell 50 @ 9 stop_loss"}));
  EXPECT_EQ(records.ambiguous_bars, 0);
}

TEST(VolumeLimit, ThatLetsNothingThroughAsksNoLimit) {
  // B may not be bought while A is held. On day 2, when that is so, it could not fill anyway.
  const std::vector<BarSeries> bars = {
      trading(series("A", {flat("10", kGoLong), flat("10", kLeave), flat("10"), flat("10")}),
              {9000}),
      trading(series("B", {flat("10", kGoLong), flat("10"), flat("10"), flat("10")}),
              {0, 0, 9000})};
  const RunRecords records = run({R"({"size": {"units": 250}, "max_positions": 1})", kTenth,
                                  "10000", kQuietEntries, kQuietExits},
                                 bars);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 250 @ 10 signal", "2 A sell 250 @ 10 signal",
                                      "2 B buy 250 @ 10 signal"}));
}

}  // namespace
}  // namespace quant
