// SPDX-License-Identifier: PostgreSQL
// Against the figures of test/oracle/risk_model_cases.py: another program, other arithmetic.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/risk/covariance.hpp"
#include "core/risk/garch.hpp"
#include "core/risk/monte_carlo.hpp"
#include "core/risk/price_volatility.hpp"
#include "core/risk/regression.hpp"
#include "risk/expected.hpp"

namespace quant {
namespace {

using Texts = std::vector<std::string>;

nlohmann::json cases_of(const char* file) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "data" / file;
  return nlohmann::json::parse(std::ifstream(path));
}

std::string text_of(const std::optional<Decimal>& figure) {
  return figure ? figure->rounded(12).to_text() : "null";
}
std::string text_of(const nlohmann::json& figure) {
  return figure.is_null() ? "null" : decimal(figure.get<std::string>()).rounded(12).to_text();
}
std::string rounded(const Real& value) { return round_real(value, 12).value.to_text(); }

TEST(RiskModels, VolatilityOfPrices) {
  for (const auto& test : cases_of("volatility_cases.json")) {
    const auto name = test.at("name").get<std::string>();
    std::vector<PriceBar> bars;
    for (const auto& bar : test.at("bars")) {
      const auto prices = bar.get<Texts>();
      bars.push_back(
          {decimal(prices[0]), decimal(prices[1]), decimal(prices[2]), decimal(prices[3])});
    }
    for (const auto& [estimator, figure] : test.at("figures").items()) {
      EXPECT_EQ(text_of(price_volatility(bars, parse_volatility_estimator(estimator),
                                         decimal(test.at("periods_per_year").get<std::string>()))),
                text_of(figure))
          << name << ' ' << estimator;
    }
  }
}

template <typename T>
std::vector<std::vector<T>> columns_of(const nlohmann::json& rows) {
  std::vector<std::vector<T>> columns(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].push_back(T(row[i].get<std::string>()));
    }
  }
  return columns;
}

TEST(RiskModels, Covariances) {
  for (const auto& test : cases_of("covariance_cases.json")) {
    const auto name = test.at("name").get<std::string>();
    const auto found = covariance_of(columns_of<Real>(test.at("returns")),
                                     parse_covariance_method(test.at("method").get<std::string>()),
                                     decimal(test.at("lambda").get<std::string>()));
    for (std::size_t i = 0; i < found.matrix.size(); ++i) {
      for (std::size_t j = 0; j < found.matrix.size(); ++j) {
        EXPECT_EQ(rounded(found.matrix.at(i, j)), text_of(test.at("matrix")[i][j]))
            << name << ' ' << i << ' ' << j;
      }
    }
    if (!test.at("shrinkage").is_null()) {
      EXPECT_EQ(rounded(*found.shrinkage), text_of(test.at("shrinkage"))) << name;
    }
  }
}

RegressionSample regression_sample(const nlohmann::json& test) {
  RegressionSample sample;
  sample.response = sample_of(test.at("y").get<Texts>());
  for (std::size_t factor = 0; factor < test.at("x")[0].size(); ++factor) {
    Texts column;
    for (const auto& row : test.at("x")) column.push_back(row[factor].get<std::string>());
    sample.factors.push_back(sample_of(column));
    sample.names.push_back("x" + std::to_string(factor + 1));
  }
  return sample;
}

TEST(RiskModels, Regressions) {
  for (const auto& test : cases_of("regression_cases.json")) {
    const auto name = test.at("name").get<std::string>();
    const auto errors = parse_standard_errors(test.at("standard_errors").get<std::string>());
    if (test.contains("error")) {
      try {
        (void)regress(regression_sample(test), errors);
        ADD_FAILURE() << name << ": no error";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << name;
        if (test.at("error") == "singular") {
          EXPECT_NE(error.message().find("x" + std::to_string(test.at("column").get<int>())),
                    std::string::npos)
              << name << ": " << error.message();
        }
      }
      continue;
    }
    const Regression found = regress(regression_sample(test), errors);
    for (std::size_t term = 0; term < found.terms.size(); ++term) {
      const auto& wanted = test.at("coefficients")[term];
      const RegressionTerm& have = found.terms[term];
      EXPECT_EQ(have.name, wanted.at("name").get<std::string>()) << name;
      EXPECT_EQ(text_of(have.estimate), text_of(wanted.at("estimate"))) << name << ' ' << term;
      if (!wanted.at("standard_error").is_null()) {
        EXPECT_EQ(text_of(have.standard_error), text_of(wanted.at("standard_error")))
            << name << ' ' << term;
      }
      EXPECT_EQ(text_of(have.t_statistic), text_of(wanted.at("t"))) << name << ' ' << term;
      EXPECT_EQ(text_of(have.p_value), text_of(wanted.at("p"))) << name << ' ' << term;
    }
    EXPECT_EQ(text_of(found.r_squared), text_of(test.at("r_squared"))) << name;
    EXPECT_EQ(text_of(found.adjusted_r_squared), text_of(test.at("adjusted_r_squared"))) << name;
    EXPECT_EQ(text_of(found.residual_deviation), text_of(test.at("residual_deviation"))) << name;
  }
}

/// Nothing where the series lies outside and the reference data are not there.
std::vector<Real> garch_values(const nlohmann::json& x) {
  std::vector<Real> values;
  if (x.is_array()) {
    for (const auto& value : x) values.emplace_back(value.get<std::string>());
    return values;
  }
  const char* directory = std::getenv("PG_QUANT_REFERENCE_DIR");
  if (directory == nullptr) return values;
  std::ifstream file(std::filesystem::path(directory) / "data" / x.at("file").get<std::string>());
  std::string line;
  std::getline(file, line);
  const auto split = [](const std::string& text) {
    Texts cells;
    std::istringstream stream(text);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
  };
  const Texts header = split(line);
  std::size_t column = 0;
  while (header.at(column).find(x.at("column").get<std::string>()) == std::string::npos) ++column;
  while (std::getline(file, line)) values.emplace_back(split(line).at(column));
  return values;
}

Real scaled_gap(const Real& have, const std::string& want) {
  const Real wanted(want);
  return Real(abs(have - wanted)) / std::max(Real(1), Real(abs(wanted)));
}

TEST(RiskModels, GarchFilters) {
  const nlohmann::json document = cases_of("garch_cases.json");
  for (const auto& test : document.at("filters")) {
    const auto name = test.at("name").get<std::string>();
    const std::vector<Real> values = garch_values(test.at("x"));
    if (values.empty()) continue;
    const auto parameter = [&](const char* key) { return Real(test.at(key).get<std::string>()); };
    const GarchState state = garch_filter(
        values, {parameter("mu"), parameter("omega"), parameter("alpha"), parameter("beta")});
    EXPECT_EQ(rounded(state.log_likelihood), text_of(test.at("log_likelihood"))) << name;
    const Real h(test.at("h").get<std::string>());
    EXPECT_LT(Real(abs(state.forecast - h)), Real(abs(h)) * Real("1e-14")) << name;
  }
}

TEST(RiskModels, GarchFits) {
  const nlohmann::json document = cases_of("garch_cases.json");
  for (const auto& test : document.at("fits")) {
    const auto name = test.at("name").get<std::string>();
    const std::vector<Real> values = garch_values(test.at("x"));
    if (values.empty()) continue;
    if (test.at("boundary") == "alpha_plus_beta") {
      EXPECT_THROW((void)fit_garch(values), Error) << name;
      continue;
    }
    const GarchModel fit = fit_garch(values);
    const auto& wanted = test.at("fit");
    static const Real kClose("1e-8");
    EXPECT_LT(scaled_gap(fit.mu, wanted.at("mu")), kClose) << name;
    EXPECT_LT(scaled_gap(fit.omega, wanted.at("omega")), kClose) << name;
    EXPECT_LT(scaled_gap(fit.alpha, wanted.at("alpha")), kClose) << name;
    EXPECT_LT(scaled_gap(fit.beta, wanted.at("beta")), kClose) << name;
    EXPECT_EQ(rounded(garch_filter(values, fit).log_likelihood), text_of(test.at("log_likelihood")))
        << name;
  }
}

TEST(RiskModels, GarchRefusesWhatHasNoFit) {
  EXPECT_THROW((void)fit_garch(std::vector<Real>(100, Real("0.1"))), Error);
  EXPECT_THROW((void)fit_garch(std::vector<Real>{Real(1), Real(2)}), Error);
}

std::uint32_t word(const nlohmann::json& hex) {
  return static_cast<std::uint32_t>(std::stoul(hex.get<std::string>(), nullptr, 16));
}

TEST(RiskModels, Philox) {
  const nlohmann::json document = cases_of("monte_carlo_cases.json");
  for (const auto& test : document.at("philox")) {
    const auto& c = test.at("counter");
    const auto& k = test.at("key");
    const auto words =
        philox({word(c[0]), word(c[1]), word(c[2]), word(c[3])}, {word(k[0]), word(k[1])});
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_EQ(words[i], word(test.at("words")[i])) << test.dump();
  }
}

TEST(RiskModels, NormalQuantiles) {
  const nlohmann::json document = cases_of("monte_carlo_cases.json");
  for (const auto& test : document.at("normal_quantile")) {
    const Real u(test.at("u").get<std::string>());
    if (u > Real("0.5")) continue;  // by symmetry
    const double have = fast_normal_quantile(u.convert_to<double>());
    const double want = std::stod(test.at("value").get<std::string>());
    EXPECT_NEAR(have, want, 1e-14 * std::max(1.0, std::abs(want))) << test.dump();
  }
}

Matrix<Real> matrix_of(const nlohmann::json& rows) {
  Matrix<Real> matrix(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      matrix.at(i, j) = Real(rows[i][j].get<std::string>());
    }
  }
  return matrix;
}

void expect_equal(const Matrix<Real>& have, const nlohmann::json& want, const std::string& name) {
  for (std::size_t i = 0; i < have.size(); ++i) {
    for (std::size_t j = 0; j < have.size(); ++j) {
      EXPECT_EQ(rounded(have.at(i, j)), text_of(want[i][j])) << name << ' ' << i << ' ' << j;
    }
  }
}

TEST(RiskModels, RepairsCorrelations) {
  const nlohmann::json document = cases_of("monte_carlo_cases.json");
  for (const auto& test : document.at("spectral_repair")) {
    const auto name = test.at("name").get<std::string>();
    expect_equal(nearest_correlation(matrix_of(test.at("matrix"))), test.at("repaired"), name);
    EXPECT_EQ(rounded(covariance_root(matrix_of(test.at("matrix"))).largest_change),
              text_of(test.at("largest_change")))
        << name;
  }
}

TEST(RiskModels, CholeskyRoots) {
  const nlohmann::json document = cases_of("monte_carlo_cases.json");
  for (const auto& test : document.at("cholesky")) {
    const CovarianceRoot root = covariance_root(matrix_of(test.at("matrix")));
    EXPECT_EQ(root.largest_change, 0);
    expect_equal(root.lower, test.at("lower"), test.at("name"));
  }
}

TEST(RiskModels, SimulatesWhatTheNormalDistributionGives) {
  const nlohmann::json document = cases_of("monte_carlo_cases.json");
  for (const auto& test : document.at("var")) {
    const auto name = test.at("name").get<std::string>();
    std::vector<Real> means;
    std::vector<Real> values;
    for (const auto& mean : test.at("mean")) means.emplace_back(mean.get<std::string>());
    for (const auto& value : test.at("values")) values.emplace_back(value.get<std::string>());
    const auto paths = test.at("paths").get<std::size_t>();
    const auto root = covariance_root(matrix_of(test.at("covariance")));
    std::vector<double> pnl = simulate_pnl(means, values, root.lower, 42, paths);
    std::sort(pnl.begin(), pnl.end());
    const Decimal level = decimal(test.at("level").get<std::string>());
    const double found = value_at_risk(std::span<const double>(pnl), level);
    // Four standard errors; the seed is fixed.
    EXPECT_NEAR(found, std::stod(test.at("var").get<std::string>()),
                4 * std::stod(test.at("var_standard_error").get<std::string>()))
        << name;
  }
}

}  // namespace
}  // namespace quant
