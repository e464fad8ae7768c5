// SPDX-License-Identifier: PostgreSQL
#include "core/market/timeframe.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace quant {
namespace {

constexpr Timestamp kHour = 3'600'000'000;
constexpr Timestamp kMinute = 60'000'000;

Timestamp at(int year, unsigned month, unsigned day, Timestamp time = 0) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  return Timestamp{day_number(date)} * kDayLength + time;
}

TEST(Timeframe, NamesRoundTrip) {
  const std::vector<std::string_view> names = {"1s", "5s",  "15s", "30s", "1m", "2m", "3m",
                                               "5m", "10m", "15m", "30m", "1h", "2h", "4h",
                                               "6h", "8h",  "12h", "1d",  "1w", "1mo"};
  for (const auto name : names) {
    const auto timeframe = parse_timeframe(name);
    ASSERT_TRUE(timeframe) << name;
    EXPECT_EQ(timeframe_name(*timeframe), name);
  }
}

TEST(Timeframe, RefusesWhatIsNoName) {
  for (const auto name : {"", "1M", "1D", "1 d", "d", "7m", "1mon", "60m", "1d "}) {
    EXPECT_FALSE(parse_timeframe(name)) << name;
  }
}

TEST(Duration, IsAWholeNumberAndItsUnit) {
  constexpr Timestamp kSecond = 1'000'000;
  EXPECT_EQ(parse_duration("0s"), 0);
  EXPECT_EQ(parse_duration("45s"), 45 * kSecond);
  EXPECT_EQ(parse_duration("30m"), 1800 * kSecond);
  EXPECT_EQ(parse_duration("12h"), 43'200 * kSecond);
  EXPECT_EQ(parse_duration("5d"), 5 * kDayLength);
  EXPECT_EQ(parse_duration("2w"), 14 * kDayLength);
  EXPECT_EQ(parse_duration("1000000d"), 1'000'000 * kDayLength);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const auto text : {"", "5", "d", "-1d", "+1d", "5 d", " 5d", "5d ", "1.5d", "5D", "1mo",
                          "1000001d", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Timeframe, IntradayIsShorterThanADay) {
  EXPECT_TRUE(is_intraday(Timeframe::k12h));
  EXPECT_FALSE(is_intraday(Timeframe::k1d));
  EXPECT_TRUE(is_daily_or_finer(Timeframe::k1d));
  EXPECT_FALSE(is_daily_or_finer(Timeframe::k1w));
}

TEST(Timeframe, BarEndAddsTheLength) {
  EXPECT_EQ(bar_end(at(2024, 1, 2), Timeframe::k1d), at(2024, 1, 3));
  EXPECT_EQ(bar_end(at(2024, 1, 2, kHour), Timeframe::k4h), at(2024, 1, 2, 5 * kHour));
  EXPECT_EQ(bar_end(at(2023, 12, 25), Timeframe::k1w), at(2024, 1, 1));
}

TEST(Timeframe, BarEndAddsCalendarMonths) {
  EXPECT_EQ(bar_end(at(2024, 2, 1), Timeframe::k1mo), at(2024, 3, 1));
  EXPECT_EQ(bar_end(at(2023, 12, 1, kHour), Timeframe::k1mo), at(2024, 1, 1, kHour));
  EXPECT_EQ(bar_end(at(2024, 1, 31), Timeframe::k1mo), at(2024, 2, 29));
  EXPECT_EQ(bar_end(at(1999, 1, 30), Timeframe::k1mo), at(1999, 2, 28));
}

TEST(Timeframe, IntradayBarsStartOnTheirGrid) {
  EXPECT_TRUE(is_aligned(at(2024, 1, 2, 14 * kHour + 30 * kMinute), Timeframe::k30m));
  EXPECT_FALSE(is_aligned(at(2024, 1, 2, 14 * kHour + 31 * kMinute), Timeframe::k5m));
  EXPECT_FALSE(is_aligned(at(2024, 1, 2, 14 * kHour + 30 * kMinute), Timeframe::k1h));
  EXPECT_FALSE(is_aligned(at(2024, 1, 2) + 1, Timeframe::k1s));
  // Before the epoch the grid goes on.
  EXPECT_TRUE(is_aligned(at(1987, 10, 19, 8 * kHour), Timeframe::k8h));
  EXPECT_FALSE(is_aligned(at(1987, 10, 19, 9 * kHour), Timeframe::k8h));
}

TEST(Timeframe, LongBarsStartAtMidnight) {
  EXPECT_TRUE(is_aligned(at(1962, 1, 2), Timeframe::k1d));
  EXPECT_FALSE(is_aligned(at(2024, 1, 2, 5 * kHour), Timeframe::k1d));
  EXPECT_TRUE(is_aligned(at(2024, 1, 1), Timeframe::k1w));
  EXPECT_FALSE(is_aligned(at(2024, 1, 2), Timeframe::k1w));
  EXPECT_FALSE(is_aligned(at(2024, 1, 1, kHour), Timeframe::k1w));
  EXPECT_TRUE(is_aligned(at(1969, 12, 29), Timeframe::k1w));
  EXPECT_TRUE(is_aligned(at(2024, 2, 1), Timeframe::k1mo));
  EXPECT_FALSE(is_aligned(at(2024, 2, 2), Timeframe::k1mo));
}

}  // namespace
}  // namespace quant
