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

/// A part of a wall-clock time; of weekdays, 1 is Monday and 7 Sunday.
Int128 calendar_value(Timestamp local, BarColumn which) {
  using namespace std::chrono;
  const Day number = utc_day(local);
  const year_month_day date = civil_date(number);
  const Timestamp minutes = (local - number * kDayLength) / 60'000'000;
  switch (which) {
    case BarColumn::kYear:
      return static_cast<int>(date.year());
    case BarColumn::kMonth:
      return static_cast<unsigned>(date.month());
    case BarColumn::kDay:
      return static_cast<unsigned>(date.day());
    case BarColumn::kWeekday:
      return weekday{sys_days{date}}.iso_encoding();
    case BarColumn::kHour:
      return minutes / 60;
    default:  // kMinute
      return minutes % 60;
  }
}

NumberColumn calendar_column(const BarSeries& bars, BarColumn which) {
  if (bars.local.size() != bars.size()) throw broken_invariant("the bars have no local time");
  NumberColumn column(bars.size());
  for (std::size_t bar = 0; bar < bars.size(); ++bar) {
    column.set(bar, Number::of(calendar_value(bars.local[bar], which)));
  }
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
    default:
      return calendar_column(bars, which);
  }
}

NumberColumn constant_column(Int128 value, std::size_t size) {
  NumberColumn column(size);
  std::fill(column.values.begin(), column.values.end(), value);
  std::fill(column.known.begin(), column.known.end(), std::uint8_t{1});
  return column;
}

NumberColumn earlier(const NumberColumn& source, int bars_back) {
  NumberColumn column(source.size());
  for (auto bar = static_cast<std::size_t>(bars_back); bar < source.size(); ++bar) {
    column.set(bar, source.at(bar - static_cast<std::size_t>(bars_back)));
  }
  return column;
}

TruthColumn earlier(const TruthColumn& source, int bars_back) {
  TruthColumn column(source.size(), Truth::kUnknown);
  const auto shift = std::min(static_cast<std::size_t>(bars_back), source.size());
  std::copy(source.begin(), source.end() - static_cast<std::ptrdiff_t>(shift),
            column.begin() + static_cast<std::ptrdiff_t>(shift));
  return column;
}

NumberColumn unary(const ProgramNode& node, Int128 denominator, const NumberColumn& a) {
  NumberColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) {
    if (a.known[bar] != 0) column.set(bar, kernel::unary(node, denominator, a.values[bar]));
  }
  return column;
}

NumberColumn binary(const ProgramNode& node, const NumberColumn& a, const NumberColumn& b) {
  NumberColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) {
    if ((a.known[bar] & b.known[bar]) != 0) {
      column.set(bar, kernel::binary(node, a.values[bar], b.values[bar]));
    }
  }
  return column;
}

TruthColumn compare(const ProgramNode& node, const NumberColumn& a, const NumberColumn& b) {
  TruthColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) {
    column[bar] = kernel::compare(node, a.at(bar), b.at(bar));
  }
  return column;
}

template <typename Combine>
TruthColumn combine(const TruthColumn& a, const TruthColumn& b, Combine combine_truths) {
  TruthColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) column[bar] = combine_truths(a[bar], b[bar]);
  return column;
}

/// The columns that are already there.
struct Columns {
  const Program& program;
  const BarSeries& bars;
  const std::unordered_map<NodeId, NumberColumn>& known_numbers;
  const std::unordered_map<NodeId, TruthColumn>& known_truths;

  [[nodiscard]] const NumberColumn& numbers(NodeId id) const { return known_numbers.find(id)->second; }
  [[nodiscard]] const TruthColumn& truths(NodeId id) const { return known_truths.find(id)->second; }
};

NumberColumn indicator_column(const ProgramNode& node, const Columns& columns) {
  std::vector<const NumberColumn*> inputs;
  for (const NodeId argument : node.arguments) inputs.push_back(&columns.numbers(argument));
  NumberColumn result(columns.bars.size());
  node.indicator->run(inputs, node.detail, result);
  return result;
}

NumberColumn number_column(const ProgramNode& node, const Columns& columns) {
  switch (node.operation) {
    case Operation::kConstant:
      return constant_column(node.constant, columns.bars.size());
    case Operation::kBar:
      return bar_column(columns.bars, static_cast<BarColumn>(node.detail));
    case Operation::kIndicator:
      return indicator_column(node, columns);
    case Operation::kHistory:
      return earlier(columns.numbers(node.arguments[0]), node.detail);
    case Operation::kNegate:
    case Operation::kAbsolute:
    case Operation::kRoot:
    case Operation::kRound:
    case Operation::kToGrid:
      return unary(node, columns.program[node.arguments[0]].denominator,
                   columns.numbers(node.arguments[0]));
    default:
      return binary(node, columns.numbers(node.arguments[0]), columns.numbers(node.arguments[1]));
  }
}

TruthColumn truth_column(const ProgramNode& node, const Columns& columns) {
  switch (node.operation) {
    case Operation::kAlways:
      return TruthColumn(columns.bars.size(), Truth::kTrue);
    case Operation::kNever:
      return TruthColumn(columns.bars.size(), Truth::kFalse);
    case Operation::kHistory:
      return earlier(columns.truths(node.arguments[0]), node.detail);
    case Operation::kNot: {
      const TruthColumn& a = columns.truths(node.arguments[0]);
      return combine(a, a, [](Truth truth, Truth) { return kernel::invert(truth); });
    }
    case Operation::kAnd:
      return combine(columns.truths(node.arguments[0]), columns.truths(node.arguments[1]), kernel::both);
    case Operation::kOr:
      return combine(columns.truths(node.arguments[0]), columns.truths(node.arguments[1]), kernel::either);
    default:
      return compare(node, columns.numbers(node.arguments[0]), columns.numbers(node.arguments[1]));
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
    : program_(&program), bars_(&bars) {
  const std::vector<bool> reached = program.reachable(roots);
  for (const NodeId root : roots) ++uses_[root];
  // A node is interned after its operands, so the order of ids computes operands first.
  for (NodeId id = 0; id < static_cast<NodeId>(program.size()); ++id) {
    if (!reached[static_cast<std::size_t>(id)]) continue;
    // What reads a column bar by bar never ceases to, so this use is not taken back.
    for (const NodeId argument : program[id].arguments) ++uses_[argument];
    if (!program[id].needs_state) planned_.push_back(id);
  }
}

bool SymbolValues::compute_step() {
  if (next_ < planned_.size()) {
    const NodeId id = planned_[next_++];
    try {
      compute(id);
    } catch (Error& error) {
      error.detail(concat("While evaluating the rules for symbol \"", bars_->asset.symbol, "\"."));
      throw;
    }
    for (const NodeId argument : (*program_)[id].arguments) drop_used_up(argument);
  }
  return next_ == planned_.size();
}

void SymbolValues::compute(NodeId id) {
  const ProgramNode& node = (*program_)[id];
  const Columns columns{*program_, *bars_, numbers_, truths_};
  if (node.is_condition) {
    truths_.emplace(id, truth_column(node, columns));
  } else {
    numbers_.emplace(id, number_column(node, columns));
  }
}

/// Frees the column of an operand that nothing reads any more.
void SymbolValues::drop_used_up(NodeId id) {
  if (--uses_[id] > 0) return;
  numbers_.erase(id);
  truths_.erase(id);
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
