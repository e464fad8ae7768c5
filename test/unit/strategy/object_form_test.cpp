// SPDX-License-Identifier: PostgreSQL
// The object form of an expression against its text.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/strategy/strategy.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"
#include "support/json_text.hpp"

namespace quant {
namespace {

Expression read(std::string_view json) { return read_expression(json_of(json), "rules.when"); }

TEST(ObjectForm, MeansWhatItsTextMeans) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {R"("close > 5")", "close > 5"},
      {R"({"left": "close", "op": ">", "right": 5})", "close > 5"},
      {R"({"left": "close", "op": ">", "right": "5"})", "close > 5"},
      {R"({"all": ["close > 5", "volume > 0", "open < 3"]})",
       "close > 5 and volume > 0 and open < 3"},
      {R"({"any": ["close > 5", "volume > 0", "open < 3"]})",
       "close > 5 or volume > 0 or open < 3"},
      {R"({"all": ["close > 5"]})", "close > 5"},
      {R"({"all": ["a or b", "c"]})", "(a or b) and c"},
      {R"({"not": "close > 5"})", "not close > 5"},
      {R"({"not": {"any": ["a", {"all": ["b", "c"]}]}})", "not (a or b and c)"},
      {R"({"left": {"left": "close", "op": "-", "right": "open"}, "op": "*", "right": 2})",
       "(close - open) * 2"},
      {R"j({"left": "sma(close, 3)", "op": "/", "right": {"left": 1, "op": "+", "right": 0.5}})j",
       "sma(close, 3) / (1 + 0.5)"},
      {R"({"all": [true, "close > 5"]})", "true and close > 5"},
      {"0.02", "0.02"},
      {"1e-4", "0.0001"},
  };
  for (const auto& [json, text] : pairs) EXPECT_EQ(tree_text(read(json)), tree_of(text)) << json;
}

TEST(ObjectForm, KnowsEveryOperator) {
  for (const std::string sign : {"<", "<=", ">", ">=", "=", "!=", "+", "-", "*", "/"}) {
    EXPECT_EQ(tree_text(read(R"({"left": "a", "op": ")" + sign + R"(", "right": "b"})")),
              tree_of("a" + sign + "b"));
  }
}

TEST(ObjectForm, CompilesToTheSameNodes) {
  Program program;
  const NodeId text =
      compile_condition(program, parse_expression("close - open > 0.5 and volume > 0"), {});
  const NodeId object = compile_condition(
      program, read(R"({"all": [{"left": {"left": "close", "op": "-", "right": "open"}, "op": ">",
                                 "right": 0.5}, "volume > 0"]})"),
      {});
  EXPECT_EQ(object, text);
}

struct Refused {
  std::string json;
  std::string message;
  std::string detail;
};

TEST(ObjectForm, SaysWhereItIsWrong) {
  const std::vector<Refused> cases = {
      {R"({"all": []})", "the list of conditions is empty", "At rules.when.all."},
      {R"({"any": "close > 5"})", "an array is expected, not a string", "At rules.when.any."},
      {R"({"all": ["close > 5", "close >"]})", "malformed expression: an operand is missing",
       "In rules.when.all[1], at column 8 of \"close >\"."},
      {R"({"all": ["a"], "any": ["b"]})", "unknown key \"any\"", "At rules.when."},
      {R"({"not": "a", "and": "b"})", "unknown key \"and\"", "At rules.when."},
      {R"({"left": "a", "op": "=="})", "unknown operator \"==\"", "At rules.when.op."},
      {R"({"left": "a", "op": "and", "right": "b"})", "unknown operator \"and\"",
       "At rules.when.op."},
      {R"({"left": "a", "right": "b"})", "key \"op\" is missing", "At rules.when."},
      {R"({"left": "a", "op": ">"})", "key \"right\" is missing", "At rules.when."},
      {R"({"left": "a", "operator": ">", "right": "b"})", "unknown key \"operator\"",
       "At rules.when."},
      {R"({})", "key \"op\" is missing", "At rules.when."},
      {R"(["close > 5"])", "a string is expected, not an array", "At rules.when."},
      {R"(null)", "a string is expected, not null", "At rules.when."},
      {R"(false)", "a string is expected, not a boolean", "At rules.when."},
      {R"j({"not": {"not": {"left": "a", "op": ">", "right": "b)"}}})j",
       "malformed expression: the end of the expression, or an operator, is expected",
       "In rules.when.not.not.right, at column 2 of \"b)\"."},
  };
  for (const Refused& wanted : cases) {
    const Error error = caught([&] { (void)read(wanted.json); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << wanted.json;
    EXPECT_EQ(error.message(), wanted.message) << wanted.json;
    EXPECT_EQ(error.detail(), wanted.detail) << wanted.json;
  }
}

TEST(ObjectForm, IsNotReadDeeperThanTheText) {
  std::string deep = "\"a\"";
  for (int level = 0; level < 150; ++level) deep = R"({"not": )" + deep + "}";
  EXPECT_EQ(read(deep).depth, 151);
  for (int level = 0; level < 100; ++level) deep = R"({"not": )" + deep + "}";
  const Error error = caught([&] { (void)read(deep); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), "the expression is nested too deeply");
}

}  // namespace
}  // namespace quant
