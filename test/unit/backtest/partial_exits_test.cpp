// SPDX-License-Identifier: PostgreSQL
// Positions closed in parts (rule 4), and what cost each part bears (rule 18).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kHalf = R"([{"id": "part", "when": "volume = 6", "portion": 0.5},
                                       {"id": "out", "when": "volume = 3"}])";
constexpr std::string_view kThreeQuarters =
    R"([{"id": "part", "when": "volume = 6", "portion": 0.75},
        {"id": "out", "when": "volume = 3"}])";

TEST(PartialExit, ClosesItsPortionAtEveryBarWhereItHolds) {
  const RunRecords records =
      run({.exit = kHalf}, {flat("10", kGoLong), flat("10", kLeavePart), flat("11", kLeavePart),
                            flat("12", kLeavePart), flat("13", kLeave), flat("14")});
  // 50 of 100, 25 of 50, 12 of 25 (12.5 rounded down), and what remains.
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 50 @ 11 signal", "3 A sell 25 @ 12 signal",
                   "4 A sell 12 @ 13 signal", "5 A sell 13 @ 14 signal"}));
  EXPECT_EQ(trades_of(records), (Lines{"A 50 from 10 to 11: 50", "A 25 from 10 to 12: 50",
                                       "A 12 from 10 to 13: 36", "A 13 from 10 to 14: 52"}));
  EXPECT_EQ(records.positions.size(), 1U);
  EXPECT_EQ(records.positions[0].realized_pnl, money("188"));
  EXPECT_EQ(records.fills[1].rule, "part");
}

TEST(PartialExit, OfAShortPositionBuysBack) {
  const RunRecords records =
      run({.exit = kThreeQuarters},
          {flat("10", kGoShort), flat("10", kLeavePart), flat("8"), flat("8", kLeave), flat("9")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A short 100 @ 10 signal", "2 A cover 75 @ 8 signal",
                                      "4 A cover 25 @ 9 signal"}));
  EXPECT_EQ(trades_of(records), (Lines{"A 75 from 10 to 8: 150", "A 25 from 10 to 9: 25"}));
}

TEST(PartialExit, ActsOnceWhereItsConditionIsTrueForOneBar) {
  const RunSettings settings{.exit = R"j([{"when": "crosses_above(close, 11)", "portion": 0.5}])j"};
  const RunRecords records = run(
      settings, {flat("10", kGoLong), flat("10"), flat("12"), flat("12"), flat("12"), flat("12")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "3 A sell 50 @ 12 signal"}));
}

TEST(PartialExit, OrdersNothingWhileItsOrderWaits) {
  const RunSettings settings{
      .exit =
          R"([{"when": "volume = 6", "portion": 0.5, "order": {"type": "limit", "limit": 11}}])"};
  const RunRecords records = run(settings, {flat("10", kGoLong), flat("10", kLeavePart),
                                            flat("10", kLeavePart), flat("11"), flat("11")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "3 A sell 50 @ 11 signal"}));
}

TEST(PartialExit, BelowOneStepClosesNothing) {
  const RunSettings one{.risk = R"({"size": {"units": 1}})", .exit = kHalf};
  EXPECT_EQ(run(one, {flat("10", kGoLong), flat("10", kLeavePart), flat("10")}).fills.size(), 1U);
}

TEST(PartialExit, OfTheWholeClosesIt) {
  const RunSettings all{.exit = R"([{"when": "volume = 6", "portion": 1}])"};
  EXPECT_EQ(fills_of(run(all, {flat("10", kGoLong), flat("10", kLeavePart), flat("10")}))[1],
            "2 A sell 100 @ 10 signal");
}

TEST(PartialExit, LeavesTheRestItsStop) {
  const RunSettings stopped{.risk = R"({"size": {"units": 100}, "stop_loss": 0.1})", .exit = kHalf};
  EXPECT_EQ(
      fills_of(
          run(stopped,
              {flat("10", kGoLong), flat("10", kLeavePart), flat("11"), {"10", "10", "9", "9"}})),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 50 @ 11 signal", "3 A sell 50 @ 9 stop_loss"}));
}

TEST(PartialExit, GivesWayToAWholeExitAtTheSameBar) {
  const RunSettings both{.exit = R"([{"when": "volume = 3"},
                                     {"when": "volume = 3", "portion": 0.5}])"};
  const RunRecords records = run(both, {flat("10", kGoLong), flat("10", kLeave), flat("10")});
  Quantity sold;
  for (std::size_t i = 1; i < records.fills.size(); ++i) sold += records.fills[i].quantity;
  EXPECT_EQ(sold, quantity("100"));
  EXPECT_EQ(records.equity.back().market_value, money("0"));
}

TEST(PartialExit, DoesNotBeatAnEntry) {
  const RunSettings both{.exit = R"([{"when": "volume = 1", "portion": 0.5}])"};
  EXPECT_EQ(fills_of(run(both, {flat("10", kGoLong), flat("10")})),
            (Lines{"1 A buy 100 @ 10 signal"}));
}

TEST(CostShares, OfTheEntryCommissionAddUpToTheCent) {
  // 3 units for 30.00 and a fee of 1.00, sold one by one at 11 for 1.00 each.
  const RunSettings settings{.risk = R"({"size": {"units": 3}})",
                             .execution = R"({"commission": {"per_order": 1}})",
                             .exit = kHalf};
  const RunRecords records =
      run(settings, {flat("10", kGoLong), flat("10", kLeavePart), flat("11", kLeavePart),
                     flat("11", kLeave), flat("11")});
  // Entry fees: 1.00 x 1/3 = 0.33; 0.67 x 1/2 = 0.335, so 0.34; the last takes 0.33.
  EXPECT_EQ(trades_of(records), (Lines{"A 1 from 10 to 11: -0.33", "A 1 from 10 to 11: -0.34",
                                       "A 1 from 10 to 11: -0.33"}));
  EXPECT_EQ(records.equity.back().cash, money("9999"));
}

TEST(CostShares, OfTheCostAddUpToTheCent) {
  // 3 x 3.3333 is 9.9999, so 10.00; each unit is sold for 3.33.
  const RunSettings settings{
      .risk = R"({"size": {"units": 3}})", .execution = R"({"price_tick": 0.0001})", .exit = kHalf};
  const RunRecords records =
      run(settings, {flat("3.3333", kGoLong), flat("3.3333", kLeavePart),
                     flat("3.3333", kLeavePart), flat("3.3333", kLeave), flat("3.3333")});
  // 10.00 / 3 is 3.33; 6.67 / 2 is 3.335, so 3.34; 3.33 remain.
  EXPECT_EQ(trades_of(records),
            (Lines{"A 1 from 3.3333 to 3.3333: 0", "A 1 from 3.3333 to 3.3333: -0.01",
                   "A 1 from 3.3333 to 3.3333: 0"}));
  EXPECT_EQ(records.equity.back().cash, money("9999.99"));
}

TEST(CostShares, OfTheLongestRowsStayExact) {
  // 7 units for 70.00 and a fee of 0.10. Half of what there is, rounded down: 3, 2, 1, then 1.
  const RunSettings settings{.risk = R"({"size": {"units": 7}})",
                             .execution = R"({"commission": {"per_order": 0.1}})",
                             .exit = kHalf};
  const RunRecords records =
      run(settings, {flat("10", kGoLong), flat("10", kLeavePart), flat("10", kLeavePart),
                     flat("10", kLeavePart), flat("10", kLeave), flat("10")});
  // 0.10 x 3/7 = 0.0428: 0.04; 0.06 x 2/4 = 0.03; 0.03 x 1/2 = 0.015: 0.02; 0.01.
  EXPECT_EQ(trades_of(records), (Lines{"A 3 from 10 to 10: -0.14", "A 2 from 10 to 10: -0.13",
                                       "A 1 from 10 to 10: -0.12", "A 1 from 10 to 10: -0.11"}));
}

TEST(FirstInFirstOut, SharesOneFillOverTheLotsInTheirOrder) {
  const RunSettings settings{.risk = R"({"size": {"units": 100}, "pyramiding": {"max": 2}})",
                             .execution = R"({"commission": {"per_order": 1}})",
                             .exit = kThreeQuarters};
  const RunRecords records =
      run(settings, {flat("10", kGoLong), flat("10", kGoLong), flat("12", kLeavePart), flat("13"),
                     flat("13", kLeave), flat("13")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 12 signal",
                                      "3 A sell 150 @ 13 signal", "5 A sell 50 @ 13 signal"}));
  EXPECT_EQ(fees_of(records), (Lines{"1", "1", "1", "1"}));
  // The fee of 1.00 for 150: 0.67 for 100, 0.33 for 50. Half of the second lot bears 0.50 of entry.
  //   1300 - 1000 - 1.00 - 0.67;  650 - 600 - 0.50 - 0.33;  650 - 600 - 0.50 - 1.00
  EXPECT_EQ(trades_of(records), (Lines{"A 100 from 10 to 13: 298.33", "A 50 from 12 to 13: 49.17",
                                       "A 50 from 12 to 13: 48.5"}));
  EXPECT_EQ(records.fills[2].realized_pnl, money("347.5"));
  EXPECT_EQ(records.equity.back().cash, money("10396"));
}

TEST(FirstInFirstOut, SharesAFillsValueByCumulativeRounding) {
  // Lots of 1, 1 and 1; all sold at 3.3333 in one fill of 9.9999, so 10.00: 3.33, 3.34, 3.33.
  const RunSettings settings{.risk = R"({"size": {"units": 1}, "pyramiding": {"max": 3}})",
                             .execution = R"({"price_tick": 0.0001})"};
  const RunRecords records = run(settings, {flat("3", kGoLong), flat("3", kGoLong),
                                            flat("3", kGoLong), flat("3", kLeave), flat("3.3333")});
  EXPECT_EQ(trades_of(records), (Lines{"A 1 from 3 to 3.3333: 0.33", "A 1 from 3 to 3.3333: 0.34",
                                       "A 1 from 3 to 3.3333: 0.33"}));
  EXPECT_EQ(records.equity.back().cash, money("10001"));
}

}  // namespace
}  // namespace quant
