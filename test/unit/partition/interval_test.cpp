// SPDX-License-Identifier: PostgreSQL
#include "core/partition/interval.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "core/base/error.hpp"

namespace quant {
namespace {

Day day(int year, unsigned month, unsigned day_of_month) {
  using namespace std::chrono;
  return day_number(
      {std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day_of_month}});
}

Timestamp at(int year, unsigned month, unsigned day_of_month) {
  return Timestamp{day(year, month, day_of_month)} * kDayLength;
}

std::string name_at(Timestamp timestamp, PartitionInterval interval) {
  return partition_name("market_data", interval_at(timestamp, interval).from, interval);
}

TEST(PartitionInterval, NamesRoundTrip) {
  for (const auto name : {"day", "week", "month", "quarter", "year"}) {
    const auto interval = parse_partition_interval(name);
    ASSERT_TRUE(interval) << name;
    EXPECT_EQ(partition_interval_name(*interval), name);
  }
  EXPECT_FALSE(parse_partition_interval("months"));
  EXPECT_FALSE(parse_partition_interval(""));
}

TEST(PartitionInterval, BeginsAtMidnightUtc) {
  const Timestamp noon = at(2024, 2, 29) + kDayLength / 2;
  using enum PartitionInterval;
  EXPECT_EQ(interval_at(noon, kDay), (TimeRange{at(2024, 2, 29), at(2024, 3, 1)}));
  EXPECT_EQ(interval_at(noon, kWeek), (TimeRange{at(2024, 2, 26), at(2024, 3, 4)}));
  EXPECT_EQ(interval_at(noon, kMonth), (TimeRange{at(2024, 2, 1), at(2024, 3, 1)}));
  EXPECT_EQ(interval_at(noon, kQuarter), (TimeRange{at(2024, 1, 1), at(2024, 4, 1)}));
  EXPECT_EQ(interval_at(noon, kYear), (TimeRange{at(2024, 1, 1), at(2025, 1, 1)}));
}

TEST(PartitionInterval, TakesTheLastInstantButNotTheFirstOfTheNext) {
  EXPECT_EQ(interval_at(at(2024, 3, 1) - 1, PartitionInterval::kMonth).to, at(2024, 3, 1));
  EXPECT_EQ(interval_at(at(2024, 3, 1), PartitionInterval::kMonth).from, at(2024, 3, 1));
  EXPECT_EQ(interval_at(at(1969, 12, 31), PartitionInterval::kMonth).from, at(1969, 12, 1));
}

TEST(PartitionInterval, KeepsToTheYearsOneToNineThousand) {
  EXPECT_EQ(name_at(at(1, 1, 1), PartitionInterval::kMonth), "market_data_y0001m01");
  EXPECT_EQ(name_at(at(9999, 12, 31), PartitionInterval::kMonth), "market_data_y9999m12");
  EXPECT_THROW((void)interval_at(at(1, 1, 1) - 1, PartitionInterval::kMonth), Error);
  EXPECT_THROW((void)interval_at(at(9999, 12, 31) + kDayLength, PartitionInterval::kMonth), Error);
  EXPECT_THROW((void)interval_at(kMinValue, PartitionInterval::kDay), Error);
  EXPECT_THROW((void)interval_of_day(2'000'000'000, PartitionInterval::kYear), Error);
}

TEST(PartitionName, TellsTheInterval) {
  const Timestamp new_years_eve = at(2024, 12, 31);
  EXPECT_EQ(name_at(new_years_eve, PartitionInterval::kDay), "market_data_y2024m12d31");
  EXPECT_EQ(name_at(new_years_eve, PartitionInterval::kMonth), "market_data_y2024m12");
  EXPECT_EQ(name_at(new_years_eve, PartitionInterval::kQuarter), "market_data_y2024q4");
  EXPECT_EQ(name_at(new_years_eve, PartitionInterval::kYear), "market_data_y2024");
}

TEST(PartitionName, CountsWeeksAsIso8601) {
  using enum PartitionInterval;
  EXPECT_EQ(name_at(at(2024, 12, 31), kWeek), "market_data_y2025w01");
  EXPECT_EQ(name_at(at(2023, 1, 1), kWeek), "market_data_y2022w52");
  EXPECT_EQ(name_at(at(2021, 1, 1), kWeek), "market_data_y2020w53");
  EXPECT_EQ(name_at(at(2024, 1, 1), kWeek), "market_data_y2024w01");
}

TEST(PartitionName, KeepsTheSuffixOfALongName) {
  const std::string name =
      partition_name(std::string(63, 'a'), at(2024, 1, 1), PartitionInterval::kMonth);
  EXPECT_EQ(name, std::string(54, 'a') + "_y2024m01");
  // A two-byte letter that would be cut goes as a whole.
  std::string umlauts = "x";
  for (int i = 0; i < 31; ++i) umlauts += "\xC3\xBC";
  const std::string clipped = partition_name(umlauts, at(2024, 1, 1), PartitionInterval::kMonth);
  EXPECT_EQ(clipped, umlauts.substr(0, 53) + "_y2024m01");
}

TEST(IntervalsCovering, IncludesBothDays) {
  const auto months =
      intervals_covering(day(2023, 12, 31), day(2024, 2, 1), PartitionInterval::kMonth, 10);
  ASSERT_EQ(months.size(), 3U);
  EXPECT_EQ(months.front().from, at(2023, 12, 1));
  EXPECT_EQ(months.back().to, at(2024, 3, 1));
  EXPECT_EQ(
      intervals_covering(day(2024, 1, 1), day(2024, 1, 1), PartitionInterval::kYear, 1).size(), 1U);
}

TEST(IntervalsCovering, RefusesWhatItCannotDo) {
  const auto code = [](Day first, Day last, std::size_t limit) {
    try {
      (void)intervals_covering(first, last, PartitionInterval::kMonth, limit);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code(day(2024, 2, 1), day(2024, 1, 31), 10), ErrorCode::kInvalidParameter);
  EXPECT_EQ(code(day(2024, 1, 1), day(2024, 3, 1), 2), ErrorCode::kInvalidParameter);
  EXPECT_EQ(code(day(2024, 1, 1), 2'000'000'000, 10), ErrorCode::kOutOfRange);
}

TEST(TimeRange, WritesBoundsInUtc) {
  EXPECT_EQ(bound_literal(at(2024, 1, 1)), "'2024-01-01 00:00:00+00'");
  EXPECT_EQ(bound_literal(kMinValue), "MINVALUE");
  EXPECT_EQ(bound_literal(kMaxValue), "MAXVALUE");
  EXPECT_EQ(range_text({kMinValue, at(2024, 1, 1)}), "MINVALUE to 2024-01-01");
  EXPECT_EQ(range_text({at(2024, 1, 1), at(2024, 1, 1) + 1}),
            "2024-01-01 to 2024-01-01 00:00:00.000001+00");
}

}  // namespace
}  // namespace quant
