// SPDX-License-Identifier: PostgreSQL
// How much is bought: the size rules, buying power, one snapshot for a phase, priority, limits.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

/// The quantity of the first fill, which enters at 10 (or what the bar says) on day 1.
std::string quantity_for(const RunSettings& settings, Command side = kGoLong) {
  const RunRecords records = run(settings, {flat("10", side), flat("10")});
  return records.fills.empty() ? "none" : trimmed(records.fills[0].quantity);
}

TEST(Size, IsTheLargestWholeStepWithinTheBudget) {
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"percent_equity": 100}})"}), "1000");
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"percent_equity": 33.333}})"}), "333");
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"cash": 1009.99}})"}), "100");
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"units": 7}})"}), "7");
  EXPECT_EQ(quantity_for({}), "100");
}

TEST(Size, CountsTheFeeToTheBudget) {
  constexpr std::string_view kFee = R"({"commission": {"percent": 0.2}})";
  // 998 shares cost 9,980 and 19.96 of fees; 999 would cost 10,009.98.
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"percent_equity": 100}})", .execution = kFee}),
            "998");
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"cash": 1000}})", .execution = kFee}), "99");
}

TEST(Size, FollowsTheQuantityStep) {
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"cash": 123.45}})",
                          .execution = R"({"quantity_step": 0.001})"}),
            "12.345");
  EXPECT_EQ(quantity_for(
                {.risk = R"({"size": {"units": 99.5}})", .execution = R"({"quantity_step": 10})"}),
            "90");
}

TEST(Size, BelowOneStepIsRefused) {
  const RunRecords records =
      run({.risk = R"({"size": {"units": 0.5}})"}, {flat("10", kGoLong), flat("10")});
  EXPECT_EQ(signals_of(records), (Lines{"0 A buy rejected: the size is below one quantity step"}));
}

TEST(Size, AtTheSignalIsWorkedOutAtTheDecidingClose) {
  const std::vector<TestBar> bars = {flat("10", kGoLong), flat("8")};
  const RunSettings at_signal{.risk = R"({"size": {"percent_equity": 50}})",
                              .execution = R"({"size_at": "signal"})"};
  EXPECT_EQ(fills_of(run(at_signal, bars)), (Lines{"1 A buy 500 @ 8 signal"}));
  EXPECT_EQ(fills_of(run({.risk = at_signal.risk}, bars)), (Lines{"1 A buy 625 @ 8 signal"}));
  // What was sized at 10 does not fit any more at 16 and is reduced.
  const RunSettings all{.risk = R"({"size": {"percent_equity": 100}})",
                        .execution = R"({"size_at": "signal"})"};
  EXPECT_EQ(fills_of(run(all, {flat("10", kGoLong), flat("16")})),
            (Lines{"1 A buy 625 @ 16 signal"}));
}

TEST(BuyingPower, ReducesTheOrderOrSkipsIt) {
  constexpr std::string_view kTooMany = R"({"size": {"units": 1500}})";
  EXPECT_EQ(quantity_for({.risk = kTooMany}), "1000");
  EXPECT_EQ(quantity_for({.risk = kTooMany}, kGoShort), "1000");
  const RunRecords skipped = run({.risk = kTooMany, .execution = R"({"on_short_cash": "skip"})"},
                                 {flat("10", kGoLong), flat("10")});
  EXPECT_EQ(signals_of(skipped),
            (Lines{"0 A buy rejected: the buying power does not cover the size"}));
}

TEST(BuyingPower, GrowsWithLeverageAndPaysFeesFirst) {
  EXPECT_EQ(
      quantity_for({.risk = R"({"size": {"units": 99999}})", .execution = R"({"leverage": 2.5})"}),
      "2500");
  // value + 2.5 x fee <= 25,000 with a fee of 0.2 %: 2,487 x 10 x 1.005 = 24,994.35.
  EXPECT_EQ(quantity_for({.risk = R"({"size": {"units": 99999}})",
                          .execution = R"({"leverage": 2.5, "commission": {"percent": 0.2}})"}),
            "2487");
}

std::vector<BarSeries> two_entries(std::string_view first_price, std::string_view second_price) {
  return {series("A", {flat(first_price, kGoLong), flat(first_price)}),
          series("B", {flat(second_price, kGoLong), flat(second_price)})};
}

TEST(Snapshot, EntriesOfOnePhaseShareOneEquity) {
  // 60 % of 10,000 each: the second gets what is left.
  const RunSettings sixty{.risk = R"({"size": {"percent_equity": 60}})"};
  EXPECT_EQ(fills_of(run(sixty, two_entries("10", "20"))),
            (Lines{"1 A buy 600 @ 10 signal", "1 B buy 200 @ 20 signal"}));
  const RunSettings all{.risk = R"({"size": {"percent_equity": 100}})"};
  const RunRecords records = run(all, two_entries("10", "20"));
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 1000 @ 10 signal"}));
  EXPECT_EQ(signals_of(records)[1],
            "0 B buy rejected: the buying power does not cover one quantity step");
}

TEST(Snapshot, IsTakenAtTheOpenAfterTheExits) {
  // A leaves at the open at which B enters.
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10", kLeave), flat("15")}),
      series("B", {flat("20"), flat("20", kGoLong), flat("20")})};
  const RunSettings half{.risk = R"({"size": {"percent_equity": 50}})"};
  const RunRecords records = run(half, bars);
  // 500 shares bought at 10 and sold at 15: equity 12,500, half of it for B.
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 500 @ 10 signal", "2 A sell 500 @ 15 signal",
                                      "2 B buy 312 @ 20 signal"}));
}

TEST(Snapshot, ValuesHoldingsAtTheOpen) {
  // A is held: 500 shares worth 15 at the open of day 2 though 11 at the close before.
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), {"10", "11", "10", "11"}, {"15", "15", "12", "12"}}),
      series("B", {flat("20"), flat("20", kGoLong), flat("20")})};
  const RunRecords records = run({.risk = R"({"size": {"percent_equity": 50}})"}, bars);
  // Equity at the open: 5,000 + 7,500 = 12,500; half of it is 6,250; gross leaves room for 5,000.
  EXPECT_EQ(fills_of(records)[1], "2 B buy 250 @ 20 signal");
}

TEST(Snapshot, CashFreedInsideABarIsSpentFromTheNextOne) {
  // A is stopped inside day 2, after the opening phase in which B wanted to buy.
  const std::vector<BarSeries> bars = {
      series("A", {flat("10", kGoLong), flat("10"), {"10", "10", "8", "9"}, flat("9")}),
      series("B", {flat("20"), flat("20", kGoLong), flat("20", kGoLong), flat("20")})};
  const RunRecords records =
      run({.risk = R"({"size": {"percent_equity": 100}, "stop_loss": 0.1})"}, bars);
  EXPECT_EQ(fills_of(records), (Lines{"1 A buy 1000 @ 10 signal", "2 A sell 1000 @ 9 stop_loss",
                                      "3 B buy 450 @ 20 signal"}));
}

constexpr std::string_view kByPrice = R"({"long": {"when": "volume = 1"}, "priority": "close"})";

TEST(Priority, ServesTheHighestFirst) {
  const RunSettings settings{
      .risk = R"({"size": {"percent_equity": 100}})", .entry = kByPrice, .exit = "[]"};
  EXPECT_EQ(fills_of(run(settings, two_entries("10", "20"))), (Lines{"1 B buy 500 @ 20 signal"}));
  EXPECT_EQ(fills_of(run(settings, two_entries("20", "10"))), (Lines{"1 A buy 500 @ 20 signal"}));
  // Equal priorities go by symbol.
  EXPECT_EQ(fills_of(run(settings, two_entries("20", "20"))), (Lines{"1 A buy 500 @ 20 signal"}));
}

TEST(Priority, AMissingOneComesLast) {
  const RunSettings settings{
      .risk = R"({"size": {"percent_equity": 100}})",
      .entry = R"j({"long": {"when": "volume = 1"}, "priority": "-10 / (close - 10)"})j",
      .exit = "[]"};
  EXPECT_EQ(fills_of(run(settings, two_entries("10", "20"))), (Lines{"1 B buy 500 @ 20 signal"}));
}

TEST(MaxPositions, RefusesFurtherSymbols) {
  const RunRecords records =
      run({.risk = R"({"size": {"units": 1}, "max_positions": 1})"}, two_entries("10", "20"));
  EXPECT_EQ(signals_of(records),
            (Lines{"0 A buy executed", "0 B buy rejected: max_positions is reached"}));
}

TEST(MaxPositions, CountsAReversalAsTheSamePlace) {
  const RunRecords records = run({.risk = R"({"size": {"units": 1}, "max_positions": 1})"},
                                 {flat("10", kGoLong), flat("10", kGoShort), flat("10")});
  EXPECT_EQ(fills_of(records).back(), "2 A short 1 @ 10 signal");
}

}  // namespace
}  // namespace quant
