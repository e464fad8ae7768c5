// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/malformed.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace quant {

namespace {

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

/// Crossings between their operands, as an explanation prints them, and what is meant.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kCrossings = {{
    {"crosses_above", "A crossing is a function: crosses_above(close, open)."},
    {"crosses above", "A crossing is a function: crosses_above(close, open)."},
    {"crosses_below", "A crossing is a function: crosses_below(close, open)."},
    {"crosses below", "A crossing is a function: crosses_below(close, open)."},
}};

/// At most 60 characters of `text` around `offset`, for messages.
std::string excerpt(std::string_view text, std::size_t offset) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t first =
      std::min(offset > kLongest / 2 ? offset - kLongest / 2 : 0, text.size() - kLongest);
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (continues(first)) ++first;
  std::size_t last = std::min(first + kLongest, text.size());
  while (continues(last)) ++last;
  return concat(first > 0 ? "..." : "", text.substr(first, last - first),
                last < text.size() ? "..." : "");
}

/// The last word of `text` is `word`, in any case.
bool ends_with_word(std::string_view text, std::string_view word) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.remove_suffix(1);
  if (text.size() < word.size()) return false;
  const std::string_view last = text.substr(text.size() - word.size());
  return std::equal(last.begin(), last.end(), word.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

}  // namespace

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
  if (hint.empty() && !rest.empty()) {
    const char c = rest.front();
    const bool is_digit = c >= '0' && c <= '9';
    // Where an operand may begin, a digit begins a number.
    const bool is_operand = reason.rfind("an ", 0) == 0 || reason.rfind("a condition", 0) == 0;
    if (is_digit && is_operand) message = "malformed number";
    if (reason == kEndExpected && (c == '<' || c == '>' || c == '=' || rest.rfind("!=", 0) == 0)) {
      hint = "Comparisons are joined with \"and\": a < b and b < c.";
    }
    for (const auto& [word, meant] : kCrossings) {
      if (rest.rfind(word, 0) == 0) hint = meant;
    }
    if (reason != kTextMissing &&
        std::string_view("'\"#;@?{}:%^&|~`\\").find(c) != std::string_view::npos) {
      message = concat("unexpected character \"", c, '"');
    }
  }
  Error error = invalid(concat("malformed expression: ", message));
  error.detail(concat("at column ", offset + 1, " of \"", excerpt(text, offset), "\"."));
  if (!hint.empty()) error.hint(std::string(hint));
  return error;
}

}  // namespace quant
