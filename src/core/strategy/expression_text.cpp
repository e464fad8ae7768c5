// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/expression_text.hpp"

#include "core/base/error.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

using Parameters = std::map<std::string, Decimal, std::less<>>;

/// How tightly an expression holds together, loosest first.
enum class Binding { kOr, kAnd, kNot, kComparison, kSum, kProduct, kMinus, kPrimary };

constexpr Binding tighter(Binding binding) {
  return static_cast<Binding>(static_cast<int>(binding) + 1);
}

struct Rendered {
  std::string text;
  Binding binding = Binding::kPrimary;
};

class Renderer {
 public:
  explicit Renderer(const Parameters& parameters) : parameters_(parameters) {}

  [[nodiscard]] Rendered render(const Expression& expression) const {
    switch (expression.kind) {
      case Expression::Kind::kNumber:
        return number(expression.number);
      case Expression::Kind::kParameter:
        return parameter(expression.symbol);
      case Expression::Kind::kName:
        return {expression.symbol};
      case Expression::Kind::kText:
        return {quoted(expression.symbol)};
      case Expression::Kind::kCall:
        return call(expression);
      case Expression::Kind::kUnary:
        return unary(expression);
      case Expression::Kind::kBinary:
        return binary(expression);
      case Expression::Kind::kOutput:
        return {
            concat(operand(expression.arguments[0], Binding::kPrimary), '.', expression.symbol)};
      case Expression::Kind::kHistory:
        return {concat(operand(expression.arguments[0], Binding::kPrimary), '[',
                       render(expression.arguments[1]).text, ']')};
    }
    throw broken_invariant("unknown kind of expression");
  }

 private:
  static Rendered number(const Decimal& value) {
    return {value.trimmed().to_text(), value.mantissa < 0 ? Binding::kMinus : Binding::kPrimary};
  }
  [[nodiscard]] Rendered parameter(const std::string& name) const {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? Rendered{concat('$', name)} : number(found->second);
  }
  static std::string quoted(const std::string& text) {
    const char quote = text.find('"') == std::string::npos ? '"' : '\'';
    return concat(quote, text, quote);
  }

  /// `expression` in brackets where it holds together less than `least`.
  [[nodiscard]] std::string operand(const Expression& expression, Binding least) const {
    Rendered rendered = render(expression);
    return rendered.binding < least ? concat('(', rendered.text, ')') : std::move(rendered.text);
  }

  [[nodiscard]] Rendered call(const Expression& expression) const {
    const auto& arguments = expression.arguments;
    const bool above = expression.symbol == "crosses_above";
    if ((above || expression.symbol == "crosses_below") && arguments.size() == 2) {
      return {concat(operand(arguments[0], Binding::kSum),
                     above ? " crosses above " : " crosses below ",
                     operand(arguments[1], Binding::kSum)),
              Binding::kComparison};
    }
    std::string list;
    for (const Expression& argument : arguments)
      list += concat(list.empty() ? "" : ", ", render(argument).text);
    return {concat(expression.symbol, '(', list, ')')};
  }

  [[nodiscard]] Rendered unary(const Expression& expression) const {
    if (expression.symbol == "not") {
      return {concat("not ", operand(expression.arguments[0], Binding::kComparison)),
              Binding::kNot};
    }
    return {concat('-', operand(expression.arguments[0], Binding::kPrimary)), Binding::kMinus};
  }

  [[nodiscard]] Rendered binary(const Expression& expression) const {
    const Binding own = binding_of(expression.symbol);
    // Subtraction and division group to the left; a comparison has no comparison beside it.
    Binding least = own == Binding::kComparison ? tighter(own) : own;
    std::string text;
    for (const Expression& argument : expression.arguments) {
      if (!text.empty()) text += concat(' ', expression.symbol, ' ');
      text += operand(argument, least);
      least = tighter(own);
    }
    return {std::move(text), own};
  }
  static Binding binding_of(const std::string& sign) {
    if (sign == "or") return Binding::kOr;
    if (sign == "and") return Binding::kAnd;
    if (find_comparison(sign)) return Binding::kComparison;
    return sign == "*" || sign == "/" ? Binding::kProduct : Binding::kSum;
  }

  const Parameters& parameters_;
};

}  // namespace

std::string expression_text(const Expression& expression, const Parameters& parameters) {
  return Renderer(parameters).render(expression).text;
}

}  // namespace quant
