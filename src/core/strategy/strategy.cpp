// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/strategy.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/strategy/parameters.hpp"
#include "core/strategy/rule_reader.hpp"
#include "core/strategy/series_needs.hpp"

namespace quant {

namespace {

/// Far more than a strategy needs, and little enough to compile at once.
constexpr std::size_t kMostValues = 20'000;

void check_size(const Json& json, std::string_view name) {
  const std::size_t count = json.count();
  if (count <= kMostValues) return;
  throw invalid(concat(name, " is too large"))
      .detail(concat("It has ", count, " values, at most ", kMostValues, " are allowed."));
}

void refuse_null(const Json& json, std::string_view name, std::string_view form) {
  if (json.is_null()) throw JsonReader(json, std::string(name)).expected(form);
}

bool waits_for_price(const OrderRule& order) { return order.limit || order.stop; }

}  // namespace

bool Strategy::acts_inside_bars() const {
  const auto waits = [](const auto& rule) { return waits_for_price(rule.order); };
  return stop_loss || take_profit || !trailing.empty() || (enter_long && waits(*enter_long)) ||
         (enter_short && waits(*enter_short)) || std::any_of(exits.begin(), exits.end(), waits);
}

std::vector<NodeId> Strategy::roots() const {
  std::vector<NodeId> roots;
  const auto add = [&](const std::optional<NodeId>& id) {
    if (id) roots.push_back(*id);
  };
  const auto add_level = [&](const LevelRule& level) {
    if (level.is_computed()) roots.push_back(level.expression);
  };
  for (const auto& entry : {enter_long, enter_short}) {
    if (!entry) continue;
    roots.push_back(entry->when);
    add(entry->order.limit);
    add(entry->order.stop);
  }
  add(priority);
  for (const ExitRule& exit : exits) {
    roots.push_back(exit.when);
    add(exit.order.limit);
    add(exit.order.stop);
  }
  if (stop_loss) add_level(*stop_loss);
  if (take_profit) add_level(*take_profit);
  for (const TrailingRule& rule : trailing) add_level(rule.distance);
  add(size.expression);
  add(pyramiding.step);
  add(close_ratio);
  if (rotation) {
    add(rotation->gate);
    roots.push_back(rotation->rank_by);
    if (rotation->weighting == Rotation::Weighting::kExpression) roots.push_back(rotation->weight);
  }
  for (const Leg& leg : legs) roots.push_back(leg.ratio);
  return roots;
}

int Strategy::warm_up() const {
  int bars = 0;
  for (const NodeId root : roots()) bars = std::max(bars, program[root].warm_up);
  // A volatility looks back over its own window of ratios.
  if (size.lookback > 0) bars = std::max(bars, size.lookback);
  if (rotation && rotation->weighting == Rotation::Weighting::kInverseVolatility) {
    bars = std::max(bars, rotation->lookback);
  }
  return bars;
}

bool Strategy::reads(BarColumn column) const { return reads_column(program, roots(), "", column); }

bool Strategy::reads_calendar() const { return quant::reads_calendar(program, roots(), ""); }

void refuse_null(const StrategyDocument& document) {
  refuse_null(document.parameters, "parameters", "an object");
  refuse_null(document.entry_rules, "entry_rules", "an object");
  refuse_null(document.exit_rules, "exit_rules", "an array");
  refuse_null(document.risk_rules, "risk_rules", "an object");
}

Strategy compile_strategy(const StrategyDocument& document, const Json& run_parameters,
                          bool strict_crossover, const SeriesSettings& series) {
  check_size(document.parameters, "parameters");
  check_size(document.entry_rules, "entry_rules");
  check_size(document.exit_rules, "exit_rules");
  check_size(document.risk_rules, "risk_rules");
  Names names = names_of(document.parameters, run_parameters, strict_crossover, series);
  Strategy strategy;
  const RuleReader rules(strategy, names);
  read_entry_rules(rules, document.entry_rules);
  read_exit_rules(rules, document.exit_rules);
  read_risk_rules(rules, document.risk_rules);
  return strategy;
}

}  // namespace quant
