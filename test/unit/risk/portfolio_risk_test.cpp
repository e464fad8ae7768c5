// SPDX-License-Identifier: PostgreSQL
#include "core/risk/portfolio_risk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

Holding holding_of(const nlohmann::json& json) {
  Holding holding;
  holding.symbol = json.at("symbol").get<std::string>();
  holding.quantity = *Quantity::from_decimal(decimal(json.at("quantity")));
  for (const auto& close : json.at("closes")) {
    holding.closes.push_back({close.at(0).get<Day>(), *Price::from_decimal(decimal(close.at(1)))});
  }
  for (const auto& action : json.at("actions")) {
    holding.actions.push_back({action.at(0).get<Day>(), action.at(1).get<int>(),
                               action.at(2).get<int>(), decimal(action.at(3))});
  }
  return holding;
}

PortfolioHistory history_of(const nlohmann::json& json) {
  PortfolioHistory history;
  history.date = 319;
  history.cash = *Money::from_decimal(decimal(json.at("cash")));
  history.holdings_source = "positions";
  for (const auto& holding : json.at("holdings")) history.holdings.push_back(holding_of(holding));
  return history;
}

const RiskFigure& figure_of(const PortfolioRisk& risk, const std::string& name) {
  return *std::find_if(risk.figures.begin(), risk.figures.end(),
                       [&](const RiskFigure& figure) { return figure.name == name; });
}

TEST(PortfolioRisk, EqualsExactSimulation) {
  const auto& wanted = expected("portfolio");
  const PortfolioRisk risk = portfolio_risk(history_of(wanted));
  EXPECT_EQ(risk.observations, wanted.at("observations").get<int>());
  EXPECT_EQ(risk.missing_observations, wanted.at("missing_days").get<int>());
  for (const auto& [name, value] : wanted.at("figures").items()) {
    const RiskFigure& figure = figure_of(risk, name);
    ASSERT_TRUE(figure.stored.has_value()) << name;
    EXPECT_EQ(figure.stored->to_text(), value.get<std::string>()) << name;
    EXPECT_EQ(figure.whole->rounded(figure.stored->scale), *figure.stored) << name;
  }
  const auto parameters = nlohmann::json::parse(risk.parameters);
  std::vector<std::string> tail;
  for (const auto& day : wanted.at("tail_days")) tail.push_back(day_text(day.get<Day>()));
  EXPECT_EQ(parameters.at("tail_dates").at("0.95").get<std::vector<std::string>>(), tail);
  EXPECT_EQ(parameters.at("holdings").size(), 2U);
}

TEST(PortfolioRisk, NothingHeldIsNoRisk) {
  PortfolioHistory history;
  history.cash = Money::from_units(12345);
  const PortfolioRisk risk = portfolio_risk(history);
  EXPECT_EQ(risk.observations, 0);
  for (const char* name :
       {"var_1d_95", "var_10d_99", "expected_shortfall_1d_99", "gross_exposure"}) {
    EXPECT_EQ(figure_of(risk, name).stored->to_text(), "0.00") << name;
  }
  EXPECT_EQ(figure_of(risk, "portfolio_value").stored->to_text(), "123.45");
  EXPECT_FALSE(figure_of(risk, "skewness").stored.has_value());
  EXPECT_FALSE(figure_of(risk, "max_drawdown").stored.has_value());
}

Holding alternating(int days) {
  Holding holding{"A", Quantity::from_units(1'000'000), {}, {}};
  for (Day day = 0; day < days; ++day) {
    holding.closes.push_back({day, Price::from_units(day % 2 == 0 ? 100'0000 : 110'0000)});
  }
  return holding;
}

TEST(PortfolioRisk, TooFewObservations) {
  PortfolioHistory history;
  history.cash = Money::from_units(100);
  history.holdings = {alternating(60)};
  EXPECT_THROW((void)portfolio_risk(history), Error);
  history.holdings = {alternating(61)};
  const PortfolioRisk few = portfolio_risk(history);
  EXPECT_TRUE(figure_of(few, "var_1d_95").stored.has_value());
  EXPECT_FALSE(figure_of(few, "var_1d_99").stored.has_value());
  history.holdings = {alternating(101)};
  EXPECT_TRUE(figure_of(portfolio_risk(history), "var_1d_99").stored.has_value());
}

TEST(PortfolioRisk, KeepsARatioThatDoesNotFitItsColumn) {
  PortfolioHistory history;
  history.holdings = {alternating(101)};
  history.holdings[0].quantity = Quantity::from_units(1'000'000'000'000);
  // A leveraged account: a million of exposure on a cent of equity.
  history.cash = Money::from_units(1 - history.holdings[0].value().units());
  const PortfolioRisk risk = portfolio_risk(history);
  EXPECT_FALSE(figure_of(risk, "volatility").stored.has_value());
  EXPECT_TRUE(figure_of(risk, "volatility").whole.has_value());
  const auto parameters = nlohmann::json::parse(risk.parameters);
  EXPECT_GE(parameters.at("warnings").size(), 1U);
  history.cash = Money::from_units(-history.holdings[0].value().units());
  EXPECT_FALSE(figure_of(portfolio_risk(history), "volatility").whole.has_value());
}

TEST(HistoricalSimulation, TotalReturn) {
  const auto price = [](std::int64_t units) { return Price::from_units(units * Price::kUnit); };
  EXPECT_EQ(total_return(price(100), price(110), {}), (Ratio{1, 10}));
  // 2:1 and 0.50 a new share: 2 (54 + 0.5) / 100 - 1
  const std::vector<CorporateAction> both = {{5, 2, 1, {}}, {5, 1, 1, {5, 1}}};
  EXPECT_EQ(total_return(price(100), price(54), both), (Ratio{9, 100}));
  // 1:10 after a dividend of 0.123456 an old share: (90 / 10 + 0.123456) / 10 - 1
  const std::vector<CorporateAction> reverse = {{4, 1, 1, {123456, 6}}, {6, 1, 10, {}}};
  EXPECT_EQ(total_return(price(10), price(90), reverse), (Ratio{-876544, 10000000}));
  EXPECT_THROW((void)total_return(Price{}, price(1), {}), Error);
}

TEST(HistoricalSimulation, DropsDaysThatAreNotJoint) {
  Holding a = alternating(6);
  Holding b = alternating(6);
  b.symbol = "B";
  b.closes.erase(b.closes.begin() + 3);
  const std::vector<Holding> holdings = {a, b};
  const Scenarios all = joint_scenarios(holdings, 250);
  EXPECT_EQ(all.days, (std::vector<Day>{1, 2, 4, 5}));
  EXPECT_EQ(all.missing_days, 1);
  EXPECT_EQ(all.returns[2][0], (Ratio{0, 1}));
  const Scenarios last = joint_scenarios(holdings, 1);
  EXPECT_EQ(last.days, (std::vector<Day>{5}));
  EXPECT_EQ(last.missing_days, 0);
  EXPECT_TRUE(joint_scenarios({}, 250).days.empty());
}

}  // namespace
}  // namespace quant
