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

}  // namespace quant::pg
