// SPDX-License-Identifier: PostgreSQL
// What fills lose and pay: fill price (rule 14) and commission (rule 15).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kStopped = R"({"size": {"units": 100}, "stop_loss": 0.1})";

/// Bid and ask of each bar around its close; "" for none.
BarSeries quoted(BarSeries bars,
                 const std::vector<std::pair<std::string_view, std::string_view>>& quotes) {
  for (const auto& [bid, ask] : quotes) {
    bars.bid.push_back(bid.empty() ? Price{} : price(bid));
    bars.ask.push_back(ask.empty() ? Price{} : price(ask));
  }
  return bars;
}

Lines quoted_fills(const std::vector<TestBar>& bars,
                   const std::vector<std::pair<std::string_view, std::string_view>>& quotes,
                   std::string_view execution = "{}", std::string_view risk = kHundredUnits) {
  return fills_of(
      run({.risk = risk, .execution = execution}, std::vector{quoted(series("A", bars), quotes)}));
}

TEST(Spread, IsThatOfTheLastBarThatHasClosed) {
  // 0.10 wide before the purchase, 0.40 before the sale.
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10", kLeave), flat("10")},
                         {{"9.95", "10.05"}, {"9.8", "10.2"}, {"9", "11"}}),
            (Lines{"1 A buy 100 @ 10.05 signal", "2 A sell 100 @ 9.8 signal"}));
}

TEST(Spread, AtACloseIsThatOfThisVeryBar) {
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10", kLeave)},
                         {{"9.95", "10.05"}, {"9.8", "10.2"}}, R"({"fill": "same_close"})"),
            (Lines{"0 A buy 100 @ 10.05 signal", "1 A sell 100 @ 9.8 signal"}));
}

TEST(Spread, OfABarWithoutBothQuotesIsNone) {
  EXPECT_EQ(
      quoted_fills({flat("10", kGoLong), flat("10", kLeave), flat("10", kGoLong), flat("10")},
                   {{"9.95", ""}, {"", "10.2"}, {"", ""}, {"9", "11"}}),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 10 signal", "3 A buy 100 @ 10 signal"}));
}

TEST(Spread, MayBeLeftOut) {
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10")}, {{"9.95", "10.05"}, {"9.8", "10.2"}},
                         R"({"spread": "none"})"),
            (Lines{"1 A buy 100 @ 10 signal"}));
}

TEST(Spread, OfAnOddWidthIsRoundedAgainstTheTrader) {
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10", kLeave), flat("10")},
                         {{"9.99", "10.02"}, {"9.99", "10.02"}, {"", ""}}),
            (Lines{"1 A buy 100 @ 10.02 signal", "2 A sell 100 @ 9.98 signal"}));
}

TEST(Spread, WorsensStopsAndNoTargets) {
  const std::vector<std::pair<std::string_view, std::string_view>> quotes(3, {"9.9", "10.1"});
  constexpr std::string_view kBoth =
      R"({"size": {"units": 100}, "stop_loss": {"price": 9}, "take_profit": {"price": 12}})";
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10"), {"10", "10", "8.99", "9"}}, quotes, "{}",
                         kBoth)[1],
            "2 A sell 100 @ 8.9 stop_loss");
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10"), {"10", "12", "10", "11"}}, quotes, "{}",
                         kBoth)[1],
            "2 A sell 100 @ 12 take_profit");
}

TEST(FillPrice, AddsUpPercentTicksAndHalfTheSpread) {
  // 1 % of 10 is 0.10, two ticks 0.02, half the spread 0.05.
  EXPECT_EQ(quoted_fills({flat("10", kGoLong), flat("10", kLeave), flat("10")},
                         {{"9.95", "10.05"}, {"9.95", "10.05"}, {"", ""}},
                         R"({"slippage": {"percent": 1, "ticks": 2}})"),
            (Lines{"1 A buy 100 @ 10.17 signal", "2 A sell 100 @ 9.83 signal"}));
}

TEST(FillPrice, IsRoundedAgainstTheTraderAlsoWithoutSlippage) {
  EXPECT_EQ(fills_of(run({}, {flat("10", kGoLong), flat("10.005", kLeave), flat("10.005")})),
            (Lines{"1 A buy 100 @ 10.01 signal", "2 A sell 100 @ 10 signal"}));
  EXPECT_EQ(fills_of(run({}, {flat("10", kGoShort), flat("10.005", kLeave), flat("10.005")})),
            (Lines{"1 A short 100 @ 10 signal", "2 A cover 100 @ 10.01 signal"}));
}

TEST(FillPrice, IsNeverBelowOneTick) {
  EXPECT_EQ(fills_of(run({.execution = R"({"slippage": {"ticks": 5}})"},
                         {flat("1", kGoLong), flat("1", kLeave), flat("0.03")}))[1],
            "2 A sell 100 @ 0.01 signal");
}

TEST(FillPrice, IsNotHeldInsideTheBar) {
  EXPECT_EQ(fills_of(run({kStopped, R"({"slippage": {"ticks": 50}})"},
                         {flat("10", kGoLong), flat("9.5"), {"10", "10", "8.95", "9"}}))[1],
            "2 A sell 100 @ 8.5 stop_loss");
}

TEST(FillPrice, FollowsTheRunsTick) {
  EXPECT_EQ(fills_of(run({.execution = R"({"price_tick": 0.05, "slippage": {"ticks": 1}})"},
                         {flat("10", kGoLong), flat("10.01")})),
            (Lines{"1 A buy 100 @ 10.1 signal"}));  // 10.06, up to the next 0.05
}

Lines volume_fills(std::string_view slippage, const std::vector<int>& volumes,
                   std::string_view risk = kHundredUnits) {
  const std::string execution = concat(R"({"slippage": )", slippage, "}");
  return fills_of(
      run({risk, execution, "1000000", kQuietEntries, kQuietExits},
          std::vector{trading(series("A", {flat("10", kGoLong), flat("10", kLeave), flat("10")}),
                              volumes)}));
}

TEST(VolumeShare, AddsTheSquareOfTheShare) {
  // 300 of 1,000: 0.3 squared is 0.09, a tenth of it 0.009 of 10. Of 500: 0.36, so 0.36.
  EXPECT_EQ(volume_fills(R"({"volume_share": 0.1})", {0, 1000, 500}, R"({"size": {"units": 300}})"),
            (Lines{"1 A buy 300 @ 10.09 signal", "2 A sell 300 @ 9.64 signal"}));
}

TEST(VolumeShare, OfTheBarBeforeIfAsked) {
  EXPECT_EQ(volume_fills(R"({"volume_share": 0.1, "volume_basis": "previous_bar"})", {500, 1000, 7},
                         R"({"size": {"units": 300}})"),
            (Lines{"1 A buy 300 @ 10.36 signal", "2 A sell 300 @ 9.91 signal"}));
}

TEST(VolumeShare, IsAtMostOneAndOneWithoutVolume) {
  EXPECT_EQ(volume_fills(R"({"volume_share": 0.1})", {0, 50, 0}),
            (Lines{"1 A buy 100 @ 11 signal", "2 A sell 100 @ 9 signal"}));
}

TEST(VolumeShare, IsAddedToTheOtherLosses) {
  // 0.1 squared x 0.1 x 10 is 0.01; 1 % is 0.10; a tick is 0.01.
  EXPECT_EQ(volume_fills(R"({"volume_share": 0.1, "percent": 1, "ticks": 1})", {1000}),
            (Lines{"1 A buy 100 @ 10.12 signal", "2 A sell 100 @ 9.88 signal"}));
}

/// Fees of a purchase at 10 and a sale at 20.
Lines fees(std::string_view commission, std::string_view risk = kHundredUnits) {
  const std::string execution = concat(R"({"commission": )", commission, "}");
  return fees_of(run({risk, execution}, {flat("10", kGoLong), flat("10", kLeave), flat("20")}));
}

TEST(Commission, AddsUpItsPartsAndHoldsThemBetweenBounds) {
  EXPECT_EQ(fees(R"({"percent": 0.1, "per_order": 1, "per_share": 0.005})"), (Lines{"2.5", "3.5"}));
  EXPECT_EQ(fees(R"({"percent": 0.1, "per_order": 1, "min": 2.2})"), (Lines{"2.2", "3"}));
  EXPECT_EQ(fees(R"({"percent": 0.1, "per_order": 1, "max": 2.2})"), (Lines{"2", "2.2"}));
  // 0.0125 % of 1,000 is 0.125, half a cent away from zero.
  EXPECT_EQ(fees(R"({"percent": 0.0125})"), (Lines{"0.13", "0.25"}));
}

TEST(Commission, ChargesEachTierAtItsRate) {
  constexpr std::string_view kTiers =
      R"({"tiers": [{"up_to": 1000, "percent": 0.5}, {"up_to": 1500, "percent": 0.3},
                    {"percent": 0.1}]})";
  // 1,000: 5.00. 2,000: 5.00 + 1.50 + 0.50.
  EXPECT_EQ(fees(kTiers), (Lines{"5", "7"}));
  // 1,200: 5.00 + 0.60. 2,400: 5.00 + 1.50 + 0.90.
  EXPECT_EQ(fees(kTiers, R"({"size": {"units": 120}})"), (Lines{"5.6", "7.4"}));
}

/// Fees of a purchase of 250 at 10, 100 a bar.
Lines partial_fees(std::string_view commission) {
  const std::string execution =
      concat(R"({"max_volume_share": 0.1, "commission": )", commission, "}");
  const RunRecords records =
      run({R"({"size": {"units": 250}})", execution, "10000", kQuietEntries, kQuietExits},
          std::vector{trading(
              series("A", {flat("10", kGoLong), flat("10"), flat("10"), flat("10"), flat("10")}),
              {1000})});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 10 signal",
                                      "3 A buy 50 @ 10 signal"}));
  return fees_of(records);
}

TEST(Commission, OfAnOrderFilledInPartsIsThatOfTheWhole) {
  EXPECT_EQ(partial_fees(R"({"percent": 0.1})"), (Lines{"1", "1", "0.5"}));
  EXPECT_EQ(partial_fees(R"({"per_order": 3})"), (Lines{"3", "0", "0"}));
  // Due: 1.00, raised to 1.50; 2.00; 2.50, lowered to 2.20.
  EXPECT_EQ(partial_fees(R"({"percent": 0.1, "min": 1.5, "max": 2.2})"),
            (Lines{"1.5", "0.5", "0.2"}));
  EXPECT_EQ(partial_fees(R"({"percent": 0.1, "min": 5})"), (Lines{"5", "0", "0"}));
  // Due: 5.00; 7.50 + 0.50; 7.50 + 1.00.
  EXPECT_EQ(partial_fees(R"({"tiers": [{"up_to": 1500, "percent": 0.5}, {"percent": 0.1}]})"),
            (Lines{"5", "3", "0.5"}));
  // 0.125 of each 1,000: due 0.125, 0.25, 0.3125.
  EXPECT_EQ(partial_fees(R"({"percent": 0.0125})"), (Lines{"0.13", "0.12", "0.06"}));
}

TEST(Commission, OfAReversalIsThatOfTwoOrders) {
  EXPECT_EQ(fees_of(run({.execution = R"({"commission": {"per_order": 2}})"},
                        {flat("10", kGoLong), flat("10", kGoShort), flat("10")})),
            (Lines{"2", "2", "2"}));
}

}  // namespace
}  // namespace quant
