// SPDX-License-Identifier: PostgreSQL
// Orders that wait for a price: rules 3, 9 and 10, and what takes them away (rule 4).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

constexpr std::string_view kLimit = R"({"type": "limit", "limit": 9.5})";
constexpr std::string_view kShortLimit = R"({"type": "limit", "limit": 10.5})";
constexpr std::string_view kStop = R"({"type": "stop", "stop": 10.5})";
constexpr std::string_view kShortStop = R"({"type": "stop", "stop": 9.5})";
constexpr std::string_view kStopLimit = R"({"type": "stop_limit", "stop": 10.5, "limit": 10.6})";
constexpr std::string_view kShortStopLimit = R"({"type": "stop_limit", "stop": 9.5, "limit": 9.4})";
constexpr const char* kOver = ": its time in force is over";

std::string entry_with(std::string_view order) {
  return concat(R"({"long": {"when": "volume = 1", "order": )", order,
                R"(}, "short": {"when": "volume = 2", "order": )", order, "}}");
}

RunRecords entering(std::string_view order, const std::vector<TestBar>& bars,
                    std::string_view execution = "{}") {
  const std::string entry = entry_with(order);
  return run({.execution = execution, .entry = entry}, bars);
}

/// The first fill of an order decided at a close of 10 on day 0, or "waits".
std::string filled(std::string_view order, const std::vector<TestBar>& after,
                   Command side = kGoLong, std::string_view execution = "{}") {
  std::vector<TestBar> bars = {flat("10", side)};
  bars.insert(bars.end(), after.begin(), after.end());
  const Lines fills = fills_of(entering(order, bars, execution));
  return fills.empty() ? "waits" : fills[0];
}

TEST(LimitOrder, FillsAtItsPriceOnTouch) {
  EXPECT_EQ(filled(kLimit, {{"10", "10", "9.5", "9.8"}}), "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(kLimit, {{"10", "10", "9.51", "9.8"}}), "waits");
  EXPECT_EQ(filled(kShortLimit, {{"10", "10.5", "10", "10"}}, kGoShort),
            "1 A short 100 @ 10.5 signal");
  EXPECT_EQ(filled(kShortLimit, {{"10", "10.49", "10", "10"}}, kGoShort), "waits");
}

TEST(LimitOrder, FillsAtAnOpenThatHasPassedIt) {
  EXPECT_EQ(filled(kLimit, {{"9.2", "9.6", "9", "9.5"}}), "1 A buy 100 @ 9.2 signal");
  EXPECT_EQ(filled(kLimit, {{"9.5", "9.6", "9.5", "9.5"}}), "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(kShortLimit, {{"10.8", "11", "10", "10"}}, kGoShort),
            "1 A short 100 @ 10.8 signal");
}

TEST(LimitOrder, IsPassedByATickIfAsked) {
  constexpr std::string_view kThrough = R"({"limit_fill": "through"})";
  EXPECT_EQ(filled(kLimit, {{"10", "10", "9.5", "9.8"}}, kGoLong, kThrough), "waits");
  EXPECT_EQ(filled(kLimit, {{"10", "10", "9.49", "9.8"}}, kGoLong, kThrough),
            "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(kLimit, {{"9.5", "10", "9.5", "9.8"}}, kGoLong, kThrough), "waits");
  EXPECT_EQ(filled(kLimit, {{"9.5", "10", "9.49", "9.8"}}, kGoLong, kThrough),
            "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(kLimit, {{"9.49", "10", "9.49", "9.8"}}, kGoLong, kThrough),
            "1 A buy 100 @ 9.49 signal");
  EXPECT_EQ(filled(kShortLimit, {{"10", "10.5", "10", "10"}}, kGoShort, kThrough), "waits");
  EXPECT_EQ(filled(kShortLimit, {{"10", "10.51", "10", "10"}}, kGoShort, kThrough),
            "1 A short 100 @ 10.5 signal");
}

TEST(StopOrder, FillsAtItsPriceOrAtAnOpenBeyondIt) {
  EXPECT_EQ(filled(kStop, {{"10", "10.5", "10", "10.2"}}), "1 A buy 100 @ 10.5 signal");
  EXPECT_EQ(filled(kStop, {{"10", "10.49", "10", "10.2"}}), "waits");
  EXPECT_EQ(filled(kStop, {{"11", "11.5", "10", "10.2"}}), "1 A buy 100 @ 11 signal");
  EXPECT_EQ(filled(kShortStop, {{"10", "10", "9.5", "9.7"}}, kGoShort),
            "1 A short 100 @ 9.5 signal");
  EXPECT_EQ(filled(kShortStop, {{"10", "10", "9.51", "9.7"}}, kGoShort), "waits");
  EXPECT_EQ(filled(kShortStop, {{"9", "9.5", "8.5", "9"}}, kGoShort), "1 A short 100 @ 9 signal");
}

TEST(StopOrder, NeedsNoTickBeyondIt) {
  EXPECT_EQ(filled(kStop, {{"10", "10.5", "10", "10.2"}}, kGoLong, R"({"limit_fill": "through"})"),
            "1 A buy 100 @ 10.5 signal");
}

TEST(StopLimitOrder, FillsAtAnOpenBetweenItsPrices) {
  EXPECT_EQ(filled(kStopLimit, {{"10.55", "11", "10", "11"}}), "1 A buy 100 @ 10.55 signal");
  EXPECT_EQ(filled(kStopLimit, {{"10.5", "11", "10", "11"}}), "1 A buy 100 @ 10.5 signal");
  EXPECT_EQ(filled(kStopLimit, {{"10.6", "11", "10", "11"}}), "1 A buy 100 @ 10.6 signal");
  EXPECT_EQ(filled(kShortStopLimit, {{"9.45", "10", "9", "9"}}, kGoShort),
            "1 A short 100 @ 9.45 signal");
}

TEST(StopLimitOrder, FillsInTheTriggeringBarOnlyIfItsCloseIsGoodEnough) {
  EXPECT_EQ(filled(kStopLimit, {{"10", "10.7", "10", "10.6"}}), "1 A buy 100 @ 10.6 signal");
  EXPECT_EQ(filled(kStopLimit, {{"10", "10.7", "10", "10.61"}}), "waits");
  EXPECT_EQ(filled(kStopLimit, {{"10.7", "10.9", "10.4", "10.5"}}), "1 A buy 100 @ 10.6 signal");
  EXPECT_EQ(filled(kStopLimit, {{"10.7", "10.9", "10.4", "10.8"}}), "waits");
  EXPECT_EQ(filled(kShortStopLimit, {{"10", "10", "9.2", "9.4"}}, kGoShort),
            "1 A short 100 @ 9.4 signal");
  EXPECT_EQ(filled(kShortStopLimit, {{"10", "10", "9.2", "9.39"}}, kGoShort), "waits");
}

TEST(StopLimitOrder, FillsAtTheExtremeWhereTheLimitLiesBeyondIt) {
  EXPECT_EQ(filled(kStopLimit, {{"10", "10.55", "10", "10.52"}}), "1 A buy 100 @ 10.55 signal");
  EXPECT_EQ(filled(kShortStopLimit, {{"10", "10", "9.45", "9.48"}}, kGoShort),
            "1 A short 100 @ 9.45 signal");
}

TEST(StopLimitOrder, MayHaveItsLimitBelowItsStop) {
  constexpr std::string_view kPullback = R"({"type": "stop_limit", "stop": 10.5, "limit": 10.3})";
  EXPECT_EQ(filled(kPullback, {{"10", "10.6", "10", "10.2"}}), "1 A buy 100 @ 10.3 signal");
  EXPECT_EQ(filled(kPullback, {{"10", "10.6", "10", "10.4"}, {"10.4", "10.4", "10.3", "10.4"}}),
            "2 A buy 100 @ 10.3 signal");
}

TEST(StopLimitOrder, RestsAsALimitOnceTriggered) {
  EXPECT_EQ(filled(kStopLimit, {{"10", "10.7", "10", "10.65"}, {"10.3", "10.4", "10", "10.1"}}),
            "2 A buy 100 @ 10.3 signal");
  EXPECT_EQ(
      filled(kStopLimit, {{"10.7", "10.9", "10.7", "10.8"}, {"10.8", "10.9", "10.6", "10.9"}}),
      "2 A buy 100 @ 10.6 signal");
  EXPECT_EQ(
      filled(kShortStopLimit, {{"10", "10", "9.2", "9.3"}, {"9.3", "9.4", "9.2", "9.3"}}, kGoShort),
      "2 A short 100 @ 9.4 signal");
  // Not yet triggered, a price below the limit means nothing.
  EXPECT_EQ(filled(kStopLimit, {{"10", "10.49", "10", "10.1"}, flat("10.2")}), "waits");
}

TEST(Slippage, WorsensAStopOrderButNoLimitAndNoStopLimit) {
  constexpr std::string_view kTicks = R"({"slippage": {"ticks": 5}})";
  EXPECT_EQ(filled(kStop, {{"10", "10.5", "10", "10.2"}}, kGoLong, kTicks),
            "1 A buy 100 @ 10.55 signal");
  EXPECT_EQ(filled(kLimit, {{"10", "10", "9.5", "9.8"}}, kGoLong, kTicks),
            "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(kLimit, {{"9.2", "9.6", "9", "9.5"}}, kGoLong, kTicks),
            "1 A buy 100 @ 9.2 signal");
  EXPECT_EQ(filled(kStopLimit, {{"10.55", "11", "10", "11"}}, kGoLong, kTicks),
            "1 A buy 100 @ 10.55 signal");
}

TEST(WaitingOrder, WorksFromTheNextBarWhateverFillSays) {
  constexpr std::string_view kAtClose = R"({"fill": "same_close"})";
  EXPECT_EQ(filled(R"({"type": "limit", "limit": 10})", {flat("9.9")}, kGoLong, kAtClose),
            "1 A buy 100 @ 9.9 signal");
  EXPECT_EQ(filled(R"({"type": "stop", "stop": 10})", {flat("10.1")}, kGoLong, kAtClose),
            "1 A buy 100 @ 10.1 signal");
}

TEST(WaitingOrder, TakesItsPriceFromTheDecidingBarRoundedToTheTick) {
  EXPECT_EQ(filled(R"({"type": "limit", "limit": "close - 1"})", {flat("9.5"), flat("8.9")}),
            "2 A buy 100 @ 8.9 signal");
  // 9.495 becomes 9.50, 9.494 becomes 9.49.
  EXPECT_EQ(filled(R"({"type": "limit", "limit": "close - 0.505"})", {{"10", "10", "9.4", "10"}}),
            "1 A buy 100 @ 9.5 signal");
  EXPECT_EQ(filled(R"({"type": "limit", "limit": "close - 0.506"})", {{"10", "10", "9.4", "10"}}),
            "1 A buy 100 @ 9.49 signal");
}

TEST(WaitingOrder, IsRefusedWhereItsPriceIsMissingOrNotPositive) {
  for (const std::string_view limit : {"close[5]", "close - 10"}) {
    const std::string order = concat(R"({"type": "limit", "limit": ")", limit, "\"}");
    const Lines signals = signals_of(entering(order, {flat("10", kGoLong), flat("5")}));
    ASSERT_EQ(signals.size(), 1U);
    EXPECT_EQ(signals[0].substr(0, 17), "0 A buy rejected:") << limit;
  }
}

TEST(TimeInForce, GoodTillCancelledWaitsUntilTheEnd) {
  EXPECT_EQ(filled(kLimit, {flat("10"), flat("10"), flat("10"), flat("9.4")}),
            "4 A buy 100 @ 9.4 signal");
  EXPECT_EQ(signals_of(entering(kLimit, {flat("10", kGoLong), flat("10"), flat("10")})),
            (Lines{"0 A buy expired: end of data"}));
}

constexpr std::string_view kForADay = R"({"type": "limit", "limit": 9.5, "tif": "day"})";

TEST(TimeInForce, DayEndsWithTheDayOfTheFirstBarAfterTheDecision) {
  EXPECT_EQ(filled(kForADay, {{"10", "10", "9.5", "10"}}), "1 A buy 100 @ 9.5 signal");
  const RunRecords late = entering(kForADay, {flat("10", kGoLong), flat("10"), flat("9.4")});
  EXPECT_TRUE(late.fills.empty());
  EXPECT_EQ(signals_of(late), (Lines{concat("0 A buy expired", kOver)}));
  // The first bar after the decision may be days away.
  EXPECT_EQ(filled(kForADay, {flat("9.4", kWait, 5)}), "5 A buy 100 @ 9.4 signal");
}

TEST(TimeInForce, DayCountsDaysAndNotBars) {
  BarSeries bars = series("A", {flat("10", kGoLong, 0), flat("10", kWait, 1), flat("9.4", kWait, 2),
                                flat("9.4", kWait, 3)});
  bars.timestamp[2] = kDayLength + kDayLength / 2;  // a second bar on day 1
  const std::string entry = entry_with(kForADay);
  RunContext intraday;
  intraday.series.timeframe = Timeframe::k12h;
  EXPECT_EQ(fills_of(run({.entry = entry}, std::vector{bars}, intraday)),
            (Lines{"1 A buy 100 @ 9.4 signal"}));
  // Decided on the first bar of day 1, it ends with that day, before the open of the next.
  bars.volume[0] = Volume::from_units(kWait);
  bars.volume[1] = Volume::from_units(kGoLong);
  bars.open[2] = bars.high[2] = bars.low[2] = bars.close[2] = price("9.6");
  EXPECT_EQ(signals_of(run({.entry = entry}, std::vector{bars}, intraday)),
            (Lines{concat("1 A buy expired", kOver)}));
}

TEST(TimeInForce, OnlyTheNextDayShowsThatAnIntradayBarWasTheLast) {
  // The rule is true at every close: an order that stands then keeps it from ordering anew.
  BarSeries bars = series("A", {flat("10", kGoLong, 0), flat("10", kGoLong, 1),
                                flat("10", kGoLong, 2), flat("10", kGoLong, 3)});
  RunContext intraday;
  intraday.series.timeframe = Timeframe::k12h;
  const std::string entry = entry_with(kForADay);
  EXPECT_EQ(signals_of(run({.entry = entry}, std::vector{bars}, intraday)),
            (Lines{concat("0 A buy expired", kOver), "2 A buy expired: end of data"}));
  // A daily bar is its day.
  EXPECT_EQ(signals_of(run({.entry = entry}, std::vector{bars})).size(), 4U);
}

TEST(TimeInForce, BarsCountsTheSymbolsOwnBars) {
  constexpr std::string_view kTwoBars = R"({"type": "limit", "limit": 9.5, "tif": {"bars": 2}})";
  EXPECT_EQ(filled(kTwoBars, {flat("10", kWait, 3), flat("9.4", kWait, 9)}),
            "9 A buy 100 @ 9.4 signal");
  EXPECT_EQ(filled(kTwoBars, {flat("10"), flat("10"), flat("9.4")}), "waits");
}

TEST(TimeInForce, EndsBeforeTheRulesAreAsked) {
  constexpr std::string_view kOneBar = R"({"type": "limit", "limit": 9.5, "tif": {"bars": 1}})";
  // The order of day 0 ends with day 1, at whose close the rule orders anew.
  EXPECT_EQ(filled(kOneBar, {flat("10", kGoLong), flat("9.4")}), "2 A buy 100 @ 9.4 signal");
  EXPECT_EQ(filled(kOneBar, {flat("10"), flat("9.4")}), "waits");
}

TEST(MarketOnClose, FillsAtTheCloseOfTheNextBar) {
  constexpr std::string_view kOnClose = R"({"type": "market_on_close"})";
  const std::vector<TestBar> next = {{"11", "13", "10", "12"}, flat("14")};
  EXPECT_EQ(filled(kOnClose, next), "1 A buy 100 @ 12 signal");
  EXPECT_EQ(filled(kOnClose, next, kGoLong, R"({"fill": "same_close"})"),
            "1 A buy 100 @ 12 signal");
  EXPECT_EQ(filled(kOnClose, next, kGoShort, R"({"slippage": {"ticks": 5}})"),
            "1 A short 100 @ 11.95 signal");
}

TEST(MarketOnClose, OfAnExitLeavesAtTheCloseUnlessAStopComesFirst) {
  const RunSettings settings{
      .risk = R"({"size": {"units": 100}, "stop_loss": 0.1})",
      .exit = R"([{"when": "volume = 3", "order": {"type": "market_on_close"}}])"};
  const std::vector<TestBar> before = {flat("10", kGoLong), flat("10", kLeave)};
  std::vector<TestBar> bars = before;
  bars.push_back({"11", "13", "10", "12"});
  EXPECT_EQ(fills_of(run(settings, bars))[1], "2 A sell 100 @ 12 signal");
  bars = before;
  bars.push_back({"11", "13", "9", "12"});
  const RunRecords stopped = run(settings, bars);
  EXPECT_EQ(fills_of(stopped)[1], "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(stopped.fills.size(), 2U);
  EXPECT_EQ(signals_of(stopped)[1].substr(0, 18), "1 A sell cancelled");
}

RunRecords leaving(std::string_view order, const std::vector<TestBar>& after) {
  const std::string exit = concat(R"([{"id": "out", "when": "volume = 3", "order": )", order, "}]");
  std::vector<TestBar> bars = {flat("10", kGoLong), flat("10", kLeave)};
  bars.insert(bars.end(), after.begin(), after.end());
  return run({.exit = exit}, bars);
}

TEST(ExitOrder, WaitsForItsPriceAsAnEntryDoes) {
  constexpr std::string_view kGain = R"({"type": "limit", "limit": 11})";
  constexpr std::string_view kLoss = R"({"type": "stop", "stop": 9})";
  EXPECT_EQ(fills_of(leaving(kGain, {flat("10"), {"10", "11", "10", "10"}}))[1],
            "3 A sell 100 @ 11 signal");
  EXPECT_EQ(fills_of(leaving(kGain, {{"11.5", "12", "11", "11"}}))[1],
            "2 A sell 100 @ 11.5 signal");
  EXPECT_EQ(fills_of(leaving(kLoss, {{"10", "10", "9", "9.5"}}))[1], "2 A sell 100 @ 9 signal");
  EXPECT_EQ(fills_of(leaving(kLoss, {{"8.7", "10", "8.5", "9.5"}}))[1],
            "2 A sell 100 @ 8.7 signal");
  EXPECT_EQ(signals_of(leaving(kGain, {flat("10")})),
            (Lines{"0 A buy executed", "1 A sell expired: end of data"}));
}

TEST(OppositeEntry, CancelsTheOrderThatWaits) {
  const RunSettings settings{
      .entry = R"({"long": {"when": "volume = 1", "order": {"type": "limit", "limit": 9.5}},
                   "short": {"when": "volume = 2"}})"};
  const RunRecords records =
      run(settings, {flat("10", kGoLong), flat("10", kGoShort), flat("10"), flat("9")});
  EXPECT_EQ(fills_of(records), (Lines{"2 A short 100 @ 10 signal"}));
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy cancelled: the other side was ordered", "1 A short executed"}));
}

TEST(OppositeEntry, WithALimitClosesAndOpensAtThatPrice) {
  const RunSettings settings{.entry = R"({"long": {"when": "volume = 1"},
                   "short": {"when": "volume = 2", "order": {"type": "limit", "limit": 11}}})"};
  const RunRecords records =
      run(settings, {flat("10", kGoLong), flat("10", kGoShort), {"10", "11", "10", "10.5"}});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 opposite_signal",
                   "2 A short 100 @ 11 signal"}));
}

TEST(ExitRule, CancelsTheEntryOrderOfItsSideThatWaits) {
  const std::string entry = entry_with(kLimit);
  const std::vector<TestBar> bars = {flat("10", kGoLong), flat("10", kLeave), flat("9")};
  const RunRecords both = run({.entry = entry}, bars);
  EXPECT_TRUE(both.fills.empty());
  EXPECT_EQ(signals_of(both), (Lines{"0 A buy cancelled: an exit rule is true"}));
  // One for the other side does not, nor does a partial exit.
  for (const std::string_view exit : {R"([{"side": "short", "when": "volume = 3"}])",
                                      R"([{"when": "volume = 3", "portion": 0.5}])"}) {
    EXPECT_EQ(fills_of(run({.entry = entry, .exit = exit}, bars)),
              (Lines{"2 A buy 100 @ 9 signal"}));
  }
}

}  // namespace
}  // namespace quant
