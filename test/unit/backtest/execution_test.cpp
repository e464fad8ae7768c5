// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/execution.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/json_text.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

Execution read(const std::string& execution) {
  return read_execution(json_of(R"({"execution": )" + execution + "}"));
}

TEST(Execution, HasTheDefaultsOfTheSemantics) {
  for (const Execution& execution :
       {read_execution(json_of("{}")), read("{}"), read_execution(Json{})}) {
    EXPECT_EQ(execution.fill, FillAt::kNextOpen);
    EXPECT_EQ(execution.intrabar, Intrabar::kWorstCase);
    EXPECT_FALSE(execution.limit_fills_through || execution.strict_crossover ||
                 execution.every_bar);
    EXPECT_EQ(execution.size_at, SizeAt::kFill);
    EXPECT_EQ(execution.on_opposite, OnOpposite::kReverse);
    EXPECT_EQ(execution.on_short_cash, OnShortCash::kReduce);
    EXPECT_EQ(execution.finalize, Finalize::kNone);
    EXPECT_EQ(execution.prices, Prices::kRaw);
    EXPECT_EQ(execution.timezone, "UTC");
    EXPECT_EQ(execution.leverage, decimal_of("1"));
    EXPECT_EQ(execution.maintenance, decimal_of("0.25"));
    EXPECT_FALSE(execution.price_tick || execution.quantity_step || execution.periods_per_year);
  }
}

TEST(Execution, ReadsEveryKey) {
  const Execution execution = read(R"({
    "fill": "same_close", "intrabar": "ohlc", "limit_fill": "through", "crossover": "strict",
    "size_at": "signal", "on_opposite": "ignore", "on_short_cash": "skip", "finalize": "last_open",
    "prices": "adjusted", "timezone": "Europe/Zurich", "price_tick": 0.05, "quantity_step": 0.001,
    "commission": {"percent": 0.1, "per_order": 1, "per_share": 0.005, "min": 2, "max": 30},
    "slippage": {"percent": 0.02, "ticks": 2}, "leverage": 2.5, "maintenance": 0.3,
    "frequency": "bar", "periods_per_year": 365.25, "risk_free": -0.01,
    "conventions": "lean"})");
  EXPECT_EQ(execution.fill, FillAt::kSameClose);
  EXPECT_EQ(execution.intrabar, Intrabar::kHighFirst);
  EXPECT_TRUE(execution.limit_fills_through && execution.strict_crossover && execution.every_bar);
  EXPECT_EQ(execution.size_at, SizeAt::kSignal);
  EXPECT_EQ(execution.on_opposite, OnOpposite::kIgnore);
  EXPECT_EQ(execution.on_short_cash, OnShortCash::kSkip);
  EXPECT_EQ(execution.finalize, Finalize::kLastOpen);
  EXPECT_EQ(execution.prices, Prices::kAdjusted);
  EXPECT_EQ(execution.timezone, "Europe/Zurich");
  EXPECT_EQ(execution.price_tick, price("0.05"));
  EXPECT_EQ(execution.quantity_step, quantity("0.001"));
  EXPECT_EQ(execution.commission.percent, decimal_of("0.1"));
  EXPECT_EQ(execution.commission.per_order, decimal_of("1"));
  EXPECT_EQ(execution.commission.per_share, decimal_of("0.005"));
  EXPECT_EQ(execution.commission.minimum, decimal_of("2"));
  EXPECT_EQ(execution.commission.maximum, decimal_of("30"));
  EXPECT_EQ(execution.slippage.percent, decimal_of("0.02"));
  EXPECT_EQ(execution.slippage.ticks, 2);
  EXPECT_EQ(execution.leverage, decimal_of("2.5"));
  EXPECT_EQ(execution.maintenance, decimal_of("0.3"));
  EXPECT_EQ(execution.periods_per_year, decimal_of("365.25"));
  EXPECT_EQ(execution.risk_free, decimal_of("-0.01"));
  EXPECT_EQ(execution.conventions, Conventions::kLean);
}

struct Refused {
  std::string execution;
  std::string message;
  std::string path;  // below parameters.execution
};

TEST(Execution, RefusesWrongValuesWithTheirPath) {
  const std::vector<Refused> cases = {
      {"5", "an object is expected, not a number", ""},
      {R"({"fil": "same_close"})", "unknown key \"fil\"", ""},
      {R"({"fill": "close"})", "unknown value \"close\"", ".fill"},
      {R"({"fill": 1})", "a string is expected, not a number", ".fill"},
      {R"({"commission": {"fee": 1}})", "unknown key \"fee\"", ".commission"},
      {R"({"commission": {"percent": 101}})", "a percentage of at most 100 is expected, not 101",
       ".commission.percent"},
      {R"({"commission": {"per_order": -1}})", "a number from 0 is expected, not -1",
       ".commission.per_order"},
      {R"({"commission": {"min": 2, "max": 1}})", "the maximum commission is below the minimum",
       ".commission.max"},
      {R"({"slippage": {"percent": 100}})", "a slippage below 100 percent is expected",
       ".slippage.percent"},
      {R"({"slippage": {"ticks": 1.5}})",
       "a whole number between 0 and 1000000 is expected, not 1.5", ".slippage.ticks"},
      {R"({"price_tick": 0})", "a number above 0 is expected, not 0", ".price_tick"},
      {R"({"price_tick": 0.00001})", "0.00001 has more than 4 decimals", ".price_tick"},
      {R"({"quantity_step": 0.0000001})", "0.0000001 has more than 6 decimals", ".quantity_step"},
      {R"({"leverage": 0.5})", "a number between 1 and 1000 is expected, not 0.5", ".leverage"},
      {R"({"leverage": 1001})", "a number between 1 and 1000 is expected, not 1001", ".leverage"},
      {R"({"maintenance": -1})", "a number between 0 and 1 is expected, not -1", ".maintenance"},
      {R"({"maintenance": 25})", "a number between 0 and 1 is expected, not 25", ".maintenance"},
      {R"({"periods_per_year": 0})", "a number above 0 is expected, not 0", ".periods_per_year"},
      {R"({"risk_free": 1.01})", "a number between -0.99 and 1 is expected, not 1.01",
       ".risk_free"},
      {R"({"risk_free": -1})", "a number between -0.99 and 1 is expected, not -1", ".risk_free"},
      {R"({"timezone": 0})", "a string is expected, not a number", ".timezone"},
  };
  for (const Refused& wanted : cases) {
    const Error error = caught([&] { (void)read(wanted.execution); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << wanted.execution;
    EXPECT_EQ(error.message(), wanted.message) << wanted.execution;
    EXPECT_EQ(error.detail(), "At parameters.execution" + wanted.path + ".") << wanted.execution;
  }
  EXPECT_EQ(caught([] { (void)read(R"({"risk_free": 4})"); }).hint(),
            "4 percent a year is written 0.04.");
  EXPECT_EQ(caught([] { (void)read(R"({"intrabar": "best"})"); }).hint(),
            "It is one of \"worst_case\", \"stop_first\", \"nearest_extreme\", \"ohlc\", \"olhc\", "
            "\"lower_timeframe\".");
}

TEST(Execution, RefusesUnknownConventionsWithTheKnownNames) {
  const Error near = caught([] { (void)read(R"({"conventions": "backtesting"})"); });
  EXPECT_EQ(near.message(), "unknown value \"backtesting\"");
  EXPECT_EQ(near.detail(), "At parameters.execution.conventions.");
  EXPECT_EQ(near.hint(),
            "It is one of \"backtesting.py\", \"empyrical\", \"lean\", \"vectorbt\", "
            "\"backtrader\", \"performanceanalytics\".");
}

TEST(Execution, ReadsTiers) {
  const Execution execution = read(
      R"({"commission": {"tiers": [{"up_to": 1000, "percent": 1}, {"percent": 0.1}], "min": 1}})");
  // 1,000 at 1 percent and 500 at 0.1 percent.
  EXPECT_EQ(execution.commission.of(quantity("1"), money("1500")), money("10.50"));
  EXPECT_EQ(execution.commission.of(quantity("1"), money("1000")), money("10"));
  EXPECT_EQ(execution.commission.of(quantity("1"), money("20")), money("1"));
}

TEST(Execution, RefusesTiersThatDoNotRiseOrEnd) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"([])", "the list of tiers is empty"},
      {R"([{"up_to": 10, "percent": 1}])", "the last tier ends"},
      {R"([{"up_to": 10, "percent": 1}, {"up_to": 10, "percent": 1}, {"percent": 1}])",
       "more than the tier before is expected"},
      {R"([{"percent": 1}, {"percent": 1}])", "a tier follows one without end"},
  };
  for (const auto& [tiers, message] : cases) {
    EXPECT_EQ(caught([&] { (void)read(R"({"commission": {"tiers": )" + tiers + "}}"); }).message(),
              message);
  }
}

TEST(Benchmark, IsASymbolOrNothing) {
  EXPECT_EQ(read_benchmark(json_of(R"({"benchmark": "SPY"})")), "SPY");
  EXPECT_EQ(read_benchmark(json_of(R"({"benchmark": null})")), std::nullopt);
  EXPECT_EQ(read_benchmark(json_of("{}")), std::nullopt);
  EXPECT_EQ(caught([] { (void)read_benchmark(json_of(R"({"benchmark": 5})")); }).detail(),
            "At parameters.benchmark.");
}

Commission commission(const char* percent, const char* per_order, const char* per_share,
                      const char* minimum = "0", const char* maximum = nullptr) {
  Commission made{
      decimal_of(percent), decimal_of(per_order), decimal_of(per_share), decimal_of(minimum), {}};
  if (maximum != nullptr) made.maximum = decimal_of(maximum);
  return made;
}

TEST(Commission, SumsItsPartsBeforeItRounds) {
  EXPECT_EQ(commission("0", "0", "0").of(quantity("100"), money("5000")), money("0"));
  EXPECT_EQ(commission("0.1", "0", "0").of(quantity("100"), money("5000")), money("5"));
  EXPECT_EQ(commission("0", "1.25", "0").of(quantity("100"), money("5000")), money("1.25"));
  EXPECT_EQ(commission("0", "0", "0.005").of(quantity("101"), money("5000")), money("0.51"));
  // 0.004 + 0.004 + 0.004 is 0.012, though each part alone is no cent.
  EXPECT_EQ(commission("0.04", "0.004", "0.004").of(quantity("1"), money("10")), money("0.01"));
}

TEST(Commission, RoundsHalfACentUp) {
  EXPECT_EQ(commission("0.1", "0", "0").of(quantity("1"), money("5")), money("0.01"));
  EXPECT_EQ(commission("0.1", "0", "0").of(quantity("1"), money("4.99")), money("0"));
  EXPECT_EQ(commission("0", "0", "0.333333").of(quantity("0.015"), money("1")), money("0"));
  EXPECT_EQ(commission("0", "0", "0.333334").of(quantity("0.015"), money("1")), money("0.01"));
}

TEST(Commission, StaysBetweenMinimumAndMaximum) {
  const Commission held = commission("1", "0", "0", "2", "30.005");
  EXPECT_EQ(held.of(quantity("1"), money("100")), money("2"));
  EXPECT_EQ(held.of(quantity("1"), money("201")), money("2.01"));
  EXPECT_EQ(held.of(quantity("1"), money("3000")), money("30"));
  EXPECT_EQ(held.of(quantity("1"), money("9999")), money("30.01"));
  EXPECT_EQ(commission("1", "0", "0", "0", "0").of(quantity("1"), money("9999")), money("0"));
}

TEST(Commission, HoldsTheLargestValues) {
  EXPECT_EQ(commission("100", "0", "0").of(quantity("1"), money("9999999999999.99")),
            money("9999999999999.99"));
  EXPECT_EQ(caught([] {
              (void)commission("100", "0.01", "0").of(quantity("1"), money("9999999999999.99"));
            }).code(),
            ErrorCode::kOutOfRange);
}

}  // namespace
}  // namespace quant
