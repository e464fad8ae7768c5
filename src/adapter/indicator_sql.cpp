// SPDX-License-Identifier: PostgreSQL
#include "adapter/indicator_sql.hpp"

#include <algorithm>
#include <array>

#include "core/base/decimal.hpp"
#include "core/base/error.hpp"

namespace quant::pg {

namespace {

/// The server has these of double precision alone: one of numeric would take the calls of those who
/// have schema quant in their search_path.
constexpr std::array<std::string_view, 9> kOfDouble = {"acos", "asin", "atan", "cos", "cosh",
                                                       "sin",  "sinh", "tan",  "tanh"};
/// And this of numeric alone: one of double precision would take the calls with integers.
constexpr std::string_view kOfNumeric = "div";
/// An aggregate bears this name too, and takes the series alone.
constexpr std::string_view kAlsoAggregate = "beta";

bool is_of_double(std::string_view name) {
  return std::find(kOfDouble.begin(), kOfDouble.end(), name) != kOfDouble.end();
}

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + '\'';
}

std::string standard_of(const ArgumentSpec& spec) {
  const std::string text = argument_text(spec, spec.standard);
  return spec.kind == ArgumentSpec::Kind::kChoice ? literal(text) : text;
}

std::string_view type_of(const ArgumentSpec& spec) {
  switch (spec.kind) {
    case ArgumentSpec::Kind::kWhole:
      return "integer";
    case ArgumentSpec::Kind::kDecimal:
      return "numeric";
    case ArgumentSpec::Kind::kChoice:
      return "text";
  }
  return {};
}

/// Names and types, with the defaults where `number` has a name for the inputs' type.
std::string parameters(const Indicator& indicator, std::string_view number, bool declares) {
  std::string list;
  const auto add = [&](std::string_view name, std::string_view type) {
    list += concat(list.empty() ? "" : ", ", declares ? concat('"', name, "\" ") : "", type);
  };
  for (const InputSpec& input : indicator.inputs)
    add(input.name, input.column == BarColumn::kSession ? "date" : number);
  for (const ArgumentSpec& spec : indicator.arguments) {
    add(spec.name, type_of(spec));
    if (declares && indicator.name != kAlsoAggregate)
      list += concat(" DEFAULT ", standard_of(spec));
  }
  return list;
}

std::string comment_of(const Indicator& indicator) {
  std::string call;
  for (const InputSpec& input : indicator.inputs) {
    std::string column(input.column ? input.name : "close");
    if (column == "session") column = "timestamp::date";
    if (column != "volume" && column != "timestamp::date") column += "_price";
    call += concat(call.empty() ? "" : ", ", column);
  }
  std::string results;
  if (indicator.outputs.size() > 1) {
    for (const OutputSpec& output : indicator.outputs)
      results += concat(results.empty() ? "Results: " : ", ", output.name);
    results += ".\n";
  }
  return concat(
      indicator.title, ": ", indicator.formula, ".\n", results,
      "A window function that ignores the frame; NULL until its window is filled. 12 decimals.\n",
      "Errors: 22004 NULL argument behind the series; 22023 an argument out of its bounds, NaN, "
      "infinity; 22003 a number too large.\nExample: SELECT timestamp, quant.",
      indicator.name, '(', call,
      ") OVER (PARTITION BY symbol ORDER BY timestamp) FROM trading.market_data WHERE symbol = "
      "'AAPL' AND timeframe = '1d'");
}

}  // namespace

std::string indicator_signature(const Indicator& indicator) {
  return concat(
      "quant.", indicator.name, '(',
      parameters(indicator, is_of_double(indicator.name) ? "double precision" : "numeric", true),
      ')');
}

std::vector<std::string> indicator_statements(const Indicator& indicator) {
  std::vector<std::string> statements;
  const std::string function = concat("quant.\"", indicator.name, '"');
  std::string result = "numeric";
  if (indicator.outputs.size() > 1) {
    result = concat("quant.\"", indicator.name, "_result\"");
    std::string fields;
    for (const OutputSpec& output : indicator.outputs)
      fields += concat(fields.empty() ? "\"" : ", \"", output.name, "\" numeric");
    statements.push_back(concat("CREATE TYPE ", result, " AS (", fields, ')'));
    statements.push_back(concat("COMMENT ON TYPE ", result, " IS ",
                                literal(concat("Results of quant.", indicator.name, "()"))));
  }
  for (const std::string_view number : {"numeric", "double precision"}) {
    if (number == "numeric" ? is_of_double(indicator.name) : indicator.name == kOfNumeric) continue;
    statements.push_back(concat("CREATE FUNCTION ", function, '(',
                                parameters(indicator, number, true), ") RETURNS ", result,
                                " LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS '$libdir/pg_quant', "
                                "'quant_indicator'"));
    statements.push_back(concat("COMMENT ON FUNCTION ", function, '(',
                                parameters(indicator, number, false), ") IS ",
                                literal(comment_of(indicator))));
  }
  return statements;
}

}  // namespace quant::pg
