// SPDX-License-Identifier: PostgreSQL
// The SQL of the window functions, made from the catalog.
#pragma once

#include <string>
#include <vector>

#include "core/indicator/indicator.hpp"

namespace quant::pg {

/// "quant.rsi(x numeric, n integer DEFAULT 14)"
[[nodiscard]] std::string indicator_signature(const Indicator& indicator);

/// The statements that create an indicator's type, where it has several results, its functions of
/// numeric and of double precision, and their comments.
[[nodiscard]] std::vector<std::string> indicator_statements(const Indicator& indicator);

}  // namespace quant::pg
