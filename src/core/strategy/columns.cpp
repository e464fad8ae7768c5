// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/columns.hpp"

#include <algorithm>
#include <array>

#include "core/strategy/kernels.hpp"

namespace quant {

namespace {

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

template <typename Holds>
TruthColumn compare(const ProgramNode& node, const NumberColumn& a, const NumberColumn& b,
                    Holds holds) {
  TruthColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) {
    column[bar] = kernel::compare(node, a.at(bar), b.at(bar), holds);
  }
  return column;
}

template <typename Combine>
TruthColumn combine(const TruthColumn& a, const TruthColumn& b, Combine combine_truths) {
  TruthColumn column(a.size());
  for (std::size_t bar = 0; bar < a.size(); ++bar) column[bar] = combine_truths(a[bar], b[bar]);
  return column;
}

}  // namespace

void fill_outputs(const ProgramNode& node, const Columns& columns, const Pause& pause,
                  std::span<NumberColumn* const> outputs) {
  std::vector<const NumberColumn*> inputs;
  for (const NodeId argument : node.arguments) inputs.push_back(&columns.number(argument));
  node.indicator->runner.columns(inputs, node.settings, outputs, pause);
}

NumberColumn number_column(const Program& program, const ProgramNode& node, const Columns& columns,
                           std::size_t size, const Pause& pause) {
  switch (node.operation) {
    case Operation::kConstant:
      return constant_column(node.constant, size);
    case Operation::kIndicator: {
      NumberColumn column(size);
      fill_outputs(node, columns, pause, std::array{&column});
      return column;
    }
    case Operation::kHistory:
      return earlier(columns.number(node.arguments[0]), node.detail);
    case Operation::kNegate:
    case Operation::kAbsolute:
    case Operation::kRoot:
    case Operation::kRound:
    case Operation::kToGrid:
      return unary(node, program[node.arguments[0]].denominator, columns.number(node.arguments[0]));
    default:
      return binary(node, columns.number(node.arguments[0]), columns.number(node.arguments[1]));
  }
}

TruthColumn truth_column(const ProgramNode& node, const Columns& columns, std::size_t size) {
  switch (node.operation) {
    case Operation::kAlways:
      return TruthColumn(size, Truth::kTrue);
    case Operation::kNever:
      return TruthColumn(size, Truth::kFalse);
    case Operation::kHistory:
      return earlier(columns.truth(node.arguments[0]), node.detail);
    case Operation::kNot: {
      const TruthColumn& a = columns.truth(node.arguments[0]);
      return combine(a, a, [](Truth truth, Truth) { return kernel::invert(truth); });
    }
    case Operation::kAnd:
      return combine(columns.truth(node.arguments[0]), columns.truth(node.arguments[1]),
                     kernel::both);
    case Operation::kOr:
      return combine(columns.truth(node.arguments[0]), columns.truth(node.arguments[1]),
                     kernel::either);
    default:
      // The loop of each operation by itself: most of the rules' time goes here.
      return kernel::with_comparison(node.operation, [&](auto holds) {
        return compare(node, columns.number(node.arguments[0]), columns.number(node.arguments[1]),
                       holds);
      });
  }
}

}  // namespace quant
