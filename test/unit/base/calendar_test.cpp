// SPDX-License-Identifier: PostgreSQL
#include "core/base/calendar.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/table.hpp"

namespace quant {
namespace {

TEST(Calendar, AgreesWithPythonFromYear1To9999) {
  const Table cases(std::filesystem::path(__FILE__).parent_path() / "calendar.csv");
  ASSERT_GT(cases.size(), 70U);
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const Timestamp timestamp = std::stoll(cases.at(row, "timestamp"));
    const Day day = std::stoi(cases.at(row, "day"));
    const std::string& text = cases.at(row, "text");
    EXPECT_EQ(utc_day(timestamp), day) << text;
    EXPECT_EQ(timestamp_text(timestamp), text);
    EXPECT_EQ(day_text(day), text.substr(0, 10));
    EXPECT_EQ(static_cast<int>(civil_date(day).year()), std::stoi(cases.at(row, "year")));
    EXPECT_EQ(day_number(civil_date(day)), day) << text;
  }
}

TEST(Calendar, CountsDaysBackwardsBeforeItsEpoch) {
  EXPECT_EQ(utc_day(0), 0);
  EXPECT_EQ(utc_day(kDayLength - 1), 0);
  EXPECT_EQ(utc_day(-1), -1);
  EXPECT_EQ(utc_day(-kDayLength), -1);
  EXPECT_EQ(utc_day(-kDayLength - 1), -2);
  EXPECT_EQ(day_text(-1), "1999-12-31");
  EXPECT_EQ(timestamp_text(-1), "1999-12-31 23:59:59.999999+00");
}

TEST(Calendar, KnowsLeapYears) {
  EXPECT_EQ(day_text(59), "2000-02-29");
  using namespace std::chrono;
  EXPECT_EQ(day_number(year{2100} / March / 1) - day_number(year{2100} / February / 28), 1);
  EXPECT_EQ(day_number(year{2400} / March / 1) - day_number(year{2400} / February / 28), 2);
}

TEST(TimestampText, HasWordsForInfinity) {
  EXPECT_EQ(timestamp_text(std::numeric_limits<Timestamp>::min()), "-infinity");
  EXPECT_EQ(timestamp_text(std::numeric_limits<Timestamp>::max()), "infinity");
}

TEST(Midnight, EndsWithTheTimestamps) {
  EXPECT_EQ(midnight(0), 0);
  EXPECT_EQ(midnight(-1), -kDayLength);
  EXPECT_EQ(midnight(106'751'982), 106'751'982 * kDayLength);
  EXPECT_EQ(midnight(106'751'983), kLastTimestamp);
  EXPECT_EQ(midnight(2'147'483'493), kLastTimestamp);  // 5874897-12-31
}

}  // namespace
}  // namespace quant
