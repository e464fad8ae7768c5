// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>

#include "core/strategy/strategy.hpp"

namespace quant {

/// The rules of a strategy in plain words, a sentence a line: what opens a position, of which size,
/// with which stops, what closes it, which limits hold. Expressions are in canonical form with the
/// parameters' default values. Keys that the language has, but a run may not yet support, are
/// explained too. kInvalidParameter with the path where a value is of another kind than its key
/// says.
[[nodiscard]] std::string explain_strategy(const StrategyDocument& document);

}  // namespace quant
