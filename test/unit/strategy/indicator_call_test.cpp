// SPDX-License-Identifier: PostgreSQL
// Calls of indicators in expressions: left out series and arguments, one of several results.
#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/strategy/lookback.hpp"
#include "support/caught.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

NodeId number(Program& program, std::string_view text, const Names& names = {}) {
  return compile_number(program, parse_expression(text), names);
}

BarSeries rising() {
  std::vector<std::string> closes;
  for (int bar = 0; bar < 60; ++bar) closes.push_back(std::to_string(100 + bar * bar % 17));
  return bars_of_closes(closes);
}

TEST(IndicatorCall, TakesTheCloseAndTheDefaults) {
  Program program;
  EXPECT_EQ(number(program, "rsi(14)"), number(program, "rsi(close, 14)"));
  EXPECT_EQ(number(program, "rsi()"), number(program, "rsi(close)"));
  EXPECT_EQ(number(program, "rsi(close)"), number(program, "rsi(close, 14)"));
  EXPECT_EQ(number(program, "ema(20, 'first')"), number(program, "ema(close, 20, 'first')"));
  EXPECT_NE(number(program, "ema(20, 'first')"), number(program, "ema(close, 20)"));
  EXPECT_EQ(number(program, "atr()"), number(program, "atr(14)"));
  EXPECT_EQ(number(program, "macd().signal"), number(program, "macd(close, 12, 26, 9) . signal"));
  EXPECT_EQ(number(program, "bollinger(20, 2).upper"),
            number(program, "bollinger(close, 20, 2.0, 0).upper"));
}

TEST(IndicatorCall, ComputesTheResultsOfOneCallTogether) {
  Program program;
  (void)number(program, "macd(close, 5, 9, 3).macd - macd(close, 5, 9, 3).signal");
  int calls = 0;
  for (NodeId id = 0; id < static_cast<NodeId>(program.size()); ++id)
    calls += program[id].operation == Operation::kIndicator ? 1 : 0;
  EXPECT_EQ(calls, 1);
}

TEST(IndicatorCall, GivesTheResultThatIsNamed) {
  const BarSeries bars = rising();
  const Evaluated histogram("macd(close, 5, 9, 3).histogram", bars);
  const Evaluated difference("macd(close, 5, 9, 3).macd - macd(close, 5, 9, 3).signal", bars);
  EXPECT_EQ(histogram.numbers(), difference.numbers());
  const Evaluated earlier("macd(close, 5, 9, 3).signal[2]", bars);
  const Evaluated signal("macd(close, 5, 9, 3).signal", bars);
  EXPECT_EQ(earlier.number(40), signal.number(38));
  EXPECT_EQ(Evaluated("donchian(5).upper", bars).numbers(),
            Evaluated("highest(high, 5)", bars).numbers());
  // A middle band is a mean, exact in the prices' units.
  EXPECT_EQ(Evaluated("bollinger(close, 7, 2).middle = sma(close, 7)", bars).truths(),
            std::string(6, 'u') + std::string(54, 't'));
}

TEST(IndicatorCall, TakesParametersAndSeries) {
  const BarSeries bars = rising();
  Names names;
  names.parameters.emplace("n", decimal_of("7"));
  names.parameters.emplace("k", decimal_of("1.5"));
  EXPECT_EQ(Evaluated("bollinger(close - open + close, $n, $k).lower", bars, names).numbers(),
            Evaluated("bollinger(close, 7, 1.5).lower", bars).numbers());
  EXPECT_EQ(Evaluated("ema(rsi(close, 5), 3)", bars).number(6), "");
  EXPECT_NE(Evaluated("ema(rsi(close, 5), 3)", bars).number(7), "");
}

Names named(std::initializer_list<std::pair<const char*, const char*>> indicators) {
  Names names;
  for (const auto& [name, text] : indicators)
    names.indicators.emplace(name, parse_expression(text));
  return names;
}

TEST(IndicatorCall, GivesEachResultOfANamedIndicator) {
  const BarSeries bars = rising();
  const Names names = named({{"band", "bollinger(close, 5, 2)"}, {"mean", "sma(band.upper, 2)"}});
  EXPECT_EQ(
      Evaluated("band.upper - band.lower[1]", bars, names).numbers(),
      Evaluated("bollinger(close, 5, 2).upper - bollinger(close, 5, 2).lower[1]", bars).numbers());
  EXPECT_EQ(Evaluated("mean", bars, names).numbers(),
            Evaluated("sma(bollinger(close, 5, 2).upper, 2)", bars).numbers());
}

TEST(IndicatorCall, SaysWhatANamedIndicatorLacks) {
  const Names names = named({{"band", "bollinger(close, 5, 2)"},
                             {"mean", "sma(close, 5)"},
                             {"a", "bollinger(b.upper)"},
                             {"b", "bollinger(a.lower)"}});
  const auto said = [&](const char* text) {
    Program program;
    const Error error =
        caught([&] { (void)compile_condition(program, parse_expression(text), names); });
    return concat(error.message(), " | ", error.hint());
  };
  EXPECT_EQ(
      said("band > 0"),
      "indicator \"band\" has several results | Choose one of upper, middle, lower, percent_b, "
      "bandwidth, as in band.upper.");
  EXPECT_EQ(said("band.width > 0"),
            "indicator \"band\" has no result \"width\" | It has upper, middle, lower, percent_b, "
            "bandwidth.");
  EXPECT_EQ(said("mean.upper > 0"), "indicator \"mean\" has a single result | Leave .upper out.");
  EXPECT_EQ(said("a.upper > 0"), "indicator \"b.upper\" is defined by itself | ");
}

TEST(IndicatorCall, CompilesEachSeriesOnceHoweverDeep) {
  std::string text = "close";
  for (int level = 0; level < 100; ++level) text = "ema(" + text + ", 3)";
  Program program;
  EXPECT_EQ(lookback_of(program, number(program, text)), 200);
}

TEST(IndicatorCall, KnowsTheBarsBeforeTheFirstValue) {
  Program program;
  EXPECT_EQ(lookback_of(program, number(program, "close")), 0);
  EXPECT_EQ(lookback_of(program, number(program, "macd(close, 12, 26, 9).macd")), 25);
  EXPECT_EQ(lookback_of(program, number(program, "macd(close, 12, 26, 9).signal")), 33);
  EXPECT_EQ(lookback_of(program, number(program, "ema(rsi(close, 5), 3)[2] + open")), 9);
}

TEST(IndicatorCall, SaysWhatIsWrong) {
  struct Wrong {
    const char* text;
    const char* message;
    const char* hint;
  };
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {"macd(close) > 0", "function \"macd\" has several results",
            "Choose one of macd, signal, histogram, as in macd(close, 12, 26, 9).macd."},
           {"macd(close).slow > 0", "function \"macd\" has no result \"slow\"",
            "It has macd, signal, histogram."},
           {"sma(close, 3).sma > 0", "function \"sma\" has a single result", "Leave .sma out."},
           {"abs(close).value > 0", "function \"abs\" has a single result", "Leave .value out."},
           {"nothing(close).value > 0", "unknown function \"nothing\"", ""},
           {"ema(close, 3, 'last') > 0", "\"seed\" of ema must be one of 'sma', 'first'", ""},
           {"ema(close, 3, 1) > 0", "\"seed\" of ema must be one of 'sma', 'first'", ""},
           {"bollinger(close, 20, 101).upper > 0",
            "\"k\" of bollinger must lie between 0.0001 and 100", ""},
           {"bollinger(close, 20, close).upper > 0",
            "\"k\" of bollinger must be a number that does not change", ""},
           {"bollinger(close, 20, 2).upper > bars_held and atr(bars_held) > 0",
            "\"n\" of atr must be a whole number that does not change", ""},
           {"rsi(bars_held, 5) > 0", "position and account have no history in a rule", ""}}) {
    Program program;
    const Error error =
        caught([&] { (void)compile_condition(program, parse_expression(wrong.text), Names{}); });
    EXPECT_EQ(error.message(), wrong.message) << wrong.text;
    EXPECT_EQ(error.hint(), wrong.hint) << wrong.text;
  }
}

}  // namespace
}  // namespace quant
