// SPDX-License-Identifier: PostgreSQL
// The session's settings, quant.*: defined when the library is loaded.
#pragma once

#include <string>

#include "core/market/raw_bar.hpp"

namespace quant::pg {

void define_settings();

/// What the quant.import_* settings say now.
[[nodiscard]] ImportPolicy import_policy();
/// The same as JSON: {"duplicates": "reject", ...}.
[[nodiscard]] std::string policy_json(const ImportPolicy& policy);

}  // namespace quant::pg
