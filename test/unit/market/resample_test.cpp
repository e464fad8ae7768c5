// SPDX-License-Identifier: PostgreSQL
// Bars joined to coarser ones, and which of them a bar can see.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/market/resample.hpp"
#include "core/market/visible_bars.hpp"

namespace quant {
namespace {

using Times = std::vector<Timestamp>;
using Texts = std::vector<std::string>;
using enum Timeframe;

constexpr Timestamp kMinute = 60'000'000;

Times on_days(const std::vector<int>& days) {
  Times times;
  for (const int day : days) times.push_back(day * kDayLength);
  return times;
}

/// "start:begin-end" of each bucket, the start in units of `unit`.
Texts texts(const std::vector<Bucket>& buckets, Timestamp unit = kDayLength) {
  Texts result;
  for (const Bucket& bucket : buckets) {
    EXPECT_EQ(bucket.start % unit, 0);
    result.push_back(std::to_string(bucket.start / unit) + ":" + std::to_string(bucket.begin) +
                     "-" + std::to_string(bucket.end));
  }
  return result;
}

/// A column of these numbers, "" for a missing one.
NumberColumn column_of(const Texts& values) {
  NumberColumn column(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) column.set(i, Number::of(std::stoll(values[i])));
  }
  return column;
}
Texts texts(const NumberColumn& column) {
  Texts result;
  for (std::size_t i = 0; i < column.size(); ++i) {
    result.push_back(column.known[i] != 0 ? to_text(column.values[i]) : "");
  }
  return result;
}

TEST(Resample, JoinsWholeNumbersOfBars) {
  EXPECT_TRUE(can_resample(k1d, k1w));
  EXPECT_TRUE(can_resample(k1d, k1mo));
  EXPECT_TRUE(can_resample(k1m, k5m));
  EXPECT_TRUE(can_resample(k5m, k1h));
  EXPECT_TRUE(can_resample(k12h, k1d));
  EXPECT_TRUE(can_resample(k1s, k1mo));
  EXPECT_TRUE(can_resample(k2h, k1w));
  EXPECT_FALSE(can_resample(k1d, k1d));
  EXPECT_FALSE(can_resample(k1w, k1d));
  EXPECT_FALSE(can_resample(k1w, k1mo));
  EXPECT_FALSE(can_resample(k2m, k3m));
  EXPECT_FALSE(can_resample(k3m, k10m));
  EXPECT_FALSE(can_resample(k8h, k12h));
  EXPECT_FALSE(can_resample(k1h, k30m));
}

TEST(Resample, CountsTheBarsOfOneCoarserBar) {
  EXPECT_EQ(bars_within(1, k1w, k1d), 7);
  EXPECT_EQ(bars_within(1, k1mo, k1d), 31);
  EXPECT_EQ(bars_within(1, k1h, k5m), 12);
  EXPECT_EQ(bars_within(3, k1d, k30m), 144);
  EXPECT_EQ(bars_within(100'001, k1mo, k1s), 1'000'000'000);
}

TEST(Resample, WeeksBeginOnMonday) {
  // 2000-01-01 is a Saturday: its week began five days before. A week without bars is none.
  EXPECT_EQ(texts(buckets_of(on_days({0, 1, 2, 6, 8, 16}), k1w)),
            (Texts{"-5:0-2", "2:2-5", "16:5-6"}));
  // The last microsecond of Sunday, and the first of Monday.
  EXPECT_EQ(texts(buckets_of({2 * kDayLength - 1, 2 * kDayLength}, k1w)),
            (Texts{"-5:0-1", "2:1-2"}));
}

TEST(Resample, MonthsAreCalendarMonths) {
  // 1999-12-31, 2000-01-01 and 31, 2000-02-01 and 29, 2000-03-01.
  EXPECT_EQ(texts(buckets_of(on_days({-1, 0, 30, 31, 59, 60}), k1mo)),
            (Texts{"-31:0-1", "0:1-3", "31:3-5", "60:5-6"}));
}

TEST(Resample, IntradayBarsFollowTheGridOfMidnight) {
  const Times times = {0, 55 * kMinute, 60 * kMinute, 65 * kMinute, 185 * kMinute};
  EXPECT_EQ(texts(buckets_of(times, k1h), kMinute), (Texts{"0:0-2", "60:2-4", "180:4-5"}));
  EXPECT_EQ(texts(buckets_of(times, k1d), kMinute), (Texts{"0:0-5"}));
  EXPECT_EQ(texts(buckets_of({-5 * kMinute, 0}, k30m), kMinute), (Texts{"-30:0-1", "0:1-2"}));
  EXPECT_TRUE(buckets_of({}, k1h).empty());
}

TEST(Resample, AggregatesEachBucket) {
  const std::vector<Bucket> buckets = {{0, 0, 2}, {0, 2, 3}, {0, 3, 6}};
  const NumberColumn finer = column_of({"4", "7", "5", "3", "-1", "2"});
  EXPECT_EQ(texts(resampled(finer, buckets, Aggregate::kFirst)), (Texts{"4", "5", "3"}));
  EXPECT_EQ(texts(resampled(finer, buckets, Aggregate::kLast)), (Texts{"7", "5", "2"}));
  EXPECT_EQ(texts(resampled(finer, buckets, Aggregate::kHighest)), (Texts{"7", "5", "3"}));
  EXPECT_EQ(texts(resampled(finer, buckets, Aggregate::kLowest)), (Texts{"4", "5", "-1"}));
  EXPECT_EQ(texts(resampled(finer, buckets, Aggregate::kSum)), (Texts{"11", "5", "4"}));
  const NumberColumn gaps = column_of({"4", "", "5", "3", "", "2"});
  EXPECT_EQ(texts(resampled(gaps, buckets, Aggregate::kSum)), (Texts{"", "5", ""}));
  EXPECT_EQ(texts(resampled(gaps, buckets, Aggregate::kHighest)), (Texts{"", "5", ""}));
  EXPECT_EQ(texts(resampled(gaps, buckets, Aggregate::kFirst)), (Texts{"4", "5", "3"}));
}

TEST(Resample, StopsWhereTheColumnEnds) {
  const std::vector<Bucket> buckets = {{0, 0, 2}, {0, 2, 4}, {0, 4, 6}};
  EXPECT_EQ(texts(resampled(column_of({"1", "2", "3"}), buckets, Aggregate::kSum)),
            (Texts{"3", "3"}));
}

TEST(Resample, WeighsMeansAndRoundsThem) {
  const std::vector<Bucket> buckets = {{0, 0, 2}, {0, 2, 4}, {0, 4, 6}};
  // (10 x 1 + 11 x 2) / 3 = 10.67; a missing part; no weight at all.
  EXPECT_EQ(texts(weighted_means(column_of({"10", "11", "10", "", "10", "11"}),
                                 column_of({"1", "2", "3", "1", "0", "0"}), buckets)),
            (Texts{"11", "", ""}));
  // (1 x 1 + 2 x 1) / 2 = 1.5 goes away from zero.
  EXPECT_EQ(
      texts(weighted_means(column_of({"1", "2"}), column_of({"1", "1"}), {buckets.data(), 1})),
      (Texts{"2"}));
}

TEST(VisibleBars, AnotherSymbolIsReadAtTheSameTime) {
  const Times deciding = on_days({0, 1, 2, 4, 5});
  const Times other = on_days({0, 2, 3});
  EXPECT_EQ(latest_bars(deciding, other, 0),
            (std::vector<std::size_t>{0, kNoBar, 1, kNoBar, kNoBar}));
}

TEST(VisibleBars, AnOlderBarOfAnotherSymbolCountsUpToItsAge) {
  const Times deciding = on_days({0, 1, 2, 4, 5});
  const Times other = on_days({0, 2, 3});
  EXPECT_EQ(latest_bars(deciding, other, kDayLength),
            (std::vector<std::size_t>{0, 0, 1, 2, kNoBar}));
  EXPECT_EQ(latest_bars(deciding, other, 2 * kDayLength - 1),
            (std::vector<std::size_t>{0, 0, 1, 2, kNoBar}));
  EXPECT_EQ(latest_bars(deciding, other, 2 * kDayLength),
            (std::vector<std::size_t>{0, 0, 1, 2, 2}));
  EXPECT_EQ(latest_bars(deciding, {}, kDayLength), std::vector<std::size_t>(5, kNoBar));
}

TEST(VisibleBars, ACoarserBarIsSeenWhenItHasEnded) {
  // Saturday, Sunday, Monday, Friday; the Monday after. The Sunday's end is the week's end.
  const Times days = on_days({0, 1, 2, 6, 9});
  EXPECT_EQ(ended_buckets(days, k1d, buckets_of(days, k1w), k1w),
            (std::vector<std::size_t>{kNoBar, 0, 0, 0, 1}));
  const Times minutes = {0, 30 * kMinute, 60 * kMinute, 150 * kMinute};
  EXPECT_EQ(ended_buckets(minutes, k30m, buckets_of(minutes, k1h), k1h),
            (std::vector<std::size_t>{kNoBar, 0, 0, 2}));
}

TEST(VisibleBars, DaysOfAnotherZoneBelongToTheWeekOfTheirStart) {
  // Days that begin at 05:00 UTC: Sunday's bar belongs to the week that ends at Monday midnight,
  // and closes five hours later. Saturday's bar, which closes on that Sunday, sees the week before.
  const Timestamp shift = 300 * kMinute;
  const Times days = {kDayLength + shift, 7 * kDayLength + shift, 8 * kDayLength + shift,
                      9 * kDayLength + shift};
  EXPECT_EQ(ended_buckets(days, k1d, buckets_of(days, k1w), k1w),
            (std::vector<std::size_t>{0, 0, 1, 1}));
}

TEST(VisibleBars, ACoarserBarIsNotSeenBeforeItsLastBar) {
  // Two bars of one Sunday that overlap: the first one closes with the week, but does not know the
  // second one, which belongs to it too.
  const Times days = {8 * kDayLength, 8 * kDayLength + 300 * kMinute};
  EXPECT_EQ(ended_buckets(days, k1d, buckets_of(days, k1w), k1w),
            (std::vector<std::size_t>{kNoBar, 0}));
}

}  // namespace
}  // namespace quant
