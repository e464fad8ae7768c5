// SPDX-License-Identifier: PostgreSQL
#include "core/market/raw_bar.hpp"

#include <gtest/gtest.h>

namespace quant {
namespace {

RawBar row(std::string_view time, std::string_view open = "10", std::string_view volume = "1") {
  RawBar raw;
  const auto set = [&](RawField field, std::string_view text) {
    raw.fields[static_cast<std::size_t>(field)] = text;
  };
  set(RawField::kSymbol, "A");
  set(RawField::kTimestamp, time);
  set(RawField::kTimeframe, "1s");
  set(RawField::kOpen, open);
  set(RawField::kHigh, "20");
  set(RawField::kLow, "5");
  set(RawField::kClose, "10");
  set(RawField::kVolume, volume);
  return raw;
}

Timestamp at(int year, unsigned month, unsigned day, Timestamp seconds = 0) {
  using namespace std::chrono;
  return day_number(std::chrono::year{year} / month / day) * kDayLength + seconds * 1'000'000;
}

TEST(ParseTimestamp, ReadsIso8601) {
  EXPECT_EQ(parse_timestamp("2024-02-29"), at(2024, 2, 29));
  EXPECT_EQ(parse_timestamp("1999-12-31T23:59:59Z"), at(2000, 1, 1) - 1'000'000);
  EXPECT_EQ(parse_timestamp("2024-01-02 09:30"), at(2024, 1, 2, 34200));
  EXPECT_EQ(parse_timestamp("2024-01-02 09:30:00.25"), at(2024, 1, 2, 34200) + 250'000);
  EXPECT_EQ(parse_timestamp("2024-01-02t09:30:00,1234567z"), at(2024, 1, 2, 34200) + 123'456);
  EXPECT_EQ(parse_timestamp("2024-01-02 09:30:00+05:30"), at(2024, 1, 2, 14400));
  EXPECT_EQ(parse_timestamp("2024-01-02 09:30:00-0500"), at(2024, 1, 2, 52200));
  EXPECT_EQ(parse_timestamp("2024-01-02 09:30:00 +01"), at(2024, 1, 2, 30600));
  EXPECT_EQ(parse_timestamp("2024-01-02 24:00:00"), at(2024, 1, 3));
}

TEST(ParseTimestamp, RefusesWhatIsNone) {
  for (const std::string_view text : {"",
                                      "2024",
                                      "2024-1-2",
                                      "2024-02-30",
                                      "2023-02-29",
                                      "02/01/2024",
                                      "2024-01-02x",
                                      "2024-01-02 ",
                                      "2024-01-02T",
                                      "2024-01-02 9:30",
                                      "2024-01-02 25:00",
                                      "2024-01-02 24:00:01",
                                      "2024-01-02 10:60",
                                      "2024-01-02 10:00:60",
                                      "2024-01-02 10:00:00.",
                                      "2024-01-02 10:00:00+",
                                      "2024-01-02 10:00:00+16",
                                      "2024-01-02 10:00:00+05:60",
                                      "2024-01-02 10:00:00ZZ",
                                      "2024-01-02 10:00:00 EST",
                                      "0000-01-01",
                                      "-024-01-02",
                                      "infinity",
                                      "now"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(ParseBar, ReadsMillisecondsSince1970) {
  EXPECT_EQ(parse_bar(row("946684800000"), {}).timestamp, 0);
  EXPECT_EQ(parse_bar(row("86400000000"), {}).timestamp, at(1972, 9, 27));
  EXPECT_EQ(parse_bar(row("-86400000000"), {}).timestamp, at(1967, 4, 7));
  for (const std::string_view text : {"99999999999999999999", "200000000000001", "-", "1e12",
                                      "946684800000.5", "1712640000", "0"}) {
    EXPECT_TRUE(parse_bar(row(text), {}).broken.has(BarRule::kMalformedTimestamp)) << text;
  }
}

TEST(ParseBar, SeesDecimalsHoweverFarDown) {
  const std::string far = "1.2345" + std::string(50, '0');
  EXPECT_FALSE(parse_bar(row("946684800000", far), {}).broken.has(BarRule::kExcessDecimals));
  EXPECT_TRUE(parse_bar(row("946684800000", far + "1"), {}).broken.has(BarRule::kExcessDecimals));
}

TEST(ParseBar, ReadsNumbersOfAnyLength) {
  const auto open = [](std::string_view text) {
    return parse_bar(row("0", text), {.rounds_decimals = true});
  };
  EXPECT_EQ(open("10.00005").units[BarField::kOpen], 100'001);
  EXPECT_EQ(open("10.00004999999999999999999999999999999999999999").units[BarField::kOpen],
            100'000);
  EXPECT_EQ(open("00000000000000000000000000000000000000000000010").units[BarField::kOpen],
            100'000);
  EXPECT_EQ(open("1000000000000000000000000000000000000000000e-41").units[BarField::kOpen],
            100'000);
  EXPECT_EQ(open("0.00000000000000000000000000000000000000000012e44").units[BarField::kOpen],
            120'000);
  EXPECT_TRUE(open("1e-400").broken.has(BarRule::kRoundsToZero));
  EXPECT_TRUE(open("-1e-400").broken.has(BarRule::kPriceNotPositive));
  EXPECT_TRUE(open("1e400").broken.has(BarRule::kOutOfRange));
  EXPECT_TRUE(open("1e99999999999").broken.has(BarRule::kOutOfRange));
  EXPECT_TRUE(open("0e99999999999").broken.has(BarRule::kPriceNotPositive));
  EXPECT_TRUE(
      open("12345678901234567890123456789012345678901234567890").broken.has(BarRule::kOutOfRange));
  for (const std::string_view text :
       {"1.2.3", "e5", "1e", "1e+", "0x10", "1 0", "--1", "ten", "1_000", "."}) {
    EXPECT_TRUE(open(text).broken.has(BarRule::kMalformedNumber)) << text;
  }
}

TEST(ParseBar, TellsWhetherItRounded) {
  EXPECT_FALSE(parse_bar(row("0", "10.5000"), {}).is_rounded);
  EXPECT_TRUE(parse_bar(row("0", "10.50001"), {.rounds_decimals = true}).is_rounded);
  EXPECT_TRUE(parse_bar(row("0", "10", "1.5"), {.rounds_volume = true}).is_rounded);
  EXPECT_EQ(parse_bar(row("0", "10", "1.5"), {.rounds_volume = true}).units[BarField::kVolume], 2);
  EXPECT_TRUE(parse_bar(row("0", "10", "1.5"), {.rounds_decimals = true})
                  .broken.has(BarRule::kFractionalVolume));
}

TEST(KeptRawBar, KeepsWhatIsMissingApartFromWhatIsEmpty) {
  RawBar raw = row("0");
  raw.fields[static_cast<std::size_t>(RawField::kVwap)] = "";
  const KeptRawBar kept(raw);
  const KeptRawBar copy = kept;
  EXPECT_EQ(copy.view().fields, raw.fields);
}

}  // namespace
}  // namespace quant
