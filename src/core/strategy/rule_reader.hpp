// SPDX-License-Identifier: PostgreSQL
// What the readers of the four documents share.
#pragma once

#include "core/base/json_reader.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

/// Compiles the expressions of rules into one program.
class RuleReader {
 public:
  RuleReader(Strategy& strategy, Names& names) : strategy_(strategy), names_(names) {}

  [[nodiscard]] Strategy& strategy() const { return strategy_; }
  [[nodiscard]] Names& names() const { return names_; }

  [[nodiscard]] NodeId number(const JsonReader& reader) const;
  /// A number that is positive as far as can be known now.
  [[nodiscard]] NodeId positive_number(const JsonReader& reader) const;
  [[nodiscard]] NodeId condition(const JsonReader& reader) const;
  [[nodiscard]] OrderRule order(const JsonReader& reader) const;
  [[nodiscard]] LevelRule level(const JsonReader& reader, bool is_stop) const;
  /// close / close[1], for volatilities.
  void need_close_ratio() const;

 private:
  [[nodiscard]] bool is_impossible(NodeId condition) const;

  Strategy& strategy_;
  Names& names_;
};

/// null, {} and [] stand for nothing.
[[nodiscard]] bool is_empty_document(const Json& json);

void read_entry_rules(const RuleReader& rules, const Json& json);
void read_exit_rules(const RuleReader& rules, const Json& json);
void read_risk_rules(const RuleReader& rules, const Json& json);
[[nodiscard]] Rotation read_rotation(const RuleReader& rules, const JsonReader& reader);

}  // namespace quant
