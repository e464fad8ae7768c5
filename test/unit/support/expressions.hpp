// SPDX-License-Identifier: PostgreSQL
// Expressions by their text: as a tree in brackets, and evaluated on bars.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/strategy/evaluator.hpp"
#include "core/strategy/expression.hpp"
#include "core/strategy/program.hpp"
#include "support/values.hpp"

namespace quant {

/// The tree with every node in brackets: "(+ a (* b c))".
[[nodiscard]] inline std::string tree_text(const Expression& expression) {
  std::string arguments;
  for (const Expression& argument : expression.arguments) arguments += " " + tree_text(argument);
  switch (expression.kind) {
    case Expression::Kind::kNumber:
      return expression.number.to_text();
    case Expression::Kind::kParameter:
      return "$" + expression.symbol;
    case Expression::Kind::kName:
      return expression.symbol;
    case Expression::Kind::kText:
      return '"' + expression.symbol + '"';
    case Expression::Kind::kCall:
      return "(call " + expression.symbol + arguments + ")";
    case Expression::Kind::kOutput:
      return "(result" + arguments + " " + expression.symbol + ")";
    case Expression::Kind::kHistory:
      return "(history" + arguments + ")";
    default:
      return "(" + expression.symbol + arguments + ")";
  }
}
[[nodiscard]] inline std::string tree_of(std::string_view text) {
  return tree_text(parse_expression(text));
}

/// Bars with these closing prices; the other prices equal them, volume is 1000.
[[nodiscard]] inline BarSeries bars_of_closes(const std::vector<std::string>& closes) {
  BarSeries bars;
  bars.asset.symbol = "TEST";
  for (const std::string& close : closes) {
    bars.timestamp.push_back(static_cast<Timestamp>(bars.timestamp.size()) * kDayLength);
    bars.close.push_back(price(close));
    bars.volume.push_back(Volume::from_units(1000));
  }
  bars.open = bars.high = bars.low = bars.close;
  bars.vwap.resize(bars.close.size());
  return bars;
}

/// One expression compiled and its columns computed.
class Evaluated {
 public:
  Evaluated(std::string_view text, const BarSeries& bars, const Names& names = {},
            const SeriesContext& context = {})
      : bars_(&bars),
        root_(compile_expression(program_, parse_expression(text), names)),
        context_(context),
        others_(program_, {root_}, context_),
        values_(program_, bars, {root_}, &others_) {
    while (!values_.compute_step()) {
    }
  }

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const ProgramNode& root() const { return program_[root_]; }
  /// "t", "f" or "u" for each bar.
  [[nodiscard]] std::string truths(const AccountState& state = {}) const {
    std::string text;
    for (std::size_t bar = 0; bar < bars_->size(); ++bar) {
      const Truth truth = values_.condition(root_, bar, state);
      text += truth == Truth::kUnknown ? 'u' : truth == Truth::kTrue ? 't' : 'f';
    }
    return text;
  }
  /// "5/3" in lowest terms, "7", or "" where it is missing.
  [[nodiscard]] std::string number(std::size_t bar, const AccountState& state = {}) const {
    const Number value = values_.number(root_, bar, state);
    if (!value.known) return "";
    const Int128 divisor = greatest_common_divisor(value.value, root().denominator);
    const Int128 denominator = root().denominator / divisor;
    return to_text(value.value / divisor) + (denominator == 1 ? "" : "/" + to_text(denominator));
  }
  [[nodiscard]] std::vector<std::string> numbers() const {
    std::vector<std::string> texts;
    for (std::size_t bar = 0; bar < bars_->size(); ++bar) texts.push_back(number(bar));
    return texts;
  }

 private:
  const BarSeries* bars_;
  Program program_;
  NodeId root_;
  SeriesContext context_;
  OtherSeries others_;
  SymbolValues values_;
};

}  // namespace quant
