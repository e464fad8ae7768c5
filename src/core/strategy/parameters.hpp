// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/json.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// The names of a strategy in a run, as far as its parameters go. Their values: what `declared`
/// (strategies.parameters) gives, a number or {"default": number, "grid": [...]} or {"default":
/// number, "range": [from, to, step]}, overridden by `run_parameters`, whose keys "execution" and
/// "benchmark" are no parameters. Both documents outlive the names. kInvalidParameter with the path
/// for a malformed grid or range, and for an override of a parameter that is not declared.
[[nodiscard]] Names names_of(const Json& declared, const Json& run_parameters,
                             bool strict_crossover, const SeriesSettings& series);

}  // namespace quant
