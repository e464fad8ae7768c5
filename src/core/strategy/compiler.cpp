// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/strategy/program.hpp"

namespace quant {

namespace {

using enum Operation;

constexpr std::array<std::pair<std::string_view, BarColumn>, 6> kBarColumns = {{
    {"open", BarColumn::kOpen}, {"high", BarColumn::kHigh}, {"low", BarColumn::kLow},
    {"close", BarColumn::kClose}, {"volume", BarColumn::kVolume}, {"vwap", BarColumn::kVwap},
}};

struct StateEntry {
  std::string_view name;
  StateVariable variable;
  std::int64_t denominator;
};
constexpr std::array<StateEntry, 5> kStateVariables = {{
    {"position", StateVariable::kPosition, Quantity::kUnit},
    {"entry_price", StateVariable::kEntryPrice, Price::kUnit},
    {"bars_held", StateVariable::kBarsHeld, 1},
    {"equity", StateVariable::kEquity, Money::kUnit},
    {"cash", StateVariable::kCash, Money::kUnit},
}};

constexpr std::array<std::pair<std::string_view, Operation>, 6> kComparisons = {{
    {"<", kLess}, {"<=", kLessOrEqual}, {">", kGreater}, {">=", kGreaterOrEqual},
    {"=", kEqual}, {"!=", kNotEqual},
}};

constexpr std::array<std::string_view, 7> kFunctions = {
    "crosses_above", "crosses_below", "abs", "min", "max", "round", "sqrt"};

constexpr int kMostDecimals = 12;

template <typename Table>
auto find_entry(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return std::get<0>(entry) == name; });
}

class Compiler {
 public:
  Compiler(Program& program, const Names& names) : program_(program), names_(names) {}

  NodeId condition(const Expression& expression) {
    const NodeId id = compile(expression);
    if (!program_[id].is_condition) {
      throw wrong(expression, concat("a condition is expected, not a number"));
    }
    return id;
  }
  NodeId number(const Expression& expression) {
    const NodeId id = compile(expression);
    if (program_[id].is_condition) {
      throw wrong(expression, concat("a number is expected, not a condition"));
    }
    return id;
  }

 private:
  static Error wrong(const Expression& expression, std::string message) {
    return std::move(invalid(std::move(message)).detail(concat("at column ", expression.column, ".")));
  }

  NodeId compile(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kNumber:
        return constant(expression.number.mantissa, expression.number.unit());
      case Expression::Kind::kParameter:
        return parameter(expression);
      case Expression::Kind::kName:
        return name(expression);
      case Expression::Kind::kCall:
        return call(expression);
      case Expression::Kind::kUnary:
        return expression.symbol == "not" ? invert(condition(expression.arguments[0]))
                                          : negate(number(expression.arguments[0]));
      case Expression::Kind::kBinary:
        return binary(expression);
      case Expression::Kind::kHistory:
        return history(expression);
    }
    throw broken_invariant("unknown kind of expression");
  }

  NodeId constant(Int128 numerator, Int128 denominator) {
    const Int128 divisor = greatest_common_divisor(numerator, denominator);
    ProgramNode node;
    node.constant = numerator / divisor;
    node.denominator = denominator / divisor;
    return program_.intern(std::move(node));
  }

  NodeId parameter(const Expression& expression) {
    const auto found = names_.parameters.find(expression.symbol);
    if (found != names_.parameters.end()) {
      return constant(found->second.mantissa, found->second.unit());
    }
    std::vector<std::string_view> known;
    for (const auto& entry : names_.parameters) known.push_back(entry.first);
    throw unknown(expression, concat("parameter \"$", expression.symbol, "\" has no value"),
                  nearest_name(expression.symbol, known), "$");
  }

  NodeId name(const Expression& expression) {
    const std::string& symbol = expression.symbol;
    if (const auto bar = find_entry(kBarColumns, symbol); bar != kBarColumns.end()) {
      return bar_column(bar->second);
    }
    for (const StateEntry& state : kStateVariables) {
      if (state.name == symbol) return state_variable(state);
    }
    if (symbol == "true") {
      ProgramNode node;
      node.operation = kAlways;
      node.is_condition = true;
      return program_.intern(std::move(node));
    }
    if (const auto named = names_.indicators.find(symbol); named != names_.indicators.end()) {
      return named_indicator(expression, named->second);
    }
    std::vector<std::string_view> known = reserved_names();
    for (const auto& entry : names_.indicators) known.push_back(entry.first);
    throw unknown(expression, concat("unknown name \"", symbol, "\""), nearest_name(symbol, known), "");
  }

  /// A declared indicator may use others, but not itself.
  NodeId named_indicator(const Expression& use, const Expression& definition) {
    if (std::count(open_names_.begin(), open_names_.end(), use.symbol) != 0) {
      throw wrong(use, concat("indicator \"", use.symbol, "\" is defined by itself"));
    }
    open_names_.push_back(use.symbol);
    const NodeId id = compile(definition);
    open_names_.pop_back();
    return id;
  }

  static Error unknown(const Expression& expression, std::string message, std::string_view nearest,
                       std::string_view prefix) {
    Error error = wrong(expression, std::move(message));
    if (!nearest.empty()) error.hint(concat("Perhaps you meant \"", prefix, nearest, "\"."));
    return error;
  }

  NodeId bar_column(BarColumn column) {
    ProgramNode node;
    node.operation = kBar;
    node.detail = static_cast<int>(column);
    node.denominator = column == BarColumn::kVolume ? Volume::kUnit : Price::kUnit;
    return program_.intern(std::move(node));
  }

  NodeId state_variable(const StateEntry& state) {
    ProgramNode node;
    node.operation = kState;
    node.detail = static_cast<int>(state.variable);
    node.denominator = state.denominator;
    node.needs_state = true;
    return program_.intern(std::move(node));
  }

  NodeId call(const Expression& expression) {
    const std::string& symbol = expression.symbol;
    if (symbol == "crosses_above" || symbol == "crosses_below") return crossing(expression);
    if (symbol == "min" || symbol == "max") return extreme(expression);
    if (symbol == "abs" || symbol == "sqrt") {
      expect_arguments(expression, 1, 1);
      const NodeId argument = number(expression.arguments[0]);
      return symbol == "abs" ? with_arguments(kAbsolute, {argument}, program_[argument].denominator)
                             : with_arguments(kRoot, {argument}, kGrid);
    }
    if (symbol == "round") return rounding(expression);
    if (const Indicator* indicator = find_indicator(symbol)) return call_indicator(expression, *indicator);
    std::vector<std::string_view> known = indicator_names();
    known.insert(known.end(), kFunctions.begin(), kFunctions.end());
    throw unknown(expression, concat("unknown function \"", symbol, "\""), nearest_name(symbol, known), "");
  }

  static void expect_arguments(const Expression& expression, std::size_t least, std::size_t most) {
    const std::size_t given = expression.arguments.size();
    if (given >= least && given <= most) return;
    throw wrong(expression, concat("function \"", expression.symbol, "\" takes ",
                                   least == most ? concat(least) : concat(least, " to ", most),
                                   most == 1 ? " argument" : " arguments", ", not ", given));
  }

  NodeId crossing(const Expression& expression) {
    expect_arguments(expression, 2, 2);
    const NodeId left = number(expression.arguments[0]);
    const NodeId right = number(expression.arguments[1]);
    if (program_[left].needs_state || program_[right].needs_state) throw no_history(expression);
    const bool above = expression.symbol == "crosses_above";
    const NodeId now = compare(above ? kGreater : kLess, left, right);
    const NodeId before = names_.strict_crossover ? compare(above ? kLess : kGreater, left, right)
                                                  : invert(now);
    return logic(kAnd, earlier(before, 1), now);
  }

  NodeId extreme(const Expression& expression) {
    expect_arguments(expression, 2, 16);
    const Operation operation = expression.symbol == "min" ? kMinimum : kMaximum;
    NodeId result = number(expression.arguments[0]);
    for (std::size_t i = 1; i < expression.arguments.size(); ++i) {
      result = combine(operation, result, number(expression.arguments[i]));
    }
    return result;
  }

  NodeId rounding(const Expression& expression) {
    expect_arguments(expression, 1, 2);
    const NodeId argument = number(expression.arguments[0]);
    const int decimals =
        expression.arguments.size() == 1 ? 0 : whole_number(expression.arguments[1], "decimals", 0, kMostDecimals);
    ProgramNode node = base(kRound, {argument});
    node.detail = decimals;
    node.denominator = power_of_ten(decimals);
    return program_.intern(std::move(node));
  }

  NodeId call_indicator(const Expression& expression, const Indicator& indicator) {
    const bool takes_series = indicator.bar_columns.empty();
    expect_arguments(expression, takes_series ? 2 : 1, takes_series ? 2 : 1);
    std::vector<NodeId> inputs;
    if (takes_series) inputs.push_back(number(expression.arguments[0]));
    for (const BarColumn column : indicator.bar_columns) inputs.push_back(bar_column(column));
    const int period = whole_number(expression.arguments.back(), "period", indicator.smallest_period, kLongestPeriod);

    for (NodeId& input : inputs) {
      if (program_[input].needs_state) throw no_history(expression);
      if (indicator.scale == ResultScale::kGrid) input = to_grid(input);
    }
    const Int128 denominator = program_[inputs.front()].denominator;
    ProgramNode node = base(kIndicator, inputs);
    node.indicator = &indicator;
    node.detail = period;
    node.denominator =
        indicator.scale == ResultScale::kInputTimesN ? multiply(denominator, period) : denominator;
    node.warm_up += indicator.stable_after(period);
    return program_.intern(std::move(node));
  }

  NodeId to_grid(NodeId id) {
    if (program_[id].denominator == kGrid) return id;
    return with_arguments(kToGrid, {id}, kGrid);
  }

  static Error no_history(const Expression& expression) {
    return wrong(expression, "position and account have no history in a rule");
  }

  int whole_number(const Expression& expression, std::string_view what, int least, int most) {
    const ProgramNode& node = program_[number(expression)];
    if (node.operation != kConstant || node.denominator != 1) {
      throw wrong(expression, concat(what, " must be a whole number that does not change"));
    }
    if (node.constant < least || node.constant > most) {
      throw wrong(expression, concat(what, " must lie between ", least, " and ", most, ", not ",
                                     to_text(node.constant)));
    }
    return static_cast<int>(node.constant);
  }

  NodeId history(const Expression& expression) {
    const NodeId id = compile(expression.arguments[0]);
    if (program_[id].needs_state) throw no_history(expression);
    return earlier(id, whole_number(expression.arguments[1], "bars back", 0, kLongestPeriod));
  }

  NodeId earlier(NodeId id, int bars) {
    if (bars == 0) return id;
    ProgramNode node = base(kHistory, {id});
    node.detail = bars;
    node.is_condition = program_[id].is_condition;
    node.denominator = program_[id].denominator;
    node.warm_up += bars;
    return program_.intern(std::move(node));
  }

  NodeId binary(const Expression& expression) {
    const std::string& sign = expression.symbol;
    if (sign == "and" || sign == "or") {
      const NodeId left = condition(expression.arguments[0]);
      const NodeId right = condition(expression.arguments[1]);
      return logic(sign == "and" ? kAnd : kOr, left, right);
    }
    const NodeId left = number(expression.arguments[0]);
    const NodeId right = number(expression.arguments[1]);
    if (const auto found = find_entry(kComparisons, sign); found != kComparisons.end()) {
      return compare(found->second, left, right);
    }
    if (sign == "*") return product(left, right);
    if (sign == "/") return quotient(expression, left, right);
    return combine(sign == "+" ? kAdd : kSubtract, left, right);
  }

  /// A node over `arguments`, with what it inherits from them.
  ProgramNode base(Operation operation, std::vector<NodeId> arguments) const {
    ProgramNode node;
    node.operation = operation;
    for (const NodeId argument : arguments) {
      node.needs_state = node.needs_state || program_[argument].needs_state;
      node.warm_up = std::max(node.warm_up, program_[argument].warm_up);
    }
    node.arguments = std::move(arguments);
    return node;
  }
  NodeId with_arguments(Operation operation, std::vector<NodeId> arguments, Int128 denominator) {
    ProgramNode node = base(operation, std::move(arguments));
    node.denominator = denominator;
    return program_.intern(std::move(node));
  }

  void share_denominator(ProgramNode& node) const {
    const Int128 left = program_[node.arguments[0]].denominator;
    const Int128 right = program_[node.arguments[1]].denominator;
    node.denominator = least_common_multiple(left, right);
    node.factors = {node.denominator / left, node.denominator / right};
  }

  NodeId logic(Operation operation, NodeId left, NodeId right) {
    ProgramNode node = base(operation, {left, right});
    node.is_condition = true;
    return program_.intern(std::move(node));
  }
  NodeId invert(NodeId id) {
    ProgramNode node = base(kNot, {id});
    node.is_condition = true;
    return program_.intern(std::move(node));
  }
  NodeId compare(Operation operation, NodeId left, NodeId right) {
    ProgramNode node = base(operation, {left, right});
    node.is_condition = true;
    share_denominator(node);
    return program_.intern(std::move(node));
  }

  [[nodiscard]] bool is_constant(NodeId id) const { return program_[id].operation == kConstant; }

  NodeId negate(NodeId id) {
    const ProgramNode& node = program_[id];
    if (is_constant(id)) return constant(-node.constant, node.denominator);
    return with_arguments(kNegate, {id}, node.denominator);
  }

  NodeId combine(Operation operation, NodeId left, NodeId right) {
    ProgramNode node = base(operation, {left, right});
    share_denominator(node);
    if (!is_constant(left) || !is_constant(right)) return program_.intern(std::move(node));
    const Int128 a = multiply(program_[left].constant, node.factors[0]);
    const Int128 b = multiply(program_[right].constant, node.factors[1]);
    const Int128 value = operation == kAdd        ? add(a, b)
                         : operation == kSubtract ? subtract(a, b)
                         : operation == kMinimum  ? std::min(a, b)
                                                  : std::max(a, b);
    return constant(value, node.denominator);
  }

  NodeId product(NodeId left, NodeId right) {
    const ProgramNode& a = program_[left];
    const ProgramNode& b = program_[right];
    const Int128 denominator = multiply(a.denominator, b.denominator);
    if (is_constant(left) && is_constant(right)) return constant(multiply(a.constant, b.constant), denominator);
    return with_arguments(kMultiply, {left, right}, denominator);
  }

  /// Dividing by a constant is exact: it multiplies by the reciprocal.
  NodeId quotient(const Expression& expression, NodeId left, NodeId right) {
    const ProgramNode& divisor = program_[right];
    if (!is_constant(right)) return grid_quotient(left, right);
    if (divisor.constant == 0) throw wrong(expression, "division by zero");
    const Int128 sign = divisor.constant < 0 ? -1 : 1;
    const NodeId reciprocal = constant(sign * divisor.denominator, sign * divisor.constant);
    return product(left, reciprocal);
  }

  /// (a / A) / (b / B) in grid units is a (B 10^12) / (b A); the factors are that ratio, reduced.
  NodeId grid_quotient(NodeId left, NodeId right) {
    ProgramNode node = base(kDivide, {left, right});
    node.denominator = kGrid;
    const Int128 scale = multiply(program_[right].denominator, kGrid);
    const Int128 divisor = program_[left].denominator;
    const Int128 shared = greatest_common_divisor(scale, divisor);
    node.factors = {scale / shared, divisor / shared};
    return program_.intern(std::move(node));
  }

  Program& program_;
  const Names& names_;
  std::vector<std::string> open_names_;
};

}  // namespace

NodeId compile_condition(Program& program, const Expression& expression, const Names& names) {
  return Compiler(program, names).condition(expression);
}

NodeId compile_number(Program& program, const Expression& expression, const Names& names) {
  return Compiler(program, names).number(expression);
}

std::vector<std::string_view> reserved_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : kBarColumns) names.push_back(entry.first);
  for (const auto& entry : kStateVariables) names.push_back(entry.name);
  names.insert(names.end(), kFunctions.begin(), kFunctions.end());
  for (const std::string_view name : indicator_names()) names.push_back(name);
  names.push_back("true");
  return names;
}

}  // namespace quant
