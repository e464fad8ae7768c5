// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/evaluator.hpp"

#include "core/strategy/kernels.hpp"

namespace quant {

namespace {

Number state_value(StateVariable variable, const AccountState& state) {
  switch (variable) {
    case StateVariable::kPosition:
      return Number::of(state.position.units());
    case StateVariable::kEntryPrice:
      return state.entry_price ? Number::of(state.entry_price->units()) : Number{};
    case StateVariable::kBarsHeld:
      return state.position.is_zero() ? Number{} : Number::of(state.bars_held);
    case StateVariable::kEquity:
      return Number::of(state.equity.units());
    case StateVariable::kCash:
      return Number::of(state.cash.units());
  }
  return {};
}

/// What is read bar by bar: the roots, and what expressions of the account are made of.
std::vector<NodeId> columns_read(const Program& program, const std::vector<NodeId>& roots) {
  std::vector<NodeId> read;
  const auto add = [&](NodeId id) {
    if (!program[id].needs_state) read.push_back(id);
  };
  const std::vector<bool> reached = program.reachable(roots);
  for (const NodeId root : roots) add(root);
  for (std::size_t id = 0; id < reached.size(); ++id) {
    const ProgramNode& node = program[static_cast<NodeId>(id)];
    if (!reached[id] || !node.needs_state) continue;
    for (const NodeId argument : node.arguments) add(argument);
  }
  return read;
}

SeriesPlace place_of(const BarSeries& bars, const OtherSeries* others) {
  SeriesPlace place{&bars};
  place.others = others;
  if (others != nullptr) {
    place.timeframe = others->context().timeframe;
    place.pause = others->context().pause;
  }
  return place;
}

}  // namespace

SymbolValues::SymbolValues(const Program& program, const BarSeries& bars,
                           const std::vector<NodeId>& roots, OtherSeries* others)
    : program_(&program),
      others_(others),
      columns_(program, place_of(bars, others), columns_read(program, roots)) {}

Truth SymbolValues::condition(NodeId id, std::size_t bar, const AccountState& state) const {
  const ProgramNode& node = (*program_)[id];
  if (!node.needs_state) return columns_.columns().truth(id)[bar];
  switch (node.operation) {
    case Operation::kNot:
      return kernel::invert(condition(node.arguments[0], bar, state));
    case Operation::kAnd:
      return kernel::both(condition(node.arguments[0], bar, state),
                          condition(node.arguments[1], bar, state));
    case Operation::kOr:
      return kernel::either(condition(node.arguments[0], bar, state),
                            condition(node.arguments[1], bar, state));
    default:
      return kernel::compare(node, number(node.arguments[0], bar, state),
                             number(node.arguments[1], bar, state));
  }
}

Number SymbolValues::number(NodeId id, std::size_t bar, const AccountState& state) const {
  const ProgramNode& node = (*program_)[id];
  if (!node.needs_state) return columns_.columns().number(id).at(bar);
  if (node.operation == Operation::kState) {
    return state_value(static_cast<StateVariable>(node.detail), state);
  }
  const Number a = number(node.arguments[0], bar, state);
  if (!a.known) return {};
  if (node.arguments.size() == 1) {
    return kernel::unary(node, (*program_)[node.arguments[0]].denominator, a.value);
  }
  const Number b = number(node.arguments[1], bar, state);
  return b.known ? kernel::binary(node, a.value, b.value) : Number{};
}

}  // namespace quant
