// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <map>
#include <string>

#include "core/strategy/expression.hpp"

namespace quant {

/// The expression in canonical form: one space around operators, no brackets but those that its
/// meaning needs, crossings in words ("a crosses above b"). `parameters` stand in place of their
/// names; one that is not there keeps its name.
[[nodiscard]] std::string expression_text(
    const Expression& expression, const std::map<std::string, Decimal, std::less<>>& parameters);

}  // namespace quant
