// SPDX-License-Identifier: PostgreSQL
#include "core/base/decimal.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/caught.hpp"
#include "support/table.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

Table table(const char* name) {
  return Table(std::filesystem::path(__FILE__).parent_path() / name);
}

TEST(DecimalParse, ReadsEveryWayToWriteANumber) {
  const Table cases = table("decimal_texts.csv");
  ASSERT_GT(cases.size(), 100U);
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const std::string& text = cases.at(row, "text");
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->to_text(), cases.at(row, "plain")) << text;
  }
}

TEST(DecimalParse, ReadsNumbersAtTheEdgeOfItsRange) {
  for (const char* text :
       {"99999999999999999999999999999999999999", "-99999999999999999999999999999999999999",
        "9.9999999999999999999999999999999999999", "0.0000000000000000000000000000000000001"}) {
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->to_text(), text);
  }
  EXPECT_EQ(Decimal::parse("1e37")->to_text(), "10000000000000000000000000000000000000");
  EXPECT_EQ(Decimal::parse("1e-37")->to_text(), "0.0000000000000000000000000000000000001");
}

TEST(DecimalParse, RefusesWhatHasMoreThan38Digits) {
  for (const char* text : {"999999999999999999999999999999999999999", "1e39", "-1e39", "1e-38",
                           "1e9999", "1e-9999", "12345678901234567890.12345678901234567899"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(DecimalParse, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"",        " ",     ".",     "-",   "+",   "-.",  "--1",      "+-1",   "1-",  "1 ",
        " 1",      "1.2.3", "1..2",  "e5",  ".e5", "1e",  "1e+",      "1e5.5", "1e-", "1ee5",
        "1e99999", "0x10",  "1_000", "1,5", "inf", "NaN", "\xd9\xa1", "1\n"}) {
    EXPECT_FALSE(Decimal::parse(text)) << '"' << text << '"';
  }
  EXPECT_FALSE(Decimal::parse(std::string_view("1\0", 2)));
}

TEST(DecimalParse, KnowsOneZeroOnly) {
  for (const char* text : {"0", "-0", "+0.000", "0e300", ".0", "0.", "-0.0e-9"}) {
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->to_text(), "0") << text;
  }
}

TEST(DecimalRounding, GoesHalfAwayFromZeroAtEveryTie) {
  const Table cases = table("decimal_rounding.csv");
  ASSERT_GT(cases.size(), 300U);
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const std::string& text = cases.at(row, "value");
    const Decimal value = decimal_of(text);
    const int decimals = std::stoi(cases.at(row, "decimals"));
    EXPECT_EQ(value.rounded(decimals).to_text(), cases.at(row, "rounded")) << text;
  }
}

TEST(DecimalRounding, ExtendsWithZerosAndTrimsThemAgain) {
  EXPECT_EQ((Decimal{15, 1}.rounded(4).to_text()), "1.5000");
  EXPECT_EQ((Decimal{15000, 4}.trimmed().to_text()), "1.5");
  EXPECT_EQ((Decimal{-100, 2}.trimmed().to_text()), "-1");
  EXPECT_EQ((Decimal{100, 0}.trimmed().to_text()), "100");
  EXPECT_EQ((Decimal{0, 5}.trimmed().to_text()), "0");
}

TEST(DecimalRounding, RaisesWhereTheExtendedNumberDoesNotFit) {
  const Decimal large = decimal_of("99999999999999999999999999999999999999");
  EXPECT_EQ(caught([&] { (void)large.rounded(2); }).code(), ErrorCode::kOutOfRange);
}

TEST(DecimalText, PutsAZeroBeforeThePoint) {
  EXPECT_EQ(decimal_text(5, 1), "0.5");
  EXPECT_EQ(decimal_text(-5, 3), "-0.005");
  EXPECT_EQ(decimal_text(12345, 2), "123.45");
  EXPECT_EQ(decimal_text(-100, 2), "-1.00");
  EXPECT_EQ(decimal_text(0, 2), "0.00");
  EXPECT_EQ(decimal_text(-7, 0), "-7");
}

TEST(DecimalOrder, ComparesValuesWhateverTheirScale) {
  EXPECT_EQ((Decimal{150, 2}), (Decimal{15, 1}));
  EXPECT_EQ((Decimal{0, 0}), (Decimal{0, 30}));
  EXPECT_LT((Decimal{-15, 1}), (Decimal{-149, 2}));
  EXPECT_GT(decimal_of("1"), decimal_of("0.9999999999999999999999999999999999999"));
  // Their common denominator needs far more than 128 bits.
  EXPECT_LT(decimal_of("99999999999999999999999999999999999998"),
            decimal_of("99999999999999999999999999999999999999"));
  EXPECT_LT(decimal_of("9.9999999999999999999999999999999999998"),
            decimal_of("99999999999999999999999999999999999999"));
}

TEST(Fixed, HoldsExactlyItsColumn) {
  EXPECT_EQ(price("999999.9999").to_text(), "999999.9999");
  EXPECT_EQ(quantity("-999999999.999999").to_text(), "-999999999.999999");
  EXPECT_EQ(money("9999999999999.99").to_text(), "9999999999999.99");
  EXPECT_EQ(fixed_of<Volume>("999999999999999").to_text(), "999999999999999");
  EXPECT_EQ((-price("1.5")).to_text(), "-1.5000");
}

TEST(Fixed, RaisesOneUnitBeyondItsColumn) {
  const Error error = caught([] { (void)Price::from_units(Int128{Price::kMax} + 1); });
  EXPECT_EQ(error.code(), ErrorCode::kOutOfRange);
  EXPECT_EQ(error.message(), "price (numeric(10,4)) out of range");
  EXPECT_EQ(error.detail(), "The value is 1000000.0000.");
  EXPECT_EQ(caught([] { (void)Price::from_units(-Int128{Price::kMax} - 1); }).code(),
            ErrorCode::kOutOfRange);
  EXPECT_EQ(caught([] { (void)(money("9999999999999.99") + money("0.01")); }).code(),
            ErrorCode::kOutOfRange);
  EXPECT_EQ(caught([] { (void)(money("-9999999999999.99") - money("0.01")); }).code(),
            ErrorCode::kOutOfRange);
  EXPECT_EQ(caught([] { (void)Volume::from_decimal(decimal_of("1e15")); }).code(),
            ErrorCode::kOutOfRange);
}

TEST(Fixed, RefusesExcessDecimalsInsteadOfRounding) {
  EXPECT_FALSE(Price::from_decimal(decimal_of("1.00005")));
  EXPECT_FALSE(Money::from_decimal(decimal_of("0.001")));
  EXPECT_FALSE(Volume::from_decimal(decimal_of("0.5")));
  EXPECT_EQ(Price::from_decimal(Decimal{1000500000, 9})->to_text(), "1.0005");
}

TEST(ValueOf, RoundsToCentsHalfAwayFromZero) {
  EXPECT_EQ(value_of(quantity("1"), price("0.005")), money("0.01"));
  EXPECT_EQ(value_of(quantity("1"), price("0.0049")), money("0"));
  EXPECT_EQ(value_of(quantity("-1"), price("0.005")), money("-0.01"));
  EXPECT_EQ(value_of(quantity("0.5"), price("0.03")), money("0.02"));
  EXPECT_EQ(value_of(quantity("3.333333"), price("3.0001")), money("10"));
  EXPECT_EQ(value_of(quantity("123456.789012"), price("8765.4321")), money("1082152101.37"));
}

TEST(ValueOf, RaisesWhereTheValueIsNoMoney) {
  EXPECT_EQ(value_of(quantity("9999999"), price("999999.9999")).to_text(), "9999998999000.00");
  EXPECT_EQ(caught([] { (void)value_of(quantity("999999999"), price("999999")); }).code(),
            ErrorCode::kOutOfRange);
}

TEST(ShareOf, RoundsEachShareAndReachesTheTotal) {
  EXPECT_EQ(share_of(money("10"), quantity("1"), quantity("3")), money("3.33"));
  EXPECT_EQ(share_of(money("-10"), quantity("1"), quantity("3")), money("-3.33"));
  EXPECT_EQ(share_of(money("0.01"), quantity("1"), quantity("2")), money("0.01"));
  EXPECT_EQ(share_of(money("-0.01"), quantity("1"), quantity("2")), money("-0.01"));
  EXPECT_EQ(share_of(money("0.01"), quantity("1"), quantity("2.000001")), money("0"));
  EXPECT_EQ(share_of(money("9999999999999.99"), quantity("7"), quantity("7")),
            money("9999999999999.99"));
}

TEST(Scaled, MultipliesMoneyByADecimal) {
  EXPECT_EQ(scaled(money("100"), decimal_of("0.00005")), money("0.01"));
  EXPECT_EQ(scaled(money("-100"), decimal_of("0.00005")), money("-0.01"));
  EXPECT_EQ(scaled(money("100"), decimal_of("0.0000499")), money("0"));
  // The product of cents and 38 digits is wider than 128 bits.
  EXPECT_EQ(
      scaled(money("9999999999999.99"), decimal_of("0.9999999999999999999999999999999999999")),
      money("9999999999999.99"));
}

}  // namespace
}  // namespace quant
