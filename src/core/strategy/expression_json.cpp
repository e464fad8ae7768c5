// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <array>

#include "core/base/json_reader.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSigns = {{
    {"<", "<"},
    {"<=", "<="},
    {">", ">"},
    {">=", ">="},
    {"=", "="},
    {"!=", "!="},
    {"+", "+"},
    {"-", "-"},
    {"*", "*"},
    {"/", "/"},
}};

Expression read(const JsonReader& reader, int depth);

void adopt(Expression& parent, Expression child) {
  parent.depth = std::max(parent.depth, child.depth + 1);
  parent.arguments.push_back(std::move(child));
}

/// {"all": [a, b, c]} is a and b and c.
Expression read_list(const JsonReader& list, std::string sign, int depth) {
  const auto elements = list.elements();
  if (elements.empty()) throw list.wrong("the list of conditions is empty");
  Expression joined{Expression::Kind::kBinary, std::move(sign), {}, {}, 1};
  for (const JsonReader& element : elements) adopt(joined, read(element, depth + 1));
  return joined;
}

Expression read_operation(const JsonReader& reader, int depth) {
  const std::string sign(reader.at("op").choice(kSigns));
  Expression left = read(reader.at("left"), depth + 1);
  return join_expressions(sign, std::move(left), read(reader.at("right"), depth + 1), 1);
}

/// {"at": "SPY", "value": x} and {"tf": "1w", "value": x} are the calls of that name.
Expression read_series(const JsonReader& reader, const std::string& function, int depth) {
  reader.expect_object({function, "value"});
  Expression call{Expression::Kind::kCall, function, {}, {}, 1};
  const JsonReader text = reader.at(function);
  if (text.string().empty()) throw text.wrong("the text is empty");
  adopt(call, {Expression::Kind::kText, text.string(), {}, {}, 1, text.path()});
  adopt(call, read(reader.at("value"), depth + 1));
  return call;
}

Expression read_object(const JsonReader& reader, int depth) {
  const auto& members = *reader.json().object();
  if (members.size() == 1 && reader.has("all")) return read_list(reader.at("all"), "and", depth);
  if (members.size() == 1 && reader.has("any")) return read_list(reader.at("any"), "or", depth);
  if (members.size() == 1 && reader.has("not")) {
    Expression inverted{Expression::Kind::kUnary, "not", {}, {}, 1};
    adopt(inverted, read(reader.at("not"), depth + 1));
    return inverted;
  }
  for (const char* function : {"at", "tf"}) {
    if (reader.has(function)) return read_series(reader, function, depth);
  }
  reader.expect_object({"left", "op", "right", "all", "any", "not", "at", "tf", "value"});
  if (members.empty() || reader.has("value") || reader.has("all") || reader.has("any") ||
      reader.has("not")) {
    throw reader.wrong(
        "an expression object has either \"all\", \"any\" or \"not\", or \"left\", \"op\" and "
        "\"right\", "
        "or \"at\" or \"tf\" and \"value\"");
  }
  return read_operation(reader, depth);
}

Expression read_value(const JsonReader& reader, int depth) {
  if (reader.json().object() != nullptr) return read_object(reader, depth);
  if (reader.json().number() != nullptr || reader.json().long_number() != nullptr) {
    const Decimal& number = reader.number();
    return {Expression::Kind::kNumber, number.to_text(), number, {}, 1};
  }
  if (const bool* boolean = reader.json().boolean()) {
    return {Expression::Kind::kName, *boolean ? "true" : "false", {}, {}, 1};
  }
  if (reader.json().string() == nullptr)
    throw reader.expected("an expression in a string or an object");
  try {
    return parse_expression(reader.string());
  } catch (Error& error) {
    error.detail(concat("In ", reader.path(), ", ", error.detail()));
    throw;
  }
}

Expression read(const JsonReader& reader, int depth) {
  if (depth > kMaxExpressionDepth) throw reader.wrong("the expression is nested too deeply");
  Expression expression = read_value(reader, depth);
  expression.path = reader.path();
  return expression;
}

}  // namespace

Expression read_expression(const Json& json, const std::string& path) {
  return read(JsonReader(json, path), 0);
}

}  // namespace quant
