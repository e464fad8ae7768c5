// SPDX-License-Identifier: PostgreSQL
// Stops and targets: gaps, touches, the entry bar, and bars that touch both.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

// With an entry at 10: stop at 9, target at 12 for a long lot; 11 and 8 for a short one.
constexpr std::string_view kStop = R"({"size": {"units": 100}, "stop_loss": 0.1})";
constexpr std::string_view kTarget = R"({"size": {"units": 100}, "take_profit": 0.2})";
constexpr std::string_view kBoth =
    R"({"size": {"units": 100}, "stop_loss": 0.1, "take_profit": 0.2})";

/// The exit of a lot that enters at 10 on day 1 and meets `bar` on day 2; "held" where it stays.
std::string exit_at(const TestBar& bar, const RunSettings& settings, Command side = kGoLong) {
  const RunRecords records = run(settings, {flat("10", side), flat("10"), bar});
  const Lines fills = fills_of(records);
  return fills.size() == 1 ? "held" : fills.at(1);
}

TEST(Stops, FillAtTheOpenThatHasPassedThem) {
  EXPECT_EQ(exit_at({"8.5", "9.5", "8", "9"}, {kStop}), "2 A sell 100 @ 8.5 stop_loss");
  EXPECT_EQ(exit_at({"9", "9.5", "8", "9"}, {kStop}), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(exit_at({"11.5", "12", "10", "10"}, {kStop}, kGoShort),
            "2 A cover 100 @ 11.5 stop_loss");
}

TEST(Stops, FillOnTouchAtTheirPrice) {
  EXPECT_EQ(exit_at({"9.5", "9.5", "9", "9.2"}, {kStop}), "2 A sell 100 @ 9 stop_loss");
  EXPECT_EQ(exit_at({"9.5", "9.5", "9.01", "9.2"}, {kStop}), "held");
  EXPECT_EQ(exit_at({"10", "11", "10", "10"}, {kStop}, kGoShort), "2 A cover 100 @ 11 stop_loss");
  EXPECT_EQ(exit_at({"10", "10.99", "10", "10"}, {kStop}, kGoShort), "held");
}

TEST(Targets, FillAtTheOpenThatHasPassedThem) {
  EXPECT_EQ(exit_at({"12.5", "13", "11", "12"}, {kTarget}), "2 A sell 100 @ 12.5 take_profit");
  EXPECT_EQ(exit_at({"7.5", "8.5", "7", "8"}, {kTarget}, kGoShort),
            "2 A cover 100 @ 7.5 take_profit");
}

TEST(Targets, FillOnTouchOrOneTickThrough) {
  const RunSettings through{kTarget, R"({"limit_fill": "through"})"};
  EXPECT_EQ(exit_at({"11", "12", "11", "11"}, {kTarget}), "2 A sell 100 @ 12 take_profit");
  EXPECT_EQ(exit_at({"11", "11.99", "11", "11"}, {kTarget}), "held");
  EXPECT_EQ(exit_at({"11", "12", "11", "11"}, through), "held");
  EXPECT_EQ(exit_at({"11", "12.01", "11", "11"}, through), "2 A sell 100 @ 12 take_profit");
  EXPECT_EQ(exit_at({"12", "12", "11", "11"}, through), "held");
  EXPECT_EQ(exit_at({"12.01", "12.01", "11", "11"}, through), "2 A sell 100 @ 12.01 take_profit");
  EXPECT_EQ(exit_at({"9", "9", "8", "9"}, through, kGoShort), "held");
  EXPECT_EQ(exit_at({"9", "9", "7.99", "9"}, through, kGoShort), "2 A cover 100 @ 8 take_profit");
}

TEST(Slippage, WorsensStopsAndMarketOrdersButNoTarget) {
  const RunSettings slipping{kBoth, R"({"slippage": {"ticks": 5}})"};
  // The entry fills at 10.05: stop 9.045, rounded to 9.05, target 12.06.
  const RunRecords stopped =
      run(slipping, {flat("10", kGoLong), flat("10"), {"10", "10", "9", "9.5"}});
  EXPECT_EQ(fills_of(stopped), (Lines{"1 A buy 100 @ 10.05 signal", "2 A sell 100 @ 9 stop_loss"}));
  EXPECT_EQ(stopped.fills[0].slippage, money("5"));
  EXPECT_EQ(stopped.fills[1].slippage, money("5"));
  const RunRecords gained =
      run(slipping, {flat("10", kGoLong), flat("10"), {"10", "13", "10", "12.5"}});
  EXPECT_EQ(fills_of(gained)[1], "2 A sell 100 @ 12.06 take_profit");
  EXPECT_EQ(gained.fills[1].slippage, money("0"));
}

struct Policy {
  const char* intrabar;
  bool stop_first_for_long;
  bool stop_first_for_short;
};

void expect_policies(const TestBar& bar, const std::vector<Policy>& policies) {
  for (const Policy& policy : policies) {
    const std::string execution = concat(R"({"intrabar": ")", policy.intrabar, "\"}");
    const RunSettings settings{kBoth, execution};
    EXPECT_EQ(exit_at(bar, settings), policy.stop_first_for_long ? "2 A sell 100 @ 9 stop_loss"
                                                                 : "2 A sell 100 @ 12 take_profit")
        << policy.intrabar;
    EXPECT_EQ(exit_at(bar, settings, kGoShort), policy.stop_first_for_short
                                                    ? "2 A cover 100 @ 11 stop_loss"
                                                    : "2 A cover 100 @ 8 take_profit")
        << policy.intrabar;
  }
}

TEST(AmbiguousBar, IsDecidedByThePolicy) {
  // The high is nearer to the open than the low.
  expect_policies({"10.5", "12.5", "7.5", "10"}, {{"worst_case", true, true},
                                                  {"stop_first", true, true},
                                                  {"nearest_extreme", false, true},
                                                  {"ohlc", false, true},
                                                  {"olhc", true, false}});
  // The low is nearer.
  expect_policies({"9.5", "12.5", "7.5", "10"}, {{"nearest_extreme", true, false}});
  // A tie is the worst case.
  expect_policies({"10", "12.5", "7.5", "10"}, {{"nearest_extreme", true, true}});
}

TEST(AmbiguousBar, IsCountedWhereBothLevelsWereTouchedInside) {
  const auto count = [](const TestBar& bar) {
    return run({kBoth}, {flat("10", kGoLong), flat("10"), bar}).ambiguous_bars;
  };
  EXPECT_EQ(count({"10", "12.5", "8.5", "10"}), 1);
  EXPECT_EQ(count({"10", "12.5", "9.5", "10"}), 0);
  EXPECT_EQ(count({"10", "11", "8.5", "10"}), 0);
  // A gap leaves nothing open.
  EXPECT_EQ(count({"8.8", "12.5", "8.5", "10"}), 0);
}

TEST(EntryBar, ExposesALotFilledAtTheOpenToItsWholeRange) {
  const RunRecords stopped = run({kBoth}, {flat("10", kGoLong), {"10", "10.5", "8.9", "10"}});
  EXPECT_EQ(fills_of(stopped), (Lines{"1 A buy 100 @ 10 signal", "1 A sell 100 @ 9 stop_loss"}));
  const RunRecords gained = run({kBoth}, {flat("10", kGoShort), {"10", "10.5", "7.9", "10"}});
  EXPECT_EQ(fills_of(gained),
            (Lines{"1 A short 100 @ 10 signal", "1 A cover 100 @ 8 take_profit"}));
  EXPECT_EQ(stopped.trades.at(0).bars_held, 0);
}

TEST(EntryBar, ProtectsALotFilledAtTheClose) {
  const RunSettings at_close{kBoth, R"({"fill": "same_close"})"};
  const TestBar wide{"10", "13", "8", "10", kGoLong};
  EXPECT_EQ(fills_of(run(at_close, {wide, {"10", "11", "9.5", "10"}})),
            (Lines{"0 A buy 100 @ 10 signal"}));
  EXPECT_EQ(fills_of(run(at_close, {wide, {"10", "11", "9", "10"}})),
            (Lines{"0 A buy 100 @ 10 signal", "1 A sell 100 @ 9 stop_loss"}));
  EXPECT_EQ(fills_of(run(at_close, {wide, flat("8.5")})),
            (Lines{"0 A buy 100 @ 10 signal", "1 A sell 100 @ 8.5 stop_loss"}));
}

TEST(ComputedLevels, AreTakenFromTheDecidingBar) {
  const RunSettings distance{
      R"({"size": {"units": 100}, "stop_loss": {"distance": "close - low"}})"};
  // Deciding bar: close 10, low 8.5. The fill at 11 puts the stop at 9.5.
  const RunRecords records =
      run(distance, {{"10", "10", "8.5", "10", kGoLong}, flat("11"), {"11", "11", "9.4", "10"}});
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 100 @ 11 signal", "2 A sell 100 @ 9.5 stop_loss"}));
  EXPECT_EQ(records.trades.at(0).stop, price("9.5"));

  const RunSettings fixed{R"({"size": {"units": 100}, "take_profit": {"price": "high + 1"}})"};
  EXPECT_EQ(
      fills_of(run(fixed,
                   {{"10", "12", "8.5", "10", kGoLong}, flat("11"), {"11", "14", "11", "12"}}))[1],
      "2 A sell 100 @ 13 take_profit");
}

TEST(ComputedLevels, BeyondTheOpenOfTheEntryBarCloseThere) {
  const RunSettings stop{R"({"size": {"units": 100}, "stop_loss": {"price": "low"}})"};
  // The stop of 9.5 lies above the open at which the lot is filled.
  EXPECT_EQ(fills_of(run(stop, {{"10", "10", "9.5", "10", kGoLong}, {"9.2", "10", "9", "10"}})),
            (Lines{"1 A buy 100 @ 9.2 signal", "1 A sell 100 @ 9.2 stop_loss"}));
}

TEST(ComputedLevels, RefuseTheEntryWhereTheyAreMissingOrNotPositive) {
  const RunSettings missing{R"j({"size": {"units": 100}, "stop_loss": {"distance": "atr(5)"}})j"};
  const RunRecords records = run(missing, {flat("10", kGoLong), flat("10")});
  EXPECT_TRUE(records.fills.empty());
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy rejected: the stop or target is missing or not positive on the "
                   "deciding bar"}));
  const RunSettings zero{R"({"size": {"units": 100}, "take_profit": {"distance": "high - low"}})"};
  EXPECT_EQ(signals_of(run(zero, {flat("10", kGoLong), flat("10")})),
            (Lines{"0 A buy rejected: the stop or target is missing or not positive on the "
                   "deciding bar"}));
}

TEST(Levels, ComeAfterAnExitThatTheRulesAskedFor) {
  EXPECT_EQ(
      fills_of(run({kBoth}, {flat("10", kGoLong), flat("10", kLeave), {"8", "13", "7", "10"}})),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 8 signal"}));
}

TEST(Levels, ATargetThatNoPriceReachesNeverFills) {
  const RunSettings far{R"({"size": {"units": 100}, "take_profit": 1})"};
  EXPECT_EQ(
      fills_of(run(far, {flat("10", kGoShort), flat("10"), {"0.01", "10", "0.01", "0.01"}})).size(),
      1U);
}

TEST(Excursions, AreMeasuredFromTheEntryPriceOverTheBarsHeld) {
  const RunRecords records = run({}, {flat("10", kGoLong),
                                      {"10", "11", "9.5", "10"},
                                      {"10", "12", "9", "11", kLeave},
                                      {"11", "20", "5", "11"}});
  const Trade& trade = records.trades.at(0);
  // The exit bar counts with the exit price only.
  EXPECT_EQ(trade.adverse_excursion->to_text(), "0.100000");
  EXPECT_EQ(trade.favourable_excursion->to_text(), "0.200000");
  EXPECT_EQ(trade.bars_held, 2);
}

TEST(Excursions, OfAShortLotAreMirroredAndEndAtTheExitPrice) {
  const RunRecords records = run(
      {kBoth}, {flat("10", kGoShort), {"10", "10.3", "9.9", "10"}, {"10", "11.5", "9.8", "10"}});
  const Trade& trade = records.trades.at(0);
  EXPECT_EQ(trade.adverse_excursion->to_text(), "0.100000");  // stopped at 11
  EXPECT_EQ(trade.favourable_excursion->to_text(), "0.010000");
}

}  // namespace
}  // namespace quant
