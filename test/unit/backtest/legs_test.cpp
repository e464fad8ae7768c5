// SPDX-License-Identifier: PostgreSQL
// Several symbols traded as one: rule 47. The commands are those of A, whose leg comes first.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kHalf =
    R"("a": {"asset": "A", "ratio": 1}, "b": {"asset": "B", "ratio": -0.5})";

RunRecords legged(const std::vector<BarSeries>& bars, RunSettings settings = {},
                  std::string_view legs = kHalf,
                  std::string_view rules = R"("long": {"when": "volume = 1"},
                                              "short": {"when": "volume = 2"})") {
  const std::string entry = concat(R"({"legs": {)", legs, "}, ", rules, "}");
  settings.entry = entry;
  RunContext context;
  for (const BarSeries& one : bars) context.series.others.emplace(one.asset.symbol, one);
  return run(settings, bars, std::move(context));
}

/// The fills without an order among them, but by day.
Lines sorted(Lines lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<BarSeries> both(const std::vector<TestBar>& first, const std::vector<TestBar>& second) {
  return {series("A", first), series("B", second)};
}
const std::vector<TestBar> kTwenty(5, flat("20"));

TEST(Legs, OpenEachOnTheSideOfItsRatio) {
  const auto bars = [](Command side) {
    return both({flat("10", side), flat("10"), flat("10", kLeave), flat("11"), flat("11")},
                kTwenty);
  };
  EXPECT_EQ(sorted(fills_of(legged(bars(kGoLong)))),
            (Lines{"1 A buy 100 @ 10 signal", "1 B short 50 @ 20 signal",
                   "3 A sell 100 @ 11 signal", "3 B cover 50 @ 20 signal"}));
  EXPECT_EQ(sorted(fills_of(legged(bars(kGoShort)))),
            (Lines{"1 A short 100 @ 10 signal", "1 B buy 50 @ 20 signal",
                   "3 A cover 100 @ 11 signal", "3 B sell 50 @ 20 signal"}));
}

TEST(Legs, AreRoundedDownToTheirSteps) {
  EXPECT_EQ(
      sorted(fills_of(legged(both({flat("10", kGoLong), flat("10")}, {flat("20"), flat("20")}),
                             {.risk = R"({"size": {"units": 101.5}})"}))),
      (Lines{"1 A buy 101 @ 10 signal", "1 B short 50 @ 20 signal"}));
}

TEST(Legs, ShareOneBudget) {
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("10")}, {flat("20"), flat("20")});
  const auto fills = [&](std::string_view size, std::string_view execution = "{}") {
    const std::string risk = concat(R"({"size": )", size, "}");
    return sorted(fills_of(legged(bars, {.risk = risk, .execution = execution})));
  };
  EXPECT_EQ(fills(R"({"cash": 3000})"),
            (Lines{"1 A buy 150 @ 10 signal", "1 B short 75 @ 20 signal"}));
  // 151 and 75 cost 3,010, 152 and 76 would cost 3,040.
  EXPECT_EQ(fills(R"({"cash": 3019})"),
            (Lines{"1 A buy 151 @ 10 signal", "1 B short 75 @ 20 signal"}));
  // Both fees count: 150 and 75 would make 3,002.
  EXPECT_EQ(fills(R"({"cash": 3000})", R"({"commission": {"per_order": 1}})"),
            (Lines{"1 A buy 149 @ 10 signal", "1 B short 74 @ 20 signal"}));
  // Gross exposure is 10,000.
  EXPECT_EQ(fills(R"({"percent_equity": 100})"),
            (Lines{"1 A buy 500 @ 10 signal", "1 B short 250 @ 20 signal"}));
  EXPECT_EQ(fills(R"({"percent_equity": 300})"),
            (Lines{"1 A buy 500 @ 10 signal", "1 B short 250 @ 20 signal"}));
  EXPECT_EQ(fills(R"({"percent_equity": 300})", R"({"leverage": 2})"),
            (Lines{"1 A buy 1000 @ 10 signal", "1 B short 500 @ 20 signal"}));
}

TEST(Legs, FollowTheLimits) {
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("10")}, {flat("20"), flat("20")});
  EXPECT_EQ(sorted(fills_of(legged(bars, {.risk = R"({"max_position_size_pct": 20})"}))),
            (Lines{"1 A buy 200 @ 10 signal", "1 B short 100 @ 20 signal"}));
}

TEST(Legs, ReadTheirRatioOnTheDecidingBar) {
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("10")}, {flat("20"), flat("40")});
  EXPECT_EQ(sorted(fills_of(legged(
                bars, {},
                R"j("a": {"asset": "A"}, "b": {"asset": "B", "ratio": "-(a.close / b.close)"})j"))),
            (Lines{"1 A buy 100 @ 10 signal", "1 B short 50 @ 40 signal"}));
}

TEST(Legs, AreReadByTheirNames) {
  const std::vector<BarSeries> bars =
      both({flat("10"), flat("10"), flat("10")}, {flat("20"), flat("25"), flat("20")});
  EXPECT_EQ(sorted(fills_of(legged(bars, {.exit = "[]"}, kHalf,
                                   R"("long": {"when": "b.close - a.close > 12"})"))),
            (Lines{"2 A buy 100 @ 10 signal", "2 B short 50 @ 20 signal"}));
}

TEST(Legs, WaitUntilAllHaveABar) {
  const std::vector<BarSeries> bars = {series("A", {flat("10", kGoLong), flat("10"), flat("11"),
                                                    flat("11", kLeave), flat("12"), flat("13")}),
                                       series("B", {flat("20", kWait, 0), flat("21", kWait, 2),
                                                    flat("22", kWait, 3), flat("23", kWait, 5)})};
  EXPECT_EQ(sorted(fills_of(legged(bars))),
            (Lines{"2 A buy 100 @ 11 signal", "2 B short 50 @ 21 signal",
                   "5 A sell 100 @ 13 signal", "5 B cover 50 @ 23 signal"}));
}

TEST(Legs, FillAtOneCloseIfAsked) {
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("11", kLeave)}, {flat("20"), flat("21")});
  EXPECT_EQ(sorted(fills_of(legged(bars, {.execution = R"({"fill": "same_close"})"}))),
            (Lines{"0 A buy 100 @ 10 signal", "0 B short 50 @ 20 signal",
                   "1 A sell 100 @ 11 signal", "1 B cover 50 @ 21 signal"}));
}

TEST(Legs, ReverseTogether) {
  const RunRecords records = legged(both({flat("10", kGoLong), flat("10", kGoShort), flat("11")},
                                         {flat("20"), flat("20"), flat("22")}));
  const Lines fills = fills_of(records);
  ASSERT_EQ(fills.size(), 6U);
  EXPECT_EQ(sorted({fills[2], fills[3]}),
            (Lines{"2 A sell 100 @ 11 opposite_signal", "2 B cover 50 @ 22 opposite_signal"}));
  EXPECT_EQ(sorted({fills[4], fills[5]}),
            (Lines{"2 A short 100 @ 11 signal", "2 B buy 50 @ 22 signal"}));
  // 100 gained and 100 lost.
  EXPECT_EQ(records.equity.back().equity(), money("10000"));
}

TEST(Legs, AreOpenedTogetherOrNotAtAll) {
  // The money covers A alone, but no single unit of B.
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("10")}, {flat("100000"), flat("100000")});
  EXPECT_TRUE(legged(bars, {.risk = R"({"size": {"percent_equity": 50}})"}).fills.empty());
}

TEST(Legs, MayHaveHighPrices) {
  // 500,000 are 49 pairs of 10,010 each.
  const std::vector<BarSeries> bars =
      both({flat("10", kGoLong), flat("10")}, {flat("10000"), flat("10000")});
  EXPECT_EQ(sorted(fills_of(
                legged(bars, {.risk = R"({"size": {"percent_equity": 50}})", .capital = "1000000"},
                       R"("a": {"asset": "A"}, "b": {"asset": "B", "ratio": -1})"))),
            (Lines{"1 A buy 49 @ 10 signal", "1 B short 49 @ 10000 signal"}));
}

TEST(Legs, AreRefusedWhereARatioIsMissing) {
  const RunRecords records =
      legged(both({flat("10", kGoLong), flat("10")}, {flat("20"), flat("20")}), {},
             R"j("a": {"asset": "A"}, "b": {"asset": "B", "ratio": "-(1 / (close - 10))"})j");
  EXPECT_TRUE(records.fills.empty());
  ASSERT_FALSE(records.signals.empty());
  EXPECT_EQ(records.signals[0].status, SignalStatus::kRejected);
}

TEST(Legs, AreClosedTogetherByAHaltAndAtTheEnd) {
  const std::vector<BarSeries> falling =
      both({flat("10", kGoLong), flat("10"), flat("4"), flat("4")},
           {flat("20"), flat("20"), flat("20"), flat("20")});
  EXPECT_EQ(sorted(fills_of(legged(falling, {.risk = R"({"size": {"units": 100},
                                                        "daily_loss_halt_pct": 5,
                                                        "halt_action": "close"})"}))),
            (Lines{"1 A buy 100 @ 10 signal", "1 B short 50 @ 20 signal",
                   "3 A sell 100 @ 4 risk_limit", "3 B cover 50 @ 20 risk_limit"}));
  EXPECT_EQ(sorted(fills_of(legged(falling, {.execution = R"({"finalize": "last_close"})"}))),
            (Lines{"1 A buy 100 @ 10 signal", "1 B short 50 @ 20 signal",
                   "3 A sell 100 @ 4 end_of_data", "3 B cover 50 @ 20 end_of_data"}));
}

TEST(Legs, AreClosedTogetherByAMarginCall) {
  // 2,000 of A and 1,000 of B at leverage 4; A falls to 6: equity 2,000 of a gross of 32,000.
  const RunRecords records =
      legged(both({flat("10", kGoLong), flat("10"), flat("6"), flat("6")},
                  {flat("20"), flat("20"), flat("20"), flat("20")}),
             {.risk = R"({"size": {"units": 2000}})", .execution = R"({"leverage": 4})"});
  EXPECT_EQ(sorted(fills_of(records)),
            (Lines{"1 A buy 2000 @ 10 signal", "1 B short 1000 @ 20 signal",
                   "3 A sell 2000 @ 6 margin_call", "3 B cover 1000 @ 20 margin_call"}));
}

TEST(Legs, CountTogetherForMaxPositions) {
  const auto bars = both({flat("10", kGoLong), flat("10"), flat("10")}, kTwenty);
  EXPECT_TRUE(
      legged(bars, {.risk = R"({"size": {"units": 100}, "max_positions": 1})"}).fills.empty());
  EXPECT_EQ(legged(bars, {.risk = R"({"size": {"units": 100}, "max_positions": 2})"}).fills.size(),
            2U);
}

}  // namespace
}  // namespace quant
