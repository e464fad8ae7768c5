// SPDX-License-Identifier: PostgreSQL
// Commission, margin, ruin, and that two runs are one.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

TEST(Account, PaysFeesOnBothFillsAndNetsThemFromTheTrade) {
  const RunRecords records = run({.execution = R"({"commission": {"percent": 0.1, "min": 1.5}})"},
                                 {flat("10", kGoLong), flat("10", kLeave), flat("30")});
  // 100 x 10: a fee of 1.00, raised to 1.50; 100 x 30: a fee of 3.00.
  EXPECT_EQ(records.fills[0].commission, money("1.5"));
  EXPECT_EQ(records.fills[1].commission, money("3"));
  const Trade& trade = records.trades.at(0);
  EXPECT_EQ(trade.pnl, money("1995.5"));
  EXPECT_EQ(trade.commission, money("4.5"));
  EXPECT_EQ(trade.cost, money("1001.5"));
  EXPECT_EQ(records.fills[1].realized_pnl, money("1995.5"));
  EXPECT_EQ(records.equity.back().cash, money("11995.5"));
}

TEST(Account, OfAShortSaleGainsWhenThePriceFalls) {
  const RunRecords records =
      run({}, {flat("10", kGoShort), flat("10"), flat("8", kLeave), flat("7")});
  EXPECT_EQ(records.equity[1].cash, money("11000"));
  EXPECT_EQ(records.equity[1].market_value, money("-1000"));
  EXPECT_EQ(records.equity[2].equity(), money("10200"));
  EXPECT_EQ(records.trades.at(0).pnl, money("300"));
  EXPECT_EQ(records.equity.back().equity(), money("10300"));
}

constexpr std::string_view kThreeThousand = R"({"size": {"units": 3000}})";
constexpr std::string_view kLeverage = R"({"leverage": 4})";

TEST(MarginCall, ClosesAtTheNextOpenWhereEquityIsBelowMaintenance) {
  // 3,000 shares at 10 on 10,000: at 8.89 equity is 6,670, 25.01 % of 26,670; at 8.88 it is below.
  const RunRecords held =
      run({kThreeThousand, kLeverage}, {flat("10", kGoLong), flat("10"), flat("8.89"), flat("9")});
  EXPECT_EQ(fills_of(held), (Lines{"1 A buy 3000 @ 10 signal"}));
  const RunRecords called = run({kThreeThousand, kLeverage}, {flat("10", kGoLong), flat("10"),
                                                              flat("8.88"), flat("9"), flat("9")});
  EXPECT_EQ(fills_of(called), (Lines{"1 A buy 3000 @ 10 signal", "3 A sell 3000 @ 9 margin_call"}));
  EXPECT_EQ(signals_of(called), (Lines{"0 A buy executed", "2 A sell executed"}));
  EXPECT_FALSE(called.ruined);
}

TEST(MarginCall, HoldsExactlyAtTheBoundary) {
  // 2,500 shares at 10 with 10,000: at 8, equity 5,000 is 25 % of 20,000.
  const RunSettings settings{R"({"size": {"units": 2500}})", kLeverage};
  EXPECT_EQ(fills_of(run(settings, {flat("10", kGoLong), flat("10"), flat("8"), flat("8")})).size(),
            1U);
  EXPECT_EQ(
      fills_of(run(settings, {flat("10", kGoLong), flat("10"), flat("7.99"), flat("8")})).size(),
      2U);
}

TEST(MarginCall, ClosesTheLargestUntilTheRestIsCovered) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), flat("8"), flat("8")}),
      series("B", {flat("20", kGoLong), flat("20"), flat("16"), flat("16")})};
  // 1,300 shares each: gross 39,000 falls to 31,200, equity to 2,200; without B gross is 10,400,
  // which 2,200 does not cover to 25 % either; so A follows.
  const RunSettings both{R"({"size": {"units": 1300}})", kLeverage};
  EXPECT_EQ(fills_of(run(both, bars)),
            (Lines{"1 A buy 1300 @ 10 signal", "1 B buy 1300 @ 20 signal",
                   "3 A sell 1300 @ 8 margin_call", "3 B sell 1300 @ 16 margin_call"}));
  // 1,200 shares each: gross 28,800, equity 2,800, 9.7 %; without B 2,800 of 9,600 is 29 %.
  const RunSettings one{R"({"size": {"units": 1200}})", kLeverage};
  EXPECT_EQ(fills_of(run(one, bars)), (Lines{"1 A buy 1200 @ 10 signal", "1 B buy 1200 @ 20 signal",
                                             "3 B sell 1200 @ 16 margin_call"}));
}

TEST(MarginCall, CountsExitsThatAreAlreadyAskedFor) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), flat("8"), flat("8")}),
      series("B", {flat("20", kGoLong), flat("20"), flat("16"), flat("16")})};
  // B, the larger, is to leave by a rule already: without it 2,800 of 4,800 cover A.
  std::vector<BarSeries> leaving = bars;
  leaving[1].volume[1] = Volume::from_units(kLeave);
  leaving[1].timestamp[2] = 3 * kDayLength;  // no bar on day 2, so the order of day 1 waits
  leaving[1].timestamp[3] = 4 * kDayLength;
  leaving[0].close[2] = leaving[0].low[2] = price("4");
  const RunRecords records = run({R"({"size": {"units": 1200}})", kLeverage}, leaving);
  EXPECT_EQ(fills_of(records).back(), "3 B sell 1200 @ 16 signal");
}

TEST(MarginCall, NeverComesWithoutMaintenance) {
  EXPECT_EQ(run({kThreeThousand, R"({"leverage": 4, "maintenance": 0})"},
                {flat("10", kGoLong), flat("10"), flat("6.67"), flat("6.67")})
                .fills.size(),
            1U);
}

TEST(MarginCall, WaitsForTheNextOpenEvenWithFillsAtTheClose) {
  const RunRecords records = run({kThreeThousand, R"({"leverage": 4, "fill": "same_close"})"},
                                 {flat("10", kGoLong), flat("8"), flat("9"), flat("9")});
  EXPECT_EQ(fills_of(records),
            (Lines{"0 A buy 3000 @ 10 signal", "2 A sell 3000 @ 9 margin_call"}));
}

TEST(MarginCall, GivesWayToARuleThatClosesAtTheSameClose) {
  const RunRecords records = run({kThreeThousand, R"({"leverage": 4, "fill": "same_close"})"},
                                 {flat("10", kGoLong), flat("8", kLeave), flat("9")});
  EXPECT_EQ(fills_of(records), (Lines{"0 A buy 3000 @ 10 signal", "1 A sell 3000 @ 8 signal"}));
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy executed", "1 A sell cancelled: the position was closed first",
                   "1 A sell executed"}));
}

TEST(Ruin, ClosesEverythingAndEndsTrading) {
  const RunRecords records =
      run({kThreeThousand, kLeverage},
          {flat("10", kGoLong), flat("10"), flat("6.66"), flat("12", kGoLong), flat("12")});
  EXPECT_EQ(fills_of(records),
            (Lines{"1 A buy 3000 @ 10 signal", "3 A sell 3000 @ 12 margin_call"}));
  EXPECT_TRUE(records.ruined);
  EXPECT_EQ(records.equity[2].equity(), money("-20"));
  EXPECT_EQ(records.equity.back().equity(), money("16000"));
  EXPECT_EQ(records.equity.size(), 5U);
}

TEST(Ruin, RefusesEntriesThatWait) {
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), flat("6"), flat("6")}),
      series("B", {flat("20", kGoLong, 1), flat("20", kWait, 3)})};
  const RunRecords records = run({kThreeThousand, kLeverage}, bars);
  EXPECT_EQ(
      signals_of(records),
      (Lines{"0 A buy executed", "1 B buy rejected: the equity is used up", "2 A sell executed"}));
}

/// Every figure of a run as text.
std::string everything(const RunRecords& records) {
  std::string text;
  for (const std::string& line : fills_of(records)) text += line + "\n";
  for (const std::string& line : signals_of(records)) text += line + "\n";
  for (const Fill& fill : records.fills) {
    text += concat(fill.value.to_text(), ' ', fill.commission.to_text(), ' ',
                   fill.slippage.to_text(), '\n');
  }
  for (const Trade& trade : records.trades) {
    text += concat(trade.symbol, ' ', trade.pnl.to_text(), ' ', trade.bars_held, ' ',
                   trade.adverse_excursion->to_text(), ' ', trade.favourable_excursion->to_text(),
                   '\n');
  }
  for (const AccountPoint& point : records.equity) text += point.equity().to_text() + "\n";
  return text;
}

/// A walk of prices with a command now and then; missing days in the second half.
BarSeries walk(const std::string& symbol, int start, int seed) {
  std::vector<TestBar> bars;
  static std::vector<std::string> texts;  // keeps what the bars refer to
  texts.reserve(100'000);
  const auto text = [&](int cents) -> std::string_view {
    texts.push_back(decimal_text(cents, 2));
    return texts.back();
  };
  std::uint32_t state = static_cast<std::uint32_t>(seed);
  const auto below = [&](int bound) {
    state = state * 1'664'525U + 1'013'904'223U;
    return static_cast<int>((state >> 8) % static_cast<std::uint32_t>(bound));
  };
  int last = start;
  for (int day = 0; day < 400; ++day) {
    const int open = std::max(100, last + below(41) - 20);
    const int close = std::max(100, open + below(61) - 30);
    const int high = std::max(open, close) + below(30);
    const int low = std::max(50, std::min(open, close) - below(30));
    last = close;
    if (day > 200 && below(5) == 0) continue;
    const int command = below(12);
    bars.push_back({text(open), text(high), text(low), text(close),
                    static_cast<Command>(command > 5 ? 0 : command), day});
  }
  return series(symbol, bars);
}

TEST(Determinism, TwoRunsAreEqual) {
  const std::vector<BarSeries> bars = {walk("A", 1'000, 1), walk("B", 2'000, 2), walk("C", 500, 3)};
  const RunSettings settings{
      R"({"size": {"percent_equity": 60}, "stop_loss": 0.03, "take_profit": 0.05})",
      R"({"commission": {"percent": 0.1, "min": 1}, "slippage": {"percent": 0.05},
                                 "leverage": 1.5})"};
  const std::string first = everything(run(settings, bars));
  EXPECT_EQ(first, everything(run(settings, bars)));
  EXPECT_GT(first.size(), 10'000U);
}

TEST(Determinism, TheSizeOfTheStepsDoesNotMatter) {
  const std::vector<BarSeries> bars = {walk("A", 1'000, 4), walk("B", 2'000, 5)};
  const Execution execution;
  const Strategy strategy = strategy_of({kCommandEntries, kCommandExits, R"({"stop_loss": 0.03})"});
  std::string first;
  for (const std::int64_t step : {1, 7, 1'000'000}) {
    Engine engine(strategy, execution, bars, money("10000"));
    while (!engine.prepare_step()) {
    }
    while (!engine.step(step)) {
    }
    const std::string text = everything(engine.finish());
    if (first.empty()) first = text;
    EXPECT_EQ(text, first) << step;
  }
}

}  // namespace
}  // namespace quant
