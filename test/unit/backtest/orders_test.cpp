// SPDX-License-Identifier: PostgreSQL
// From decision to fill: when orders fill, what beats what, reversal, and what the signals say.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

TEST(Orders, FillAtTheNextOpen) {
  const RunRecords records =
      run({}, {flat("10", kGoLong), {"11", "12", "11", "12", kLeave}, flat("13")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 11 signal", "2 A sell 100 @ 13 signal"}));
  EXPECT_EQ(records.trades.at(0).pnl, money("200"));
  EXPECT_EQ(records.equity.back().cash, money("10200"));
}

TEST(Orders, FillAtTheDecidingCloseIfAsked) {
  const RunRecords records =
      run({.execution = R"({"fill": "same_close"})"},
          {{"10", "11", "10", "11", kGoLong}, {"12", "14", "12", "14", kLeave}, flat("20")});
  EXPECT_EQ(fills_of(records), (Lines{"0 A buy 100 @ 11 signal", "1 A sell 100 @ 14 signal"}));
}

TEST(Orders, ALevelActsAgainOnceNoPositionIsHeld) {
  const RunRecords records = run({}, {flat("10", kGoLong), flat("10", kGoLong), flat("10", kLeave),
                                      flat("10", kGoLong), flat("10")});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "3 A sell 100 @ 10 signal",
                                      "4 A buy 100 @ 10 signal"}));
}

TEST(Orders, AnExitBeatsAnEntryOfTheSameBar) {
  EXPECT_TRUE(fills_of(run({}, {flat("10", kGoLongAndLeave), flat("10")})).empty());
  EXPECT_EQ(fills_of(run({}, {flat("10", kGoLong), flat("10", kGoLongAndLeave), flat("10")})),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 10 signal"}));
}

TEST(Orders, BothSidesAtOnceGiveNone) {
  const RunRecords records = run({}, {flat("10", kGoBothWays), flat("10")});
  EXPECT_TRUE(records.fills.empty());
  EXPECT_TRUE(records.signals.empty());
}

const std::vector<TestBar> kTurn = {flat("10", kGoLong), flat("10", kGoShort), flat("11"),
                                    flat("9")};

TEST(OnOpposite, ReverseClosesFirstAndOpensAtTheSamePrice) {
  const RunRecords records = run({}, kTurn);
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 opposite_signal",
                   "2 A short 100 @ 11 signal"}));
  EXPECT_EQ(records.positions.size(), 2U);
  EXPECT_EQ(records.fill_positions, (std::vector<std::size_t>{0, 0, 1}));
  EXPECT_EQ(records.equity.back().equity(), money("10300"));
}

TEST(OnOpposite, ReverseSizesTheEntryAfterTheClose) {
  const RunRecords records = run({.risk = R"({"size": {"percent_equity": 100}})"}, kTurn);
  // 1,000 shares at 10; the close at 11 leaves 11,000, again 1,000 shares.
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 1000 @ 10 signal", "2 A sell 1000 @ 11 opposite_signal",
                   "2 A short 1000 @ 11 signal"}));
}

TEST(OnOpposite, AnExitRuleOfTheOldSideGivesTheReason) {
  const RunRecords records =
      run({.exit = R"([{"id": "out", "side": "long", "when": "volume = 2"}])"}, kTurn);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 signal",
                                      "2 A short 100 @ 11 signal"}));
}

TEST(OnOpposite, AnExitRuleOfTheNewSideBeatsTheEntry) {
  const RunRecords records = run({.exit = R"([{"id": "out", "when": "volume = 2"}])"}, kTurn);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 signal"}));
}

TEST(OnOpposite, CloseOnlyCloses) {
  EXPECT_EQ(fills_of(run({.execution = R"({"on_opposite": "close"})"}, kTurn)),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 11 opposite_signal"}));
}

TEST(OnOpposite, IgnoreKeepsThePosition) {
  EXPECT_EQ(fills_of(run({.execution = R"({"on_opposite": "ignore"})"}, kTurn)),
            (Lines{"1 A buy 100 @ 10 signal"}));
}

TEST(OnOpposite, ReversesAtTheCloseAsWell) {
  const RunRecords records = run({.execution = R"({"fill": "same_close"})"}, kTurn);
  EXPECT_EQ(fills_of(records),
            (Lines{"0 A buy 100 @ 10 signal", "1 A sell 100 @ 10 opposite_signal",
                   "1 A short 100 @ 10 signal"}));
}

TEST(Signals, SayWhatBecameOfEachDecision) {
  const RunRecords records =
      run({}, {flat("10", kGoLong), flat("10", kLeave), flat("10", kGoShort), flat("10")});
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy executed", "1 A sell executed", "2 A short executed"}));
  EXPECT_EQ(records.signals[0].rule, "long");
  EXPECT_EQ(records.signals[1].rule, "out");
  EXPECT_EQ(records.signals[2].rule, "short");
  EXPECT_EQ(records.fills[1].rule, "out");
  EXPECT_EQ(records.trades[0].entry_rule, "long");
  EXPECT_EQ(records.trades[0].exit_rule, "out");
}

TEST(Signals, BearTheCloseOfTheDecidingBar) {
  const RunRecords records = run({}, {{"10", "11", "9", "10.5", kGoLong}, flat("12")});
  EXPECT_EQ(records.signals.at(0).price, price("10.5"));
}

TEST(Signals, OfARefusedLevelThatStaysTrueAreWrittenOnce) {
  const RunSettings too_dear{.risk = kHundredUnits, .capital = "5"};
  const RunRecords records =
      run(too_dear, {flat("10", kGoLong), flat("10", kGoLong), flat("10", kGoLong), flat("10"),
                     flat("10", kGoLong), flat("10")});
  const std::string refused = " A buy rejected: the buying power does not cover one quantity step";
  EXPECT_EQ(signals_of(records), (Lines{"0" + refused, "4" + refused}));
}

TEST(Signals, LeftAtTheEndExpire) {
  EXPECT_EQ(signals_of(run({}, {flat("10"), flat("10", kGoLong)})),
            (Lines{"1 A buy expired: end of data"}));
  EXPECT_EQ(signals_of(run({}, {flat("10", kGoLong), flat("10", kLeave)})),
            (Lines{"0 A buy executed", "1 A sell expired: end of data"}));
}

const std::vector<TestBar> kHeldToTheEnd = {
    flat("10", kGoLong), flat("10"), {"11", "13", "11", "12"}};

TEST(Finalize, NoneMarksWhatIsHeld) {
  const RunRecords records = run({}, kHeldToTheEnd);
  ASSERT_EQ(records.trades.size(), 1U);
  EXPECT_FALSE(records.trades[0].exit_time || records.trades[0].exit_price ||
               records.trades[0].exit_reason);
  EXPECT_EQ(records.trades[0].pnl, money("200"));
  EXPECT_EQ(records.trades[0].bars_held, 1);
  EXPECT_EQ(records.positions.at(0).quantity, quantity("100"));
  EXPECT_EQ(records.positions[0].mark, price("12"));
  EXPECT_FALSE(records.positions[0].closed);
  EXPECT_EQ(records.equity.back().market_value, money("1200"));
  EXPECT_EQ(records.bars_with_position, 2);
}

TEST(Finalize, ClosesAtTheLastCloseOrOpen) {
  const RunRecords at_close = run({.execution = R"({"finalize": "last_close"})"}, kHeldToTheEnd);
  EXPECT_EQ(fills_of(at_close)[1], "2 A sell 100 @ 12 end_of_data");
  EXPECT_EQ(at_close.equity.back().cash, money("10200"));
  EXPECT_EQ(at_close.equity.back().market_value, money("0"));
  EXPECT_EQ(at_close.equity.size(), 3U);
  EXPECT_EQ(at_close.bars_with_position, 1);
  const RunRecords at_open = run({.execution = R"({"finalize": "last_open"})"}, kHeldToTheEnd);
  EXPECT_EQ(fills_of(at_open)[1], "2 A sell 100 @ 11 end_of_data");
  EXPECT_EQ(at_open.equity.back().equity(), money("10100"));
}

TEST(Finalize, AtTheLastOpenLeavesWhatWasBoughtAfterItAtTheClose) {
  const RunSettings settings{
      .execution = R"({"finalize": "last_open"})",
      .entry = R"({"long": {"when": "volume = 1", "order": {"type": "limit", "limit": 9.5}}})"};
  EXPECT_EQ(fills_of(run(settings, {flat("10", kGoLong), {"10", "10", "9", "9.8"}})),
            (Lines{"1 A buy 100 @ 9.5 signal", "1 A sell 100 @ 9.8 end_of_data"}));
}

TEST(Finalize, WithNothingHeldChangesNothing) {
  const RunRecords records =
      run({.execution = R"({"finalize": "last_close"})"}, {flat("10"), flat("10")});
  EXPECT_TRUE(records.fills.empty());
  EXPECT_EQ(records.equity.size(), 2U);
  EXPECT_EQ(records.bars_with_position, 0);
}

TEST(TwoSymbols, AnOrderWaitsForItsSymbolsNextBar) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10"), flat("10"), flat("10"), flat("10"), flat("10")}),
      series("B", {flat("20", kGoLong, 0), flat("21", kWait, 3), flat("25", kLeave, 4)})};
  const RunRecords records = run({}, bars);
  EXPECT_EQ(fills_of(records), (Lines{"3 B buy 100 @ 21 signal"}));
  EXPECT_EQ(signals_of(records), (Lines{"0 B buy executed", "4 B sell expired: end of data"}));
  EXPECT_EQ(records.bars_processed, 8);
}

TEST(TwoSymbols, AMissingBarIsMarkedAtTheLastClose) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), flat("11"), flat("12"), flat("13")}),
      series("B", {flat("20", kGoLong, 0), flat("20", kWait, 1), flat("30", kWait, 4)})};
  const RunRecords records = run({}, bars);
  std::vector<std::string> equity;
  for (const AccountPoint& point : records.equity) equity.push_back(trimmed(point.equity()));
  // A gains 100 on each of the days 2 to 4, B 1,000 on day 4.
  EXPECT_EQ(equity, (Lines{"10000", "10000", "10100", "10200", "11300"}));
  EXPECT_EQ(records.equity[2].gross, money("3100"));
}

TEST(TwoSymbols, GoInByteOrderWithinAPhase) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10", kLeave), flat("10")}),
      series("B", {flat("10", kGoShort), flat("10", kLeave), flat("10")})};
  const RunRecords records = run({}, bars);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "1 B short 100 @ 10 signal",
                                      "2 A sell 100 @ 10 signal", "2 B cover 100 @ 10 signal"}));
}

TEST(WarmUp, BarsBeforeTheRunAreReadButDecideNothing) {
  BarSeries bars =
      series("A", {flat("10", kGoLong), flat("11", kGoLong), flat("12", kGoLong), flat("13")});
  bars.first = 2;
  const RunRecords records =
      run({.entry = R"({"long": {"when": "volume = 1 and close[2] = 10"}})", .exit = "[]"},
          std::vector{bars});
  EXPECT_EQ(fills_of(records), (Lines{"3 A buy 100 @ 13 signal"}));
  EXPECT_EQ(records.equity.size(), 2U);
}

TEST(Rules, MayAskForTheirPosition) {
  const RunSettings settings{.exit = R"([{"id": "old", "when": "bars_held >= 2"},
                                         {"id": "loss", "when": "close < entry_price - 1"}])"};
  EXPECT_EQ(fills_of(run(settings,
                         {flat("10", kGoLong), flat("10"), flat("10"), flat("10"), flat("10")})),
            (Lines{"1 A buy 100 @ 10 signal", "4 A sell 100 @ 10 signal"}));
  const RunRecords lost = run(settings, {flat("10", kGoLong), flat("10"), flat("8.5"), flat("8")});
  EXPECT_EQ(fills_of(lost), (Lines{"1 A buy 100 @ 10 signal", "3 A sell 100 @ 8 signal"}));
  EXPECT_EQ(lost.fills[1].rule, "loss");
}

}  // namespace
}  // namespace quant
