// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <vector>

namespace quant {

/// SQL's three truth values. A rule acts on kTrue only; unknown stays unknown inside it.
enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

using TruthColumn = std::vector<Truth>;

}  // namespace quant
