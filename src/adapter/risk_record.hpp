// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/guard.hpp"

namespace quant::pg {

/// Computes the risk of a portfolio at the end of the UTC day `date` and stores it, with the factor
/// exposures, stress scenarios and limits of the active profile. Returns the id of the row. Needs a
/// connection to SPI.
std::int64_t record_risk(std::int64_t portfolio_id, DateADT date);

}  // namespace quant::pg
