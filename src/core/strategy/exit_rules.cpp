// SPDX-License-Identifier: PostgreSQL
// strategies.exit_rules
#include <algorithm>
#include <array>

#include "core/strategy/rule_reader.hpp"

namespace quant {

namespace {

struct Sides {
  bool closes_long = true;
  bool closes_short = true;
};

Sides read_sides(const Strategy& strategy, const JsonReader& reader) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSides = {
      {{"long", "long"}, {"short", "short"}, {"both", "both"}}};
  const std::string_view side = reader.has("side") ? reader.at("side").choice(kSides) : "both";
  const Sides sides{side != "short", side != "long"};
  const bool opens_long = strategy.enter_long || strategy.rotation || strategy.takes_signals;
  const bool opens_short = strategy.enter_short || strategy.takes_signals;
  const bool reachable = (sides.closes_long && opens_long) || (sides.closes_short && opens_short);
  // Legs stand on either side, whatever opened them.
  if (strategy.has_entries() && strategy.legs.empty() && !reachable) {
    throw reader.wrong(concat("the rule closes ", side, " positions, which no rule opens"));
  }
  return sides;
}

std::size_t place_of_next(const Strategy& strategy) {
  return strategy.exits.size() + strategy.trailing.size();
}

std::string read_id(const Strategy& strategy, const JsonReader& reader) {
  std::string id =
      reader.has("id") ? reader.at("id").string() : concat("exit ", place_of_next(strategy) + 1);
  const auto has_id = [&](const auto& other) { return other.id == id; };
  const bool taken = std::any_of(strategy.exits.begin(), strategy.exits.end(), has_id) ||
                     std::any_of(strategy.trailing.begin(), strategy.trailing.end(), has_id);
  if (id.empty() || taken) {
    throw reader.wrong(concat("the id \"", id, "\" is ", taken ? "taken" : "empty"));
  }
  return id;
}

void read_trailing(const RuleReader& rules, const JsonReader& reader) {
  static constexpr std::array<std::pair<std::string_view, int>, 1> kTypes = {
      {{"trailing_stop", 0}}};
  reader.expect_object({"id", "side", "type", "distance"});
  (void)reader.at("type").choice(kTypes);
  if (!rules.strategy().legs.empty()) throw reader.wrong("legs have no stops");
  TrailingRule rule;
  rule.id = read_id(rules.strategy(), reader);
  const Sides sides = read_sides(rules.strategy(), reader);
  rule.for_long = sides.closes_long;
  rule.for_short = sides.closes_short;
  rule.distance = {LevelRule::Kind::kDistance, {}, rules.positive_number(reader.at("distance"))};
  rules.strategy().trailing.push_back(std::move(rule));
}

Decimal read_portion(const JsonReader& reader) {
  const Decimal portion = reader.positive();
  if (portion > Decimal{1, 0}) {
    throw reader
        .wrong(concat("a fraction of the position up to 1 is expected, not ", portion.to_text()))
        .hint("50 percent is written 0.5.");
  }
  return portion;
}

void read_exit(const RuleReader& rules, const JsonReader& reader) {
  reader.expect_form(R"({"when": "close < open"})");
  if (reader.has("type")) return read_trailing(rules, reader);
  reader.expect_object({"id", "side", "when", "order", "portion", "type"});
  ExitRule rule;
  rule.place = place_of_next(rules.strategy());
  rule.id = read_id(rules.strategy(), reader);
  const Sides sides = read_sides(rules.strategy(), reader);
  rule.closes_long = sides.closes_long;
  rule.closes_short = sides.closes_short;
  rule.when = rules.condition(reader.at("when"));
  if (reader.has("order")) rule.order = rules.order(reader.at("order"));
  if (reader.has("portion")) rule.portion = read_portion(reader.at("portion"));
  if (!rules.strategy().legs.empty()) {
    if (rule.order.type != OrderType::kMarket) {
      throw reader.at("order").wrong("legs are closed with market orders");
    }
    if (!rule.is_whole()) throw reader.at("portion").wrong("legs are closed as a whole");
  }
  rules.strategy().exits.push_back(std::move(rule));
}

}  // namespace

void read_exit_rules(const RuleReader& rules, const Json& json) {
  if (is_empty_document(json)) return;
  for (const JsonReader& reader : JsonReader(json, "exit_rules").elements())
    read_exit(rules, reader);
}

}  // namespace quant
