// SPDX-License-Identifier: PostgreSQL
// Orders from outside: the user's signals of rule 37.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

using Kind = UserSignal::Kind;

UserSignal signal(Kind kind, int day, std::optional<std::string_view> units = std::nullopt) {
  static std::int64_t next_id = 1;
  UserSignal made;
  made.id = next_id++;
  made.kind = kind;
  made.time = day * kDayLength;
  if (units) made.quantity = quantity(*units);
  return made;
}

RunRecords told(const std::vector<UserSignal>& signals, const std::vector<BarSeries>& bars,
                RunSettings settings = {}) {
  settings.entry = R"({"signals": true})";
  settings.exit = "[]";
  RunContext context;
  context.signals = signals;
  return run(settings, bars, std::move(context));
}
RunRecords told(const std::vector<UserSignal>& signals, const std::vector<TestBar>& bars,
                RunSettings settings = {}) {
  return told(signals, std::vector{series("A", bars)}, settings);
}

const std::vector<TestBar> kTens(6, flat("10"));

TEST(UserSignal, WorksAtTheFirstOpenAfterItsDate) {
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 1, "50")}, kTens)),
            (Lines{"2 A buy 50 @ 10 signal"}));
  UserSignal between = signal(Kind::kBuy, 1, "50");
  between.time += kDayLength / 2;
  EXPECT_EQ(fills_of(told({between}, kTens)), (Lines{"2 A buy 50 @ 10 signal"}));
  UserSignal before = signal(Kind::kBuy, 0, "50");
  before.time -= kDayLength / 2;
  EXPECT_EQ(fills_of(told({before}, kTens)), (Lines{"0 A buy 50 @ 10 signal"}));
}

TEST(UserSignal, WorksOnce) {
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 0, "50"), signal(Kind::kExit, 1)}, kTens)),
            (Lines{"1 A buy 50 @ 10 signal", "2 A sell 50 @ 10 signal"}));
}

TEST(UserSignal, SizesByQuantityWeightOrTheRiskRules) {
  EXPECT_EQ(fills_of(told({signal(Kind::kShort, 0, "30")}, kTens)),
            (Lines{"1 A short 30 @ 10 signal"}));
  UserSignal weighted = signal(Kind::kBuy, 0);
  weighted.weight_percent = decimal_of("25");
  EXPECT_EQ(fills_of(told({weighted}, kTens)), (Lines{"1 A buy 250 @ 10 signal"}));
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 0)}, kTens)), (Lines{"1 A buy 100 @ 10 signal"}));
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 0)}, kTens, {.risk = "{}"})),
            (Lines{"1 A buy 1000 @ 10 signal"}));
}

TEST(UserSignal, ClosesAllOrItsQuantity) {
  EXPECT_EQ(
      fills_of(told({signal(Kind::kBuy, 0), signal(Kind::kSell, 1, "30"), signal(Kind::kSell, 2)},
                    kTens)),
      (Lines{"1 A buy 100 @ 10 signal", "2 A sell 30 @ 10 signal", "3 A sell 70 @ 10 signal"}));
  EXPECT_EQ(
      fills_of(told(
          {signal(Kind::kShort, 0), signal(Kind::kCover, 1, "30"), signal(Kind::kExit, 2)}, kTens)),
      (Lines{"1 A short 100 @ 10 signal", "2 A cover 30 @ 10 signal", "3 A cover 70 @ 10 signal"}));
}

TEST(UserSignal, ToSellIsNoneToCover) {
  const RunRecords records = told({signal(Kind::kBuy, 0), signal(Kind::kCover, 1)}, kTens);
  EXPECT_EQ(records.fills.size(), 1U);
  EXPECT_EQ(signals_of(records).back().substr(0, 19), "1 A cover rejected:");
}

TEST(UserSignal, ToCloseNothingIsRejected) {
  const RunRecords records = told({signal(Kind::kSell, 0)}, kTens);
  EXPECT_TRUE(records.fills.empty());
  EXPECT_EQ(signals_of(records).at(0).substr(0, 18), "0 A sell rejected:");
}

TEST(UserSignal, ToHoldDoesNothing) {
  EXPECT_TRUE(told({signal(Kind::kHold, 0)}, kTens).fills.empty());
}

TEST(UserSignal, ForTheOtherSideReverses) {
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 0), signal(Kind::kShort, 1, "40")}, kTens)),
            (Lines{"1 A buy 100 @ 10 signal", "2 A sell 100 @ 10 opposite_signal",
                   "2 A short 40 @ 10 signal"}));
}

TEST(UserSignal, GetsItsStatusUnderItsId) {
  const UserSignal buy = signal(Kind::kBuy, 0);
  const UserSignal cover = signal(Kind::kCover, 1);
  const RunRecords records = told({buy, cover}, kTens);
  ASSERT_EQ(records.signals.size(), 2U);
  EXPECT_EQ(records.signals[0].user_row, buy.id);
  EXPECT_EQ(records.signals[0].status, SignalStatus::kExecuted);
  EXPECT_EQ(records.signals[1].user_row, cover.id);
  EXPECT_EQ(records.signals[1].status, SignalStatus::kRejected);
}

TEST(UserSignal, WithoutALaterOpenExpires) {
  const UserSignal late = signal(Kind::kBuy, 5);
  const RunRecords records = told({late}, kTens);
  EXPECT_TRUE(records.fills.empty());
  ASSERT_EQ(records.signals.size(), 1U);
  EXPECT_EQ(records.signals[0].user_row, late.id);
  EXPECT_EQ(signals_of(records), (Lines{"5 A buy expired: end of data"}));
}

TEST(UserSignal, IsServedByItsStrength) {
  const auto first_served = [](std::string_view first, std::string_view second) {
    std::vector<UserSignal> signals = {signal(Kind::kBuy, 0), signal(Kind::kBuy, 0)};
    signals[1].symbol = 1;
    signals[0].strength = decimal_of(first);
    signals[1].strength = decimal_of(second);
    return fills_of(told(signals, {series("A", kTens), series("B", kTens)}, {.risk = "{}"}));
  };
  EXPECT_EQ(first_served("1", "2"), (Lines{"1 B buy 1000 @ 10 signal"}));
  EXPECT_EQ(first_served("2", "1"), (Lines{"1 A buy 1000 @ 10 signal"}));
  EXPECT_EQ(first_served("1", "1"), (Lines{"1 A buy 1000 @ 10 signal"}));
}

TEST(UserSignal, MeetsTheStopsOfTheRiskRules) {
  EXPECT_EQ(
      fills_of(told({signal(Kind::kBuy, 0, "50")}, {flat("10"), flat("10"), {"10", "10", "9", "9"}},
                    {.risk = R"({"stop_loss": 0.1})"})),
      (Lines{"1 A buy 50 @ 10 signal", "2 A sell 50 @ 9 stop_loss"}));
}

TEST(UserSignal, WaitsForTheSymbolsNextBar) {
  EXPECT_EQ(fills_of(told({signal(Kind::kBuy, 1, "50")},
                          {flat("10", kWait, 0), flat("10", kWait, 1), flat("12", kWait, 6)})),
            (Lines{"6 A buy 50 @ 12 signal"}));
}

}  // namespace
}  // namespace quant
