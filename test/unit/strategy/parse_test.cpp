// SPDX-License-Identifier: PostgreSQL
// What expressions mean: precedence, associativity, and how their parts may be written.
#include <gtest/gtest.h>

#include <string>

#include "support/expressions.hpp"

namespace quant {
namespace {

TEST(ParseExpression, BindsProductsBeforeSumsBeforeComparisons) {
  EXPECT_EQ(tree_of("a + b * c"), "(+ a (* b c))");
  EXPECT_EQ(tree_of("a * b + c"), "(+ (* a b) c)");
  EXPECT_EQ(tree_of("a < b + c"), "(< a (+ b c))");
  EXPECT_EQ(tree_of("a * b >= c / d - e"), "(>= (* a b) (- (/ c d) e))");
}

TEST(ParseExpression, BindsNotBeforeAndBeforeOr) {
  EXPECT_EQ(tree_of("a or b and c"), "(or a (and b c))");
  EXPECT_EQ(tree_of("a and b or c"), "(or (and a b) c)");
  EXPECT_EQ(tree_of("not a and b"), "(and (not a) b)");
  EXPECT_EQ(tree_of("a and not b or c"), "(or (and a (not b)) c)");
  EXPECT_EQ(tree_of("not a < b"), "(not (< a b))");
}

TEST(ParseExpression, JoinsEqualOperatorsFromTheLeft) {
  EXPECT_EQ(tree_of("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(tree_of("a / b / c"), "(/ (/ a b) c)");
  EXPECT_EQ(tree_of("a - b + c"), "(+ (- a b) c)");
  EXPECT_EQ(tree_of("a / b * c"), "(* (/ a b) c)");
  EXPECT_EQ(tree_of("a and b and c"), "(and a b c)");
  EXPECT_EQ(tree_of("a or b or c"), "(or a b c)");
  EXPECT_EQ(tree_of("a and (b and c)"), "(and a (and b c))");
}

TEST(ParseExpression, BindsUnaryMinusBeforeProductsAndHistoryBeforeMinus) {
  EXPECT_EQ(tree_of("-a * b"), "(* (- a) b)");
  EXPECT_EQ(tree_of("a * -b"), "(* a (- b))");
  EXPECT_EQ(tree_of("a - -b"), "(- a (- b))");
  EXPECT_EQ(tree_of("-a[1]"), "(- (history a 1))");
  EXPECT_EQ(tree_of("- 5"), "(- 5)");
  EXPECT_EQ(tree_of("-(a + b)"), "(- (+ a b))");
}

TEST(ParseExpression, BracketsDecideAgainstThePrecedence) {
  EXPECT_EQ(tree_of("(a + b) * c"), "(* (+ a b) c)");
  EXPECT_EQ(tree_of("a - (b - c)"), "(- a (- b c))");
  EXPECT_EQ(tree_of("(a or b) and c"), "(and (or a b) c)");
  EXPECT_EQ(tree_of("not (a and b)"), "(not (and a b))");
  EXPECT_EQ(tree_of("not (not a)"), "(not (not a))");
  EXPECT_EQ(tree_of("-(-a)"), "(- (- a))");
  EXPECT_EQ(tree_of("((a))"), "a");
  EXPECT_EQ(tree_of("(a < b) and c"), "(and (< a b) c)");
}

TEST(ParseExpression, ReadsEveryComparison) {
  for (const std::string sign : {"<", "<=", ">", ">=", "=", "!="}) {
    EXPECT_EQ(tree_of("a" + sign + "b"), "(" + sign + " a b)");
    EXPECT_EQ(tree_of("a  " + sign + "  b"), "(" + sign + " a b)");
  }
  EXPECT_EQ(tree_of("a<-1"), "(< a (- 1))");
}

TEST(ParseExpression, ReadsCallsWithAnyNumberOfArguments) {
  EXPECT_EQ(tree_of("f()"), "(call f)");
  EXPECT_EQ(tree_of("f( )"), "(call f)");
  EXPECT_EQ(tree_of("f(a)"), "(call f a)");
  EXPECT_EQ(tree_of("f (a , b+1,c)"), "(call f a (+ b 1) c)");
  EXPECT_EQ(tree_of("f(g(a), h(b, i()))"), "(call f (call g a) (call h b (call i)))");
  EXPECT_EQ(tree_of("f(a < b)"), "(call f (< a b))");
}

TEST(ParseExpression, ReadsTextsInQuotesAsFirstArguments) {
  EXPECT_EQ(tree_of("at(\"SPY\", close)"), "(call at \"SPY\" close)");
  EXPECT_EQ(tree_of("at( 'BRK.B' , a + b)[1]"), "(history (call at \"BRK.B\" (+ a b)) 1)");
  EXPECT_EQ(tree_of("at(\"it's\", tf('1w', a))"), "(call at \"it's\" (call tf \"1w\" a))");
}

TEST(ParseExpression, ReadsColumnsOfLegs) {
  EXPECT_EQ(tree_of("y.close - x.close * 2"), "(- y.close (* x.close 2))");
  EXPECT_EQ(tree_of("y.close[1]"), "(history y.close 1)");
}

TEST(ParseExpression, TakesHistoryOfAnything) {
  EXPECT_EQ(tree_of("close[1]"), "(history close 1)");
  EXPECT_EQ(tree_of("close [ 1 ]"), "(history close 1)");
  EXPECT_EQ(tree_of("sma(close, 3)[2]"), "(history (call sma close 3) 2)");
  EXPECT_EQ(tree_of("(a > b)[1]"), "(history (> a b) 1)");
  EXPECT_EQ(tree_of("(a > b and c < d)[$lag]"), "(history (and (> a b) (< c d)) $lag)");
  EXPECT_EQ(tree_of("a[1][2]"), "(history (history a 1) 2)");
  EXPECT_EQ(tree_of("a[b + 1]"), "(history a (+ b 1))");
}

TEST(ParseExpression, ReadsKeywordsInAnyCase) {
  EXPECT_EQ(tree_of("a AND b Or NOT c"), "(or (and a b) (not c))");
  EXPECT_EQ(tree_of("nOt a aNd b"), "(and (not a) b)");
}

TEST(ParseExpression, NamesAreCaseSensitiveAndMayBeginLikeKeywords) {
  EXPECT_EQ(tree_of("Close"), "Close");
  EXPECT_EQ(tree_of("order and notional or android"), "(or (and order notional) android)");
  EXPECT_EQ(tree_of("and_1 + or2"), "(+ and_1 or2)");
  EXPECT_EQ(tree_of("_x9"), "_x9");
  EXPECT_EQ(tree_of("$fast + $and"), "(+ $fast $and)");
}

TEST(ParseExpression, ReadsNumbersExactly) {
  EXPECT_EQ(tree_of("0.1"), "0.1");
  EXPECT_EQ(tree_of(".5"), "0.5");
  EXPECT_EQ(tree_of("5."), "5");
  EXPECT_EQ(tree_of("1e3"), "1000");
  EXPECT_EQ(tree_of("1E-3"), "0.001");
  EXPECT_EQ(tree_of("2.50e+1"), "25");
  EXPECT_EQ(tree_of("12345678901234567890.123456789012345678"),
            "12345678901234567890.123456789012345678");
}

TEST(ParseExpression, SkipsBlanksAndLineBreaks) {
  EXPECT_EQ(tree_of(" \t\r\n a \n > \n b \n"), "(> a b)");
  EXPECT_EQ(tree_of("not(a)"), "(not a)");
  EXPECT_EQ(tree_of("(a)and(b)"), "(and a b)");
}

TEST(ParseExpression, NotesWhereEachPartStands) {
  const Expression sum = parse_expression("  close + sma(volume, $n)");
  EXPECT_EQ(sum.column, 9U);
  EXPECT_EQ(sum.arguments[0].column, 3U);
  EXPECT_EQ(sum.arguments[1].column, 11U);
  EXPECT_EQ(sum.arguments[1].arguments[0].column, 15U);
  EXPECT_EQ(sum.arguments[1].arguments[1].column, 24U);
}

TEST(ParseExpression, CountsTheLevelsOfTheTree) {
  EXPECT_EQ(parse_expression("a").depth, 1);
  EXPECT_EQ(parse_expression("a + b").depth, 2);
  EXPECT_EQ(parse_expression("a + b * c").depth, 3);
  EXPECT_EQ(parse_expression("f(a, -b[1])").depth, 4);
  EXPECT_EQ(parse_expression("((a))").depth, 1);
}

}  // namespace
}  // namespace quant
