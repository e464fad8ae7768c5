// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/strategy/strategy.hpp"

namespace quant {

/// A number that a rule compares, in canonical form and compiled.
struct Operand {
  std::string text;
  NodeId value = -1;
};

/// The condition of one rule with what it compares, to show why it was true.
struct RuleTrace {
  Program program;
  std::string text;
  std::vector<Operand> operands;

  [[nodiscard]] std::vector<NodeId> roots() const;
};

/// The rule "long", "short", or an exit rule by its id; nothing where none of that name has a
/// condition (a stop, a rotation). The strategy must compile.
[[nodiscard]] std::optional<RuleTrace> trace_rule(const StrategyDocument& document,
                                                  const Json& run_parameters, bool strict_crossover,
                                                  const SeriesSettings& series,
                                                  std::string_view rule);

/// What a rotation ranks by, which is the text and the first operand, and what its gate compares;
/// nothing for a strategy that has none.
[[nodiscard]] std::optional<RuleTrace> trace_rotation(const StrategyDocument& document,
                                                      const Json& run_parameters,
                                                      bool strict_crossover,
                                                      const SeriesSettings& series);

}  // namespace quant
