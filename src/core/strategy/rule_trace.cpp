// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/rule_trace.hpp"

#include <algorithm>

#include "core/strategy/expression_text.hpp"
#include "core/strategy/parameters.hpp"
#include "core/strategy/rule_reader.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

/// What an explanation of one bar can bear.
constexpr std::size_t kMostOperands = 50;

Expression earlier(const Expression& expression) {
  Expression one{Expression::Kind::kNumber, "1", Decimal{1, 0}, {}, 1};
  Expression history{Expression::Kind::kHistory, "", {}, {}, expression.column};
  history.path = expression.path;
  history.arguments = {expression, one};
  return history;
}

/// A number that stands in the rule as it is, with its sign.
bool is_literal(const Expression& expression) {
  const bool is_negation = expression.kind == Expression::Kind::kUnary && expression.symbol == "-";
  return expression.kind == Expression::Kind::kNumber ||
         expression.kind == Expression::Kind::kParameter ||
         (is_negation && is_literal(expression.arguments[0]));
}

/// The argument that is read on other bars: of another symbol, coarser or earlier ones.
std::optional<std::size_t> moved_argument(const Expression& expression) {
  if (expression.kind == Expression::Kind::kHistory) return 0;
  const bool is_series = expression.kind == Expression::Kind::kCall &&
                         (expression.symbol == "at" || expression.symbol == "tf") &&
                         expression.arguments.size() == 2;
  return is_series ? std::optional<std::size_t>(1) : std::nullopt;
}

/// The sides of the comparisons and crossings in a condition, each on the bars on which it is read.
void collect(const Expression& expression, std::vector<Expression>& operands) {
  const bool crosses =
      expression.kind == Expression::Kind::kCall &&
      (expression.symbol == "crosses_above" || expression.symbol == "crosses_below");
  const bool compares =
      expression.kind == Expression::Kind::kBinary && find_comparison(expression.symbol);
  if (const auto place = moved_argument(expression)) {
    std::vector<Expression> moved;
    collect(expression.arguments[*place], moved);
    for (Expression& operand : moved) {
      operands.push_back(expression);
      operands.back().arguments[*place] = std::move(operand);
    }
    return;
  }
  if (!crosses && !compares) {
    for (const Expression& argument : expression.arguments) collect(argument, operands);
    return;
  }
  for (const Expression& argument : expression.arguments) {
    if (is_literal(argument)) continue;
    operands.push_back(argument);
    if (crosses) operands.push_back(earlier(argument));
  }
}

/// The JSON of a rule's condition, with its path.
std::optional<JsonReader> condition_of(const StrategyDocument& document, const Strategy& strategy,
                                       std::string_view rule) {
  if (rule == "long" || rule == "short") {
    if (document.entry_rules.object() == nullptr) return std::nullopt;
    const JsonReader entries(document.entry_rules, "entry_rules");
    if (!entries.has(rule)) return std::nullopt;
    return entries.at(rule).at("when");
  }
  const auto exit = std::find_if(strategy.exits.begin(), strategy.exits.end(),
                                 [&](const ExitRule& other) { return other.id == rule; });
  if (exit == strategy.exits.end()) return std::nullopt;
  return JsonReader(document.exit_rules, "exit_rules").elements()[exit->place].at("when");
}

/// Compiles the operands, each text once; hands over the program.
void take_operands(RuleTrace& trace, const std::vector<Expression>& operands, Strategy& strategy,
                   const Names& names) {
  for (const Expression& operand : operands) {
    const std::string text = expression_text(operand, names.parameters);
    const bool known = std::any_of(trace.operands.begin(), trace.operands.end(),
                                   [&](const Operand& other) { return other.text == text; });
    if (known || trace.operands.size() == kMostOperands) continue;
    trace.operands.push_back({text, compile_number(strategy.program, operand, names)});
  }
  trace.program = std::move(strategy.program);
}

}  // namespace

std::vector<NodeId> RuleTrace::roots() const {
  std::vector<NodeId> roots;
  for (const Operand& operand : operands) roots.push_back(operand.value);
  return roots;
}

std::optional<RuleTrace> trace_rule(const StrategyDocument& document, const Json& run_parameters,
                                    bool strict_crossover, const SeriesSettings& series,
                                    std::string_view rule) {
  Names names = names_of(document.parameters, run_parameters, strict_crossover, series);
  Strategy strategy;
  const RuleReader rules(strategy, names);
  read_entry_rules(rules, document.entry_rules);
  read_exit_rules(rules, document.exit_rules);
  const auto reader = condition_of(document, strategy, rule);
  if (!reader) return std::nullopt;

  const Expression condition = read_expression(reader->json(), reader->path());
  RuleTrace trace;
  trace.text = expression_text(condition, names.parameters);
  std::vector<Expression> operands;
  collect(condition, operands);
  take_operands(trace, operands, strategy, names);
  return trace;
}

std::optional<RuleTrace> trace_rotation(const StrategyDocument& document,
                                        const Json& run_parameters, bool strict_crossover,
                                        const SeriesSettings& series) {
  Names names = names_of(document.parameters, run_parameters, strict_crossover, series);
  Strategy strategy;
  read_entry_rules(RuleReader(strategy, names), document.entry_rules);
  if (!strategy.rotation) return std::nullopt;

  const JsonReader reader = JsonReader(document.entry_rules, "entry_rules").at("rotate");
  const JsonReader rank = reader.at("rank_by");
  std::vector<Expression> operands = {read_expression(rank.json(), rank.path())};
  RuleTrace trace;
  trace.text = expression_text(operands.front(), names.parameters);
  if (reader.has("gate")) {
    const JsonReader gate = reader.at("gate");
    collect(read_expression(gate.json(), gate.path()), operands);
  }
  take_operands(trace, operands, strategy, names);
  return trace;
}

}  // namespace quant
