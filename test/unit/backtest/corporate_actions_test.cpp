// SPDX-License-Identifier: PostgreSQL
// Splits (rule 24) and dividends (rule 25).
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

/// Bar 2 opens after a split of `to` new units for `from` old ones.
BarSeries split_at_two(const std::vector<TestBar>& bars, int to, int from) {
  BarSeries made = series("A", bars);
  made.splits = {{2, to, from}};
  return made;
}
BarSeries paying(BarSeries bars, std::size_t bar, int cents) {
  bars.dividends.push_back({bar, cents, 100});
  return bars;
}
RunRecords run_one(const RunSettings& settings, BarSeries bars) {
  return run(settings, std::vector{std::move(bars)});
}
RunSettings units_of(std::string_view risk) { return {.risk = risk}; }

TEST(Split, TwoForOneDoublesThePositionAndLeavesEquityAlone) {
  const RunRecords records = run_one(
      {}, split_at_two({flat("10", kGoLong), flat("10"), flat("5"), flat("5", kLeave), flat("6")},
                       2, 1));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 10 signal", "4 A sell 200 @ 6 signal"}));
  EXPECT_EQ(equity_of(records), (Lines{"10000", "10000", "10000", "10000", "10200"}));
  const Trade& trade = records.trades.at(0);
  EXPECT_EQ(trade.quantity, quantity("200"));
  EXPECT_EQ(trade.entry_price, price("5"));
  EXPECT_EQ(trade.pnl, money("200"));
  ASSERT_TRUE(trade.as_traded);
  EXPECT_EQ(trade.as_traded->quantity, quantity("100"));
  EXPECT_EQ(trade.as_traded->entry_price, price("10"));
  ASSERT_EQ(records.cash_events.size(), 1U);
  EXPECT_EQ(records.cash_events[0].kind, CashEventKind::kSplit);
  EXPECT_EQ(records.cash_events[0].change, quantity("100"));
  EXPECT_EQ(records.cash_events[0].amount, money("0"));
}

TEST(Split, PaysFractionsAtTheLastClose) {
  // 101 become 151.5: 151, and half a new unit, worth 6.00 each at the close of 9.00 before.
  const RunRecords records =
      run_one(units_of(R"({"size": {"units": 101}})"),
              split_at_two({flat("9", kGoLong), flat("9"), flat("6", kLeave), flat("6")}, 3, 2));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 101 @ 9 signal", "3 A sell 151 @ 6 signal"}));
  EXPECT_EQ(records.dividends, money("3"));
  EXPECT_EQ(records.trades.at(0).pnl, money("-3"));
  EXPECT_EQ(records.trades[0].income, money("3"));
  EXPECT_EQ(equity_of(records), (Lines{"10000", "10000", "10000", "10000"}));
}

TEST(Split, ChargesFractionsOfAShortPosition) {
  const RunRecords records =
      run_one(units_of(R"({"size": {"units": 101}})"),
              split_at_two({flat("9", kGoShort), flat("9"), flat("6", kLeave), flat("6")}, 3, 2));
  EXPECT_EQ(fills_of(records), (Lines{"1 A short 101 @ 9 signal", "3 A cover 151 @ 6 signal"}));
  EXPECT_EQ(records.dividends, money("-3"));
  EXPECT_EQ(records.trades.at(0).pnl, money("3"));
  EXPECT_EQ(records.equity.back().equity(), money("10000"));
}

TEST(Split, OneForTenShrinksThePosition) {
  // 105 become 10.5: 10, and half a new unit at 10.00.
  const RunRecords records =
      run_one(units_of(R"({"size": {"units": 105}})"),
              split_at_two({flat("1", kGoLong), flat("1"), flat("10", kLeave), flat("11")}, 1, 10));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 105 @ 1 signal", "3 A sell 10 @ 11 signal"}));
  EXPECT_EQ(records.dividends, money("5"));
  EXPECT_EQ(records.trades.at(0).pnl, money("5"));  // 110 - 105
  EXPECT_EQ(records.equity.back().equity(), money("10010"));
}

TEST(Split, OfWhichNothingRemainsClosesThePositionBefore) {
  const RunRecords records =
      run_one({R"({"size": {"units": 5}})", R"({"commission": {"per_order": 1},
                                                "slippage": {"ticks": 5}})"},
              split_at_two({flat("10", kGoLong), flat("10"), flat("100")}, 1, 10));
  // Bought at 10.05 for 1.00; closed at 10 without costs.
  EXPECT_EQ(fills_of(records).at(1).substr(1), " A sell 5 @ 10 delisted");
  EXPECT_EQ(fees_of(records), (Lines{"1", "0"}));
  EXPECT_EQ(records.equity.back().equity(), money("9998.75"));
  EXPECT_FALSE(records.trades.at(0).exit_time == std::nullopt);
}

TEST(Split, MovesStopsAndTargets) {
  constexpr std::string_view kBoth =
      R"({"size": {"units": 100}, "stop_loss": 0.1, "take_profit": 0.2})";
  const auto leaves = [&](const TestBar& bar, int to, int from) {
    const RunRecords records =
        run_one(units_of(kBoth), split_at_two({flat("10", kGoLong), flat("10"), bar}, to, from));
    return records.fills.size() == 1 ? "held" : fills_of(records)[1];
  };
  // 9 and 12 become 4.50 and 6, or 6 and 8.
  EXPECT_EQ(leaves({"5", "5", "4.5", "4.8"}, 2, 1), "2 A sell 200 @ 4.5 stop_loss");
  EXPECT_EQ(leaves({"5", "5", "4.51", "4.8"}, 2, 1), "held");
  EXPECT_EQ(leaves({"5", "6", "5", "5"}, 2, 1), "2 A sell 200 @ 6 take_profit");
  EXPECT_EQ(leaves({"6.67", "6.67", "6", "6.5"}, 3, 2), "2 A sell 150 @ 6 stop_loss");
  EXPECT_EQ(leaves({"6.67", "8", "6.5", "6.5"}, 3, 2), "2 A sell 150 @ 8 take_profit");
  EXPECT_EQ(leaves({"100", "100", "90", "95"}, 1, 10), "2 A sell 10 @ 90 stop_loss");
}

TEST(Split, MovesATrailingStop) {
  // Distance 1, best 12: 0.50 below 6.
  const auto leaves = [](std::string_view low) {
    return run_one(
        units_of(R"({"size": {"units": 100}, "trailing_stop": 0.1})"),
        split_at_two({flat("10", kGoLong), {"10", "12", "10", "12"}, {"6", "6", low, "6"}}, 2, 1));
  };
  EXPECT_EQ(leaves("5.51").fills.size(), 1U);
  EXPECT_EQ(fills_of(leaves("5.5")).at(1), "2 A sell 200 @ 5.5 trailing_stop");
}

TEST(Split, MovesATrailingStopWhosePriceHasNotRisen) {
  // Distance 1, best 10: 0.50 below 5; for the short lot, 10 above 100.
  const auto leaves = [](Command side, const TestBar& bar, int to, int from) {
    const RunRecords records =
        run_one(units_of(R"({"size": {"units": 100}, "trailing_stop": 0.1})"),
                split_at_two({flat("10", side), flat("10"), bar}, to, from));
    return records.fills.size() == 1 ? "held" : fills_of(records)[1];
  };
  EXPECT_EQ(leaves(kGoLong, {"5", "5", "4.51", "5"}, 2, 1), "held");
  EXPECT_EQ(leaves(kGoLong, {"5", "5", "4.5", "5"}, 2, 1), "2 A sell 200 @ 4.5 trailing_stop");
  EXPECT_EQ(leaves(kGoShort, {"100", "109.99", "100", "100"}, 1, 10), "held");
  EXPECT_EQ(leaves(kGoShort, {"100", "110", "100", "100"}, 1, 10),
            "2 A cover 10 @ 110 trailing_stop");
}

TEST(Split, MovesEntryOrdersThatWait) {
  // Units are no quantity before the fill works them out.
  const RunSettings limit{
      .entry = R"({"long": {"when": "volume = 1", "order": {"type": "limit", "limit": 8}}})"};
  EXPECT_EQ(
      fills_of(run_one(
          limit, split_at_two({flat("10", kGoLong), flat("10"), {"5", "5", "4", "5"}}, 2, 1))),
      (Lines{"2 A buy 100 @ 4 signal"}));
  EXPECT_TRUE(
      run_one(limit, split_at_two({flat("10", kGoLong), flat("10"), {"5", "5", "4.01", "5"}}, 2, 1))
          .fills.empty());
}

TEST(Split, MovesAMarketOrderAndItsStopDistance) {
  const RunRecords records = run_one(
      units_of(R"({"size": {"units": 100}, "stop_loss": {"distance": "high - low"}})"),
      split_at_two({flat("10"), {"10", "11", "9", "10", kGoLong}, {"5", "5", "4", "4.5"}}, 2, 1));
  EXPECT_EQ(fills_of(records), (Lines{"2 A buy 100 @ 5 signal", "2 A sell 100 @ 4 stop_loss"}));
}

TEST(Split, MovesAQuantityThatTheSignalHasFixed) {
  const RunSettings settings{.risk = R"({"size": {"percent_equity": 10}})",
                             .execution = R"({"size_at": "signal"})"};
  // 100 units at the close of 10: 200, or 66 of 66.67.
  const std::vector<TestBar> bars = {flat("10"), flat("10", kGoLong), flat("5")};
  EXPECT_EQ(fills_of(run_one(settings, split_at_two(bars, 2, 1))),
            (Lines{"2 A buy 200 @ 5 signal"}));
  EXPECT_EQ(fills_of(run_one(settings, split_at_two(bars, 2, 3))),
            (Lines{"2 A buy 66 @ 5 signal"}));
}

TEST(Split, LeavesASizeInMoneyAlone) {
  const RunRecords records =
      run_one(units_of(R"({"size": {"cash": 1000}, "stop_loss": {"price": 8}})"),
              split_at_two({flat("10"), flat("10", kGoLong), {"5", "5", "4", "4.5"}}, 2, 1));
  EXPECT_EQ(fills_of(records), (Lines{"2 A buy 200 @ 5 signal", "2 A sell 200 @ 4 stop_loss"}));
}

TEST(Split, MovesExitOrdersThatWait) {
  const RunSettings settings{
      .exit = R"([{"when": "volume = 3", "order": {"type": "limit", "limit": 12}},
                  {"when": "volume = 6", "portion": 0.5,
                    "order": {"type": "limit", "limit": 12}}])"};
  EXPECT_EQ(
      fills_of(run_one(
          settings,
          split_at_two({flat("10", kGoLong), flat("10", kLeave), {"5", "6", "5", "5"}}, 2, 1)))[1],
      "2 A sell 200 @ 6 signal");
  EXPECT_EQ(fills_of(run_one(
                settings,
                split_at_two({flat("10", kGoLong), flat("10", kLeavePart), {"5", "6", "5", "5"}}, 2,
                             1)))[1],
            "2 A sell 100 @ 6 signal");
}

TEST(Split, SharesTheNewQuantityOverTheLots) {
  const RunSettings settings{R"({"size": {"cash": 1200}, "pyramiding": {"max": 2}})"};
  BarSeries bars = series(
      "A", {flat("12", kGoLong), flat("12", kGoLong), flat("24"), flat("16", kLeave), flat("17")});
  bars.splits = {{3, 3, 2}};
  // 100 at 12 and 50 at 24 become 150 at 8 and 75 at 16.
  const RunRecords records = run_one(settings, bars);
  EXPECT_EQ(trades_of(records), (Lines{"A 150 from 8 to 17: 1350", "A 75 from 16 to 17: 75"}));
}

TEST(Split, LeavesTheCostOfALotThatGetsNoneToTheNext) {
  const RunSettings settings{R"({"size": {"cash": 12}, "pyramiding": {"max": 2}})"};
  BarSeries bars = series(
      "A", {flat("10", kGoLong), flat("10", kGoLong), flat("4"), flat("16", kLeave), flat("17")});
  bars.splits = {{3, 1, 4}};
  // 1 at 10 and 3 at 4, cost 22, become 1.
  const RunRecords records = run_one(settings, bars);
  ASSERT_EQ(records.trades.size(), 1U);
  EXPECT_EQ(records.trades[0].quantity, quantity("1"));
  EXPECT_EQ(records.trades[0].pnl, money("-5"));
  EXPECT_EQ(equity_of(records), (Lines{"10000", "10000", "9994", "9994", "9995"}));
}

TEST(Split, TakesEffectAtTheSymbolsFirstBarAfterIt) {
  // No bar of A on the days 2 to 4, its split stands at its next bar, on day 5.
  std::vector<BarSeries> bars = {
      split_at_two({flat("10", kGoLong, 0), flat("10", kWait, 1), flat("5", kWait, 5)}, 2, 1),
      series("B", std::vector<TestBar>(6, flat("20")))};
  const RunRecords records = run({}, bars);
  EXPECT_EQ(equity_of(records), Lines(6, "10000"));
  EXPECT_EQ(records.positions.at(0).quantity, quantity("200"));
  EXPECT_EQ(utc_day(records.cash_events.at(0).time), 5);
}

TEST(Split, IsSeenByRulesInTheUnitsOfTheDecidingBar) {
  const RunSettings settings{
      .exit = R"([{"when": "close < 0.9 * close[1] or close < 0.9 * entry_price"}])"};
  EXPECT_EQ(run_one(settings,
                    split_at_two({flat("10", kGoLong), flat("10"), flat("5"), flat("5"), flat("5")},
                                 2, 1))
                .fills.size(),
            1U);
}

TEST(Dividend, IsCreditedToWhatIsHeldBeforeTheOpen) {
  const RunRecords records = run_one(
      {}, paying(series("A", {flat("10", kGoLong), flat("10", kLeave), flat("9.5")}), 2, 37));
  // Sold at the open of the ex-date.
  EXPECT_EQ(records.dividends, money("37"));
  EXPECT_EQ(records.trades.at(0).income, money("37"));
  EXPECT_EQ(records.trades[0].pnl, money("-50"));
  EXPECT_EQ(records.equity.back().cash, money("9987"));
  ASSERT_EQ(records.cash_events.size(), 1U);
  EXPECT_EQ(records.cash_events[0].kind, CashEventKind::kDividend);
  EXPECT_EQ(records.cash_events[0].amount, money("37"));
}

TEST(Dividend, IsNotForWhoBuysAtTheOpenOfTheExDate) {
  const RunRecords records =
      run_one({}, paying(series("A", {flat("10"), flat("10", kGoLong), flat("10")}), 2, 37));
  EXPECT_EQ(records.fills.size(), 1U);
  EXPECT_EQ(records.dividends, money("0"));
  EXPECT_TRUE(records.cash_events.empty());
}

TEST(Dividend, IsChargedToAShortPosition) {
  const RunRecords records =
      run_one({}, paying(series("A", {flat("10", kGoShort), flat("10"), flat("10")}), 2, 37));
  EXPECT_EQ(records.dividends, money("-37"));
  EXPECT_EQ(records.equity.back().equity(), money("9963"));
}

TEST(Dividend, IsRoundedToTheCentAndSharedOverTheLots) {
  const RunSettings settings{R"({"size": {"units": 1}, "pyramiding": {"max": 3}})"};
  BarSeries bars = series("A", {flat("10", kGoLong), flat("10", kGoLong), flat("10", kGoLong),
                                flat("10"), flat("10", kLeave), flat("10")});
  bars.dividends = {{4, 1, 3}};  // a third each: 1.00 for three
  const RunRecords records = run_one(settings, bars);
  EXPECT_EQ(records.dividends, money("1"));
  Money income;
  for (const Trade& trade : records.trades) income += trade.income;
  EXPECT_EQ(income, money("1"));
  bars.dividends = {{4, 1, 200}};  // half a cent each: 0.015, so 0.02
  EXPECT_EQ(run_one(settings, bars).dividends, money("0.02"));
}

TEST(Dividend, StaysWithThePartThatIsSoldLater) {
  const RunSettings settings{
      .exit = R"([{"when": "volume = 6", "portion": 0.25}, {"when": "volume = 3"}])"};
  const RunRecords records =
      run_one(settings, paying(series("A", {flat("10", kGoLong), flat("10"), flat("10", kLeavePart),
                                            flat("10", kLeave), flat("10")}),
                               2, 37));
  ASSERT_EQ(records.trades.size(), 2U);
  EXPECT_EQ(records.trades[0].income, money("9.25"));
  EXPECT_EQ(records.trades[1].income, money("27.75"));
}

TEST(Dividend, OfTheDateOfASplitComesAfterIt) {
  const RunRecords records = run_one(
      {}, paying(split_at_two({flat("10", kGoLong), flat("10"), flat("4.5")}, 2, 1), 2, 50));
  // 0.50 on each of 200.
  EXPECT_EQ(records.dividends, money("100"));
  EXPECT_EQ(equity_of(records), (Lines{"10000", "10000", "10000"}));
}

TEST(Split, DoesNotTurnRoundingIntoAnExcursion) {
  // 1.44 over 7 is 0.205714...; the lot is shown with 0.2057, but nothing has moved against it.
  const RunRecords records =
      run_one({}, split_at_two({flat("1.44", kGoLong), flat("1.44"), flat("0.21"),
                                flat("0.21", kLeave), flat("0.21")},
                               7, 1));
  EXPECT_EQ(records.trades.at(0).adverse_excursion, Decimal{});
}

TEST(Split, LeavesTheDistanceOfATrailingStopUnrounded) {
  // 2 percent of 1.44 over 7 is 0.0041; to the tick it would be nothing, and the stop the price
  // itself.
  const RunRecords records = run_one(
      units_of(R"({"size": {"units": 100}, "trailing_stop": 0.02})"),
      split_at_two({flat("1.44", kGoLong), flat("1.44"), flat("0.2057"), flat("0.2057")}, 7, 1));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 1.44 signal"}));
}

TEST(Split, DoesNotChangeWhatAnOrderHasTraded) {
  // 100 of 200 fill before the split at 1 a share; the other 100 are 200 after it.
  BarSeries bars =
      trading(split_at_two({flat("10", kGoLong), flat("10"), flat("5"), flat("5")}, 2, 1), {1000});
  const RunRecords records = run({R"({"size": {"units": 200}})",
                                  R"({"max_volume_share": 0.1, "commission": {"per_share": 1}})",
                                  "10000", kQuietEntries, kQuietExits},
                                 std::vector{bars});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 100 @ 10 signal", "2 A buy 100 @ 5 signal", "3 A buy 100 @ 5 signal"}));
  EXPECT_EQ(fees_of(records), (Lines{"100", "100", "100"}));
}

}  // namespace
}  // namespace quant
