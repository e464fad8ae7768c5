// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/expression.hpp"

#include <algorithm>
#include <array>
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
  // Only must<> turns a failure into an error, not the mere existence of a message.
  template <typename Rule>
  static constexpr bool raise_on_failure = false;
};
template <typename Rule>
using Control = must_if<Messages>::control<Rule>;

}  // namespace grammar

[[noreturn]] void throw_too_deep() {
  throw invalid("expression is nested too deeply")
      .detail(concat("at most ", kMaxExpressionDepth, " levels are allowed."));
}

void adopt(Expression& parent, Expression child) {
  parent.depth = std::max(parent.depth, child.depth + 1);
  if (parent.depth > kMaxExpressionDepth) throw_too_deep();
  parent.arguments.push_back(std::move(child));
}

/// Operands and operators that the grammar has read and not yet joined.
class Builder {
 public:
  void push(Expression expression) { operands_.push_back(std::move(expression)); }
  void push_sign(std::string sign, std::size_t column) {
    std::transform(sign.begin(), sign.end(), sign.begin(), [](unsigned char c) { return std::tolower(c); });
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
  void open_call() { call_marks_.push_back(operands_.size()); }
  void close_call() {
    const auto first = operands_.begin() + static_cast<std::ptrdiff_t>(call_marks_.back());
    call_marks_.pop_back();
    Expression& call = *(first - 1);
    call.kind = Expression::Kind::kCall;
    for (auto argument = first; argument != operands_.end(); ++argument) adopt(call, std::move(*argument));
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

/// What people write that means something here under another name.
struct Misspelling {
  std::string_view text;
  std::string_view message;
  std::string_view hint;
};
constexpr std::array<Misspelling, 9> kMisspellings = {{
    {"==", "unknown operator \"==\"", "Equality is \"=\"."},
    {"<>", "unknown operator \"<>\"", "Inequality is \"!=\"."},
    {"=>", "unknown operator \"=>\"", "At least is \">=\"."},
    {"=<", "unknown operator \"=<\"", "At most is \"<=\"."},
    {"&&", "unknown operator \"&&\"", "Conditions are joined with \"and\"."},
    {"||", "unknown operator \"||\"", "Conditions are joined with \"or\"."},
    {"!", "unknown operator \"!\"", "A condition is inverted with \"not\"."},
    {"not", "\"not\" cannot follow itself", "Put the inner condition in brackets."},
    {"-", "\"-\" cannot follow another sign", "Put the inner number in brackets."},
}};

/// At most 60 characters of `text` around `offset`, for messages.
std::string excerpt(std::string_view text, std::size_t offset) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t first = std::min(offset > kLongest / 2 ? offset - kLongest / 2 : 0, text.size() - kLongest);
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (continues(first)) ++first;
  std::size_t last = std::min(first + kLongest, text.size());
  while (continues(last)) ++last;
  return concat(first > 0 ? "..." : "", text.substr(first, last - first), last < text.size() ? "..." : "");
}

/// The last word of `text` is `word`, in any case.
bool ends_with_word(std::string_view text, std::string_view word) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  if (text.size() < word.size()) return false;
  const std::string_view last = text.substr(text.size() - word.size());
  return std::equal(last.begin(), last.end(), word.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

/// What stands at `offset`, where the grammar could not go on.
Error malformed_at(std::string_view reason, std::size_t offset, std::string_view text) {
  std::string message(reason);
  std::string_view hint;
  const std::string_view rest = text.substr(std::min(offset, text.size()));
  // The second half of "==" and its like is where the grammar stops.
  const std::string_view pair = offset > 0 ? text.substr(offset - 1, 2) : std::string_view{};
  const bool repeats_not = ends_with_word(text.substr(0, offset), "not");
  for (const Misspelling& one : kMisspellings) {
    if (one.text == "not" && !repeats_not) continue;
    if (one.text == "!" && rest.rfind("!=", 0) == 0) continue;
    if (rest.rfind(one.text, 0) == 0 || (one.text.size() == 2 && pair == one.text)) {
      message = one.message;
      hint = one.hint;
      break;
    }
  }
  const bool is_complete = reason == grammar::kMessage<tao::pegtl::eof>;
  if (hint.empty() && !rest.empty()) {
    const char c = rest.front();
    const bool is_digit = c >= '0' && c <= '9';
    // Where an operand may begin, a digit begins a number.
    const bool is_operand = reason.rfind("an ", 0) == 0 || reason.rfind("a condition", 0) == 0;
    if (is_digit && is_operand) message = "malformed number";
    if (is_complete && (c == '<' || c == '>' || c == '=' || rest.rfind("!=", 0) == 0)) {
      hint = "Comparisons are joined with \"and\": a < b and b < c.";
    }
    if (std::string_view("'\"#;@?{}:%^&|~`\\").find(c) != std::string_view::npos) {
      message = concat("unexpected character \"", c, '"');
    }
  }
  Error error = invalid(concat("malformed expression: ", message));
  error.detail(concat("at column ", offset + 1, " of \"", excerpt(text, offset), "\"."));
  if (!hint.empty()) error.hint(std::string(hint));
  return error;
}

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
    if (depth > kMaxExpressionDepth) throw_too_deep();
  }
}

}  // namespace

Expression join_expressions(std::string sign, Expression left, Expression right, std::size_t column) {
  const bool is_list = sign == "and" || sign == "or";
  if (is_list && left.kind == Expression::Kind::kBinary && left.symbol == sign && left.path.empty()) {
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
        .detail(concat("at column 1: it has ", text.size(), " characters, at most ", kMaxExpressionLength,
                       " are allowed."));
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
