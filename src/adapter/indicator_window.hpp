// SPDX-License-Identifier: PostgreSQL
// Indicators as window functions: each partition is walked once, row by row, with a stream of its
// own. The frame is ignored.
#pragma once

#include "adapter/postgres.hpp"

namespace quant::pg {

/// The result for the current row of the indicator that bears the name of the SQL function.
[[nodiscard]] Datum indicator_row(FunctionCallInfo fcinfo);

}  // namespace quant::pg
