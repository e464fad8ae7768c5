// SPDX-License-Identifier: PostgreSQL
// Whatever the text: an expression compiles and evaluates, or quant::Error says why not. The
// sanitized build runs this as well.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "support/expressions.hpp"

namespace quant {
namespace {

constexpr int kTexts = 20'000;

const std::array<const char*, 14> kValid = {
    "crosses_above(sma(close, $fast), sma(close, $slow)) and volume > 0",
    "close > highest(high, 20)[1] or close < lowest(low, 10)[1]",
    "not (rsi(close, 14) < 30 and close[1] >= open) or position = 0",
    "(close - entry_price) / entry_price < -0.05 and bars_held > 3",
    "round(close / atr(14), 2) != sqrt(volume) * 1e-3",
    "min(open, high, low, close) <= vwap and max(close, 1.5e2, -3) > equity / cash",
    "abs(ema(close, 12) - ema(close, 26)) > 0.25 * atr(5)",
    "trend and (close > trend_value[2])[3]",
    "((close))[0] = close",
    "-close < -1/3*3",
    "close / (volume - 1000) > 0 or true",
    "crosses_below(close, trend_value) AND NOT crosses_above(open, 5.)",
    "sma(sma(sma(close, 2), 2), 2) - sma(close, 3) = 0",
    "volume * volume * volume > close * close * close * close"};

const std::array<const char*, 44> kTokens = {
    "close",     "open",   "high",  "low",   "volume", "vwap", "position", "entry_price",
    "bars_held", "cash",   "sma(",  "ema(",  "rsi(",   "atr(", "highest(", "crosses_above(",
    "min(",      "round(", "sqrt(", "abs(",  "(",      ")",    "[",        "]",
    ",",         "+",      "-",     "*",     "/",      "<",    "<=",       "=",
    "!=",        " and ",  " or ",  " not ", "$fast",  "$",    "1",        "0",
    "2.5",       "1e9",    "trend", "true"};

const Names& names() {
  static const Names kNames = [] {
    Names made;
    made.parameters.emplace("fast", decimal_of("3"));
    made.parameters.emplace("slow", decimal_of("7"));
    made.indicators.emplace("trend", parse_expression("close > sma(close, 5)"));
    made.indicators.emplace("trend_value", parse_expression("ema(close, 5)"));
    return made;
  }();
  return kNames;
}

/// Parses, compiles and evaluates; true where the text is a valid expression.
bool survives(const std::string& text, const BarSeries& bars) {
  AccountState state;
  state.position = quantity("10");
  state.entry_price = price("9");
  try {
    const Evaluated evaluated(text, bars, names());
    if (evaluated.root().is_condition) {
      (void)evaluated.truths(state);
    } else {
      (void)evaluated.number(bars.size() - 1, state);
    }
    return true;
  } catch (const Error& error) {
    EXPECT_FALSE(error.message().empty()) << text;
    EXPECT_NE(error.code(), ErrorCode::kInternal) << text;
    return false;
  }
}

class AnyText : public testing::Test {
 protected:
  /// A number from 0 to below `bound`.
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string token() { return kTokens[below(kTokens.size())]; }
  char character() { return static_cast<char>(below(256)); }

  std::string mutated() {
    std::string text = kValid[below(kValid.size())];
    for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t place = below(text.size());
      const std::size_t length = 1 + below(6);
      switch (below(6)) {
        case 0:
          text.erase(place, length);
          break;
        case 1:
          text.insert(place, token());
          break;
        case 2:
          text[place] = character();
          break;
        case 3:
          text.insert(below(text.size()), text.substr(place, 4 * length));
          break;
        case 4:
          text.replace(place, length, token());
          break;
        default:
          text.resize(place);
      }
    }
    return text;
  }

  std::mt19937_64 random_{20240131};
  BarSeries bars_ = bars_of_closes({"10", "11", "9.5", "9.5", "12.25", "3", "8", "8", "9", "10"});
};

TEST_F(AnyText, OfRandomBytesIsRefusedOrEvaluated) {
  for (int i = 0; i < kTexts; ++i) {
    std::string text;
    for (std::size_t length = below(40); length > 0; --length) text += character();
    (void)survives(text, bars_);
  }
}

TEST_F(AnyText, OfRandomTokensIsRefusedOrEvaluated) {
  int valid = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text;
    for (std::size_t length = 1 + below(12); length > 0; --length) text += token();
    if (survives(text, bars_)) ++valid;
  }
  EXPECT_GT(valid, 100);
}

TEST_F(AnyText, NearAValidExpressionIsRefusedOrEvaluated) {
  for (const char* text : kValid) EXPECT_TRUE(survives(text, bars_)) << text;
  int valid = 0;
  for (int i = 0; i < kTexts; ++i) {
    if (survives(mutated(), bars_)) ++valid;
  }
  EXPECT_GT(valid, 200);
}

}  // namespace
}  // namespace quant
