// SPDX-License-Identifier: PostgreSQL
// What at, tf and the legs' columns refuse, and what legs stand for.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

struct Refused {
  std::string text;
  std::string message;
  int column;
  std::string hint = "";
};

void expect_refused(const std::vector<Refused>& cases, const Names& names) {
  for (const Refused& wanted : cases) {
    Program program;
    const Error error =
        caught([&] { (void)compile_expression(program, parse_expression(wanted.text), names); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << wanted.text;
    EXPECT_EQ(error.message(), wanted.message) << wanted.text;
    EXPECT_EQ(error.detail(), "At column " + std::to_string(wanted.column) + ".") << wanted.text;
    EXPECT_EQ(error.hint(), wanted.hint) << wanted.text;
  }
}

TEST(OtherSeries, RefuseWhatTheyCannotRead) {
  Names names;
  names.series.timeframe = Timeframe::k1d;
  const std::string as_at = "Write it as in at(\"SPY\", close).";
  const std::string as_tf = "Write it as in tf(\"1w\", close).";
  const std::string inside = "another symbol cannot be read inside at or tf";
  const std::string through =
      "Another symbol's coarser bars are read by at(\"SPY\", tf(\"1w\", close)).";
  const std::string multiple = "tf takes a timeframe that is a multiple of the run's own.";
  expect_refused(
      {{"at(SPY, close)", "the first argument of at is a symbol in quotes", 4, as_at},
       {"tf(close, 5)", "the first argument of tf is a timeframe in quotes", 4, as_tf},
       {"at(\"SPY\")", "function \"at\" takes 2 arguments, not 1", 1},
       {"tf(\"1w\", close, 5)", "function \"tf\" takes 2 arguments, not 3", 1},
       {"at", "\"at\" is a function", 1, "Give its arguments, as in at(\"SPY\", close)."},
       {"sma(\"SPY\", 5)", "a text is expected only as an argument of at, tf and indicators", 5},
       {"tf(\"1W\", close)", "unknown timeframe \"1W\"", 4,
        "Timeframes are 1s to 30s, 1m to 30m, 1h to 12h, 1d, 1w and 1mo."},
       {"1 + tf(\"1d\", close)", "bars of 1d cannot be joined to bars of 1d", 5, multiple},
       {"tf(\"1h\", close)", "bars of 1d cannot be joined to bars of 1h", 1, multiple},
       {"tf(\"1w\", tf(\"1mo\", close))", "tf cannot stand inside tf", 10},
       {"at(\"A\", at(\"B\", close))", inside, 9, through},
       {"tf(\"1w\", at(\"B\", close))", inside, 10, through},
       {"at(\"A\", position)", "position and account have no history in a rule", 1},
       {"tf(\"1w\", close > entry_price)", "position and account have no history in a rule", 1}},
      names);
}

TEST(OtherSeries, AreNotCheckedAgainstARunThatIsNotKnown) {
  Program program;
  const NodeId id = compile_number(program, parse_expression("tf(\"1s\", sma(close, 5))"), {});
  EXPECT_EQ(program[id].warm_up, 0);
}

TEST(OtherSeries, EqualReadsAreOneNode) {
  Program program;
  const auto node = [&](std::string_view text) {
    return compile_expression(program, parse_expression(text), {});
  };
  EXPECT_EQ(node("at(\"SPY\", close + 1)"), node("at('SPY', close + 1)"));
  EXPECT_NE(node("at(\"SPY\", close + 1)"), node("at(\"QQQ\", close + 1)"));
  EXPECT_NE(node("at(\"SPY\", close + 1)"), node("close + 1"));
  EXPECT_NE(node("at(\"SPY\", close + 1)"), node("tf(\"1w\", close + 1)"));
}

TEST(Legs, ReadTheColumnsOfTheirSymbol) {
  Names names;
  names.legs = {{"x", "PEP"}, {"y", "KO"}};
  SeriesContext context;
  context.others.emplace("KO", bars_of_closes({"50", "52", "51"}));
  context.others.emplace("PEP", bars_of_closes({"100", "101", "104"}));
  const BarSeries own = bars_of_closes({"1", "2", "3"});
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Evaluated("y.close - x.close", own, names, context).numbers(),
            (Texts{"-50", "-49", "-53"}));
  EXPECT_EQ(Evaluated("highest(y.high, 2)", own, names, context).numbers(),
            (Texts{"", "52", "52"}));
  EXPECT_EQ(Evaluated("y.volume[1]", own, names, context).numbers(), (Texts{"", "1000", "1000"}));
  EXPECT_EQ(Evaluated("y.close = at(\"KO\", close)", own, names, context).truths(), "ttt");
}

TEST(Legs, RefuseWhatTheyDoNotHave) {
  Names names;
  names.legs = {{"left", "KO"}};
  expect_refused(
      {{"1 + lefd.close", "unknown leg \"lefd\"", 5, "Perhaps you meant \"left\"."},
       {"left.size", "a leg has no \"size\"", 1, "It has the columns of a bar, such as y.close."},
       {"left.position", "a leg has no \"position\"", 1,
        "It has the columns of a bar, such as y.close."},
       {"left.sma(close, 5)", "unknown function \"left.sma\"", 1},
       {"tf(\"1w\", left.close)", "another symbol cannot be read inside at or tf", 10,
        "Another symbol's coarser bars are read by at(\"SPY\", tf(\"1w\", close))."}},
      names);
  expect_refused({{"y.close", "unknown leg \"y\"", 1}}, {});
}

}  // namespace
}  // namespace quant
