// SPDX-License-Identifier: PostgreSQL
// strategies.entry_rules
#include <algorithm>
#include <array>

#include "core/strategy/indicator_call.hpp"
#include "core/strategy/rule_reader.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

/// Every indicator is compiled, used or not: what is stored is checked.
void declare_indicators(const RuleReader& rules, const JsonReader& reader) {
  if (reader.json().object() == nullptr) throw reader.expected("an object");
  const auto reserved = reserved_names();
  for (const auto& [key, value] : *reader.json().object()) {
    if (!is_identifier(key)) throw reader.wrong(concat('"', key, "\" cannot be a name"));
    if (std::find(reserved.begin(), reserved.end(), key) != reserved.end()) {
      throw reader.wrong(concat("the name \"", key, "\" is taken"));
    }
    rules.names().indicators.emplace(key, read_expression(value, concat(reader.path(), '.', key)));
  }
  for (const auto& [name, definition] : rules.names().indicators) {
    const Indicator* indicator = several_results(definition);
    const Expression whole = indicator == nullptr
                                 ? definition
                                 : chosen_output(definition, indicator->outputs.front().name);
    (void)compile_expression(rules.strategy().program, whole, rules.names());
  }
}

/// The legs' symbols, by which expressions may call them.
void declare_legs(const RuleReader& rules, const JsonReader& reader) {
  if (reader.json().object() == nullptr) throw reader.expected("an object");
  const auto reserved = reserved_names();
  for (const auto& [key, value] : *reader.json().object()) {
    const JsonReader leg(value, concat(reader.path(), '.', key));
    if (!is_identifier(key)) throw reader.wrong(concat('"', key, "\" cannot be a name"));
    if (std::find(reserved.begin(), reserved.end(), key) != reserved.end()) {
      throw reader.wrong(concat("the name \"", key, "\" is taken"));
    }
    leg.expect_form(R"({"asset": "KO", "ratio": 1})");
    leg.expect_object({"asset", "ratio"});
    const std::string& symbol = leg.at("asset").string();
    if (symbol.empty()) throw leg.at("asset").wrong("a symbol is expected, not an empty string");
    for (const Leg& other : rules.strategy().legs) {
      if (other.symbol == symbol) {
        throw leg.at("asset").wrong(concat("the asset \"", symbol, "\" is a leg already"));
      }
    }
    rules.strategy().legs.push_back({key, symbol, -1});
    rules.names().legs.emplace(key, symbol);
  }
  if (rules.strategy().legs.size() < 2) throw reader.wrong("at least two legs are expected");
  if (rules.strategy().legs.size() > 100) throw reader.wrong("at most 100 legs are expected");
}

void read_ratios(const RuleReader& rules, const JsonReader& reader) {
  for (Leg& leg : rules.strategy().legs) {
    const JsonReader one = reader.at(leg.name);
    const Json kOne{Decimal{1, 0}};
    leg.ratio = one.has("ratio") ? rules.number(one.at("ratio"))
                                 : rules.number(JsonReader(kOne, concat(one.path(), ".ratio")));
    const ProgramNode& node = rules.strategy().program[leg.ratio];
    if (node.operation == Operation::kConstant && node.constant == 0) {
      throw one.at("ratio").wrong("a ratio other than 0 is expected");
    }
  }
}

EntryRule read_entry(const RuleReader& rules, const JsonReader& reader) {
  reader.expect_form(R"({"when": "close > open"})");
  reader.expect_object({"when", "order"});
  EntryRule rule{rules.condition(reader.at("when")), {}};
  if (reader.has("order")) rule.order = rules.order(reader.at("order"));
  if (!rules.strategy().legs.empty() && rule.order.type != OrderType::kMarket) {
    throw reader.at("order").wrong("legs are opened with market orders");
  }
  return rule;
}

/// "rotate" and "signals" each are the whole of the entries.
void check_alone(const JsonReader& reader, std::string_view key) {
  for (const std::string_view other : {"long", "short", "rotate", "legs", "signals", "priority"}) {
    const bool is_off = other == "signals" && reader.has(other) &&
                        reader.at(other).json().boolean() != nullptr && !reader.at(other).boolean();
    if (other == key || !reader.has(other) || is_off) continue;
    throw reader.wrong(concat('"', key, "\" does not go together with \"", other, '"'));
  }
}

}  // namespace

void read_entry_rules(const RuleReader& rules, const Json& json) {
  if (is_empty_document(json)) return;
  const JsonReader reader(json, "entry_rules");
  reader.expect_form(R"({"long": {"when": "close > open"}})");
  reader.expect_object({"long", "short", "indicators", "priority", "rotate", "legs", "signals"});
  Strategy& strategy = rules.strategy();
  if (reader.has("legs")) declare_legs(rules, reader.at("legs"));
  if (reader.has("indicators")) declare_indicators(rules, reader.at("indicators"));
  if (reader.has("legs")) read_ratios(rules, reader.at("legs"));
  if (reader.has("signals")) strategy.takes_signals = reader.at("signals").boolean();
  if (strategy.takes_signals) check_alone(reader, "signals");
  if (reader.has("rotate")) {
    check_alone(reader, "rotate");
    strategy.rotation = read_rotation(rules, reader.at("rotate"));
  }
  if (reader.has("long")) strategy.enter_long = read_entry(rules, reader.at("long"));
  if (reader.has("short")) strategy.enter_short = read_entry(rules, reader.at("short"));
  if (reader.has("priority")) strategy.priority = rules.number(reader.at("priority"));
}

}  // namespace quant
