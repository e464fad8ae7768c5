// SPDX-License-Identifier: PostgreSQL
// Stops and targets in the bar of the entry (rule 12), and finer bars that decide which came first
// (rule 11).
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kBoth =
    R"({"size": {"units": 100}, "stop_loss": 0.1, "take_profit": 0.2})";

/// What happens to an order of `type` at `at` in the bar after its decision.
Lines inside(std::string_view type, std::string_view at, const TestBar& bar, Command side = kGoLong,
             std::string_view risk = kBoth) {
  const std::string order =
      concat(R"("order": {"type": ")", type, R"(", ")", type, "\": ", at, "}");
  const std::string entry = concat(R"({"long": {"when": "volume = 1", )", order,
                                   R"(}, "short": {"when": "volume = 2", )", order, "}}");
  return fills_of(run({.risk = risk, .entry = entry}, {flat("10", side), bar}));
}

TEST(FilledInside, IsStoppedWhereTheExtremeReachedTheStop) {
  // Filled at 9.50: stop 8.55.
  EXPECT_EQ(inside("limit", "9.5", {"10", "10", "8.55", "9"}),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 8.55 stop_loss"}));
  EXPECT_EQ(inside("limit", "9.5", {"10", "10", "8.56", "9"}), (Lines{"1 A buy 100 @ 9.5 signal"}));
  // Filled at 10.50: stop 11.55 for the short lot.
  EXPECT_EQ(inside("limit", "10.5", {"10", "11.6", "10", "11"}, kGoShort),
            (Lines{"1 A short 100 @ 10.5 signal", "1 A cover 100 @ 11.55 stop_loss"}));
  // The low may have come before the fill of a stop order; it counts all the same.
  EXPECT_EQ(inside("stop", "10.5", {"10", "10.6", "9.4", "10"}),
            (Lines{"1 A buy 100 @ 10.5 signal", "1 A sell 100 @ 9.45 stop_loss"}));
}

TEST(FilledInside, TakesItsTargetOnlyIfTheCloseIsBeyondIt) {
  // Filled at 9.50: target 11.40.
  EXPECT_EQ(inside("limit", "9.5", {"10", "12", "9.4", "11.39"}),
            (Lines{"1 A buy 100 @ 9.5 signal"}));
  EXPECT_EQ(inside("limit", "9.5", {"10", "12", "9.4", "11.4"}),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 11.4 take_profit"}));
  EXPECT_EQ(inside("limit", "9.5", {"10", "12", "9.4", "11.8"}),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 11.4 take_profit"}));
  // Filled at 10.50: target 8.40 for the short lot.
  EXPECT_EQ(inside("limit", "10.5", {"10", "10.6", "8.3", "8.41"}, kGoShort),
            (Lines{"1 A short 100 @ 10.5 signal"}));
  EXPECT_EQ(inside("limit", "10.5", {"10", "10.6", "8.3", "8.4"}, kGoShort),
            (Lines{"1 A short 100 @ 10.5 signal", "1 A cover 100 @ 8.4 take_profit"}));
}

TEST(FilledInside, IsStoppedFirstWhereBothWouldDo) {
  EXPECT_EQ(inside("limit", "9.5", {"10", "12", "8.5", "11.5"}),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 8.55 stop_loss"}));
}

TEST(FilledInside, LeavesAtItsFillWhereTheStopLiesBeyondThat) {
  constexpr std::string_view kStopAt = R"({"size": {"units": 100}, "stop_loss": {"price": 9.8}})";
  EXPECT_EQ(inside("limit", "9.5", {"10", "10", "9.4", "9.6"}, kGoLong, kStopAt),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 9.5 stop_loss"}));
}

TEST(FilledInside, HasItsLevelsFromTheNextBarOnAsAnyLot) {
  const std::string entry =
      R"({"long": {"when": "volume = 1", "order": {"type": "limit", "limit": 9.5}}})";
  EXPECT_EQ(
      fills_of(run({.risk = kBoth, .entry = entry},
                   {flat("10", kGoLong), {"10", "12", "9.4", "10"}, {"10", "11.4", "10", "10"}})),
      (Lines{"1 A buy 100 @ 9.5 signal", "2 A sell 100 @ 11.4 take_profit"}));
}

TEST(FilledAtTheOpen, LeavesAtOnceWhereThatOpenHasPassedItsTarget) {
  const RunSettings settings{R"({"size": {"units": 100}, "take_profit": {"price": 9}})"};
  EXPECT_EQ(fills_of(run(settings, {flat("8.5", kGoLong), {"10", "10.5", "9.9", "10"}})),
            (Lines{"1 A buy 100 @ 10 signal", "1 A sell 100 @ 10 take_profit"}));
}

TEST(FilledAtTheOpen, ByALimitHasTheWholeBarBeforeIt) {
  // The open of 9.40 fills the limit of 9.50: stop 8.46, target 11.28, the whole range counts.
  EXPECT_EQ(inside("limit", "9.5", {"9.4", "11.28", "9.4", "10"}),
            (Lines{"1 A buy 100 @ 9.4 signal", "1 A sell 100 @ 11.28 take_profit"}));
  EXPECT_EQ(inside("limit", "9.5", {"9.4", "10", "8.46", "10"}),
            (Lines{"1 A buy 100 @ 9.4 signal", "1 A sell 100 @ 8.46 stop_loss"}));
}

TEST(FilledOnTheClose, HasItsLevelsFromTheNextBarOn) {
  const RunSettings settings{
      .risk = kBoth,
      .entry = R"({"long": {"when": "volume = 1", "order": {"type": "market_on_close"}}})"};
  const std::vector<TestBar> bars = {flat("10", kGoLong), {"10", "13", "8", "10"}};
  EXPECT_EQ(fills_of(run(settings, bars)), (Lines{"1 A buy 100 @ 10 signal"}));
  EXPECT_EQ(fills_of(run(settings, {bars[0], bars[1], {"10", "10", "9", "9.5"}}))[1],
            "2 A sell 100 @ 9 stop_loss");
}

TEST(Phases, AnEntryInsideABarFollowsTheExitInsideIt) {
  // Long from 10 with a stop at 9, and an order to go short at 8.50 that waits: the stop comes
  // first, so that nothing is left to reverse.
  const RunSettings settings{.risk = R"({"size": {"units": 100}, "stop_loss": 0.1})",
                             .entry = R"({"long": {"when": "volume = 1"},
                   "short": {"when": "volume = 2", "order": {"type": "stop", "stop": 8.5}}})"};
  EXPECT_EQ(fills_of(run(settings,
                         {flat("10", kGoLong), flat("10", kGoShort), {"10", "10", "8", "8.2"}})),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 9 stop_loss",
                   "2 A short 100 @ 8.5 signal", "2 A cover 100 @ 9.35 stop_loss"}));
}

struct FinerRun {
  RunRecords records;
  int asked = 0;
};

/// A lot at 10 with stop 9 and target 12, or 11 and 8, meets `bar`, within which `finer` lie.
FinerRun with_finer(const TestBar& bar, const std::vector<TestBar>& finer, Command side = kGoLong) {
  FinerRun made;
  RunContext context;
  context.finer_bars = [&](std::size_t symbol, Timestamp start) {
    EXPECT_EQ(symbol, 0U);
    EXPECT_EQ(start, 2 * kDayLength);
    ++made.asked;
    BarSeries bars = series("A", finer);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      bars.timestamp[i] = start + static_cast<Timestamp>(i) * (kDayLength / 24);
    }
    return bars;
  };
  made.records =
      run({kBoth, R"({"intrabar": "lower_timeframe"})"},
          std::vector{series("A", {flat("10", side), flat("10"), bar})}, std::move(context));
  return made;
}

const TestBar kWide{"10", "12.5", "7.5", "10"};

TEST(FinerBars, DecideByTheFirstThatTouchesALevel) {
  const std::vector<TestBar> up_first = {
      {"10", "11", "9.5", "11"}, {"11", "12.5", "11", "12"}, {"12", "12", "7.5", "10"}};
  const std::vector<TestBar> down_first = {{"10", "10.5", "7.5", "8"}, {"8", "12.5", "8", "10"}};
  const FinerRun gained = with_finer(kWide, up_first);
  EXPECT_EQ(fills_of(gained.records).at(1), "2 A sell 100 @ 12 take_profit");
  EXPECT_EQ(gained.records.ambiguous_bars, 0);
  const FinerRun stopped = with_finer(kWide, down_first);
  EXPECT_EQ(fills_of(stopped.records).at(1), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(stopped.records.ambiguous_bars, 0);
  EXPECT_EQ(fills_of(with_finer(kWide, up_first, kGoShort).records).at(1),
            "2 A cover 100 @ 11 stop_loss");
  EXPECT_EQ(fills_of(with_finer(kWide, down_first, kGoShort).records).at(1),
            "2 A cover 100 @ 8 take_profit");
}

TEST(FinerBars, ThatTouchBothMeanTheStop) {
  const FinerRun both = with_finer(kWide, {{"10", "11", "9.5", "11"}, {"11", "12.5", "7.5", "10"}});
  EXPECT_EQ(fills_of(both.records).at(1), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(both.records.ambiguous_bars, 1);
}

TEST(FinerBars, ThatAreMissingMeanTheStop) {
  const FinerRun none = with_finer(kWide, {});
  EXPECT_EQ(fills_of(none.records).at(1), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(none.records.ambiguous_bars, 1);
}

TEST(FinerBars, AreNotAskedForWhereOneLevelIsTouched) {
  const FinerRun stopped = with_finer({"10", "11", "8.5", "10"}, {});
  EXPECT_EQ(fills_of(stopped.records).at(1), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(stopped.records.ambiguous_bars, 0);
  EXPECT_EQ(stopped.asked, 0);
}

TEST(BothTouched, CountsABarOnceHoweverManyLots) {
  const RunRecords records = run(
      {R"({"size": {"units": 10}, "pyramiding": {"max": 2}, "stop_loss": 0.1, "take_profit": 0.1})"},
      {flat("10", kGoLong), flat("10", kGoLong), flat("10"), {"10", "12", "8", "10"}, flat("10")});
  EXPECT_EQ(records.fills.size(), 4U);
  EXPECT_EQ(records.ambiguous_bars, 1);
}

}  // namespace
}  // namespace quant
