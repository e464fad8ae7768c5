// SPDX-License-Identifier: PostgreSQL
// Strategies of absurd size: what they may be made of, and that the rest is refused at once.
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.hpp"
#include "core/strategy/vocabulary.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"
#include "support/strategies.hpp"

namespace quant {
namespace {

/// x0 is `first`; each further name adds `operand` to the one before, or itself where that is
/// "twice".
Names chain(int length, const std::string& first, const std::string& operand) {
  Names names;
  names.indicators.emplace("x0", parse_expression(first));
  for (int i = 1; i <= length; ++i) {
    const std::string previous = "x" + std::to_string(i - 1);
    names.indicators.emplace(
        "x" + std::to_string(i),
        parse_expression(previous + " + " + (operand == "twice" ? previous : operand)));
  }
  return names;
}

TEST(Limits, ANameUsedTwiceIsCompiledOnce) {
  const BarSeries bars = bars_of_closes({"10", "11"});
  const Evaluated doubled("x60", bars, chain(60, "close", "twice"));
  EXPECT_EQ(doubled.program().size(), 61U);
  EXPECT_EQ(doubled.number(1), to_text(multiply(11, Int128{1} << 60)));
}

TEST(Limits, ChainsOfNamesAreAsDeepAsTheGraphMayBe) {
  const BarSeries bars = bars_of_closes({"10", "11"});
  EXPECT_EQ(Evaluated("x400", bars, chain(400, "close", "open[1]")).number(1), "4011");
  Program program;
  const Error error = caught([&] {
    (void)compile_number(program, parse_expression("x2000"), chain(2'000, "close", "open[1]"));
  });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), "the rules are nested too deeply");
}

std::string conditions(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += concat(i == 0 ? "" : ", ", "\"close > ", i, '"');
  return R"({"long": {"when": {"all": [)" + list + "]}}}";
}

TEST(Limits, ListsMayBeLongButNotEndless) {
  EXPECT_NO_THROW((void)strategy_of({.entry = conditions(10'000)}));
  const std::string endless = conditions(25'000);
  const Error error = caught([&] { (void)strategy_of({.entry = endless}); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
  EXPECT_EQ(error.message(), "entry_rules is too large");
}

TEST(Limits, AWordOfAnyLengthIsNoName) {
  const std::string word(9'000, 'a');
  Program program;
  const Error error = caught([&] { (void)compile_number(program, parse_expression(word), {}); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter);
}

/// What a condition folds to.
Operation folded(std::string_view text) {
  Program program;
  return program[compile_condition(program, parse_expression(text), {})].operation;
}

TEST(Folding, ConditionsOfConstantsAreDecided) {
  EXPECT_EQ(folded("1 < 2"), Operation::kAlways);
  EXPECT_EQ(folded("1/3 + 1/6 = 0.5"), Operation::kAlways);
  EXPECT_EQ(folded("2 <= 1"), Operation::kNever);
  EXPECT_EQ(folded("not (1 < 2)"), Operation::kNever);
  EXPECT_EQ(folded("FALSE"), Operation::kNever);
  EXPECT_EQ(folded("True[5]"), Operation::kAlways);
}

TEST(Folding, LogicLeavesOutWhatDecidesNothing) {
  EXPECT_EQ(folded("close > 5 and true"), Operation::kGreater);
  EXPECT_EQ(folded("false or close > 5"), Operation::kGreater);
  EXPECT_EQ(folded("close > 5 and false"), Operation::kNever);
  EXPECT_EQ(folded("true or close > 5"), Operation::kAlways);
  EXPECT_EQ(folded("close > 5 and open > 5"), Operation::kAnd);
}

TEST(Vocabulary, NamesAreIdentifiers) {
  for (const char* name : {"a", "_", "fast_2", "Close9"}) EXPECT_TRUE(is_identifier(name)) << name;
  for (const char* name : {"", "2a", "a b", "a-b", "\xc3\xa4", "a.b"})
    EXPECT_FALSE(is_identifier(name)) << name;
}

}  // namespace
}  // namespace quant
