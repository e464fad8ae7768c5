// SPDX-License-Identifier: PostgreSQL
// Trailing stops: rule 13, and rule 11 where a stop loss stands beside them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kTenth = R"({"size": {"units": 100}, "trailing_stop": 0.1})";

/// What leaves, after a fill at the open of day 1.
Lines exits(const RunSettings& settings, const std::vector<TestBar>& after,
            Command side = kGoLong) {
  std::vector<TestBar> bars = {flat("10", side)};
  bars.insert(bars.end(), after.begin(), after.end());
  Lines fills = fills_of(run(settings, bars));
  if (!fills.empty()) fills.erase(fills.begin());
  return fills;
}

TEST(TrailingStop, FollowsTheBestPriceOfTheBarsBefore) {
  // On day 2 the level is still 9; its high of 12 lifts it to 11 for day 3.
  EXPECT_EQ(exits({kTenth}, {flat("10"), {"10", "12", "9.01", "12"}, {"12", "12", "11", "11.5"}}),
            (Lines{"3 A sell 100 @ 11 trailing_stop"}));
  EXPECT_TRUE(
      exits({kTenth}, {flat("10"), {"10", "12", "9.01", "12"}, {"12", "12", "11.01", "11.5"}})
          .empty());
  EXPECT_EQ(exits({kTenth}, {flat("10"), {"10", "12", "9", "12"}}),
            (Lines{"2 A sell 100 @ 9 trailing_stop"}));
}

TEST(TrailingStop, OfAShortLotFollowsTheLowest) {
  EXPECT_EQ(
      exits({kTenth}, {flat("10"), {"10", "10.99", "8", "8"}, {"8.5", "9", "8.5", "9"}}, kGoShort),
      (Lines{"3 A cover 100 @ 9 trailing_stop"}));
  EXPECT_EQ(exits({kTenth}, {flat("10"), {"10", "11", "8", "8"}}, kGoShort),
            (Lines{"2 A cover 100 @ 11 trailing_stop"}));
}

TEST(TrailingStop, NeverGivesWay) {
  EXPECT_EQ(exits({kTenth}, {flat("10"),
                             {"10", "13", "10", "13"},
                             {"13", "13", "12.1", "12.1"},
                             {"12.1", "12.2", "12", "12"}}),
            (Lines{"4 A sell 100 @ 12 trailing_stop"}));
}

TEST(TrailingStop, FillsAtAnOpenBeyondIt) {
  EXPECT_EQ(exits({kTenth}, {flat("10"), {"10", "12", "10", "12"}, {"10.5", "12", "10", "11"}}),
            (Lines{"3 A sell 100 @ 10.5 trailing_stop"}));
  EXPECT_EQ(
      exits({kTenth}, {flat("10"), {"10", "10", "8", "8"}, {"9.5", "9.6", "8", "9"}}, kGoShort),
      (Lines{"3 A cover 100 @ 9.5 trailing_stop"}));
}

TEST(TrailingStop, WorksInTheEntryBarFromTheFillPrice) {
  EXPECT_EQ(exits({kTenth}, {{"10", "13", "9", "10"}}), (Lines{"1 A sell 100 @ 9 trailing_stop"}));
  EXPECT_EQ(exits({kTenth}, {{"10", "11", "9", "10"}}, kGoShort),
            (Lines{"1 A cover 100 @ 11 trailing_stop"}));
}

TEST(TrailingStop, CountsTheExtremeOfAnEntryBarFilledAtItsOpen) {
  EXPECT_EQ(exits({kTenth}, {{"10", "13", "10", "12.5"}, {"12.5", "12.5", "11", "11"}}),
            (Lines{"2 A sell 100 @ 12 trailing_stop"}));
  EXPECT_EQ(exits({kTenth}, {{"10", "10", "7", "7.5"}, {"7.5", "9", "7.5", "9"}}, kGoShort),
            (Lines{"2 A cover 100 @ 8 trailing_stop"}));
}

TEST(TrailingStop, ForgetsTheExtremeOfAnEntryBarFilledInside) {
  const RunSettings limit{
      .risk = kTenth,
      .entry = R"({"long": {"when": "volume = 1", "order": {"type": "limit", "limit": 9.5}}})"};
  // Filled at 9.50: distance 0.95. The high of 14 of day 1 may have come before; that of day 2,
  // 10.20, puts the level at 9.25.
  EXPECT_EQ(
      exits(limit,
            {{"10", "14", "9.5", "10"}, {"10", "10.2", "8.56", "10"}, {"10", "10", "9.25", "9.5"}}),
      (Lines{"3 A sell 100 @ 9.25 trailing_stop"}));
  EXPECT_EQ(exits(limit, {{"10", "14", "9.5", "10"}, {"10", "10.2", "8.55", "10"}}),
            (Lines{"2 A sell 100 @ 8.55 trailing_stop"}));
}

TEST(TrailingStop, ForgetsTheExtremeOfAnEntryBarFilledAtItsClose) {
  const RunSettings settings{.risk = kTenth, .execution = R"({"fill": "same_close"})"};
  const TestBar wide{"10", "15", "5", "10", kGoLong};
  EXPECT_EQ(
      fills_of(run(settings, {wide, {"10", "10.5", "9.01", "10"}, {"10", "10", "9.5", "10"}})),
      (Lines{"0 A buy 100 @ 10 signal", "2 A sell 100 @ 9.5 trailing_stop"}));
  EXPECT_EQ(fills_of(run(settings, {wide, {"10", "10.5", "9", "10"}})),
            (Lines{"0 A buy 100 @ 10 signal", "1 A sell 100 @ 9 trailing_stop"}));
}

TEST(TrailingStop, MayHaveItsDistanceFromTheDecidingBar) {
  const RunSettings range{
      R"({"size": {"units": 100}, "trailing_stop": {"distance": "high - low"}})"};
  // The deciding bar is 1.50 wide; the bars after it do not matter.
  const auto leaves = [&](const std::vector<TestBar>& after, Command side) {
    std::vector<TestBar> bars = {{"10", "11", "9.5", "10", side}};
    bars.insert(bars.end(), after.begin(), after.end());
    return fills_of(run(range, bars)).at(1);
  };
  EXPECT_EQ(leaves({flat("10"), {"10", "11", "8.51", "11"}, {"11", "11", "9.5", "10"}}, kGoLong),
            "3 A sell 100 @ 9.5 trailing_stop");
  EXPECT_EQ(leaves({flat("10"), {"10", "11.49", "9", "9"}, {"9", "10.5", "9", "10"}}, kGoShort),
            "3 A cover 100 @ 10.5 trailing_stop");
}

TEST(TrailingStop, MayHaveItsDistanceFromAPrice) {
  const RunSettings below{R"({"size": {"units": 100}, "trailing_stop": {"price": "close - 0.8"}})"};
  // The fill at 10.40 lies 1.20 above 9.20.
  EXPECT_EQ(exits(below, {flat("10.4"), {"10.4", "12", "9.21", "12"}, {"12", "12", "10.8", "11"}}),
            (Lines{"3 A sell 100 @ 10.8 trailing_stop"}));
  const RunSettings above{R"({"size": {"units": 100}, "trailing_stop": {"price": "close + 0.8"}})"};
  EXPECT_EQ(
      exits(above, {flat("10.4"), {"10.4", "10.79", "9", "9"}, {"9", "9.4", "9", "9"}}, kGoShort),
      (Lines{"3 A cover 100 @ 9.4 trailing_stop"}));
}

TEST(TrailingStop, IsRoundedToTheTickHalfAwayFromZero) {
  // A tenth of 10.05 is 1.005: 9.045 becomes 9.05, and 12.00 less it 10.995, 11.00.
  EXPECT_EQ(exits({kTenth}, {flat("10.05"), {"10.05", "11", "9.05", "10"}}),
            (Lines{"2 A sell 100 @ 9.05 trailing_stop"}));
  EXPECT_EQ(
      exits({kTenth}, {flat("10.05"), {"10.05", "12", "9.06", "12"}, {"12", "12", "11", "11"}}),
      (Lines{"3 A sell 100 @ 11 trailing_stop"}));
}

TEST(TrailingStop, MayBeAnExitRuleOfOneSide) {
  const RunSettings settings{
      .exit = R"([{"id": "trail", "type": "trailing_stop", "side": "long", "distance": 2}])"};
  const std::vector<TestBar> up = {
      flat("10"), {"10", "13", "8.01", "13"}, {"13", "13", "11", "11"}};
  EXPECT_EQ(exits(settings, up), (Lines{"3 A sell 100 @ 11 trailing_stop"}));
  EXPECT_TRUE(exits(settings, {flat("10"), flat("15"), flat("20")}, kGoShort).empty());
  std::vector<TestBar> bars = {flat("10", kGoLong)};
  bars.insert(bars.end(), up.begin(), up.end());
  EXPECT_EQ(run(settings, bars).trades.at(0).exit_rule, "trail");
}

TEST(TrailingStop, ComesBeforeAStopLossOnlyWhereThePriceMeetsItFirst) {
  const auto leaves = [&](std::string_view stop_loss, std::string_view trailing,
                          const TestBar& bar) {
    const std::string risk = concat(R"({"size": {"units": 100}, "stop_loss": )", stop_loss,
                                    R"(, "trailing_stop": )", trailing, "}");
    return exits({risk}, {flat("10"), bar}).at(0);
  };
  const TestBar fall{"10", "10", "8", "8"};
  EXPECT_EQ(leaves("0.1", "0.05", fall), "2 A sell 100 @ 9.5 trailing_stop");
  EXPECT_EQ(leaves("0.05", "0.1", fall), "2 A sell 100 @ 9.5 stop_loss");
  EXPECT_EQ(leaves("0.1", "0.1", fall), "2 A sell 100 @ 9 stop_loss");
}

TEST(TrailingStop, IsTheStopOfABarThatTouchesTheTargetToo) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "trailing_stop": 0.1, "take_profit": 0.2})"};
  EXPECT_EQ(exits(settings, {flat("10"), {"10", "12", "9", "10"}}),
            (Lines{"2 A sell 100 @ 9 trailing_stop"}));
  EXPECT_EQ(
      exits({settings.risk, R"({"intrabar": "ohlc"})"}, {flat("10"), {"10", "12", "9", "10"}}),
      (Lines{"2 A sell 100 @ 12 take_profit"}));
}

TEST(TrailingStop, OfEachLotFollowsFromItsOwnFill) {
  const RunSettings settings{
      R"({"size": {"units": 100}, "trailing_stop": 0.1, "pyramiding": {"max": 2}})"};
  // Lots at 10 and 14, of distance 1 and 1.40: after the high of 14 the levels are 13 and 12.60.
  EXPECT_EQ(fills_of(run(settings, {flat("10", kGoLong),
                                    flat("10", kGoLong),
                                    flat("14"),
                                    {"14", "14", "13", "13"},
                                    {"13", "13", "12.6", "13"}})),
            (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 14 signal",
                   "3 A sell 100 @ 13 trailing_stop", "4 A sell 100 @ 12.6 trailing_stop"}));
}

}  // namespace
}  // namespace quant
