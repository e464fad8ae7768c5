// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/risk/portfolio_risk.hpp"
#include "core/risk/regression.hpp"

namespace quant {

/// A factor: the return of one symbol, or of `lead` less that of `against`.
struct FactorSeries {
  std::string name;
  Holding lead;
  std::optional<Holding> against;
};

/// Regression of the returns of today's holdings, P&L / portfolio value, on the factors over their
/// joint history; returns are rounded to 18 decimals first. kInvalidParameter where the value of
/// the portfolio is not positive, and as regress().
[[nodiscard]] Regression factor_exposures(const PortfolioHistory& history,
                                          std::span<const FactorSeries> factors,
                                          std::size_t lookback, StandardErrors errors);

/// Correlation of the same returns with those of a symbol, with 12 decimals; nothing where one of
/// them is constant, or for fewer than two returns.
[[nodiscard]] std::optional<Decimal> correlation_with(const PortfolioHistory& history,
                                                      const Holding& symbol, std::size_t lookback);

}  // namespace quant
