// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/series_reader.hpp"

namespace quant::pg {

/// Adds to a set the rows (timestamp, value of each expression...) of the bars from the first one
/// of the request on; numbers on the grid, conditions as 1 or 0. kWrongType where the set's columns
/// are not timestamptz and numeric.
void put_expression_rows(const ReturnSetInfo& result, const ExpressionSeries& series);

}  // namespace quant::pg
