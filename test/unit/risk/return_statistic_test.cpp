// SPDX-License-Identifier: PostgreSQL
#include "core/risk/return_statistic.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/risk/returns.hpp"
#include "core/risk/series_statistics.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

std::vector<Decimal> parameters_of(const ReturnStatistic& statistic, const nlohmann::json& set) {
  std::vector<Decimal> parameters;
  for (const StatisticParameter parameter : statistic.parameters) {
    const bool periods = parameter == StatisticParameter::kPeriodsPerYear;
    parameters.push_back(decimal(set.at(periods ? "periods_per_year" : "target")));
  }
  return parameters;
}

TEST(ReturnStatistic, EqualsLongDecimals) {
  for (const auto& set : expected("statistics")) {
    const DecimalSample sample = sample_of(set.at("data"));
    for (const auto& [name, wanted] : set.at("expected").items()) {
      const ReturnStatistic& statistic = return_statistic(name);
      const auto value = evaluate(statistic, sample, parameters_of(statistic, set));
      ASSERT_EQ(value.has_value(), !wanted.is_null()) << name << " of " << set.at("data");
      if (value) {
        EXPECT_EQ(value->to_text(), wanted.get<std::string>()) << name;
      }
    }
  }
}

TEST(ReturnStatistic, RefusesUnusableParameters) {
  const DecimalSample sample = {{1, 2, 3}, 2};
  const auto evaluate_with = [&](const char* name, std::vector<Decimal> parameters) {
    return evaluate(return_statistic(name), sample, parameters);
  };
  EXPECT_THROW((void)evaluate_with("volatility", {decimal("0")}), Error);
  EXPECT_THROW((void)evaluate_with("volatility", {decimal("-252")}), Error);
  EXPECT_THROW((void)evaluate_with("volatility", {}), Error);
  EXPECT_THROW((void)return_statistic("no_such"), Error);
}

// The same return written as different quotients must not leave a deviation of 1e-50.
TEST(SeriesStatistics, EqualQuotientsAreConstant) {
  const std::vector<Ratio> ratios = {{1, 3}, {2, 6}, {100, 300}, {7, 21}, {333, 999}};
  const std::vector<Real> returns = to_reals<Real>(ratios);
  const std::span<const Real> view(returns);
  EXPECT_EQ(*volatility(view, Real(252)), 0);
  EXPECT_FALSE(sharpe_ratio(view, Real(0), Real(252)).has_value());
  EXPECT_FALSE(skewness(view).has_value());
  EXPECT_FALSE(excess_kurtosis(view).has_value());
}

TEST(SeriesStatistics, NothingOfNothing) {
  const std::span<const Real> none;
  EXPECT_FALSE(mean(none).has_value());
  EXPECT_FALSE(volatility(none, Real(252)).has_value());
  EXPECT_FALSE(downside_deviation(none, Real(0), Real(252)).has_value());
  EXPECT_FALSE(omega_ratio(none, Real(0)).has_value());
  EXPECT_FALSE(tail_ratio(none).has_value());
  EXPECT_FALSE(root_mean_square(none).has_value());
}

std::vector<EquityPoint> curve(const std::vector<std::pair<Day, std::int64_t>>& values) {
  std::vector<EquityPoint> points;
  for (const auto& [day, cents] : values) {
    points.push_back({day * kDayLength, day, Money::from_units(cents)});
  }
  return points;
}

TEST(Returns, AreExactQuotientsFromTheStartingCapital) {
  const auto series =
      simple_returns(Money::from_units(10000), curve({{1, 11000}, {2, 9900}, {3, 9900}}));
  EXPECT_FALSE(series.ruined);
  EXPECT_EQ(series.returns, (std::vector<Ratio>{{1, 10}, {-1, 10}, {0, 1}}));
}

TEST(Returns, EndWithRuin) {
  const auto lost = simple_returns(Money::from_units(100), curve({{1, 50}, {2, 0}, {3, 10}}));
  EXPECT_TRUE(lost.ruined);
  EXPECT_EQ(lost.returns, (std::vector<Ratio>{{-1, 2}, {-1, 1}}));
  const auto indebted = simple_returns(Money::from_units(100), curve({{1, 50}, {2, -1}, {3, 10}}));
  EXPECT_TRUE(indebted.ruined);
  EXPECT_EQ(indebted.returns, (std::vector<Ratio>{{-1, 2}}));
  EXPECT_THROW((void)simple_returns(Money{}, curve({{1, 50}})), Error);
}

TEST(Returns, LastPointOfEachDay) {
  const auto days = last_of_each_day(curve({{1, 10}, {1, 20}, {2, 30}, {4, 40}, {4, 50}}));
  ASSERT_EQ(days.size(), 3U);
  EXPECT_EQ(days[0].equity.units(), 20);
  EXPECT_EQ(days[1].equity.units(), 30);
  EXPECT_EQ(days[2].equity.units(), 50);
  EXPECT_TRUE(last_of_each_day({}).empty());
}

TEST(Returns, CannotLoseMoreThanEverything) {
  EXPECT_NO_THROW(check_simple_return(decimal("-1")));
  EXPECT_NO_THROW(check_simple_return(decimal("1234")));
  EXPECT_THROW(check_simple_return(decimal("-1.0001")), Error);
}

}  // namespace
}  // namespace quant
