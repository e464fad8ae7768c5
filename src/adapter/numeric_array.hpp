// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapter/numeric_codec.hpp"

namespace quant::pg {

/// The elements of a numeric[] of one dimension, or none; nothing for NULL. `name` is what messages
/// call it. kInvalidParameter for more dimensions; else as decode_decimal().
[[nodiscard]] std::vector<std::optional<Decimal>> read_numeric_array(Datum array,
                                                                     std::string_view name);

/// The rows of a numeric[][] without a NULL; a one-dimensional array is a column. kInvalidParameter
/// for three dimensions or a NULL.
[[nodiscard]] std::vector<std::vector<Decimal>> read_numeric_matrix(Datum array,
                                                                    std::string_view name);

/// The array of two dimensions, rows by columns, of a square matrix.
[[nodiscard]] Datum encode_numeric_matrix(const std::vector<std::vector<Decimal>>& rows);

}  // namespace quant::pg
