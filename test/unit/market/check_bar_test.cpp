// SPDX-License-Identifier: PostgreSQL
#include "core/market/check_bar.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quant {
namespace {

using Names = std::vector<std::string_view>;

/// A number by its text: "" is missing, "NaN" not finite, "huge" too large for a Decimal.
BarNumber number(std::string_view text) {
  if (text.empty()) return {};
  if (text == "NaN") return {BarNumber::State::kNotFinite, {}};
  if (text == "huge") return {BarNumber::State::kTooLarge, {}};
  return {BarNumber::State::kValue, Decimal::parse(text).value()};
}

/// A bar by its numbers in the order of BarField; what is left out is missing.
CheckedBar bar(const std::vector<std::string_view>& texts) {
  CheckedBar bar;
  for (std::size_t i = 0; i < texts.size(); ++i) bar.numbers.items[i] = number(texts[i]);
  return bar;
}

Names names(const std::vector<std::string_view>& texts) { return check_bar(bar(texts)).names(); }

TEST(CheckBar, AcceptsValidBars) {
  EXPECT_EQ(names({"10", "11", "9", "10.5", "100", "10.4", "10.6", "10.2"}), Names{});
  EXPECT_EQ(names({"10", "11", "9", "10.5"}), Names{});
  EXPECT_EQ(names({"10", "10", "10", "10", "0", "10", "10", "10"}), Names{});
  EXPECT_EQ(names({"0.0001", "999999.9999", "0.0001", "1", "999999999999999"}), Names{});
}

TEST(CheckBar, NamesEveryBrokenRule) {
  EXPECT_EQ(names({"", "11", "9", "10"}), Names{"null_price"});
  EXPECT_EQ(names({}), Names{"null_price"});
  EXPECT_EQ(names({"-1", "11", "-1", "10"}), Names{"not_positive"});
  EXPECT_EQ(names({"0", "11", "0", "10"}), Names{"not_positive"});
  EXPECT_EQ(names({"9.5", "9", "9.2", "9.5"}), (Names{"high_below_low", "high_below_open_close"}));
  EXPECT_EQ(names({"12", "11", "9", "10"}), Names{"high_below_open_close"});
  EXPECT_EQ(names({"10", "11", "9", "8"}), Names{"low_above_open_close"});
  EXPECT_EQ(names({"10", "11", "9", "10", "-1"}), Names{"negative_volume"});
  EXPECT_EQ(names({"10", "11", "9", "10", "", "10.2", "10.1"}), Names{"bid_above_ask"});
  EXPECT_EQ(names({"10", "11", "9", "10", "", "", "0"}), Names{"not_positive"});
  EXPECT_EQ(names({"10", "11", "9", "10", "", "", "", "8.9999"}), Names{"vwap_outside_range"});
  EXPECT_EQ(names({"10", "11", "9", "10", "", "", "", "11.0001"}), Names{"vwap_outside_range"});
}

TEST(CheckBar, JudgesNumbersBeforeTheyAreRounded) {
  EXPECT_EQ(names({"0.00004", "1", "0.00004", "1"}), Names{"rounds_to_zero"});
  EXPECT_EQ(names({"0.00005", "1", "0.00005", "1"}), Names{});
  EXPECT_EQ(names({"10", "999999.99994", "9", "10"}), Names{});
  EXPECT_EQ(names({"10", "999999.99995", "9", "10"}), Names{"out_of_range"});
  EXPECT_EQ(names({"10", "11", "9", "10", "999999999999999.4"}), Names{});
  EXPECT_EQ(names({"10", "11", "9", "10", "999999999999999.5"}), Names{"out_of_range"});
  EXPECT_EQ(names({"10.00001", "10.00001", "10.00002", "10.00002"}),
            (Names{"high_below_low", "high_below_open_close", "low_above_open_close"}));
  EXPECT_EQ(names({"10", "huge", "9", "10"}), Names{"out_of_range"});
}

TEST(CheckBar, ReportsOneNameOnce) {
  EXPECT_EQ(names({"NaN", "NaN", "9", "10", "NaN", "NaN", "", "NaN"}), Names{"not_finite"});
  EXPECT_EQ(names({"10", "11", "9", "10", "", "-1", "10", "10"}), Names{"not_positive"});
}

TEST(CheckBar, JudgesTheTime) {
  CheckedBar checked = bar({"10", "11", "9", "10"});
  checked.timestamp = 14 * 3'600'000'000 + 60'000'000;
  EXPECT_EQ(check_bar(checked).names(), Names{});
  checked.timeframe = "5m";
  EXPECT_EQ(check_bar(checked).names(), Names{"misaligned"});
  checked.timeframe = "1m";
  EXPECT_EQ(check_bar(checked).names(), Names{});
  checked.timeframe = "7m";
  EXPECT_EQ(check_bar(checked).names(), Names{"unknown_timeframe"});
  checked.timeframe = "1d";
  checked.timestamp = INT64_MAX;
  EXPECT_EQ(check_bar(checked).names(), Names{"not_finite"});
}

TEST(CheckBar, NamesTheConstraintOfTheColumn) {
  const auto constraints = [](const std::vector<std::string_view>& texts) {
    Names found;
    for (const BarRule rule : check_bar(bar(texts)).list()) {
      found.push_back(describe(rule).constraint);
    }
    return found;
  };
  EXPECT_EQ(constraints({"NaN", "11", "9", "10"}), Names{"ck_prices_positive"});
  EXPECT_EQ(constraints({"10", "11", "9", "10", "NaN"}), Names{"ck_volume_non_negative"});
  EXPECT_EQ(constraints({"10", "11", "9", "10", "", "NaN"}), Names{"ck_quote_valid"});
  EXPECT_EQ(constraints({"10", "11", "9", "10", "", "", "", "NaN"}), Names{"ck_vwap_valid"});
  EXPECT_EQ(constraints({"10", "8", "9", "8"}),
            (Names{"ck_high_low_valid", "ck_ohlc_valid", "ck_ohlc_valid"}));
}

TEST(CheckNumbers, AgreesOnIntegersAndDecimals) {
  // All orders of small numbers: the scaled integers of the trigger must judge as decimals do.
  for (std::int64_t code = 0; code < 4 * 4 * 4 * 4 * 4; ++code) {
    PerBarField<std::optional<std::int64_t>> units;
    PerBarField<std::optional<Decimal>> decimals;
    std::int64_t rest = code;
    for (const BarField field :
         {BarField::kOpen, BarField::kHigh, BarField::kLow, BarField::kClose, BarField::kVwap}) {
      units[field] = rest % 4 - 1;
      decimals[field] = Decimal{rest % 4 - 1, 4};
      rest /= 4;
    }
    EXPECT_EQ(check_numbers(units).list(), check_numbers(decimals).list()) << code;
  }
}

}  // namespace
}  // namespace quant
