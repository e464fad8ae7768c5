// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/expression.hpp"

#include <algorithm>
#include <cctype>
#include <tao/pegtl.hpp>

#include "core/base/error.hpp"

namespace quant {

namespace {

namespace grammar {

using namespace tao::pegtl;

struct Blank : star<space> {};

template <typename Word>
struct Keyword : seq<Word, not_at<identifier_other>> {};
struct And : Keyword<TAO_PEGTL_ISTRING("and")> {};
struct Or : Keyword<TAO_PEGTL_ISTRING("or")> {};
struct Not : Keyword<TAO_PEGTL_ISTRING("not")> {};

struct Digits : plus<digit> {};
struct Exponent : seq<one<'e', 'E'>, opt<one<'+', '-'>>, Digits> {};
struct NumberEnd : not_at<sor<identifier_first, one<'.'>>> {};
struct Number : seq<sor<seq<Digits, opt<one<'.'>, star<digit>>>, seq<one<'.'>, Digits>>,
                    opt<Exponent>, NumberEnd> {};
struct ParameterName : identifier {};
struct Parameter : if_must<one<'$'>, ParameterName> {};
struct Name : seq<not_at<sor<And, Or, Not>>, identifier> {};

struct Disjunction;
struct Whole;
struct Operand;
struct Open : one<'('> {};
struct Close : one<')'> {};
struct EndOfArguments : one<')'> {};
struct Arguments : seq<Open, Blank, opt<Whole, star<Blank, one<','>, Blank, must<Whole>>>, Blank,
                       must<EndOfArguments>> {};
struct NameOrCall : seq<Name, Blank, opt<Arguments>> {};
struct Group : seq<one<'('>, Blank, must<Whole>, Blank, must<Close>> {};
struct EndOfHistory : one<']'> {};
struct History : seq<Blank, one<'['>, Blank, must<Whole>, Blank, must<EndOfHistory>> {};
struct Primary : seq<sor<Number, Parameter, NameOrCall, Group>, star<History>> {};

struct MinusSign : one<'-'> {};
struct Negation : seq<MinusSign, Blank, must<Primary>> {};
struct Operand : sor<Negation, Primary> {};

struct ProductSign : one<'*', '/'> {};
struct ProductTail : seq<Blank, ProductSign, Blank, must<Operand>> {};
struct Product : seq<Operand, star<ProductTail>> {};
struct SumSign : one<'+', '-'> {};
struct SumTail : seq<Blank, SumSign, Blank, must<Product>> {};
struct Sum : seq<Product, star<SumTail>> {};

struct ComparisonSign : sor<string<'<', '='>, string<'>', '='>, string<'!', '='>, one<'<', '>', '='>> {};
struct ComparisonTail : seq<Blank, ComparisonSign, Blank, must<Sum>> {};
struct Comparison : seq<Sum, opt<ComparisonTail>> {};

struct Inversion : seq<Not, Blank, must<Comparison>> {};
struct Conjunct : sor<Inversion, Comparison> {};
struct AndTail : seq<Blank, And, Blank, must<Conjunct>> {};
struct Conjunction : seq<Conjunct, star<AndTail>> {};
struct OrTail : seq<Blank, Or, Blank, must<Conjunction>> {};
struct Disjunction : seq<Conjunction, star<OrTail>> {};
struct Whole : Disjunction {};
struct Text : seq<Blank, must<Whole>, Blank, must<eof>> {};

template <typename>
inline constexpr const char* kMessage = nullptr;
template <>
inline constexpr auto kMessage<Whole> = "an expression is missing";
template <>
inline constexpr auto kMessage<Operand> = "an operand is missing";
template <>
inline constexpr auto kMessage<Primary> = "an operand is missing";
template <>
inline constexpr auto kMessage<Product> = "an operand is missing";
template <>
inline constexpr auto kMessage<Sum> = "an operand is missing";
template <>
inline constexpr auto kMessage<Comparison> = "a condition is missing";
template <>
inline constexpr auto kMessage<Conjunct> = "a condition is missing";
template <>
inline constexpr auto kMessage<Conjunction> = "a condition is missing";
template <>
inline constexpr auto kMessage<Close> = "\")\" is missing";
template <>
inline constexpr auto kMessage<EndOfArguments> = "\",\" or \")\" is missing";
template <>
inline constexpr auto kMessage<EndOfHistory> = "\"]\" is missing";
template <>
inline constexpr auto kMessage<ParameterName> = "the name of a parameter is missing behind \"$\"";
template <>
inline constexpr auto kMessage<eof> = "the end of the expression, or an operator, is expected";

struct Messages {
  template <typename Rule>
  static constexpr auto message = kMessage<Rule>;
};
template <typename Rule>
using Control = must_if<Messages>::control<Rule>;

}  // namespace grammar

[[noreturn]] void throw_too_deep() {
  throw invalid("expression is nested too deeply")
      .detail(concat("at most ", kMaxExpressionDepth, " levels are allowed."));
}

/// Operands and operators that the grammar has read and not yet joined.
class Builder {
 public:
  void push(Expression expression) { operands_.push_back(std::move(expression)); }
  void push_sign(std::string sign, std::size_t column) {
    std::transform(sign.begin(), sign.end(), sign.begin(), [](unsigned char c) { return std::tolower(c); });
    signs_.push_back({Expression::Kind::kBinary, std::move(sign), {}, {}, column});
  }
  /// Joins the last `count` operands under the last sign.
  void join(Expression::Kind kind, std::size_t count) {
    Expression joined = std::move(signs_.back());
    signs_.pop_back();
    joined.kind = kind;
    adopt(joined, take(count));
    push(std::move(joined));
  }
  void open_call() { call_marks_.push_back(operands_.size()); }
  void close_call() {
    std::vector<Expression> arguments = take(operands_.size() - call_marks_.back());
    call_marks_.pop_back();
    Expression& call = operands_.back();
    call.kind = Expression::Kind::kCall;
    adopt(call, std::move(arguments));
  }
  void join_history(std::size_t column) {
    Expression joined{Expression::Kind::kHistory, {}, {}, {}, column};
    adopt(joined, take(2));
    push(std::move(joined));
  }
  Expression result() { return std::move(operands_.back()); }

 private:
  static void adopt(Expression& parent, std::vector<Expression> children) {
    for (const Expression& child : children) parent.depth = std::max(parent.depth, child.depth + 1);
    if (parent.depth > kMaxExpressionDepth) throw_too_deep();
    parent.arguments = std::move(children);
  }
  std::vector<Expression> take(std::size_t count) {
    const auto first = operands_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<Expression> taken(std::make_move_iterator(first),
                                  std::make_move_iterator(operands_.end()));
    operands_.erase(first, operands_.end());
    return taken;
  }

  std::vector<Expression> operands_;
  std::vector<Expression> signs_;
  std::vector<std::size_t> call_marks_;
};

[[noreturn]] void throw_malformed(std::string_view reason, std::size_t column, std::string_view text) {
  throw invalid(concat("malformed expression: ", reason))
      .detail(concat("at column ", column, " of \"", text, "\"."));
}

template <typename Rule>
struct Action {};

template <Expression::Kind kKind>
struct PushSymbol {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.push({kKind, in.string(), {}, {}, in.position().column});
  }
};
struct PushSign {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.push_sign(in.string(), in.position().column);
  }
};
template <Expression::Kind kKind, std::size_t kCount>
struct Join {
  template <typename Input>
  static void apply(const Input&, Builder& builder) {
    builder.join(kKind, kCount);
  }
};

template <>
struct Action<grammar::Number> {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    const auto number = Decimal::parse(in.string());
    if (!number) {
      throw tao::pegtl::parse_error("the number has more than 38 digits", in);
    }
    builder.push({Expression::Kind::kNumber, in.string(), *number, {}, in.position().column});
  }
};
template <>
struct Action<grammar::ParameterName> : PushSymbol<Expression::Kind::kParameter> {};
template <>
struct Action<grammar::Name> : PushSymbol<Expression::Kind::kName> {};
template <>
struct Action<grammar::Open> {
  template <typename Input>
  static void apply(const Input&, Builder& builder) {
    builder.open_call();
  }
};
template <>
struct Action<grammar::Arguments> {
  template <typename Input>
  static void apply(const Input&, Builder& builder) {
    builder.close_call();
  }
};
template <>
struct Action<grammar::History> {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.join_history(in.position().column);
  }
};
template <>
struct Action<grammar::MinusSign> : PushSign {};
template <>
struct Action<grammar::ProductSign> : PushSign {};
template <>
struct Action<grammar::SumSign> : PushSign {};
template <>
struct Action<grammar::ComparisonSign> : PushSign {};
template <>
struct Action<grammar::And> : PushSign {};
template <>
struct Action<grammar::Or> : PushSign {};
template <>
struct Action<grammar::Not> : PushSign {};
template <>
struct Action<grammar::Negation> : Join<Expression::Kind::kUnary, 1> {};
template <>
struct Action<grammar::Inversion> : Join<Expression::Kind::kUnary, 1> {};
template <>
struct Action<grammar::ProductTail> : Join<Expression::Kind::kBinary, 2> {};
template <>
struct Action<grammar::SumTail> : Join<Expression::Kind::kBinary, 2> {};
template <>
struct Action<grammar::ComparisonTail> : Join<Expression::Kind::kBinary, 2> {};
template <>
struct Action<grammar::AndTail> : Join<Expression::Kind::kBinary, 2> {};
template <>
struct Action<grammar::OrTail> : Join<Expression::Kind::kBinary, 2> {};

/// Bounds the recursion of the parser before it starts.
void check_brackets(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == ']') --depth;
    if (depth > kMaxExpressionDepth) throw_too_deep();
  }
}

}  // namespace

Expression parse_expression(std::string_view text) {
  if (text.size() > kMaxExpressionLength) {
    throw invalid("expression is too long")
        .detail(concat("at column 1: it has ", text.size(), " characters, at most ", kMaxExpressionLength,
                       " are allowed."));
  }
  check_brackets(text);
  Builder builder;
  tao::pegtl::memory_input input(text.data(), text.size(), "expression");
  try {
    tao::pegtl::parse<grammar::Text, Action, grammar::Control>(input, builder);
  } catch (const tao::pegtl::parse_error& error) {
    throw_malformed(error.message(), error.positions().front().column, text);
  }
  return builder.result();
}

}  // namespace quant
