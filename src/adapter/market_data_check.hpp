// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/function_ref.hpp"
#include "core/market/series_checks.hpp"

#include "adapter/bar_reader.hpp"

namespace quant::pg {

/// Every finding of the symbol's bars of `timeframe` in [from, to), in order of time; of all
/// symbols that have any where none is named. kNotFound for an unknown symbol. Needs no connection.
void check_market_data(const std::optional<std::string>& symbol, Timeframe timeframe,
                       Timestamp from, Timestamp to,
                       FunctionRef<void(const Asset&, const Finding&)> report);

}  // namespace quant::pg
