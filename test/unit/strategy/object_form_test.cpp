// SPDX-License-Identifier: PostgreSQL
// The object form of an expression against its text.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/strategy/strategy.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"
#include "support/json_text.hpp"

namespace quant {
namespace {

Expression read(std::string_view json) { return read_expression(json_of(json), "rules.when"); }

/// The node that an expression compiles to: equal expressions are one node.
NodeId node_of(Program& program, const Expression& expression) {
  return compile_expression(program, expression, {});
}

TEST(ObjectForm, MeansWhatItsTextMeans) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {R"("close > 5")", "close > 5"},
      {R"({"left": "close", "op": ">", "right": 5})", "close > 5"},
      {R"({"left": "close", "op": ">", "right": "5"})", "close > 5"},
      {R"({"all": ["close > 5", "volume > 0", "open < 3"]})",
       "close > 5 and volume > 0 and open < 3"},
      {R"({"any": ["close > 5", "volume > 0", "open < 3", "low < 1", "high > 2"]})",
       "close > 5 or volume > 0 or open < 3 or low < 1 or high > 2"},
      {R"({"all": ["close > 5"]})", "close > 5"},
      {R"({"all": ["close > 5 or volume > 0", "open < 3"]})",
       "(close > 5 or volume > 0) and open < 3"},
      {R"({"not": "close > 5"})", "not close > 5"},
      {R"({"not": {"any": ["close > 5", {"all": ["low < 1", "high > 2"]}]}})",
       "not (close > 5 or low < 1 and high > 2)"},
      {R"({"left": {"left": "close", "op": "-", "right": "open"}, "op": "*", "right": 2})",
       "(close - open) * 2"},
      {R"j({"left": "sma(close, 3)", "op": "/", "right": {"left": 1, "op": "+", "right": 0.5}})j",
       "sma(close, 3) / (1 + 0.5)"},
      {R"({"all": [true, "close > 5"]})", "true and close > 5"},
      {R"({"any": [false, "close > 5"]})", "false or close > 5"},
      {"0.02", "0.02"},
      {"1e-4", "0.0001"},
  };
  for (const auto& [json, text] : pairs) {
    Program program;
    EXPECT_EQ(node_of(program, read(json)), node_of(program, parse_expression(text))) << json;
  }
}

TEST(ObjectForm, KnowsEveryOperator) {
  for (const std::string sign : {"<", "<=", ">", ">=", "=", "!=", "+", "-", "*", "/"}) {
    Program program;
    const Expression object = read(R"({"left": "close", "op": ")" + sign + R"(", "right": "low"})");
    EXPECT_EQ(node_of(program, object), node_of(program, parse_expression("close" + sign + "low")));
  }
}

TEST(ObjectForm, KeepsThePathOfEachPart) {
  const Expression list = read(R"({"all": ["close > 5", {"not": "volume > 0"}]})");
  EXPECT_EQ(list.path, "rules.when");
  EXPECT_EQ(list.arguments.at(0).path, "rules.when.all[0]");
  EXPECT_EQ(list.arguments.at(1).arguments.at(0).path, "rules.when.all[1].not");
}

TEST(ObjectForm, TakesListsOfAnyLength) {
  std::string conditions = "\"volume > 0\"";
  for (int i = 1; i < 5'000; ++i) conditions += concat(", \"volume > ", i, "\"");
  Program program;
  const NodeId list = node_of(program, read("{\"all\": [" + conditions + "]}"));
  // Joined in pairs: 13 levels of "and" above a comparison and its operands.
  EXPECT_EQ(program[list].depth, 15);
}

TEST(ObjectForm, ReadsOtherSeries) {
  const auto tree = [](std::string_view json) {
    return tree_text(read_expression(json_of(json), "rules.when"));
  };
  EXPECT_EQ(tree(R"({"at": "SPY", "value": "close"})"), "(call at \"SPY\" close)");
  EXPECT_EQ(tree(R"({"tf": "1w", "value": {"left": "close", "op": "/", "right": 2}})"),
            "(call tf \"1w\" (/ close 2))");
  EXPECT_EQ(tree(R"({"at": "SPY", "value": {"tf": "1w", "value": "close"}})"),
            "(call at \"SPY\" (call tf \"1w\" close))");
}

struct Refused {
  std::string json;
  std::string message;
  std::string detail;
};

TEST(ObjectForm, SaysWhereItIsWrong) {
  const std::string kEitherForm =
      "an expression object has either \"all\", \"any\" or \"not\", or \"left\", \"op\" and "
      "\"right\", or \"at\" or \"tf\" and \"value\"";
  const std::vector<Refused> cases = {
      {R"({"all": []})", "the list of conditions is empty", "At rules.when.all."},
      {R"({"any": "close > 5"})", "an array is expected, not a string", "At rules.when.any."},
      {R"({"all": ["close > 5", "close >"]})", "malformed expression: an operand is missing",
       "In rules.when.all[1], at column 8 of \"close >\"."},
      {R"({"all": ["a"], "any": ["b"]})", kEitherForm, "At rules.when."},
      {R"({"at": "SPY"})", "key \"value\" is missing", "At rules.when."},
      {R"({"at": "", "value": "a"})", "the text is empty", "At rules.when.at."},
      {R"({"tf": 5, "value": "a"})", "a string is expected, not a number", "At rules.when.tf."},
      {R"({"value": "a"})", kEitherForm, "At rules.when."},
      {R"({"not": "a", "and": "b"})", "unknown key \"and\"", "At rules.when."},
      {R"({"left": "a", "op": "==", "right": "b"})", "unknown value \"==\"", "At rules.when.op."},
      {R"({"left": "a", "op": "and", "right": "b"})", "unknown value \"and\"", "At rules.when.op."},
      {R"({"left": "a", "right": "b"})", "key \"op\" is missing", "At rules.when."},
      {R"({"left": "a", "op": ">"})", "key \"right\" is missing", "At rules.when."},
      {R"({"left": "a", "operator": ">", "right": "b"})", "unknown key \"operator\"",
       "At rules.when."},
      {R"({})", kEitherForm, "At rules.when."},
      {R"(["close > 5"])", "an expression in a string or an object is expected, not an array",
       "At rules.when."},
      {R"(null)", "an expression in a string or an object is expected, not null", "At rules.when."},
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
