// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/json.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// A jsonb value as core's Json. Numbers keep their exact decimal value; nesting is bounded: beyond
/// that kInvalidParameter, which tells `name`.
[[nodiscard]] Json read_jsonb(Datum value, std::string_view name);

/// jsonb from text that core wrote.
[[nodiscard]] Datum encode_jsonb(const std::string& json);

}  // namespace quant::pg
