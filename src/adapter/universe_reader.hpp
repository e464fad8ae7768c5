// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/market/bar_series.hpp"

namespace quant::pg {

/// Instruments of a universe in byte order of symbol: a list of symbols, or a filter on assets.
/// kInvalidParameter for an empty or malformed one, kNotFound for a symbol that is no asset; one
/// that is only excluded is a warning.
[[nodiscard]] std::vector<Asset> read_universe(const Json& universe,
                                               std::vector<std::string>& warnings);

/// One instrument; kNotFound, where there is none, says in the message `what` it was wanted for,
/// and `where` in the detail.
[[nodiscard]] Asset read_asset(const std::string& symbol, std::string_view what, std::string where);

}  // namespace quant::pg
