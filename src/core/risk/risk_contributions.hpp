// SPDX-License-Identifier: PostgreSQL
// The tail risk of a portfolio by any method, and what each of its positions has to do with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/risk/portfolio_risk.hpp"
#include "core/risk/risk_method.hpp"

namespace quant {

/// How the risk of a portfolio is to be found.
struct RiskRequest {
  TailRiskOptions options;
  Decimal level = {95, 2};
  /// Past returns to look back.
  std::size_t lookback = kRiskWindow;
};

struct PortfolioTail {
  Money portfolio_value;
  /// Money, loss positive; nothing where the method finds none.
  std::optional<Money> value_at_risk;
  std::optional<Money> expected_shortfall;
  int observations = 0;
  int missing_observations = 0;
  /// Of the scenarios; nothing for a portfolio without holdings.
  std::optional<Day> first_day;
  std::optional<Day> last_day;
  /// Largest change of a correlation that made a simulation's matrix positive definite.
  std::optional<Decimal> repaired;
};

/// The risk of today's holdings over their joint history, revalued once and rounded once. Without
/// holdings it is 0. kInvalidParameter for fewer returns than the level needs: 60 up to 0.95, 100
/// above.
[[nodiscard]] PortfolioTail portfolio_tail(const PortfolioHistory& history,
                                           const RiskRequest& request);

/// Annual volatility of the same returns, P&L / portfolio value, with 12 decimals; nothing where
/// that value is not positive, 0 without holdings.
[[nodiscard]] std::optional<Decimal> portfolio_volatility(const PortfolioHistory& history,
                                                          const RiskRequest& request);

struct PositionRisk {
  std::string symbol;
  Quantity quantity;
  Money value;
  /// Parts of value at risk and expected shortfall, by Euler's rule; over all positions they add up
  /// to the figures of the portfolio to the cent.
  Money component_var;
  std::optional<Money> component_shortfall;  // nothing where the portfolio has no shortfall
  /// Component per unit of value: what value at risk gains for one more unit of money in it.
  Decimal marginal_var;
  /// Value at risk with the position less that without it; these do not add up.
  Money incremental_var;
};

/// The positions in the order of the holdings. kNotSupported for another method than historical,
/// normal and ewma; else as portfolio_tail().
[[nodiscard]] std::vector<PositionRisk> risk_contributions(const PortfolioHistory& history,
                                                           const RiskRequest& request);

/// A JSON object: the component of each symbol in the 1-day value at risk at 0.95.
[[nodiscard]] std::string contributions_json(const PortfolioHistory& history);

}  // namespace quant
