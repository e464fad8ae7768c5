// SPDX-License-Identifier: PostgreSQL
// Malformed and meaningless expressions: the message, and the column that it points at.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

struct Malformed {
  std::string text;
  std::string message;
  int column;
  std::string hint = "";
};

void expect_malformed(const std::vector<Malformed>& cases) {
  for (const Malformed& wanted : cases) {
    const Error error = caught([&] { (void)parse_expression(wanted.text); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << wanted.text;
    EXPECT_EQ(error.message(), "malformed expression: " + wanted.message) << wanted.text;
    EXPECT_EQ(error.detail(),
              "at column " + std::to_string(wanted.column) + " of \"" + wanted.text + "\".");
    EXPECT_EQ(error.hint(), wanted.hint) << wanted.text;
  }
}

TEST(ParseExpression, SaysWhatIsMissing) {
  expect_malformed({
      {"", "an expression is missing", 1},
      {"   ", "an expression is missing", 4},
      {"()", "an expression is missing", 2},
      {"and", "an expression is missing", 1},
      {"a + ", "an operand is missing", 5},
      {"a * ", "an operand is missing", 5},
      {"a - * b", "an operand is missing", 5},
      {"-", "an operand is missing", 2},
      {"a <", "an operand is missing", 4},
      {"a < < b", "an operand is missing", 5},
      {"a and", "a condition is missing", 6},
      {"a or", "a condition is missing", 5},
      {"a and or b", "a condition is missing", 7},
      {"not", "a condition is missing", 4},
      {"(a", "\")\" is missing", 3},
      {"(a]", "\")\" is missing", 3},
      {"f(a", "\",\" or \")\" is missing", 4},
      {"f(a b)", "\",\" or \")\" is missing", 5},
      {"f(,a)", "\",\" or \")\" is missing", 3},
      {"f(a,)", "an expression is missing", 5},
      {"a[1", "\"]\" is missing", 4},
      {"a[1)", "\"]\" is missing", 4},
      {"a[]", "an expression is missing", 3},
      {"$", "the name of a parameter is missing behind \"$\"", 2},
      {"$ a", "the name of a parameter is missing behind \"$\"", 2},
      {"$1", "the name of a parameter is missing behind \"$\"", 2},
      {"a\n>\n", "an operand is missing", 5},
  });
}

TEST(ParseExpression, SaysWhatCannotStandThere) {
  const std::string more = "the end of the expression, or an operator, is expected";
  const std::string joined = "Comparisons are joined with \"and\": a < b and b < c.";
  expect_malformed({
      {"a b", more, 3},
      {"a)", more, 2},
      {"a.", more, 2},
      {"a.b.c", more, 4},
      {"a 5", more, 3},
      {"a > 1\xc2\xa0", more, 6},
      {"a < b < c", more, 7, joined},
      {"a >= b = c", more, 8, joined},
      {"a; b", "unexpected character \";\"", 2},
      {"'a'", "unexpected character \"'\"", 1},
      {"at(\"\", a)", "a text is missing behind the quote", 5},
      {"at(\"", "a text is missing behind the quote", 5},
      {"at('SPY\", a)", "the closing quote is missing", 13},
      {"#", "unexpected character \"#\"", 1},
      {"a % 2", "unexpected character \"%\"", 3},
      {"1.2.3", "malformed number", 1},
      {"5x", "malformed number", 1},
      {"1e", "malformed number", 1},
      {"0x10", "malformed number", 1},
      {"a > 5x", "malformed number", 5},
      {"999999999999999999999999999999999999999", "the number has more than 38 digits", 1},
      {"a > 1e-40", "the number has more than 38 digits", 5},
  });
}

TEST(ParseExpression, KnowsWhatOtherLanguagesWrite) {
  expect_malformed({
      {"a == b", "unknown operator \"==\"", 4, "Equality is \"=\"."},
      {"a <> b", "unknown operator \"<>\"", 4, "Inequality is \"!=\"."},
      {"a => b", "unknown operator \"=>\"", 4, "At least is \">=\"."},
      {"a =< b", "unknown operator \"=<\"", 4, "At most is \"<=\"."},
      {"a && b", "unknown operator \"&&\"", 3, "Conditions are joined with \"and\"."},
      {"a || b", "unknown operator \"||\"", 3, "Conditions are joined with \"or\"."},
      {"!a", "unknown operator \"!\"", 1, "A condition is inverted with \"not\"."},
      {"not not a", "\"not\" cannot follow itself", 5, "Put the inner condition in brackets."},
      {"--a", "\"-\" cannot follow another sign", 2, "Put the inner number in brackets."},
  });
  const std::string more = "the end of the expression, or an operator, is expected";
  const std::string above = "A crossing is a function: crosses_above(close, open).";
  const std::string below = "A crossing is a function: crosses_below(close, open).";
  expect_malformed({
      {"a crosses_above b", more, 3, above},
      {"a crosses above b", more, 3, above},
      {"(a crosses_below b)", "\")\" is missing", 4, below},
      {"a and b crosses below 5", more, 9, below},
  });
}

TEST(ParseExpression, ShowsPartOfALongText) {
  const std::string text = std::string(100, 'a') + " b" + std::string(100, 'c');
  const Error error = caught([&] { (void)parse_expression(text); });
  EXPECT_EQ(error.detail(), "at column 102 of \"..." + std::string(29, 'a') + " b" +
                                std::string(29, 'c') + "...\".");
}

TEST(ParseExpression, RefusesTextBeyondItsLength) {
  const std::string longest = std::string(kMaxExpressionLength - 1, ' ') + "a";
  EXPECT_EQ(tree_of(longest), "a");
  const Error error = caught([&] { (void)parse_expression(longest + " "); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), "expression is too long");
  EXPECT_EQ(error.detail(), "at column 1: it has 10001 characters, at most 10000 are allowed.");
}

std::string repeated(int count, const std::string& text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(ParseExpression, RefusesMoreLevelsThanItsDepth) {
  const auto too_deep = [](const std::string& text, int column) {
    const Error error = caught([&] { (void)parse_expression(text); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
    EXPECT_EQ(error.message(), "expression is nested too deeply");
    EXPECT_EQ(error.detail(), concat("at column ", column, ": at most 200 levels are allowed."));
  };
  EXPECT_EQ(tree_of(repeated(200, "(") + "a" + repeated(200, ")")), "a");
  too_deep(repeated(201, "(") + "a" + repeated(201, ")"), 201);
  EXPECT_EQ(parse_expression("a" + repeated(199, " + a")).depth, 200);
  too_deep("a" + repeated(200, " + a"), 800);
  too_deep("a" + repeated(200, "[1]"), 600);
  too_deep(repeated(200, "f(") + "a" + repeated(200, ")"), 2);
  too_deep(repeated(5'000, "("), 201);
  too_deep(repeated(2'500, "a["), 402);
}

struct Meaningless {
  std::string text;
  std::string message;
  int column;
  std::string hint = "";
};

void expect_refused(const Meaningless& wanted, const Names& names) {
  const Error error = caught([&] {
    Program program;
    (void)compile_condition(program, parse_expression(wanted.text), names);
  });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << wanted.text;
  EXPECT_EQ(error.message(), wanted.message) << wanted.text;
  EXPECT_EQ(error.detail(), "At column " + std::to_string(wanted.column) + ".") << wanted.text;
  EXPECT_EQ(error.hint(), wanted.hint) << wanted.text;
}

TEST(CompileExpression, NamesWhatIsUnknownAndTheNearestName) {
  Names names;
  names.parameters.emplace("fast", decimal_of("10"));
  names.indicators.emplace("trend", parse_expression("sma(close, 5)"));
  const std::vector<Meaningless> cases = {
      {"clsoe > 1", "unknown name \"clsoe\"", 1, "Perhaps you meant \"close\"."},
      {"close > trendy", "unknown name \"trendy\"", 9, "Perhaps you meant \"trend\"."},
      {"close > unheard_of", "unknown name \"unheard_of\"", 9},
      {"close > Close", "unknown name \"Close\"", 9, "Perhaps you meant \"close\"."},
      {"close > smma(close, 3)", "unknown function \"smma\"", 9, "Perhaps you meant \"sma\"."},
      {"close > fast", "unknown name \"fast\"", 9, "Perhaps you meant \"$fast\"."},
      {"lag(close, 1) > 1", "unknown function \"lag\"", 1, "An earlier bar's value is close[1]."},
      {"close.shift(1) > 1", "unknown function \"close.shift\"", 1,
       "An earlier bar's value is close[1]."},
      {"close > close(1)", "\"close\" is no function", 9, "An earlier bar's value is close[1]."},
      {"sma > 1", "\"sma\" is a function", 1, "Give its arguments, as in sma(close, 20)."},
      {"close > atr", "\"atr\" is a function", 9, "Give its arguments, as in atr(14)."},
      {"close > $fats", "parameter \"$fats\" has no value", 10, "Perhaps you meant \"$fast\"."},
  };
  for (const Meaningless& wanted : cases) expect_refused(wanted, names);
}

TEST(CompileExpression, TellsConditionsFromNumbers) {
  const std::vector<Meaningless> cases = {
      {"close", "a condition is expected, not a number", 1},
      {"close > (open > 1)", "a number is expected, not a condition", 15},
      {"(close > 1) + 1 > 2", "a number is expected, not a condition", 8},
      {"not close", "a condition is expected, not a number", 5},
      {"close > 1 and open", "a condition is expected, not a number", 15},
      {"-(close > 1) > 2", "a number is expected, not a condition", 9},
      {"sma(close > 1, 3) > 2", "a number is expected, not a condition", 11},
      {"abs(true) > 2", "a number is expected, not a condition", 5},
  };
  for (const Meaningless& wanted : cases) expect_refused(wanted, {});
}

TEST(CompileExpression, ChecksTheArgumentsOfFunctions) {
  const std::vector<Meaningless> cases = {
      {"sma(close, 2, 3) > 1", "function \"sma\" takes 1 to 2 arguments, not 3", 1},
      {"atr(close, 5) > 1", "function \"atr\" takes 0 to 1 argument, not 2", 1},
      {"min(close) > 1", "function \"min\" takes 2 to 16 arguments, not 1", 1},
      {"round(close, 1, 2) > 1", "function \"round\" takes 1 to 2 arguments, not 3", 1},
      {"crosses_above(close)", "function \"crosses_above\" takes 2 arguments, not 1", 1},
      {"abs() > 1", "function \"abs\" takes 1 argument, not 0", 1},
      {"sma(close, 0) > 1", "\"n\" of sma must lie between 1 and 100000, not 0", 12},
      {"sma(close, 100001) > 1", "\"n\" of sma must lie between 1 and 100000, not 100001", 12},
      {"sma(close, -3) > 1", "\"n\" of sma must lie between 1 and 100000, not -3", 12},
      {"sma(close, 2.5) > 1", "\"n\" of sma must be a whole number that does not change", 12},
      {"sma(close, close) > 1", "\"n\" of sma must be a whole number that does not change", 12},
      {"round(close, 13) > 1", "decimals must lie between 0 and 12, not 13", 14},
      {"close[-1] > 1", "bars back must lie between 0 and 100000, not -1", 7},
      {"close[1.5] > 1", "bars back must be a whole number that does not change", 7},
      {"close / 0 > 1", "division by zero", 7},
      {"close / (1 - 1) > 1", "division by zero", 7},
  };
  for (const Meaningless& wanted : cases) expect_refused(wanted, {});
}

TEST(CompileExpression, PositionAndAccountHaveNoHistory) {
  const std::string message = "position and account have no history in a rule";
  expect_refused({"cash[1] > 5", message, 5}, {});
  expect_refused({"sma(equity, 3) > 5", message, 1}, {});
  expect_refused({"ema(close - entry_price, 3) > 5", message, 1}, {});
  expect_refused({"crosses_above(close, entry_price)", message, 1}, {});
  expect_refused({"(bars_held > 2)[1]", message, 16}, {});
}

TEST(CompileExpression, AnIndicatorCannotBeDefinedByItself) {
  Names names;
  names.indicators.emplace("a", parse_expression("b + 1"));
  names.indicators.emplace("b", parse_expression("sma(a, 3)"));
  const Error error = caught([&] {
    Program program;
    (void)compile_condition(program, parse_expression("close > a"), names);
  });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), "indicator \"a\" is defined by itself");
}

}  // namespace
}  // namespace quant
