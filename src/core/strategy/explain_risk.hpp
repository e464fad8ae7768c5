// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/strategy/explanation.hpp"

namespace quant {

/// Adds what `risk_rules` say: stops, limits and, where `has_size`, the size of a position.
void explain_risk(Explanation& out, const Json& risk_rules, bool has_size);

}  // namespace quant
