// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/graph_builder.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/strategy/kernels.hpp"

namespace quant {

using enum Operation;

ProgramNode GraphBuilder::base(Operation operation, std::vector<NodeId> arguments) const {
  ProgramNode node;
  node.operation = operation;
  node.series = series_;
  for (const NodeId argument : arguments) {
    node.needs_state = node.needs_state || program_[argument].needs_state;
    node.warm_up = std::max(node.warm_up, program_[argument].warm_up);
    node.depth = std::max(node.depth, program_[argument].depth + 1);
    node.evaluations += program_[argument].evaluations;
  }
  if (node.needs_state) ++node.evaluations;
  if (node.depth > kMaxGraphDepth) throw invalid("the rules are nested too deeply");
  if (node.evaluations > kMostEvaluations) {
    throw invalid("the rule asks for too many values of the account");
  }
  node.arguments = std::move(arguments);
  return node;
}

NodeId GraphBuilder::number(Operation operation, std::vector<NodeId> arguments,
                            Int128 denominator) {
  ProgramNode node = base(operation, std::move(arguments));
  node.denominator = denominator;
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::condition(Operation operation, std::vector<NodeId> arguments) {
  ProgramNode node = base(operation, std::move(arguments));
  node.is_condition = true;
  return program_.intern(std::move(node));
}

void GraphBuilder::share_denominator(ProgramNode& node) const {
  const Int128 left = program_[node.arguments[0]].denominator;
  const Int128 right = program_[node.arguments[1]].denominator;
  node.denominator = least_common_multiple(left, right);
  node.factors = {node.denominator / left, node.denominator / right};
}

NodeId GraphBuilder::constant(Int128 numerator, Int128 denominator) {
  const Int128 divisor = greatest_common_divisor(numerator, denominator);
  ProgramNode node;
  node.series = series_;
  node.constant = numerator / divisor;
  node.denominator = denominator / divisor;
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::variable(Operation operation, int detail, Int128 denominator) {
  ProgramNode node;
  node.operation = operation;
  node.series = series_;
  node.detail = detail;
  node.denominator = denominator;
  node.needs_state = operation == kState;
  node.evaluations = node.needs_state ? 1 : 0;
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::negate(NodeId id) {
  const ProgramNode& node = program_[id];
  if (is_constant(id)) return constant(subtract(0, node.constant), node.denominator);
  return number(kNegate, {id}, node.denominator);
}

NodeId GraphBuilder::absolute(NodeId id) {
  return number(kAbsolute, {id}, program_[id].denominator);
}

NodeId GraphBuilder::root(NodeId id) { return number(kRoot, {id}, kGrid); }

NodeId GraphBuilder::round(NodeId id, int decimals) {
  ProgramNode node = base(kRound, {id});
  node.detail = decimals;
  node.denominator = power_of_ten(decimals);
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::to_grid(NodeId id) {
  const ProgramNode& node = program_[id];
  if (node.denominator == kGrid) return id;
  const auto column = static_cast<BarColumn>(node.detail);
  // The vwap of a coarser bar is rounded in the units that it is read in.
  if (node.operation != kBar || !is_price(column) || column == BarColumn::kVwap ||
      kGrid % node.denominator != 0) {
    return number(kToGrid, {id}, kGrid);
  }
  ProgramNode on_grid = node;
  on_grid.denominator = kGrid;
  return program_.intern(std::move(on_grid));
}

NodeId GraphBuilder::combine(Operation operation, NodeId left, NodeId right) {
  ProgramNode node = base(operation, {left, right});
  share_denominator(node);
  if (!is_constant(left) || !is_constant(right)) return program_.intern(std::move(node));
  const Number value = kernel::binary(node, program_[left].constant, program_[right].constant);
  return constant(value.value, node.denominator);
}

NodeId GraphBuilder::product(NodeId left, NodeId right) {
  const ProgramNode& a = program_[left];
  const ProgramNode& b = program_[right];
  const Int128 denominator = multiply(a.denominator, b.denominator);
  if (is_constant(left) && is_constant(right)) {
    return constant(multiply(a.constant, b.constant), denominator);
  }
  return number(kMultiply, {left, right}, denominator);
}

NodeId GraphBuilder::quotient(NodeId left, NodeId right) {
  if (!is_constant(right)) return grid_quotient(left, right);
  const ProgramNode& divisor = program_[right];
  const Int128 sign = divisor.constant < 0 ? -1 : 1;
  return product(left, constant(sign * divisor.denominator, sign * divisor.constant));
}

/// (a / A) / (b / B) in grid units is a (B 10^12) / (b A); the factors are that ratio, reduced.
NodeId GraphBuilder::grid_quotient(NodeId left, NodeId right) {
  ProgramNode node = base(kDivide, {left, right});
  node.denominator = kGrid;
  const Int128 scale = multiply(program_[right].denominator, kGrid);
  const Int128 divisor = program_[left].denominator;
  const Int128 shared = greatest_common_divisor(scale, divisor);
  node.factors = {scale / shared, divisor / shared};
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::indicator(const Indicator& indicator, std::vector<NodeId> inputs,
                               const IndicatorArguments& settings, std::size_t output) {
  if (indicator.on_grid()) {
    for (NodeId& input : inputs) input = to_grid(input);
  }
  const OutputSpec& spec = indicator.outputs.at(output);
  const Int128 denominator =
      spec.denominator == nullptr
          ? Int128{kGrid}
          : multiply(program_[inputs.at(spec.input)].denominator, spec.denominator(settings));
  ProgramNode node = base(kIndicator, std::move(inputs));
  node.indicator = &indicator;
  node.settings = settings;
  constexpr std::int64_t kMostBars = 1'000'000'000;  // more than any series has
  node.warm_up = static_cast<int>(
      std::min(std::int64_t{node.warm_up} + indicator.stable_after(settings), kMostBars));
  if (indicator.outputs.size() == 1) {
    node.denominator = denominator;
    return program_.intern(std::move(node));
  }
  ProgramNode chosen = base(kOutput, {program_.intern(std::move(node))});
  chosen.detail = static_cast<int>(output);
  chosen.denominator = denominator;
  return program_.intern(std::move(chosen));
}

NodeId GraphBuilder::literal(bool value) { return condition(value ? kAlways : kNever, {}); }

NodeId GraphBuilder::compare(Operation operation, NodeId left, NodeId right) {
  ProgramNode node = base(operation, {left, right});
  node.is_condition = true;
  share_denominator(node);
  if (is_constant(left) && is_constant(right)) {
    const Truth truth = kernel::compare(node, Number::of(program_[left].constant),
                                        Number::of(program_[right].constant));
    return literal(truth == Truth::kTrue);
  }
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::logic(Operation operation, NodeId left, NodeId right) {
  const Operation deciding = operation == kAnd ? kNever : kAlways;
  const Operation neutral = operation == kAnd ? kAlways : kNever;
  if (is(left, deciding) || is(right, neutral)) return left;
  if (is(right, deciding) || is(left, neutral)) return right;
  return condition(operation, {left, right});
}

NodeId GraphBuilder::logic_list(Operation operation, std::vector<NodeId> conditions) {
  while (conditions.size() > 1) {
    std::vector<NodeId> next;
    for (std::size_t i = 0; i + 1 < conditions.size(); i += 2) {
      next.push_back(logic(operation, conditions[i], conditions[i + 1]));
    }
    if (conditions.size() % 2 == 1) next.push_back(conditions.back());
    conditions = std::move(next);
  }
  return conditions.front();
}

NodeId GraphBuilder::invert(NodeId id) {
  if (is(id, kAlways) || is(id, kNever)) return literal(is(id, kNever));
  return condition(kNot, {id});
}

NodeId GraphBuilder::earlier(NodeId id, int bars) {
  if (bars == 0 || is_constant(id) || is(id, kAlways) || is(id, kNever)) return id;
  ProgramNode node = base(kHistory, {id});
  node.detail = bars;
  node.is_condition = program_[id].is_condition;
  node.denominator = program_[id].denominator;
  node.warm_up += bars;
  return program_.intern(std::move(node));
}

NodeId GraphBuilder::from_other_series(NodeId id, int warm_up) {
  ProgramNode node = base(kOtherSeries, {id});
  node.is_condition = program_[id].is_condition;
  node.denominator = program_[id].denominator;
  node.warm_up = warm_up;
  return program_.intern(std::move(node));
}

}  // namespace quant
