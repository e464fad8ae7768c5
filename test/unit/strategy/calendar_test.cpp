// SPDX-License-Identifier: PostgreSQL
// The calendar names: parts of the bar's start as the run's zone shows it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/expressions.hpp"
#include "support/strategies.hpp"

namespace quant {
namespace {

using Texts = std::vector<std::string>;

constexpr Timestamp kHour = 3'600'000'000;
constexpr Timestamp kMinute = 60'000'000;

/// Four bars at these local times, which are not their timestamps:
/// Sat 2000-01-01 00:00, Fri 1999-12-31 23:59, Thu 2024-02-29 09:30, Sun 2024-03-31 14:05.
BarSeries bars_with_local_times() {
  BarSeries bars = bars_of_closes({"1", "2", "3", "4"});
  const Timestamp leap_day =
      Timestamp{8825} * kDayLength;  // 24 years with 6 leap days, 31 and 28 days
  const Timestamp last_of_march = Timestamp{8856} * kDayLength;
  bars.local = {0, -kMinute, leap_day + 9 * kHour + 30 * kMinute,
                last_of_march + 14 * kHour + 5 * kMinute};
  return bars;
}

TEST(Calendar, NamesThePartsOfTheLocalStart) {
  const BarSeries bars = bars_with_local_times();
  EXPECT_EQ(Evaluated("year", bars).numbers(), (Texts{"2000", "1999", "2024", "2024"}));
  EXPECT_EQ(Evaluated("month", bars).numbers(), (Texts{"1", "12", "2", "3"}));
  EXPECT_EQ(Evaluated("day", bars).numbers(), (Texts{"1", "31", "29", "31"}));
  EXPECT_EQ(Evaluated("weekday", bars).numbers(), (Texts{"6", "5", "4", "7"}));
  EXPECT_EQ(Evaluated("hour", bars).numbers(), (Texts{"0", "23", "9", "14"}));
  EXPECT_EQ(Evaluated("minute", bars).numbers(), (Texts{"0", "59", "30", "5"}));
}

TEST(Calendar, HasHistoryAndMixesWithPrices) {
  const BarSeries bars = bars_with_local_times();
  EXPECT_EQ(Evaluated("month != month[1]", bars).truths(), "uttt");
  EXPECT_EQ(Evaluated("hour * 60 + minute >= 570 and close > 2", bars).truths(), "fftt");
  EXPECT_EQ(Evaluated("highest(day, 2)", bars).numbers(), (Texts{"", "31", "31", "31"}));
}

TEST(Calendar, IsAskedForOnlyWhereARuleReadsIt) {
  EXPECT_TRUE(strategy_of({.entry = R"({"long": {"when": "weekday = 1"}})"}).reads_calendar());
  EXPECT_TRUE(strategy_of({.entry = R"({"long": {"when": "close > open"}})",
                           .exit = R"([{"when": "minute[1] = 30"}])"})
                  .reads_calendar());
  EXPECT_FALSE(strategy_of({.entry = R"({"long": {"when": "close > open"}})"}).reads_calendar());
  // Declared, but in no rule.
  EXPECT_FALSE(
      strategy_of({.entry = R"({"indicators": {"h": "hour"}, "long": {"when": "close > open"}})"})
          .reads_calendar());
}

}  // namespace
}  // namespace quant
