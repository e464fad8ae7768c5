// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/expression.hpp"

#include <algorithm>
#include <cctype>
#include <tao/pegtl.hpp>

#include "core/strategy/malformed.hpp"

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
struct Name : seq<not_at<sor<And, Or, Not>>, identifier, opt<one<'.'>, identifier>> {};

template <char kQuote>
struct QuotedText : plus<not_one<kQuote>> {};
template <char kQuote>
struct EndOfText : one<kQuote> {};
template <char kQuote>
struct Quoted : if_must<one<kQuote>, QuotedText<kQuote>, EndOfText<kQuote>> {};

struct Disjunction;
struct Whole;
struct Operand;
struct Open : one<'('> {};
struct Close : one<')'> {};
struct EndOfArguments : one<')'> {};
struct AnyText : sor<Quoted<'"'>, Quoted<'\''>> {};
struct Arguments
    : seq<Open, Blank,
          opt<sor<AnyText, Whole>, star<Blank, one<','>, Blank, sor<AnyText, must<Whole>>>>, Blank,
          must<EndOfArguments>> {};
struct OutputName : identifier {};
struct Output : if_must<seq<Blank, one<'.'>, Blank>, OutputName> {};
struct NameOrCall : seq<Name, Blank, opt<Arguments, opt<Output>>> {};
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

struct ComparisonSign
    : sor<string<'<', '='>, string<'>', '='>, string<'!', '='>, one<'<', '>', '='>> {};
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
inline constexpr auto kMessage<OutputName> = "the name of a result is missing behind \".\"";
template <char kQuote>
inline constexpr auto kMessage<QuotedText<kQuote>> = kTextMissing;
template <char kQuote>
inline constexpr auto kMessage<EndOfText<kQuote>> = "the closing quote is missing";
template <>
inline constexpr auto kMessage<eof> = kEndExpected;

struct Messages {
  template <typename Rule>
  static constexpr auto message = kMessage<Rule>;
  // Only must<> turns a failure into an error, not the mere existence of a message.
  template <typename Rule>
  static constexpr bool raise_on_failure = false;
};
template <typename Rule>
using Control = must_if<Messages>::control<Rule>;

}  // namespace grammar

/// `column` counts from 0.
[[noreturn]] void throw_too_deep(std::size_t column) {
  throw invalid("expression is nested too deeply")
      .detail(concat("at column ", column + 1, ": at most ", kMaxExpressionDepth,
                     " levels are allowed."));
}

void adopt(Expression& parent, Expression child) {
  parent.depth = std::max(parent.depth, child.depth + 1);
  if (parent.depth > kMaxExpressionDepth) throw_too_deep(parent.column);
  parent.arguments.push_back(std::move(child));
}

/// Operands and operators that the grammar has read and not yet joined.
class Builder {
 public:
  void push(Expression expression) { operands_.push_back(std::move(expression)); }
  void push_sign(std::string sign, std::size_t column) {
    std::transform(sign.begin(), sign.end(), sign.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    signs_.push_back({std::move(sign), column});
  }
  void join_unary() {
    const Sign sign = pop_sign();
    Expression joined{Expression::Kind::kUnary, sign.text, {}, {}, sign.column};
    adopt(joined, pop());
    push(std::move(joined));
  }
  void join_binary() {
    const Sign sign = pop_sign();
    Expression right = pop();
    Expression left = pop();
    push(join_expressions(sign.text, std::move(left), std::move(right), sign.column));
  }
  void join_history(std::size_t column) {
    Expression joined{Expression::Kind::kHistory, {}, {}, {}, column};
    Expression bars = pop();
    adopt(joined, pop());
    adopt(joined, std::move(bars));
    push(std::move(joined));
  }
  void choose_output(std::string name, std::size_t column) {
    Expression output{Expression::Kind::kOutput, std::move(name), {}, {}, column};
    adopt(output, pop());
    push(std::move(output));
  }
  void open_call() { call_marks_.push_back(operands_.size()); }
  void close_call() {
    const auto first = operands_.begin() + static_cast<std::ptrdiff_t>(call_marks_.back());
    call_marks_.pop_back();
    Expression& call = *(first - 1);
    call.kind = Expression::Kind::kCall;
    for (auto argument = first; argument != operands_.end(); ++argument)
      adopt(call, std::move(*argument));
    operands_.erase(first, operands_.end());
  }
  Expression result() { return std::move(operands_.back()); }

 private:
  struct Sign {
    std::string text;
    std::size_t column;
  };
  Expression pop() {
    Expression last = std::move(operands_.back());
    operands_.pop_back();
    return last;
  }
  Sign pop_sign() {
    Sign last = std::move(signs_.back());
    signs_.pop_back();
    return last;
  }

  std::vector<Expression> operands_;
  std::vector<Sign> signs_;
  std::vector<std::size_t> call_marks_;
};

template <typename Rule>
struct Action {};

template <Expression::Kind kKind>
struct PushSymbol {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.push({kKind, in.string(), {}, {}, in.position().byte + 1});
  }
};
struct PushSign {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.push_sign(in.string(), in.position().byte + 1);
  }
};
struct JoinUnary {
  template <typename Input>
  static void apply(const Input&, Builder& builder) {
    builder.join_unary();
  }
};
struct JoinBinary {
  template <typename Input>
  static void apply(const Input&, Builder& builder) {
    builder.join_binary();
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
    builder.push({Expression::Kind::kNumber, in.string(), *number, {}, in.position().byte + 1});
  }
};
template <>
struct Action<grammar::ParameterName> : PushSymbol<Expression::Kind::kParameter> {};
template <char kQuote>
struct Action<grammar::QuotedText<kQuote>> {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    // The column of the quote, one character earlier.
    builder.push({Expression::Kind::kText, in.string(), {}, {}, in.position().byte});
  }
};
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
struct Action<grammar::OutputName> {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.choose_output(in.string(), in.position().byte + 1);
  }
};
template <>
struct Action<grammar::History> {
  template <typename Input>
  static void apply(const Input& in, Builder& builder) {
    builder.join_history(in.position().byte + 1);
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
struct Action<grammar::Negation> : JoinUnary {};
template <>
struct Action<grammar::Inversion> : JoinUnary {};
template <>
struct Action<grammar::ProductTail> : JoinBinary {};
template <>
struct Action<grammar::SumTail> : JoinBinary {};
template <>
struct Action<grammar::ComparisonTail> : JoinBinary {};
template <>
struct Action<grammar::AndTail> : JoinBinary {};
template <>
struct Action<grammar::OrTail> : JoinBinary {};

/// Bounds the recursion of the parser before it starts.
void check_brackets(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == ']') --depth;
    if (depth > kMaxExpressionDepth) throw_too_deep(i);
  }
}

}  // namespace

Expression join_expressions(std::string sign, Expression left, Expression right,
                            std::size_t column) {
  const bool is_list = sign == "and" || sign == "or";
  if (is_list && left.kind == Expression::Kind::kBinary && left.symbol == sign &&
      left.path.empty()) {
    adopt(left, std::move(right));
    return left;
  }
  Expression joined{Expression::Kind::kBinary, std::move(sign), {}, {}, column};
  adopt(joined, std::move(left));
  adopt(joined, std::move(right));
  return joined;
}

Expression parse_expression(std::string_view text) {
  if (text.size() > kMaxExpressionLength) {
    throw invalid("expression is too long")
        .detail(concat("at column 1: it has ", text.size(), " characters, at most ",
                       kMaxExpressionLength, " are allowed."));
  }
  check_brackets(text);
  Builder builder;
  tao::pegtl::memory_input input(text.data(), text.size(), "expression");
  try {
    tao::pegtl::parse<grammar::Text, Action, grammar::Control>(input, builder);
  } catch (const tao::pegtl::parse_error& error) {
    throw malformed_at(error.message(), error.positions().front().byte, text);
  }
  return builder.result();
}

}  // namespace quant
