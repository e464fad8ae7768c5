// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>

#include "core/risk/portfolio_risk.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// A portfolio as far as its risk needs it, and the limits that it is judged by.
struct RiskSubject {
  std::int64_t risk_profile_id = 0;
  PortfolioHistory history;
};

/// Reads the portfolio at the end of the UTC day `date`: holdings and cash replayed from its
/// transactions where it has any fill, else as its positions are now; daily closes and corporate
/// actions of the holdings, enough for `window` joint returns if there are. Needs a connection to
/// SPI. kNotFound for an unknown portfolio; kInvalidParameter where a holding is of another
/// currency than the portfolio.
[[nodiscard]] PortfolioHistory read_portfolio_history(std::int64_t portfolio_id, Day date,
                                                      std::size_t window);

/// One share of a symbol with its closes and corporate actions up to the end of `date`.
[[nodiscard]] Holding read_symbol_history(const std::string& symbol, Day date);

/// The symbol of the portfolio's benchmark; nothing without one, or where no asset bears it.
[[nodiscard]] std::optional<std::string> read_benchmark_symbol(std::int64_t portfolio_id);

/// The capital, then the equity of each mark up to the end of `date`, without deposits and
/// withdrawals (curve_without_flows()); empty without a curve.
[[nodiscard]] std::vector<EquityPoint> read_equity_curve(std::int64_t portfolio_id, Day date);

/// The portfolio of read_portfolio_history() with the equity curve and the active profile;
/// kNotFound where its user has none.
[[nodiscard]] RiskSubject read_risk_subject(std::int64_t portfolio_id, Day date);

}  // namespace quant::pg
