// SPDX-License-Identifier: PostgreSQL
#include "core/risk/factor_exposures.hpp"

#include "core/base/error.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

/// Digits of a rounded return, and its decimals at most.
constexpr int kReturnDigits = 36;
constexpr int kReturnDecimals = 30;

/// Returns of the portfolio and of other symbols over their joint days.
struct JointReturns {
  Scenarios scenarios;
  std::size_t holdings = 0;
  std::vector<Real> portfolio;

  [[nodiscard]] Real of(std::size_t day, std::size_t symbol) const {
    return to_real<Real>(scenarios.returns[day][holdings + symbol]);
  }
};

JointReturns joint_returns(const PortfolioHistory& history, std::span<const Holding> symbols,
                           std::size_t lookback) {
  const Money value = history.value();
  if (value <= Money{}) {
    throw invalid("exposures need a portfolio of positive value")
        .detail(concat("It is ", value.to_text(), "."));
  }
  std::vector<Holding> all = history.holdings;
  all.insert(all.end(), symbols.begin(), symbols.end());
  JointReturns joint{joint_scenarios(all, lookback), history.holdings.size(), {}};
  Scenarios own = joint.scenarios;
  for (std::vector<Ratio>& row : own.returns) row.resize(history.holdings.size());
  joint.portfolio = pnl_series<Real>(history.holdings, own).all;
  for (Real& change : joint.portfolio) change /= to_real<Real>(value.to_decimal());
  return joint;
}

/// The decimals that all of the returns can have.
int common_decimals(std::span<const Real> returns) {
  int decimals = kReturnDecimals;
  Real bound("1e6");
  static_assert(kReturnDigits - kReturnDecimals == 6);
  for (const Real& value : returns) {
    for (; abs(value) >= bound; bound *= 10) --decimals;
  }
  return decimals;
}

Int128 rounded_return(const Real& value, int decimals) {
  return round_real(value, decimals).value.mantissa;
}

}  // namespace

Regression factor_exposures(const PortfolioHistory& history, std::span<const FactorSeries> factors,
                            std::size_t lookback, StandardErrors errors) {
  std::vector<Holding> symbols;
  for (const FactorSeries& factor : factors) {
    symbols.push_back(factor.lead);
    if (factor.against) symbols.push_back(*factor.against);
  }
  const JointReturns joint = joint_returns(history, symbols, lookback);
  const int decimals = common_decimals(joint.portfolio);
  RegressionSample sample;
  sample.response.scale = decimals;
  for (const Real& value : joint.portfolio) {
    sample.response.mantissas.push_back(rounded_return(value, decimals));
  }
  std::vector<Real> moves;
  for (std::size_t day = 0; day < joint.portfolio.size(); ++day) {
    for (std::size_t i = 0; i < symbols.size(); ++i) moves.push_back(joint.of(day, i));
  }
  const int factor_decimals = common_decimals(moves);
  std::size_t symbol = 0;
  for (const FactorSeries& factor : factors) {
    DecimalSample& returns = sample.factors.emplace_back(DecimalSample{{}, factor_decimals});
    for (std::size_t day = 0; day < joint.portfolio.size(); ++day) {
      // Each is rounded before it is subtracted, so that factors that span each other still do.
      Int128 value = rounded_return(joint.of(day, symbol), factor_decimals);
      if (factor.against) value -= rounded_return(joint.of(day, symbol + 1), factor_decimals);
      returns.mantissas.push_back(value);
    }
    symbol += factor.against ? 2 : 1;
    sample.names.push_back(factor.name);
  }
  return regress(sample, errors);
}

std::optional<Decimal> correlation_with(const PortfolioHistory& history, const Holding& symbol,
                                        std::size_t lookback) {
  const JointReturns joint = joint_returns(history, std::span(&symbol, 1), lookback);
  std::vector<Real> returns;
  for (std::size_t day = 0; day < joint.portfolio.size(); ++day) {
    returns.push_back(joint.of(day, 0));
  }
  const auto found =
      correlation(std::span<const Real>(joint.portfolio), std::span<const Real>(returns));
  if (!found) return std::nullopt;
  return round_real(*found, RiskFigure::kWholeDecimals).value;
}

}  // namespace quant
