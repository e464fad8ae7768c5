// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string_view>

#include "core/base/json.hpp"

namespace quant {

/// The JSON document `text`, its numbers with their exact decimal value, as the adapter builds it
/// from jsonb. std::invalid_argument where the text is no JSON.
[[nodiscard]] Json json_of(std::string_view text);

}  // namespace quant
