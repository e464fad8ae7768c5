// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// The JSONB columns of a strategy, and the parameters of one run of it.
struct StrategyDocument {
  Json parameters;
  Json entry_rules;
  Json exit_rules;
  Json risk_rules;
};

enum class Side { kLong, kShort };

/// +1 for long, -1 for short.
[[nodiscard]] constexpr int direction(Side side) { return side == Side::kLong ? 1 : -1; }
[[nodiscard]] constexpr Side opposite(Side side) {
  return side == Side::kLong ? Side::kShort : Side::kLong;
}

struct EntryRule {
  NodeId when;
};

struct ExitRule {
  std::string id;
  bool closes_long;
  bool closes_short;
  NodeId when;
};

/// Where a stop or target lies.
struct LevelRule {
  enum class Kind {
    kFraction,  // of the fill price
    kDistance,  // `expression` on the deciding bar, in price units from the fill
    kPrice,     // `expression` on the deciding bar
  };
  Kind kind;
  Decimal fraction;
  NodeId expression = -1;
};

struct SizeRule {
  enum class Mode { kUnits, kCash, kPercentEquity };
  Mode mode = Mode::kPercentEquity;
  Decimal amount{100, 0};
};

/// A strategy ready to run.
struct Strategy {
  Program program;
  std::optional<EntryRule> enter_long;
  std::optional<EntryRule> enter_short;
  std::optional<NodeId> priority;
  std::vector<ExitRule> exits;
  std::optional<LevelRule> stop_loss;
  std::optional<LevelRule> take_profit;
  SizeRule size;
  std::optional<int> max_positions;

  [[nodiscard]] const std::optional<EntryRule>& entry(Side side) const {
    return side == Side::kLong ? enter_long : enter_short;
  }
  [[nodiscard]] bool has_entries() const { return enter_long || enter_short; }
  /// Every expression that the engine asks for.
  [[nodiscard]] std::vector<NodeId> roots() const;
  /// Bars before the run that the rules need.
  [[nodiscard]] int warm_up() const;
  /// What is needed of the symbol's own bars: a column, and their local times.
  [[nodiscard]] bool reads(BarColumn column) const;
  [[nodiscard]] bool reads_calendar() const;
};

/// Reads and compiles a strategy. `run_parameters` overrides the values of its parameters (the keys
/// "execution" and "benchmark" in it are not parameters). A symbol with splits needs a strategy
/// compiled for its `series`.
/// kInvalidParameter with the JSON path, and the column inside an expression, for an unknown key or
/// name, a value of the wrong kind or range, and a rule that could never act.
[[nodiscard]] Strategy compile_strategy(const StrategyDocument& document, const Json& run_parameters,
                                        bool strict_crossover,
                                        const SeriesSettings& series = {});

/// An expression in string or object form:
/// "close > 5", {"all": [...]}, {"any": [...]}, {"not": ...}, {"left": ..., "op": ">", "right": ...},
/// {"at": "SPY", "value": ...}, {"tf": "1w", "value": ...}.
[[nodiscard]] Expression read_expression(const Json& json, const std::string& path);

}  // namespace quant
