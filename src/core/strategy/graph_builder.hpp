// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/strategy/program.hpp"

namespace quant {

/// Adds operations to a program: brings operands to a common denominator, folds what is constant,
/// and keeps the graph shallow enough for the recursion that evaluates it.
/// A number too large for exact arithmetic is kOutOfRange, a graph too deep kInvalidParameter; both
/// without a detail, which the caller knows.
class GraphBuilder {
 public:
  explicit GraphBuilder(Program& program) : program_(program) {}

  [[nodiscard]] const ProgramNode& operator[](NodeId id) const { return program_[id]; }
  [[nodiscard]] bool is_constant(NodeId id) const { return is(id, Operation::kConstant); }

  /// What is added from now on is evaluated on these bars.
  void set_series(int series) { series_ = series; }
  [[nodiscard]] int series() const { return series_; }

  // numbers
  NodeId constant(Int128 numerator, Int128 denominator);
  NodeId variable(Operation operation, int detail, Int128 denominator);
  NodeId negate(NodeId id);
  NodeId absolute(NodeId id);
  NodeId root(NodeId id);
  NodeId round(NodeId id, int decimals);
  /// kAdd, kSubtract, kMinimum or kMaximum.
  NodeId combine(Operation operation, NodeId left, NodeId right);
  NodeId product(NodeId left, NodeId right);
  /// `right` is not the constant 0. Dividing by a constant is exact: it multiplies by the
  /// reciprocal.
  NodeId quotient(NodeId left, NodeId right);
  /// One output of an indicator, whose outputs are computed together.
  NodeId indicator(const Indicator& indicator, std::vector<NodeId> inputs,
                   const IndicatorArguments& settings, std::size_t output);

  // conditions
  NodeId literal(bool value);
  NodeId compare(Operation operation, NodeId left, NodeId right);
  NodeId logic(Operation operation, NodeId left, NodeId right);
  /// Joins a list in pairs, so that a long one is not a deep one.
  NodeId logic_list(Operation operation, std::vector<NodeId> conditions);
  NodeId invert(NodeId id);

  /// The value `bars` bars ago.
  NodeId earlier(NodeId id, int bars);
  /// The value of a node of another series, read from the current one; `warm_up` in bars of this
  /// one.
  NodeId from_other_series(NodeId id, int warm_up);

 private:
  [[nodiscard]] bool is(NodeId id, Operation operation) const {
    return program_[id].operation == operation;
  }
  [[nodiscard]] ProgramNode base(Operation operation, std::vector<NodeId> arguments) const;
  NodeId number(Operation operation, std::vector<NodeId> arguments, Int128 denominator);
  NodeId condition(Operation operation, std::vector<NodeId> arguments);
  void share_denominator(ProgramNode& node) const;
  NodeId grid_quotient(NodeId left, NodeId right);
  NodeId to_grid(NodeId id);

  Program& program_;
  int series_ = 0;
};

/// Levels that the recursion of compiler and evaluator may have.
inline constexpr int kMaxGraphDepth = 1000;
/// Values of the account that one rule may ask for at a bar.
inline constexpr std::int64_t kMostEvaluations = 10'000;

}  // namespace quant
