// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string_view>

#include "core/strategy/strategy.hpp"
#include "support/json_text.hpp"

namespace quant {

/// The JSONB documents of a strategy as text.
struct Rules {
  std::string_view entry = "{}";
  std::string_view exit = "[]";
  std::string_view risk = "{}";
  std::string_view parameters = "{}";
  std::string_view run_parameters = "{}";
};

[[nodiscard]] inline Strategy strategy_of(const Rules& rules, bool strict_crossover = false,
                                          const SeriesSettings& series = {}) {
  return compile_strategy(
      {json_of(rules.parameters), json_of(rules.entry), json_of(rules.exit), json_of(rules.risk)},
      json_of(rules.run_parameters), strict_crossover, series);
}

}  // namespace quant
