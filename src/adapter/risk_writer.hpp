// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/risk_reader.hpp"

namespace quant::pg {

/// What the profile asks for besides.
struct RiskExtras {
  std::vector<RiskFigure> figures;  // by column
  int factor_observations = 0;
  std::string stress_test_results = "{}";
  std::string limit_breaches = "[]";
  std::vector<std::string> warnings;
};

/// Stores the figures as the row of portfolio, profile, date and method, in place of an earlier
/// one. Returns its id. Needs a connection to SPI.
std::int64_t store_risk_metrics(std::int64_t portfolio_id, const RiskSubject& subject,
                                const PortfolioRisk& risk, const RiskExtras& extras);

}  // namespace quant::pg
