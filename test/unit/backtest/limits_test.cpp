// SPDX-License-Identifier: PostgreSQL
// What may be held: rule 29.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr const char* kNoRoom = " rejected: the limits on positions and exposure leave no room";

/// A at 10 and B at 20, both ordered on day 0.
std::vector<BarSeries> pair_of(Command first, Command second) {
  return {series("A", {flat("10", first), flat("10"), flat("10")}),
          series("B", {flat("20", second), flat("20"), flat("20")})};
}

TEST(PositionLimit, ReducesAnEntryToItsPercentOfEquity) {
  EXPECT_EQ(fills_of(run({R"({"max_position_size_pct": 20})"}, pair_of(kGoLong, kGoShort))),
            (Lines{"1 A buy 200 @ 10 signal", "1 B short 100 @ 20 signal"}));
}

TEST(PositionLimit, MayExceedAHundredWithLeverage) {
  EXPECT_EQ(fills_of(run({R"({"size": {"percent_equity": 300}, "max_position_size_pct": 150})",
                          R"({"leverage": 4})"},
                         {flat("10", kGoLong), flat("10")})),
            (Lines{"1 A buy 1500 @ 10 signal"}));
}

TEST(PositionLimit, CountsWhatIsHeldAtTheFill) {
  constexpr std::string_view kAdding =
      R"({"size": {"units": 150}, "max_position_size_pct": 20, "pyramiding": {"max": 3}})";
  // 150 at 10, then 50 more would make 2,000 of 10,000.
  EXPECT_EQ(fills_of(run({kAdding}, {flat("10", kGoLong), flat("10", kGoLong), flat("10")})),
            (Lines{"1 A buy 150 @ 10 signal", "2 A buy 50 @ 10 signal"}));
  // At 12, equity is 10,300: 2,060 are allowed, 171 units, of which 150 are held.
  EXPECT_EQ(fills_of(run({kAdding}, {flat("10", kGoLong), flat("10", kGoLong), flat("12")})),
            (Lines{"1 A buy 150 @ 10 signal", "2 A buy 21 @ 12 signal"}));
}

TEST(PositionLimit, SellsNothing) {
  const RunRecords records = run({R"({"size": {"units": 200}, "max_position_size_pct": 20})"},
                                 {flat("10", kGoLong), flat("10"), flat("50"), flat("50")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 200 @ 10 signal"}));
}

TEST(PositionLimit, RefusesWhatHasNoRoom) {
  EXPECT_EQ(signals_of(run({R"({"size": {"units": 1}, "max_position_size_pct": 0.09})"},
                           {flat("10", kGoLong), flat("10")})),
            (Lines{concat("0 A buy", kNoRoom)}));
}

TEST(GrossLimit, SumsAbsoluteValues) {
  // 4,000 in A leave 1,000 of 5,000 for B.
  EXPECT_EQ(fills_of(run({R"({"size": {"cash": 4000}, "max_gross_exposure_pct": 50})"},
                         pair_of(kGoLong, kGoShort))),
            (Lines{"1 A buy 400 @ 10 signal", "1 B short 50 @ 20 signal"}));
}

TEST(NetLimit, SumsSignedValues) {
  constexpr std::string_view kNet = R"({"size": {"cash": 5000}, "max_net_exposure_pct": 30})";
  // 3,000 long; 5,000 short make it 2,000 short.
  EXPECT_EQ(fills_of(run({kNet}, pair_of(kGoLong, kGoShort))),
            (Lines{"1 A buy 300 @ 10 signal", "1 B short 250 @ 20 signal"}));
  const RunRecords same = run({kNet}, pair_of(kGoLong, kGoLong));
  EXPECT_EQ(fills_of(same), (Lines{"1 A buy 300 @ 10 signal"}));
  EXPECT_EQ(signals_of(same), (Lines{"0 A buy executed", concat("0 B buy", kNoRoom)}));
}

TEST(Limits, AllHoldAtOnce) {
  EXPECT_EQ(fills_of(run({R"({"max_position_size_pct": 40, "max_gross_exposure_pct": 60,
                              "max_net_exposure_pct": 50})"},
                         pair_of(kGoLong, kGoLong))),
            (Lines{"1 A buy 400 @ 10 signal", "1 B buy 50 @ 20 signal"}));
}

TEST(Limits, AreReadAtTheFill) {
  // Ordered at 10, filled at 20: 20 percent of 10,000 are 100 units.
  EXPECT_EQ(fills_of(run({R"({"size": {"units": 200}, "max_position_size_pct": 20})"},
                         {flat("10", kGoLong), flat("20")})),
            (Lines{"1 A buy 100 @ 20 signal"}));
}

TEST(Limits, LetAReversalCloseAndReduceWhatItOpens) {
  EXPECT_EQ(fills_of(run({R"({"size": {"units": 200}, "max_position_size_pct": 20})"},
                         {flat("10", kGoLong), flat("10", kGoShort), flat("12")})),
            (Lines{"1 A buy 200 @ 10 signal", "2 A sell 200 @ 12 opposite_signal",
                   "2 A short 173 @ 12 signal"}));  // 2,080 of 10,400
}

/// A run under the limits of an owner.
RunRecords owned(const Limits& profile, const RunSettings& settings,
                 const std::vector<BarSeries>& bars) {
  RunContext context;
  context.profile = profile;
  return run(settings, bars, std::move(context));
}
constexpr std::string_view kProfile = R"({"use_risk_profile": true, "leverage": 4})";

TEST(RiskProfile, IsStricterOrNotAsked) {
  Limits tight;
  tight.max_position_size_pct = Decimal{10, 0};
  const std::vector<BarSeries> bars = {series("A", {flat("10", kGoLong), flat("10")})};
  const auto quantity_under = [&](std::string_view risk) {
    return trimmed(owned(tight, {risk, kProfile}, bars).fills.at(0).quantity);
  };
  EXPECT_EQ(quantity_under(R"({"max_position_size_pct": 20})"), "100");
  EXPECT_EQ(quantity_under(R"({"max_position_size_pct": 5})"), "50");
  EXPECT_EQ(quantity_under("{}"), "100");
}

TEST(RiskProfile, HoldsTheLeverage) {
  Limits once;
  once.max_leverage = Decimal{15, 1};
  EXPECT_EQ(fills_of(owned(once, {R"({"size": {"units": 9000}})", kProfile},
                           {series("A", {flat("10", kGoLong), flat("10")})})),
            (Lines{"1 A buy 1500 @ 10 signal"}));
}

TEST(RiskProfile, MayForbidShortPositions) {
  Limits longs;
  longs.allow_short = false;
  const RunRecords records = owned(longs, {kHundredUnits, kProfile}, pair_of(kGoLong, kGoShort));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal"}));
  EXPECT_EQ(signals_of(records)[1],
            "0 B short rejected: the risk profile does not allow short positions");
}

TEST(RiskProfile, LimitsTheNumberOfPositions) {
  Limits one;
  one.max_positions = 1;
  EXPECT_EQ(signals_of(owned(one, {R"({"size": {"units": 1}, "max_positions": 2})", kProfile},
                             pair_of(kGoLong, kGoLong))),
            (Lines{"0 A buy executed", "0 B buy rejected: max_positions is reached"}));
}

TEST(Cooldown, LetsTheSymbolEnterAgainAtTheCloseOfItsNthBar) {
  constexpr std::string_view kTwoBars = R"({"size": {"units": 100}, "cooldown_bars": 2})";
  // Closed on day 2: the close of day 4 may order, for day 5.
  EXPECT_EQ(
      fills_of(run({kTwoBars}, {flat("10", kGoLong), flat("10", kLeave), flat("10", kGoLong),
                                flat("10", kGoLong), flat("10", kGoLong), flat("10")})),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 10 signal", "5 A buy 100 @ 10 signal"}));
  // A reversal is no re-entry.
  EXPECT_EQ(
      fills_of(run({kTwoBars}, {flat("10", kGoLong), flat("10", kGoShort), flat("10")})).size(),
      3U);
}

}  // namespace
}  // namespace quant
