// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/json.hpp"
#include "core/risk/stress.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

// All of these need a connection to SPI.

/// The scenario itself, or that which a JSON string names: a member of "stress_scenarios" in the
/// advanced_settings of the active risk profile of the portfolio's user. kNotFound for another
/// name.
[[nodiscard]] StressScenario read_scenario(std::int64_t portfolio_id, const Json& document);

/// The result of a scenario for the portfolio at the end of the UTC day `date`, as JSON. Errors as
/// those of read_portfolio_history() and stress_test().
[[nodiscard]] std::string stress_portfolio(std::int64_t portfolio_id, Day date,
                                           const StressScenario& scenario);

}  // namespace quant::pg
