// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/json.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// The values that the parameters of a strategy have in a run: what `declared` (strategies.parameters)
/// gives, a number or {"default": number, "grid": [...]} or {"default": number, "range": [from, to,
/// step]}, overridden by `run_parameters`, whose keys "execution" and "benchmark" are no parameters.
/// Both outlive `names`. kInvalidParameter with the path for a malformed grid or range, and for an
/// override of a parameter that is not declared.
void read_parameters(const Json& declared, const Json& run_parameters, Names& names);

}  // namespace quant
