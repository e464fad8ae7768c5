// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/market/resample.hpp"
#include "core/strategy/graph_builder.hpp"
#include "core/strategy/indicator_call.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

using enum Operation;

class Compiler final : public CallContext {
 public:
  Compiler(Program& program, const Names& names)
      : program_(program), graph_(program), names_(names) {}

  NodeId expression(const Expression& expression) {
    try {
      return compile(expression);
    } catch (Error& error) {
      if (error.detail().empty()) error.detail(concat("In ", place(), "."));
      throw;
    }
  }
  NodeId expression(const Expression& expression, bool is_condition) {
    const NodeId id = this->expression(expression);
    if (graph_[id].is_condition == is_condition) return id;
    throw wrong(expression, is_condition ? "a condition is expected, not a number"
                                         : "a number is expected, not a condition");
  }
  NodeId condition(const Expression& expression) { return this->expression(expression, true); }
  NodeId number(const Expression& expression) { return this->expression(expression, false); }

  [[nodiscard]] Error wrong(const Expression& expression, std::string message) const override {
    const std::string& path = expression.path.empty() ? path_ : expression.path;
    Error error = invalid(std::move(message));
    error.detail(path.empty() ? concat("At column ", expression.column, ".")
                              : concat("In ", path, ", at column ", expression.column, "."));
    return error;
  }

  [[nodiscard]] std::optional<ConstantValue> constant(const Expression& expression) override {
    const NodeId id = number(expression);
    if (!graph_.is_constant(id)) return std::nullopt;
    return ConstantValue{graph_[id].constant, graph_[id].denominator};
  }

 private:
  [[nodiscard]] std::string place() const { return path_.empty() ? "the expression" : path_; }

  /// Bounds the recursion, which named indicators would make as deep as they are many.
  NodeId compile(const Expression& expression) {
    if (depth_ == kMaxGraphDepth) throw wrong(expression, "the rules are nested too deeply");
    const std::string outer = path_;
    if (!expression.path.empty()) path_ = expression.path;
    ++depth_;
    const NodeId id = compile_kind(expression);
    --depth_;
    path_ = outer;
    return id;
  }

  NodeId compile_kind(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kNumber:
        return graph_.constant(expression.number.mantissa, expression.number.unit());
      case Expression::Kind::kParameter:
        return parameter(expression);
      case Expression::Kind::kName:
        return name(expression);
      case Expression::Kind::kCall:
        return call(expression);
      case Expression::Kind::kUnary:
        return expression.symbol == "not" ? graph_.invert(condition(expression.arguments[0]))
                                          : graph_.negate(number(expression.arguments[0]));
      case Expression::Kind::kBinary:
        return binary(expression);
      case Expression::Kind::kHistory:
        return history(expression);
      case Expression::Kind::kOutput:
        // What is no function at all is said first.
        if (find_indicator(expression.arguments[0].symbol) == nullptr)
          (void)compile(expression.arguments[0]);
        return call_indicator(expression);
      case Expression::Kind::kText:
        throw wrong(expression, "a text is expected only as an argument of at, tf and indicators");
    }
    throw broken_invariant("unknown kind of expression");
  }

  NodeId parameter(const Expression& expression) {
    const auto found = names_.parameters.find(expression.symbol);
    if (found != names_.parameters.end()) {
      return graph_.constant(found->second.mantissa, found->second.unit());
    }
    const auto other = names_.other_parameters.find(expression.symbol);
    if (other != names_.other_parameters.end()) {
      (void)JsonReader(*other->second, concat("parameters.", expression.symbol)).number();
    }
    std::vector<std::string_view> known;
    for (const auto& entry : names_.parameters) known.push_back(entry.first);
    throw unknown(expression, concat("parameter \"$", expression.symbol, "\" has no value"),
                  nearest_name(expression.symbol, known), "$");
  }

  NodeId name(const Expression& expression) {
    const std::string& symbol = expression.symbol;
    if (const Variable* variable = find_variable(symbol)) return node_of(*variable);
    if (const std::size_t dot = symbol.find('.'); dot != std::string::npos) {
      const std::string owner = symbol.substr(0, dot);
      const auto named = names_.indicators.find(owner);
      return named == names_.indicators.end() || names_.legs.contains(owner)
                 ? leg_column(expression)
                 : named_output(expression, *named);
    }
    const std::string lower = lower_case(symbol);
    if (lower == "true" || lower == "false") return graph_.literal(lower == "true");
    if (const auto named = names_.indicators.find(symbol); named != names_.indicators.end()) {
      if (const Indicator* indicator = several_results(named->second)) {
        throw several_results_error(*this, expression, concat("indicator \"", symbol, '"'),
                                    *indicator, symbol);
      }
      return named_indicator(expression, named->second);
    }
    if (find_indicator(symbol) != nullptr || is_plain_function(symbol)) {
      throw wrong(expression, concat('"', symbol, "\" is a function"))
          .hint(concat("Give its arguments, as in ", example_of(symbol), "."));
    }
    if (names_.parameters.contains(symbol) || names_.other_parameters.contains(symbol)) {
      throw unknown(expression, concat("unknown name \"", symbol, '"'), symbol, "$");
    }
    // A name is more likely another name than a function.
    std::vector<std::string_view> known = variable_names();
    for (const auto& entry : names_.indicators) known.push_back(entry.first);
    std::string_view meant = nearest_word(symbol, known);
    if (meant.empty() && symbol.size() > 2) meant = nearest_word(symbol, reserved_names());
    throw unknown(expression, concat("unknown name \"", symbol, '"'), meant, "");
  }

  /// A declared indicator may use others, but not itself.
  NodeId named_indicator(const Expression& use, const Expression& definition) {
    if (std::count(open_names_.begin(), open_names_.end(), use.symbol) != 0) {
      throw wrong(use, concat("indicator \"", use.symbol, "\" is defined by itself"));
    }
    const int series = graph_.series();
    if (const auto known = program_.named(series, use.symbol)) return *known;
    open_names_.push_back(use.symbol);
    const NodeId id = compile(definition);
    open_names_.pop_back();
    program_.set_named(series, use.symbol, id);
    return id;
  }

  /// `b.upper`: a result of the declared indicator b.
  NodeId named_output(const Expression& use,
                      const std::pair<const std::string, Expression>& named) {
    const auto& [name, definition] = named;
    const std::string_view output = std::string_view(use.symbol).substr(name.size() + 1);
    (void)find_output(*this, use, concat("indicator \"", name, '"'), several_results(definition),
                      output);
    return named_indicator(use, chosen_output(definition, output));
  }

  Error unknown(const Expression& expression, std::string message, std::string_view nearest,
                std::string_view prefix) const {
    Error error = wrong(expression, std::move(message));
    if (!nearest.empty()) error.hint(concat("Perhaps you meant \"", prefix, nearest, "\"."));
    return error;
  }

  NodeId node_of(const Variable& variable) {
    const bool is_bar = variable.operation == kBar;
    const bool scales = is_bar && is_price(static_cast<BarColumn>(variable.detail));
    const Int128 multiple = scales ? price_multiple() : 1;
    return graph_.variable(variable.operation, variable.detail,
                           multiply(variable.denominator, multiple));
  }

  /// Of the symbol whose bars are being read.
  [[nodiscard]] Int128 price_multiple() const {
    const std::string& symbol = program_.series(graph_.series()).symbol;
    if (symbol.empty()) return names_.series.price_multiple;
    const auto found = names_.series.other_multiples.find(symbol);
    return found == names_.series.other_multiples.end() ? 1 : found->second;
  }

  NodeId call(const Expression& expression) {
    const std::string& symbol = expression.symbol;
    if (symbol == "at") return at_symbol(expression);
    if (symbol == "tf") return at_timeframe(expression);
    if (symbol == "crosses_above" || symbol == "crosses_below") return crossing(expression);
    if (symbol == "min" || symbol == "max") return extreme(expression);
    if (symbol == "abs" || symbol == "sqrt") {
      expect_arguments(*this, expression, 1, 1);
      const NodeId argument = number(expression.arguments[0]);
      return symbol == "abs" ? graph_.absolute(argument) : graph_.root(argument);
    }
    if (symbol == "round") return rounding(expression);
    if (find_indicator(symbol) != nullptr) return call_indicator(expression);
    if (find_variable(symbol) != nullptr) {
      throw wrong(expression, concat('"', symbol, "\" is no function"))
          .hint(concat("An earlier bar's value is ", symbol, "[1]."));
    }
    if (is_foreign_history(symbol)) {
      throw wrong(expression, concat("unknown function \"", symbol, '"'))
          .hint("An earlier bar's value is close[1].");
    }
    throw unknown(expression, concat("unknown function \"", symbol, '"'),
                  nearest_word(symbol, function_names()), "");
  }

  NodeId crossing(const Expression& expression) {
    expect_arguments(*this, expression, 2, 2);
    const NodeId left = number(expression.arguments[0]);
    const NodeId right = number(expression.arguments[1]);
    if (graph_[left].needs_state || graph_[right].needs_state) throw no_history(expression);
    const bool above = expression.symbol == "crosses_above";
    const NodeId now = graph_.compare(above ? kGreater : kLess, left, right);
    const NodeId before = names_.strict_crossover
                              ? graph_.compare(above ? kLess : kGreater, left, right)
                              : graph_.invert(now);
    return graph_.logic(kAnd, graph_.earlier(before, 1), now);
  }

  NodeId extreme(const Expression& expression) {
    expect_arguments(*this, expression, 2, 16);
    const Operation operation = expression.symbol == "min" ? kMinimum : kMaximum;
    NodeId result = number(expression.arguments[0]);
    for (std::size_t i = 1; i < expression.arguments.size(); ++i) {
      result = graph_.combine(operation, result, number(expression.arguments[i]));
    }
    return result;
  }

  NodeId rounding(const Expression& expression) {
    expect_arguments(*this, expression, 1, 2);
    const NodeId argument = number(expression.arguments[0]);
    const int decimals =
        expression.arguments.size() == 1
            ? 0
            : whole_number(*this, expression.arguments[1], "decimals", 0, kGridDecimals);
    return graph_.round(argument, decimals);
  }

  NodeId call_indicator(const Expression& expression) {
    const IndicatorCall call = read_indicator_call(*this, expression);
    std::vector<NodeId> inputs;
    for (std::size_t i = 0; i < call.series.size(); ++i) {
      const auto column = call.indicator->inputs[i].column.value_or(BarColumn::kClose);
      inputs.push_back(call.series[i] == nullptr ? node_of(variable_of(column))
                                                 : number(*call.series[i]));
      if (graph_[inputs.back()].needs_state) throw no_history(expression);
    }
    return graph_.indicator(*call.indicator, std::move(inputs), call.settings, call.output);
  }

  Error no_history(const Expression& expression) const {
    return wrong(expression, "position and account have no history in a rule");
  }

  /// The text that the first of two arguments must be.
  const std::string& quoted(const Expression& expression, std::string_view what) const {
    expect_arguments(*this, expression, 2, 2);
    const Expression& first = expression.arguments[0];
    if (first.kind == Expression::Kind::kText) return first.symbol;
    throw wrong(first,
                concat("the first argument of ", expression.symbol, " is ", what, " in quotes"))
        .hint(concat("Write it as in ", example_of(expression.symbol), "."));
  }

  NodeId at_symbol(const Expression& expression) {
    const std::string& symbol = quoted(expression, "a symbol");
    return on_symbol(expression, symbol, expression.arguments[1]);
  }

  /// The value that `inner` has on the bars of another symbol.
  NodeId on_symbol(const Expression& expression, const std::string& symbol,
                   const Expression& inner) {
    if (graph_.series() != 0) {
      throw wrong(expression, "another symbol cannot be read inside at or tf")
          .hint("Another symbol's coarser bars are read by at(\"SPY\", tf(\"1w\", close)).");
    }
    const NodeId id = on_series(expression, {symbol}, inner);
    return graph_.from_other_series(id, 0);
  }

  NodeId at_timeframe(const Expression& expression) {
    const std::string& name = quoted(expression, "a timeframe");
    const auto timeframe = parse_timeframe(name);
    if (!timeframe) {
      throw wrong(expression.arguments[0], concat("unknown timeframe \"", name, '"'))
          .hint("Timeframes are 1s to 30s, 1m to 30m, 1h to 12h, 1d, 1w and 1mo.");
    }
    const SeriesKey outer = program_.series(graph_.series());
    if (outer.timeframe) throw wrong(expression, "tf cannot stand inside tf");
    const auto& run = names_.series.timeframe;
    if (run && !can_resample(*run, *timeframe)) {
      throw wrong(expression,
                  concat("bars of ", timeframe_name(*run), " cannot be joined to bars of ", name))
          .hint("tf takes a timeframe that is a multiple of the run's own.");
    }
    const NodeId id = on_series(expression, {outer.symbol, timeframe}, expression.arguments[1]);
    return graph_.from_other_series(
        id, run ? bars_within(graph_[id].warm_up + 1, *timeframe, *run) : 0);
  }

  NodeId on_series(const Expression& expression, const SeriesKey& key, const Expression& inner) {
    const int outer = graph_.series();
    graph_.set_series(program_.series_id(key));
    const NodeId id = compile(inner);
    graph_.set_series(outer);
    if (graph_[id].needs_state) throw no_history(expression);
    return id;
  }

  /// `y.close`: a column of the leg y.
  NodeId leg_column(const Expression& expression) {
    const std::size_t dot = expression.symbol.find('.');
    const std::string leg = expression.symbol.substr(0, dot);
    const std::string column = expression.symbol.substr(dot + 1);
    const auto found = names_.legs.find(leg);
    if (found == names_.legs.end()) {
      std::vector<std::string_view> known;
      for (const auto& entry : names_.legs) known.push_back(entry.first);
      throw unknown(expression, concat("unknown leg \"", leg, '"'), nearest_name(leg, known), "");
    }
    const Variable* variable = find_variable(column);
    if (variable == nullptr || variable->operation != kBar) {
      throw wrong(expression, concat("a leg has no \"", column, '"'))
          .hint("It has the columns of a bar, such as y.close.");
    }
    return on_symbol(expression, found->second,
                     {Expression::Kind::kName, column, {}, {}, expression.column});
  }

  NodeId history(const Expression& expression) {
    const NodeId id = compile(expression.arguments[0]);
    if (graph_[id].needs_state) throw no_history(expression);
    return graph_.earlier(
        id, whole_number(*this, expression.arguments[1], "bars back", 0, kLongestPeriod));
  }

  NodeId binary(const Expression& expression) {
    const std::string& sign = expression.symbol;
    if (sign == "and" || sign == "or") {
      std::vector<NodeId> conditions;
      for (const Expression& argument : expression.arguments)
        conditions.push_back(condition(argument));
      return graph_.logic_list(sign == "and" ? kAnd : kOr, std::move(conditions));
    }
    const NodeId left = number(expression.arguments[0]);
    const NodeId right = number(expression.arguments[1]);
    if (const auto comparison = find_comparison(sign))
      return graph_.compare(*comparison, left, right);
    if (sign == "*") return graph_.product(left, right);
    if (sign == "/") {
      if (graph_.is_constant(right) && graph_[right].constant == 0)
        throw wrong(expression, "division by zero");
      return graph_.quotient(left, right);
    }
    return graph_.combine(sign == "+" ? kAdd : kSubtract, left, right);
  }

  Program& program_;
  GraphBuilder graph_;
  const Names& names_;
  std::string path_;  // of the JSON value whose text is being compiled
  std::vector<std::string> open_names_;
  int depth_ = 0;
};

}  // namespace

NodeId compile_expression(Program& program, const Expression& expression, const Names& names) {
  return Compiler(program, names).expression(expression);
}

NodeId compile_condition(Program& program, const Expression& expression, const Names& names) {
  return Compiler(program, names).condition(expression);
}

NodeId compile_number(Program& program, const Expression& expression, const Names& names) {
  return Compiler(program, names).number(expression);
}

}  // namespace quant
