// SPDX-License-Identifier: PostgreSQL
// What each operation of a program computes from one bar's operands. Columns and single bars use
// the same kernels, so a rule cannot mean two things.
#pragma once

#include <algorithm>

#include "core/base/number_column.hpp"
#include "core/strategy/program.hpp"
#include "core/strategy/truth.hpp"

namespace quant::kernel {

/// Value of a number operation with one known operand.
[[nodiscard]] inline Number unary(const ProgramNode& node, Int128 denominator, Int128 a) {
  switch (node.operation) {
    case Operation::kNegate:
      return Number::of(subtract(0, a));
    case Operation::kAbsolute:
      return Number::of(magnitude(a));
    case Operation::kRoot:
      return a < 0 ? Number{} : Number::of(grid_root(a, denominator));
    default:  // kRound, kToGrid: to the node's own denominator
      return Number::of(multiply_divide(a, node.denominator, denominator));
  }
}

/// Value of a number operation with two known operands.
[[nodiscard]] inline Number binary(const ProgramNode& node, Int128 a, Int128 b) {
  switch (node.operation) {
    case Operation::kMultiply:
      return Number::of(multiply(a, b));
    case Operation::kDivide: {
      if (b == 0) return {};
      const Int128 divisor = multiply(magnitude(b), node.factors[1]);
      return Number::of(multiply_divide(b < 0 ? subtract(0, a) : a, node.factors[0], divisor));
    }
    default:
      break;
  }
  const Int128 left = multiply(a, node.factors[0]);
  const Int128 right = multiply(b, node.factors[1]);
  switch (node.operation) {
    case Operation::kAdd:
      return Number::of(add(left, right));
    case Operation::kSubtract:
      return Number::of(subtract(left, right));
    case Operation::kMinimum:
      return Number::of(std::min(left, right));
    default:  // kMaximum
      return Number::of(std::max(left, right));
  }
}

[[nodiscard]] constexpr Truth truth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

template <typename Holds>
[[nodiscard]] Truth compare(const ProgramNode& node, Number a, Number b, Holds holds) {
  if (!a.known || !b.known) return Truth::kUnknown;
  return truth(holds(compare_products(a.value, node.factors[0], b.value, node.factors[1])));
}

/// Calls `use` with the meaning of a comparison: which orders of its operands make it true.
template <typename Use>
[[nodiscard]] auto with_comparison(Operation operation, Use use) {
  switch (operation) {
    case Operation::kLess:
      return use([](auto order) { return order < 0; });
    case Operation::kLessOrEqual:
      return use([](auto order) { return order <= 0; });
    case Operation::kGreater:
      return use([](auto order) { return order > 0; });
    case Operation::kGreaterOrEqual:
      return use([](auto order) { return order >= 0; });
    case Operation::kEqual:
      return use([](auto order) { return order == 0; });
    default:  // kNotEqual
      return use([](auto order) { return order != 0; });
  }
}

[[nodiscard]] inline Truth compare(const ProgramNode& node, Number a, Number b) {
  return with_comparison(node.operation, [&](auto holds) { return compare(node, a, b, holds); });
}

[[nodiscard]] constexpr Truth invert(Truth a) {
  if (a == Truth::kUnknown) return a;
  return a == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}
[[nodiscard]] constexpr Truth both(Truth a, Truth b) {
  if (a == Truth::kFalse || b == Truth::kFalse) return Truth::kFalse;
  return a == Truth::kTrue && b == Truth::kTrue ? Truth::kTrue : Truth::kUnknown;
}
[[nodiscard]] constexpr Truth either(Truth a, Truth b) {
  return invert(both(invert(a), invert(b)));
}

}  // namespace quant::kernel
