// SPDX-License-Identifier: PostgreSQL
// Sizes by weight, by risk and by volatility: rule 16.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

/// What is bought at an open of `at` after the bars `before`, of which the last decides.
std::string bought(std::string_view risk, std::vector<TestBar> before, std::string_view at,
                   std::string_view execution = "{}") {
  before.push_back(flat(at));
  const RunRecords records = run({.risk = risk, .execution = execution}, before);
  if (records.fills.empty()) return signals_of(records).at(0);
  return trimmed(records.fills[0].quantity);
}

TEST(Weight, IsAFractionOfEquityOnTheDecidingBar) {
  EXPECT_EQ(bought(R"({"size": {"weight": 0.25}})", {flat("10", kGoLong)}, "10"), "250");
  EXPECT_EQ(bought(R"({"size": {"weight": "close / 40"}})", {flat("10", kGoLong)}, "8"), "312");
  EXPECT_EQ(
      bought(R"({"size": {"weight": 1.5}})", {flat("10", kGoLong)}, "10", R"({"leverage": 2})"),
      "1500");
  EXPECT_EQ(bought(R"({"size": {"weight": "close / 40"}})", {flat("10", kGoShort)}, "10"), "250");
}

TEST(Weight, IsRefusedWhereItIsMissingOrNotPositive) {
  for (const std::string_view weight : {"close[3]", "10 - close"}) {
    const std::string risk = concat(R"({"size": {"weight": ")", weight, "\"}}");
    EXPECT_EQ(bought(risk, {flat("10", kGoLong)}, "10").substr(0, 17), "0 A buy rejected:")
        << weight;
  }
}

TEST(Percent, MayExceedAHundredWithLeverage) {
  constexpr std::string_view kMore = R"({"size": {"percent_equity": 150}})";
  EXPECT_EQ(bought(kMore, {flat("10", kGoLong)}, "10", R"({"leverage": 2})"), "1500");
  EXPECT_EQ(bought(kMore, {flat("10", kGoLong)}, "10"), "1000");
}

TEST(RiskPercent, DividesByTheGivenDistance) {
  // One percent of 10,000 is 100; the deciding bar is 0.50 wide.
  constexpr std::string_view kRange = R"({"size": {"risk_percent": 1, "distance": "high - low"}})";
  EXPECT_EQ(bought(kRange, {{"10", "10.3", "9.8", "10", kGoLong}}, "12"), "200");
  EXPECT_EQ(bought(kRange, {{"10", "10.3", "9.8", "10", kGoShort}}, "12"), "200");
  EXPECT_EQ(bought(kRange, {{"10", "10.3", "9.98", "10", kGoLong}}, "10"), "312");  // 312.5
  EXPECT_EQ(bought(kRange, {flat("10", kGoLong)}, "10").substr(0, 17), "0 A buy rejected:");
}

TEST(RiskPercent, TakesTheDistanceFromTheFillToTheStop) {
  constexpr std::string_view kFraction = R"({"size": {"risk_percent": 1}, "stop_loss": 0.05})";
  EXPECT_EQ(bought(kFraction, {flat("10", kGoLong)}, "10"), "200");
  EXPECT_EQ(bought(kFraction, {flat("10", kGoLong)}, "20"), "100");
  EXPECT_EQ(bought(kFraction, {flat("10", kGoShort)}, "20"), "100");
  constexpr std::string_view kPrice =
      R"({"size": {"risk_percent": 1}, "stop_loss": {"price": "low - 1"}})";
  // Stop at 8: 2.50 below the fill at 10.50.
  EXPECT_EQ(bought(kPrice, {{"10", "10", "9", "10", kGoLong}}, "10.5"), "40");
  constexpr std::string_view kDistance =
      R"({"size": {"risk_percent": 2}, "stop_loss": {"distance": "high - low"}})";
  EXPECT_EQ(bought(kDistance, {{"10", "10.5", "9.7", "10", kGoLong}}, "11"), "250");
}

TEST(RiskPercent, SeesThePriceThatIsPaid) {
  // Bought at 10.50, with the stop at 9: 1.50 of risk.
  EXPECT_EQ(bought(R"({"size": {"risk_percent": 3}, "stop_loss": {"price": 9}})",
                   {flat("10", kGoLong)}, "10", R"({"slippage": {"ticks": 50}})"),
            "200");
}

TEST(RiskPercent, IsHeldByTheBuyingPower) {
  EXPECT_EQ(
      bought(R"({"size": {"risk_percent": 1}, "stop_loss": 0.005})", {flat("10", kGoLong)}, "10"),
      "1000");
}

TEST(RiskPercent, AtTheSignalTakesTheDecidingClose) {
  EXPECT_EQ(bought(R"({"size": {"risk_percent": 1}, "stop_loss": 0.05})", {flat("10", kGoLong)},
                   "20", R"({"size_at": "signal"})"),
            "200");
}

// Closes of 10, 11 and 9.90: returns of 0.1 and -0.1, their deviation the root of 0.02, which is
// 0.141421356237; times the root of 252, 15.874507866388, that is 2.24499443. Ten percent of 10,000
// divided by it are 445.43.
const std::vector<TestBar> kSwing = {flat("10"), flat("11"), flat("9.9", kGoLong)};
constexpr std::string_view kTarget =
    R"({"size": {"volatility_target_percent": 10, "lookback": 2}})";

TEST(VolatilityTarget, DividesByTheAnnualDeviation) {
  EXPECT_EQ(bought(kTarget, kSwing, "9.9"), "44");   // 45 would cost 445.50
  EXPECT_EQ(bought(kTarget, kSwing, "9.89"), "45");  // 445.05
}

TEST(VolatilityTarget, FollowsThePeriodsOfTheYear) {
  RunContext context;
  context.periods_per_year = Decimal{63, 0};  // a quarter: half the deviation, 890.87
  std::vector<TestBar> bars = kSwing;
  bars.push_back(flat("9.9"));
  EXPECT_EQ(fills_of(run({.risk = kTarget}, std::vector{series("A", bars)}, context)),
            (Lines{"3 A buy 89 @ 9.9 signal"}));
}

TEST(VolatilityTarget, IsRefusedWithoutEnoughBarsOrWithoutVolatility) {
  EXPECT_EQ(bought(kTarget, {flat("10"), flat("11", kGoLong)}, "10").substr(0, 17),
            "1 A buy rejected:");
  EXPECT_EQ(bought(kTarget, {flat("10"), flat("10"), flat("10", kGoLong)}, "10").substr(0, 17),
            "2 A buy rejected:");
}

TEST(VolatilityTarget, AboveOneHundredNeedsLeverage) {
  constexpr std::string_view kHigh =
      R"({"size": {"volatility_target_percent": 400, "lookback": 2}})";
  // 40,000 / 2.24499443 = 17,817.42.
  EXPECT_EQ(bought(kHigh, kSwing, "10", R"({"leverage": 2})"), "1781");
  EXPECT_EQ(bought(kHigh, kSwing, "10"), "1000");
}

TEST(Step, MayBeAFractionOfAUnit) {
  EXPECT_EQ(bought(R"({"size": {"risk_percent": 1}, "stop_loss": 0.03})", {flat("10", kGoLong)},
                   "10", R"({"quantity_step": 0.001})"),
            "333.333");
  EXPECT_EQ(bought(kTarget, kSwing, "9.9", R"({"quantity_step": 0.1})"), "44.9");
}

TEST(RiskPercent, CountsTheWholeDistanceOfAStopBelowZero) {
  // 1 percent of 10,000 over 20, though only 10 can be lost.
  EXPECT_EQ(fills_of(run({R"({"size": {"risk_percent": 1}, "stop_loss": {"distance": "20"}})"},
                         {flat("10", kGoLong), flat("10")})),
            (Lines{"1 A buy 5 @ 10 signal"}));
}

}  // namespace
}  // namespace quant
