// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/evaluator.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/strategy/kernels.hpp"

namespace quant {

namespace {

template <typename T>
NumberColumn column_of(const std::vector<T>& values) {
  NumberColumn column(values.size());
  for (std::size_t bar = 0; bar < values.size(); ++bar) column.values[bar] = values[bar].units();
  std::fill(column.known.begin(), column.known.end(), std::uint8_t{1});
  return column;
}

NumberColumn bar_column(const BarSeries& bars, BarColumn which) {
  switch (which) {
    case BarColumn::kOpen:
      return column_of(bars.open);
    case BarColumn::kHigh:
      return column_of(bars.high);
    case BarColumn::kLow:
      return column_of(bars.low);
    case BarColumn::kClose:
      return column_of(bars.close);
    case BarColumn::kVolume:
      return column_of(bars.volume);
    case BarColumn::kVwap: {
      NumberColumn column = column_of(bars.vwap);
      for (std::size_t bar = 0; bar < column.size(); ++bar) column.known[bar] = column.values[bar] != 0;
      return column;
    }
  }
  throw broken_invariant("unknown column of a bar");
}

/// Computes columns bottom up; each node once.
class ColumnBuilder {
 public:
  ColumnBuilder(const Program& program, const BarSeries& bars) : program_(program), bars_(bars) {}

  const NumberColumn& numbers(NodeId id) {
    if (const auto found = numbers_.find(id); found != numbers_.end()) return found->second;
    NumberColumn column = build_numbers(program_[id]);
    return numbers_.emplace(id, std::move(column)).first->second;
  }
  const TruthColumn& truths(NodeId id) {
    if (const auto found = truths_.find(id); found != truths_.end()) return found->second;
    TruthColumn column = build_truths(program_[id]);
    return truths_.emplace(id, std::move(column)).first->second;
  }
  NumberColumn take_numbers(NodeId id) { return std::move(numbers_.at(id)); }
  TruthColumn take_truths(NodeId id) { return std::move(truths_.at(id)); }

 private:
  NumberColumn build_numbers(const ProgramNode& node) {
    switch (node.operation) {
      case Operation::kConstant:
        return constant(node.constant);
      case Operation::kBar:
        return bar_column(bars_, static_cast<BarColumn>(node.detail));
      case Operation::kIndicator:
        return indicator(node);
      case Operation::kHistory:
        return earlier(numbers(node.arguments[0]), node.detail);
      case Operation::kNegate:
      case Operation::kAbsolute:
      case Operation::kRoot:
      case Operation::kRound:
      case Operation::kToGrid:
        return unary(node);
      default:
        return binary(node);
    }
  }

  NumberColumn constant(Int128 value) const {
    NumberColumn column(bars_.size());
    std::fill(column.values.begin(), column.values.end(), value);
    std::fill(column.known.begin(), column.known.end(), std::uint8_t{1});
    return column;
  }

  NumberColumn indicator(const ProgramNode& node) {
    std::vector<const NumberColumn*> inputs;
    for (const NodeId argument : node.arguments) inputs.push_back(&numbers(argument));
    NumberColumn result(bars_.size());
    node.indicator->run(inputs, node.detail, result);
    return result;
  }

  static NumberColumn earlier(const NumberColumn& source, int bars_back) {
    NumberColumn column(source.size());
    for (auto bar = static_cast<std::size_t>(bars_back); bar < source.size(); ++bar) {
      column.set(bar, source.at(bar - static_cast<std::size_t>(bars_back)));
    }
    return column;
  }

  NumberColumn unary(const ProgramNode& node) {
    const NumberColumn& a = numbers(node.arguments[0]);
    const Int128 denominator = program_[node.arguments[0]].denominator;
    NumberColumn column(a.size());
    for (std::size_t bar = 0; bar < a.size(); ++bar) {
      if (a.known[bar] != 0) column.set(bar, kernel::unary(node, denominator, a.values[bar]));
    }
    return column;
  }

  NumberColumn binary(const ProgramNode& node) {
    const NumberColumn& a = numbers(node.arguments[0]);
    const NumberColumn& b = numbers(node.arguments[1]);
    NumberColumn column(a.size());
    for (std::size_t bar = 0; bar < a.size(); ++bar) {
      if ((a.known[bar] & b.known[bar]) != 0) {
        column.set(bar, kernel::binary(node, a.values[bar], b.values[bar]));
      }
    }
    return column;
  }

  TruthColumn build_truths(const ProgramNode& node) {
    switch (node.operation) {
      case Operation::kAlways:
        return TruthColumn(bars_.size(), Truth::kTrue);
      case Operation::kNever:
        return TruthColumn(bars_.size(), Truth::kFalse);
      case Operation::kHistory:
        return earlier(truths(node.arguments[0]), node.detail);
      case Operation::kNot:
        return combine(node, [](Truth a, Truth) { return kernel::invert(a); });
      case Operation::kAnd:
        return combine(node, kernel::both);
      case Operation::kOr:
        return combine(node, kernel::either);
      default:
        return compare(node);
    }
  }

  static TruthColumn earlier(const TruthColumn& source, int bars_back) {
    TruthColumn column(source.size(), Truth::kUnknown);
    const auto shift = std::min(static_cast<std::size_t>(bars_back), source.size());
    std::copy(source.begin(), source.end() - static_cast<std::ptrdiff_t>(shift),
              column.begin() + static_cast<std::ptrdiff_t>(shift));
    return column;
  }

  template <typename Combine>
  TruthColumn combine(const ProgramNode& node, Combine combine_truths) {
    const TruthColumn& a = truths(node.arguments.front());
    const TruthColumn& b = truths(node.arguments.back());
    TruthColumn column(a.size());
    for (std::size_t bar = 0; bar < a.size(); ++bar) column[bar] = combine_truths(a[bar], b[bar]);
    return column;
  }

  TruthColumn compare(const ProgramNode& node) {
    const NumberColumn& a = numbers(node.arguments[0]);
    const NumberColumn& b = numbers(node.arguments[1]);
    TruthColumn column(a.size());
    for (std::size_t bar = 0; bar < a.size(); ++bar) {
      column[bar] = kernel::compare(node, a.at(bar), b.at(bar));
    }
    return column;
  }

  const Program& program_;
  const BarSeries& bars_;
  std::unordered_map<NodeId, NumberColumn> numbers_;
  std::unordered_map<NodeId, TruthColumn> truths_;
};

/// The largest parts of `root` that do not depend on the account.
void collect_columns(const Program& program, NodeId root, std::vector<NodeId>& found) {
  const ProgramNode& node = program[root];
  if (node.needs_state) {
    for (const NodeId argument : node.arguments) collect_columns(program, argument, found);
  } else if (std::find(found.begin(), found.end(), root) == found.end()) {
    found.push_back(root);
  }
}

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

}  // namespace

SymbolValues::SymbolValues(const Program& program, const BarSeries& bars,
                           const std::vector<NodeId>& roots)
    : program_(&program) {
  std::vector<NodeId> wanted;
  for (const NodeId root : roots) collect_columns(program, root, wanted);
  ColumnBuilder builder(program, bars);
  try {
    for (const NodeId id : wanted) {
      if (program[id].is_condition) {
        builder.truths(id);
      } else {
        builder.numbers(id);
      }
    }
  } catch (Error& error) {
    error.detail(concat("While evaluating the rules for symbol \"", bars.asset.symbol, "\"."));
    throw;
  }
  for (const NodeId id : wanted) {
    if (program[id].is_condition) {
      truths_.emplace(id, builder.take_truths(id));
    } else {
      numbers_.emplace(id, builder.take_numbers(id));
    }
  }
}

Truth SymbolValues::condition(NodeId id, std::size_t bar, const AccountState& state) const {
  const ProgramNode& node = (*program_)[id];
  if (!node.needs_state) return truths_.find(id)->second[bar];
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
  if (!node.needs_state) return numbers_.find(id)->second.at(bar);
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
