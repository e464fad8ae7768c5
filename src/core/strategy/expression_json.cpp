// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <array>

#include "core/base/json_reader.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

namespace {

Expression read(const JsonReader& reader, int depth);

Expression join(std::string symbol, Expression left, Expression right) {
  Expression joined{Expression::Kind::kBinary, std::move(symbol), {}, {}, left.column};
  joined.depth = std::max(left.depth, right.depth) + 1;
  joined.arguments.push_back(std::move(left));
  joined.arguments.push_back(std::move(right));
  return joined;
}

/// {"all": [a, b, c]} is a and b and c.
Expression read_list(const JsonReader& list, const std::string& symbol, int depth) {
  const auto elements = list.elements();
  if (elements.empty()) throw list.wrong("the list of conditions is empty");
  Expression joined = read(elements.front(), depth + 1);
  for (std::size_t i = 1; i < elements.size(); ++i) {
    joined = join(symbol, std::move(joined), read(elements[i], depth + 1));
  }
  return joined;
}

Expression read_operation(const JsonReader& reader, int depth) {
  static constexpr std::array<std::string_view, 10> kSigns = {"<", "<=", ">", ">=", "=",
                                                              "!=", "+", "-", "*", "/"};
  reader.expect_object({"left", "op", "right"});
  const JsonReader op = reader.at("op");
  if (std::find(kSigns.begin(), kSigns.end(), op.string()) == kSigns.end()) {
    throw op.wrong(concat("unknown operator \"", op.string(), "\""));
  }
  return join(op.string(), read(reader.at("left"), depth + 1), read(reader.at("right"), depth + 1));
}

Expression read_object(const JsonReader& reader, int depth) {
  if (reader.has("all")) {
    reader.expect_object({"all"});
    return read_list(reader.at("all"), "and", depth);
  }
  if (reader.has("any")) {
    reader.expect_object({"any"});
    return read_list(reader.at("any"), "or", depth);
  }
  if (reader.has("not")) {
    reader.expect_object({"not"});
    Expression inverted{Expression::Kind::kUnary, "not", {}, {}, 1};
    inverted.arguments.push_back(read(reader.at("not"), depth + 1));
    inverted.depth = inverted.arguments.front().depth + 1;
    return inverted;
  }
  reader.expect_object({"left", "op", "right", "all", "any", "not"});
  return read_operation(reader, depth);
}

Expression read(const JsonReader& reader, int depth) {
  if (depth > kMaxExpressionDepth) throw reader.wrong("the expression is nested too deeply");
  if (reader.json().object() != nullptr) return read_object(reader, depth);
  if (const Decimal* number = reader.json().number()) {
    return {Expression::Kind::kNumber, number->to_text(), *number, {}, 1};
  }
  if (const bool* boolean = reader.json().boolean(); boolean != nullptr && *boolean) {
    return {Expression::Kind::kName, "true", {}, {}, 1};
  }
  try {
    return parse_expression(reader.string());
  } catch (Error& error) {
    if (error.detail().rfind("at ", 0) == 0) error.detail(concat("In ", reader.path(), ", ", error.detail()));
    throw;
  }
}

}  // namespace

Expression read_expression(const Json& json, const std::string& path) {
  return read(JsonReader(json, path), 0);
}

}  // namespace quant
