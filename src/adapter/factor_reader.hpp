// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/risk/factor_exposures.hpp"

#include "adapter/risk_reader.hpp"

namespace quant::pg {

/// Factors by the names of their symbols: "SPY", or "IWM-SPY" for the return of the first less that
/// of the second (where no asset bears the whole name). Needs a connection to SPI. kNotFound for a
/// symbol that is no asset.
[[nodiscard]] std::vector<FactorSeries> read_factors(const std::vector<std::string>& names,
                                                     Day date);
[[nodiscard]] FactorSeries read_factor(const std::string& name, const std::string& symbols,
                                       Day date);

}  // namespace quant::pg
