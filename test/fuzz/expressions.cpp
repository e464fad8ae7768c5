// SPDX-License-Identifier: PostgreSQL
#include "expressions.hpp"

#include "core/base/error.hpp"

namespace quant::fuzz {

std::string ExpressionTexts::condition(int depth) { return spoiled(valid_condition(depth)); }

std::string ExpressionTexts::number(int depth) { return spoiled(valid_number(depth)); }

std::string ExpressionTexts::valid_condition(int depth) {
  if (depth > 0) {
    const auto inner = [&] { return concat('(', valid_condition(depth - 1), ')'); };
    switch (choices_.below(8)) {
      case 0:
        return concat(inner(), " and ", inner());
      case 1:
        return concat(inner(), " or ", inner());
      case 2:
        return concat("not ", inner());
      case 3:
        return concat("crosses_above(", valid_number(depth - 1), ", ", valid_number(depth - 1),
                      ')');
      case 4:
        return concat("crosses_below(", valid_number(depth - 1), ", ", valid_number(depth - 1),
                      ')');
      case 5:
        return concat(inner(), '[', choices_.between(0, 4), ']');
      default:
        break;
    }
  }
  const std::string left = valid_number(depth - 1);
  return concat(left, ' ', choices_.word({">", "<", ">=", "<=", "=", "!="}), ' ',
                valid_number(depth - 1));
}

std::string ExpressionTexts::valid_number(int depth) {
  if (depth <= 0) return operand();
  const auto inner = [&] { return valid_number(depth - 1); };
  switch (choices_.below(14)) {
    case 0:
      return operand();
    case 1:
      return concat(inner(), " + ", inner());
    case 2:
      return concat('(', inner(), " - ", inner(), ')');
    case 3:
      return concat('(', inner(), ") * (", inner(), ')');
    case 4:
      return concat('(', inner(), ") / (", inner(), ')');
    case 5:
      return concat("-(", inner(), ')');
    case 6:
      return concat('(', inner(), ")[", choices_.between(0, 6), ']');
    case 7:
      return concat(choices_.word({"sma", "ema", "rsi", "highest", "lowest"}), '(', inner(), ", ",
                    period(), ')');
    case 8:
      return concat("atr(", period(), ')');
    case 9:
      return concat(choices_.word({"abs", "sqrt", "round"}), '(', inner(), ')');
    case 10:
      return concat(choices_.word({"min", "max"}), '(', inner(), ", ", inner(), ')');
    case 11:
      return concat("round(", inner(), ", ", choices_.between(0, 12), ')');
    case 12:
      return concat("at(\"", choices_.word({"A", "B", "X"}), "\", ", inner(), ')');
    default:
      return concat("tf(\"", choices_.word({"1w", "1mo", "1d"}), "\", ", inner(), ')');
  }
}

std::string ExpressionTexts::operand() {
  const std::string word = choices_.word(
      {"close",  "open", "high", "low",   "volume", "vwap",     "close",       "#",
       "#",      "$n",   "$x",   "i1",    "i2",     "position", "entry_price", "bars_held",
       "equity", "cash", "year", "month", "day",    "weekday",  "hour",        "minute"});
  return word == "#" ? constant() : word;
}

std::string ExpressionTexts::constant() {
  if (faults_ != 0 && choices_.one_in(faults_)) {
    return choices_.word({"1e30", "99999999999999999999999999999999999999", "1e-12", "-1e37",
                          "1e38", "0.00000000000000000000000000000000000001", "5.", ".5", "1e400",
                          "1.0000000000000000001"});
  }
  return choices_.word({"1", "0", "2", "100", "0.5", "1.05", "99.5", "1000", "0.01", "10000"});
}

std::string ExpressionTexts::period() {
  if (faults_ != 0 && choices_.one_in(faults_)) {
    return choices_.word({"0", "-1", "2.5", "100000", "100001", "1e30", "close", "$x"});
  }
  return choices_.word({"1", "2", "3", "5", "$n"});
}

std::string ExpressionTexts::token() {
  return choices_.word({" ",
                        "close",
                        "(",
                        ")",
                        "[",
                        "]",
                        "1",
                        "0",
                        "-",
                        "+",
                        "*",
                        "/",
                        "<",
                        ">",
                        "=",
                        "<=",
                        "!=",
                        "==",
                        "and",
                        "or",
                        "not",
                        "$",
                        "$n",
                        ",",
                        ".",
                        "\"",
                        "\"SPY\"",
                        "at",
                        "tf",
                        "at(\"B\", close)",
                        "tf(\"1w\", close)",
                        "tf(\"7m\", 1)",
                        "y.close",
                        "x.",
                        "sma(",
                        "ema(close, 3)",
                        "atr(14)",
                        "crosses_above(",
                        "position",
                        "equity",
                        "i1",
                        "macd(close)",
                        "AND",
                        "true",
                        "false",
                        "\xc3\xa9",
                        "\xff",
                        "\n",
                        "'",
                        ";",
                        "&&",
                        "e",
                        "1e",
                        "1e5",
                        "round(",
                        "min(",
                        "max(",
                        "sqrt(-1)",
                        "abs(",
                        "year",
                        "minute",
                        "close[1]",
                        "[1]",
                        "!",
                        "=>",
                        "<>"});
}

std::string ExpressionTexts::soup() {
  std::string text;
  const int count = choices_.between(0, 40);
  for (int i = 0; i < count && !choices_.is_used_up(); ++i) {
    text += token();
    if (choices_.one_in(2)) text += ' ';
  }
  return text;
}

std::string ExpressionTexts::spoiled(std::string text) {
  if (faults_ == 0 || !choices_.one_in(faults_) || text.empty()) return text;
  const std::size_t place = choices_.below(text.size());
  switch (choices_.below(4)) {
    case 0:
      return text.insert(place, token());
    case 1:
      return text.erase(place, 1 + choices_.below(8));
    case 2:
      return text.replace(place, 1, token());
    default:
      return text + text.substr(place);
  }
}

}  // namespace quant::fuzz
