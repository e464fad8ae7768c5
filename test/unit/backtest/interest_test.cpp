// SPDX-License-Identifier: PostgreSQL
// Interest on cash and fees for borrowed shares: rule 21.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/runs.hpp"

namespace quant {
namespace {

/// "1 interest 1.00" for each cash event.
Lines events_of(const RunRecords& records) {
  Lines texts;
  for (const CashEvent& event : records.cash_events) {
    texts.push_back(
        concat(utc_day(event.time), ' ', cash_event_name(event.kind), ' ', event.amount.to_text()));
  }
  return texts;
}

constexpr std::string_view kADay = R"({"interest_rate_percent": 3.65})";  // 1 in 10,000 a day

TEST(Interest, IsBookedForTheDaysBetweenTwoDaysWithBars) {
  const RunRecords records =
      run({.execution = kADay}, {flat("10", kWait, 0), flat("10", kWait, 1), flat("10", kWait, 4)});
  // 1.00; then three days on 10,001, 3.0003.
  EXPECT_EQ(events_of(records), (Lines{"1 interest 1.00", "4 interest 3.00"}));
  EXPECT_EQ(equity_of(records), (Lines{"10000", "10001", "10004"}));
  EXPECT_EQ(records.interest, money("4"));
}

TEST(Interest, IsBookedAtTheFirstTimestampOfADay) {
  BarSeries bars = series("A", {flat("10", kWait, 0), flat("10", kWait, 1), flat("10", kWait, 2)});
  bars.timestamp[2] = kDayLength + kDayLength / 2;
  EXPECT_EQ(equity_of(run({.execution = kADay}, std::vector{bars})),
            (Lines{"10000", "10001", "10001"}));
}

TEST(Interest, IsPaidOnDebt) {
  const RunRecords records =
      run({R"({"size": {"units": 1500}})", R"({"interest_rate_percent": 3.65, "leverage": 2})"},
          {flat("10", kGoLong), flat("10"), flat("10")});
  // 1.00 before the purchase; then a ten-thousandth of -4,999: 0.4999.
  EXPECT_EQ(events_of(records), (Lines{"1 interest 1.00", "2 interest -0.50"}));
  EXPECT_EQ(records.interest, money("0.5"));
  EXPECT_EQ(records.equity.back().equity(), money("10000.5"));
}

TEST(Interest, CarriesTheRestOn) {
  // 0.004 a day: 0.00, 0.008 books 0.01 and leaves -0.002, 0.002, 0.006 books 0.01 ...
  const RunRecords records = run({.execution = R"({"interest_rate_percent": 0.0146})"},
                                 std::vector<TestBar>(11, flat("10")));
  EXPECT_EQ(events_of(records),
            (Lines{"2 interest 0.01", "4 interest 0.01", "7 interest 0.01", "9 interest 0.01"}));
  EXPECT_EQ(records.equity.back().cash, money("10000.04"));
}

TEST(Interest, MayBeNegative) {
  EXPECT_EQ(events_of(run({.execution = R"({"interest_rate_percent": -3.65})"},
                          {flat("10"), flat("10")})),
            (Lines{"1 interest -1.00"}));
}

TEST(Interest, LeavesHalfACentAwayFromZero) {
  EXPECT_EQ(events_of(run({.execution = kADay, .capital = "50"}, {flat("10"), flat("10")})),
            (Lines{"1 interest 0.01"}));
}

TEST(Borrow, IsChargedOnTheLastMarksOfShortPositions) {
  // 100 units marked at 12 and 20: a ten-thousandth a day.
  const RunRecords records =
      run({.execution = R"({"borrow_rate_percent": 3.6})"}, {flat("10", kGoShort, 0),
                                                             {"10", "12", "10", "12", kWait, 1},
                                                             flat("20", kWait, 4),
                                                             flat("20", kLeave, 5),
                                                             flat("20", kWait, 6),
                                                             flat("20", kWait, 7)});
  // 0.12 a day for three days; 0.20; 0.20 on the day of the purchase; nothing after.
  ASSERT_EQ(records.cash_events.size(), 3U);
  EXPECT_EQ(utc_day(records.cash_events[0].time), 4);
  EXPECT_EQ(records.cash_events[0].amount, money("-0.36"));
  EXPECT_EQ(records.cash_events[1].amount, money("-0.2"));
  EXPECT_EQ(records.cash_events[2].amount, money("-0.2"));
  EXPECT_EQ(records.borrow, money("0.76"));
  EXPECT_EQ(records.equity.back().equity(), money("8999.24"));
}

TEST(Borrow, IsNotChargedOnLongPositions) {
  EXPECT_TRUE(run({.execution = R"({"borrow_rate_percent": 3.6})"},
                  {flat("10", kGoLong), flat("10"), flat("10")})
                  .cash_events.empty());
}

TEST(Borrow, AndInterestStandSideBySide) {
  const RunRecords records =
      run({.execution = R"({"borrow_rate_percent": 36, "interest_rate_percent": 3.65})"},
          {flat("10", kGoShort), flat("10"), flat("10")});
  // The proceeds of the sale bear interest: 1.00, then 1.1001; the shares cost 1.00.
  EXPECT_EQ(records.interest, money("2.1"));
  EXPECT_EQ(records.borrow, money("1"));
  EXPECT_EQ(records.equity.back().equity(), money("10001.1"));
}

}  // namespace
}  // namespace quant
