// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.hpp"

namespace quant {

/// The syntax tree of one expression: what was written, before names mean anything.
struct Expression {
  enum class Kind {
    kNumber,     // number
    kParameter,  // symbol, without the $
    kName,       // symbol; "y.close" for a column of a leg, or a result of an indicator
    kText,       // symbol, without its quotes
    kCall,       // symbol(arguments)
    kUnary,      // symbol is "-" or "not"
    kBinary,     // symbol is an operator in lower case; "and" and "or" may have more than two
    kHistory,    // arguments[0] [arguments[1]]
    kOutput,     // arguments[0].symbol: one of a call's results
  };

  Kind kind = Kind::kNumber;
  std::string symbol;
  Decimal number;
  std::vector<Expression> arguments;
  std::size_t column = 1;  // where it stands in its text, from 1
  std::string path = {};   // of the JSON value that holds the text, where there is one
  int depth = 1;           // levels of the tree below and including this one
};

inline constexpr std::size_t kMaxExpressionLength = 10'000;
inline constexpr int kMaxExpressionDepth = 200;

/// Reads an expression such as "crosses_above(sma(close, $fast), sma(close, $slow)) and volume >
/// 0".
///
/// Precedence, loosest first: or; and; not; < <= > >= = !=; + -; * /; unary minus; .name [n]. "not"
/// and unary minus are not repeated without brackets. Keywords are not case-sensitive, names are.
/// Lists of "and" or "or" are one level, however long.
/// kInvalidParameter with the column in the detail where the text is malformed, longer than
/// kMaxExpressionLength or nested deeper than kMaxExpressionDepth.
[[nodiscard]] Expression parse_expression(std::string_view text);

/// "left sign right"; lists of "and" and "or" grow instead of nesting.
[[nodiscard]] Expression join_expressions(std::string sign, Expression left, Expression right,
                                          std::size_t column);

}  // namespace quant
