// SPDX-License-Identifier: PostgreSQL
// Against the figures of test/oracle/tail_risk_cases.py: another program, other arithmetic.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/risk/risk_method.hpp"
#include "core/risk/var_backtest.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

nlohmann::json cases_of(const char* file) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "data" / file;
  return nlohmann::json::parse(std::ifstream(path));
}

Json option_value(const nlohmann::json& value) {
  if (value.is_string()) {
    const auto number = Decimal::parse(value.get<std::string>());
    return number ? Json{*number} : Json{value.get<std::string>()};
  }
  return Json{decimal(value.dump())};
}

TailRiskOptions options_of(const nlohmann::json& test) {
  TailRiskOptions options;
  options.method = parse_risk_method(test.at("method").get<std::string>());
  Json::Object members;
  for (const auto& [key, value] : test.at("options").items()) {
    members.push_back({key, option_value(value)});
  }
  apply_risk_options({std::move(members)}, options);
  return options;
}

/// With 12 decimals, or null.
std::string text(const std::optional<Decimal>& value) {
  return value ? value->rounded(12).to_text() : "null";
}
std::string text(const nlohmann::json& value) {
  return value.is_null() ? "null" : decimal(value.get<std::string>()).rounded(12).to_text();
}

TEST(TailEstimators, EqualThoseOfAnotherProgram) {
  const nlohmann::json document = cases_of("tail_risk_cases.json");
  for (const nlohmann::json& test : document.at("cases")) {
    const DecimalSample sample = sample_of(document.at("series")
                                               .at(test.at("series").get<std::string>())
                                               .get<std::vector<std::string>>());
    const Decimal level = decimal(test.at("level").get<std::string>());
    const TailRiskOptions options = options_of(test);
    EXPECT_EQ(text(value_at_risk(sample, level, options)), text(test.at("var"))) << test;
    EXPECT_EQ(text(expected_shortfall(sample, level, options)), text(test.at("es"))) << test;
  }
}

TEST(VarBacktest, EqualsThatOfAnotherProgram) {
  for (const nlohmann::json& test : cases_of("var_backtest_cases.json")) {
    const auto losses = test.at("losses").get<std::vector<std::string>>();
    const auto forecasts = test.at("forecasts").get<std::vector<std::string>>();
    std::vector<VarOutcome> outcomes;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      outcomes.push_back({decimal(losses[i]), decimal(forecasts[i])});
    }
    const std::string level = test.at("level").get<std::string>();
    const VarBacktest result = backtest_var(outcomes, decimal(level));
    const std::string which = level + ", " + test.at("exceptions").dump() + " exceptions";
    EXPECT_EQ(result.exceptions, test.at("exceptions").get<std::int64_t>()) << which;
    EXPECT_EQ(text(result.kupiec.statistic), text(test.at("kupiec_lr"))) << which;
    EXPECT_EQ(text(result.kupiec.p_value), text(test.at("kupiec_p"))) << which;
    EXPECT_EQ(text(result.independence.statistic), text(test.at("independence_lr"))) << which;
    EXPECT_EQ(text(result.independence.p_value), text(test.at("independence_p"))) << which;
    EXPECT_EQ(text(result.conditional_coverage.statistic), text(test.at("conditional_coverage_lr")))
        << which;
    EXPECT_EQ(text(result.conditional_coverage.p_value), text(test.at("conditional_coverage_p")))
        << which;
    EXPECT_EQ(result.zone, test.at("zone").get<std::string>()) << which;
    EXPECT_EQ(text(result.multiplier), text(test.at("multiplier"))) << which;
  }
}

}  // namespace
}  // namespace quant
