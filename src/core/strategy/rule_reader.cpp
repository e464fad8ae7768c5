// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/rule_reader.hpp"

#include <algorithm>
#include <array>

#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

constexpr int kLongestWait = 1'000'000;
/// A target that lies farther away is beyond every price.
constexpr Decimal kMostFraction{100'000'000, 0};

/// The expression uses a parameter or a declared indicator.
bool has_declared_names(const Expression& expression) {
  const auto reserved = reserved_names();
  const bool is_own =
      expression.kind == Expression::Kind::kName &&
      std::find(reserved.begin(), reserved.end(), lower_case(expression.symbol)) == reserved.end();
  return expression.kind == Expression::Kind::kParameter || is_own ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(), has_declared_names);
}

TimeInForce read_time_in_force(const JsonReader& reader) {
  using Kind = TimeInForce::Kind;
  if (reader.json().object() != nullptr) {
    reader.expect_object({"bars"});
    return {Kind::kBars, reader.at("bars").whole_number(1, kLongestWait)};
  }
  static constexpr std::array<std::pair<std::string_view, Kind>, 2> kKinds = {
      {{"gtc", Kind::kGoodTillCancelled}, {"day", Kind::kDay}}};
  try {
    return {reader.choice(kKinds), 0};
  } catch (Error& error) {
    throw error.hint("It is \"gtc\", \"day\", or {\"bars\": 5}.");
  }
}

}  // namespace

bool is_empty_document(const Json& json) {
  return json.is_null() || (json.array() != nullptr && json.array()->empty()) ||
         (json.object() != nullptr && json.object()->empty());
}

NodeId RuleReader::number(const JsonReader& reader) const {
  return compile_number(strategy_.program, read_expression(reader.json(), reader.path()), names_);
}

NodeId RuleReader::positive_number(const JsonReader& reader) const {
  const NodeId id = number(reader);
  const ProgramNode& node = strategy_.program[id];
  if (node.operation == Operation::kConstant && node.constant <= 0) {
    throw reader.wrong("a number above 0 is expected");
  }
  return id;
}

NodeId RuleReader::condition(const JsonReader& reader) const {
  const Expression expression = read_expression(reader.json(), reader.path());
  const NodeId id = compile_condition(strategy_.program, expression, names_);
  // With other values of its parameters a condition may still come true.
  if (is_impossible(id) && !has_declared_names(expression)) {
    throw reader.wrong("the condition is never true");
  }
  return id;
}

/// No bar makes the condition true: what is compared with itself is never more, less or different.
bool RuleReader::is_impossible(NodeId condition) const {
  std::vector<bool> impossible;  // by node; operands come before what uses them
  for (NodeId id = 0; id <= condition; ++id) {
    const ProgramNode& node = strategy_.program[id];
    const auto operand = [&](std::size_t i) { return static_cast<std::size_t>(node.arguments[i]); };
    switch (node.operation) {
      case Operation::kNever:
        impossible.push_back(true);
        break;
      case Operation::kLess:
      case Operation::kGreater:
      case Operation::kNotEqual:
        impossible.push_back(operand(0) == operand(1));
        break;
      case Operation::kAnd:
        impossible.push_back(impossible[operand(0)] || impossible[operand(1)]);
        break;
      case Operation::kOr:
        impossible.push_back(impossible[operand(0)] && impossible[operand(1)]);
        break;
      default:
        impossible.push_back(false);
    }
  }
  return impossible.back();
}

OrderRule RuleReader::order(const JsonReader& reader) const {
  using enum OrderType;
  static constexpr std::array<std::pair<std::string_view, OrderType>, 5> kTypes = {
      {{"market", kMarket},
       {"limit", kLimit},
       {"stop", kStop},
       {"stop_limit", kStopLimit},
       {"market_on_close", kMarketOnClose}}};
  reader.expect_form(R"({"type": "market"} or {"type": "limit", "limit": "close"})");
  reader.expect_object({"type", "limit", "stop", "tif"});
  OrderRule rule;
  rule.type = reader.at("type").choice(kTypes);
  const std::string& name = reader.at("type").string();
  const auto read_price = [&](std::string_view key, bool wanted) -> std::optional<NodeId> {
    if (!wanted && reader.has(key)) {
      throw reader.wrong(concat("an order of type \"", name, "\" has no \"", key, '"'));
    }
    if (!wanted) return std::nullopt;
    return positive_number(reader.at(key));
  };
  rule.limit = read_price("limit", rule.type == kLimit || rule.type == kStopLimit);
  rule.stop = read_price("stop", rule.type == kStop || rule.type == kStopLimit);
  if (reader.has("tif")) {
    if (!rule.limit && !rule.stop) {
      throw reader.wrong(concat("an order of type \"", name, "\" does not wait for a price"))
          .hint("Leave out \"tif\".");
    }
    rule.in_force = read_time_in_force(reader.at("tif"));
  }
  return rule;
}

LevelRule RuleReader::level(const JsonReader& reader, bool is_stop) const {
  if (reader.json().object() == nullptr) {
    if (reader.json().number() == nullptr && reader.json().long_number() == nullptr) {
      throw reader.expected("a number")
          .hint(
              "2 percent is written 0.02, a price {\"price\": \"lowest(low, 5)\"}, a distance from "
              "the fill "
              "{\"distance\": \"2 * atr(14)\"}.");
    }
    const Decimal fraction = reader.positive();
    if (is_stop && fraction >= Decimal{1, 0}) {
      throw reader
          .wrong(
              concat("a fraction of the fill price below 1 is expected, not ", fraction.to_text()))
          .hint("2 percent is written 0.02.");
    }
    if (fraction > kMostFraction) {
      throw reader.wrong(concat("a fraction of the fill price of at most ", kMostFraction.to_text(),
                                " is expected, not ", fraction.to_text()));
    }
    return {LevelRule::Kind::kFraction, fraction};
  }
  reader.expect_object({"distance", "price"});
  if (reader.has("distance") == reader.has("price")) {
    throw reader.wrong("either \"distance\" or \"price\" is expected");
  }
  const bool is_distance = reader.has("distance");
  return {is_distance ? LevelRule::Kind::kDistance : LevelRule::Kind::kPrice,
          {},
          positive_number(reader.at(is_distance ? "distance" : "price"))};
}

void RuleReader::need_close_ratio() const {
  if (strategy_.close_ratio) return;
  strategy_.close_ratio =
      compile_number(strategy_.program, parse_expression("close / close[1]"), names_);
}

}  // namespace quant
