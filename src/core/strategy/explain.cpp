// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/explain.hpp"

#include <algorithm>
#include <array>

#include "core/strategy/explain_risk.hpp"
#include "core/strategy/explanation.hpp"
#include "core/strategy/parameters.hpp"

namespace quant {

namespace {

bool is_always(const Expression& expression) {
  return expression.kind == Expression::Kind::kName && lower_case(expression.symbol) == "true";
}

/// " when close > open", or " at every bar".
std::string when_text(const Explanation& out, const JsonReader& reader) {
  const Expression condition = read_expression(reader.json(), reader.path());
  return is_always(condition) ? " at every bar" : concat(" when ", out.expression(reader));
}

std::string lifetime_text(const JsonReader& order) {
  if (!order.has("tif")) return {};
  const JsonReader tif = order.at("tif");
  if (tif.json().object() != nullptr) {
    return concat(", good for ", counted(tif.at("bars").number(), "bar"));
  }
  if (tif.string() == "day") return ", good for the day";
  return tif.string() == "gtc" ? ", good until it is cancelled" : concat(", ", tif.string());
}

/// "a market order at the next open"
std::string order_text(const Explanation& out, const JsonReader& rule) {
  if (!rule.has("order")) return "a market order at the next open";
  const JsonReader order = rule.at("order");
  const std::string& type = order.at("type").string();
  std::string text = "a market order at the next open";
  if (type == "market_on_close") text = "a market order at the next close";
  if (type == "limit") text = concat("a limit order at ", out.expression(order.at("limit")));
  if (type == "stop") text = concat("a stop order at ", out.expression(order.at("stop")));
  if (type == "stop_limit") {
    text = concat("a stop order at ", out.expression(order.at("stop")), ", limited to ",
                  out.expression(order.at("limit")));
  }
  return text + lifetime_text(order);
}

void explain_legs(Explanation& out, const JsonReader& legs) {
  if (legs.json().object() == nullptr) throw legs.expected("an object");
  std::string list;
  for (const auto& [name, value] : *legs.json().object()) {
    const JsonReader leg(value, concat(legs.path(), '.', name));
    list += concat(list.empty() ? "" : ", ", name, " = ", leg.at("asset").string());
    if (leg.has("ratio")) list += concat(" (ratio ", out.expression(leg.at("ratio")), ')');
  }
  out.line(concat("Opens and closes these legs together or not at all: ", list, "."));
}

std::string weight_text(const Explanation& out, const JsonReader& rotate) {
  if (!rotate.has("weight")) return "of equal weight";
  const JsonReader weight = rotate.at("weight");
  if (const std::string* name = weight.json().string()) {
    if (*name == "equal") return "of equal weight";
    if (*name == "rank") return "weighted by rank";
    if (*name == "inverse_volatility") {
      const Decimal bars =
          rotate.has("lookback") ? rotate.at("lookback").number() : Decimal{Rotation{}.lookback, 0};
      return concat("weighted by the inverse of their volatility over ", counted(bars, "bar"));
    }
  }
  return concat("with the weight ", out.expression(weight));
}

void explain_rotation(Explanation& out, const JsonReader& rotate) {
  const std::string on = rotate.has("on") ? rotate.at("on").string() : "first";
  std::string text =
      concat("On the ", on, " bar of every ", rotate.at("every").string(), ", holds ");
  const bool ascending = rotate.has("order") && rotate.at("order").string() == "asc";
  text += rotate.has("top") ? concat("the ", counted(rotate.at("top").number(), "symbol"))
                            : "the symbols";
  if (rotate.has("rank_by")) {
    text += concat(" with the ", ascending ? "lowest " : "highest ",
                   out.expression(rotate.at("rank_by")));
  }
  out.line(concat(text, ", ", weight_text(out, rotate), "."));
  if (rotate.has("gate")) {
    out.line(concat("A symbol takes part only when ", out.expression(rotate.at("gate")), "."));
  }
  if (rotate.has("keep_if_rank_within")) {
    out.line(concat("What is held stays while it ranks within the first ",
                    rotate.at("keep_if_rank_within").number().to_text(), "."));
  }
  if (rotate.has("cash_buffer_percent")) {
    out.line(concat("Keeps ", rotate.at("cash_buffer_percent").number().to_text(),
                    " percent of the equity in cash."));
  }
  if (rotate.has("drift_threshold_percent")) {
    out.line(concat("Leaves a weight alone that has drifted by less than ",
                    counted(rotate.at("drift_threshold_percent").number(), "percentage point"),
                    "."));
  }
}

/// "signals": false is as good as none.
bool takes_signals(const Json& rules) {
  const Json* signals = rules.find("signals");
  return signals != nullptr && JsonReader(*signals, "entry_rules.signals").boolean();
}

bool opens_something(const Json& rules) {
  constexpr std::array<std::string_view, 3> kKeys = {"long", "short", "rotate"};
  return takes_signals(rules) || std::any_of(kKeys.begin(), kKeys.end(), [&](std::string_view key) {
           return rules.find(key) != nullptr;
         });
}

void explain_entries(Explanation& out, const Json& rules) {
  const JsonReader reader(rules, "entry_rules");
  if (!opens_something(rules)) out.line("Opens no position.");
  for (const char* side : {"long", "short"}) {
    if (!reader.has(side)) continue;
    const JsonReader rule = reader.at(side);
    out.line(concat("Opens a ", side, " position", when_text(out, rule.at("when")), ", with ",
                    order_text(out, rule), "."));
  }
  if (reader.has("long") && reader.has("short")) {
    out.line("An entry for the opposite side closes the position that is held.");
  }
  if (takes_signals(rules)) out.line("Takes its orders from the rows of trading.signals.");
  if (reader.has("legs")) explain_legs(out, reader.at("legs"));
  if (reader.has("rotate")) explain_rotation(out, reader.at("rotate"));
  if (reader.has("priority")) {
    out.line(concat("Serves the symbols with the highest ", out.expression(reader.at("priority")),
                    " first."));
  }
}

void explain_exit(Explanation& out, const JsonReader& rule, std::size_t number) {
  const std::string side = rule.has("side") ? rule.at("side").string() : "both";
  const std::string position = side == "both" ? "any position" : concat("a ", side, " position");
  const std::string id = rule.has("id") ? rule.at("id").string() : concat("exit ", number);
  if (rule.has("type") && rule.at("type").string() == "trailing_stop") {
    out.line(concat("Trails a stop ", out.expression(rule.at("distance")), " behind ", position,
                    " (", id, ")."));
    return;
  }
  const std::string part =
      rule.has("portion") ? concat(percent_text(rule.at("portion").number()), " of ") : "";
  out.line(concat("Closes ", part, position, when_text(out, rule.at("when")), ", with ",
                  order_text(out, rule), " (", id, ")."));
}

void explain_exits(Explanation& out, const Json& rules) {
  if (rules.array() == nullptr) return;
  std::size_t number = 0;
  for (const JsonReader& rule : JsonReader(rules, "exit_rules").elements())
    explain_exit(out, rule, ++number);
}

void explain_indicators(Explanation& out, const Json& entry_rules) {
  const Json* indicators = entry_rules.find("indicators");
  if (indicators == nullptr || indicators->object() == nullptr) return;
  for (const auto& [name, value] : *indicators->object()) {
    out.line(concat("Here ", name, " is ",
                    out.expression(JsonReader(value, concat("entry_rules.indicators.", name))),
                    "."));
  }
}

/// Nothing but the opposite entry, or the end, closes what these rules open.
void explain_open_end(Explanation& out, const StrategyDocument& document) {
  const bool exits =
      document.exit_rules.array() != nullptr && !document.exit_rules.array()->empty();
  const Json& entry = document.entry_rules;
  if (takes_signals(entry) || entry.find("rotate") != nullptr || entry.find("legs") != nullptr)
    return;
  for (const char* key : {"stop_loss", "take_profit", "trailing_stop", "time_stop_bars"}) {
    if (document.risk_rules.find(key) != nullptr) return;
  }
  const bool one_side = (entry.find("long") == nullptr) != (entry.find("short") == nullptr);
  if (!exits && one_side) out.line("Holds a position to the end of the run.");
}

}  // namespace

std::string explain_strategy(const StrategyDocument& document) {
  const Names names = names_of(document.parameters, Json{}, false, {});
  Explanation out(names.parameters);
  explain_entries(out, document.entry_rules);
  explain_exits(out, document.exit_rules);
  explain_open_end(out, document);
  explain_risk(out, document.risk_rules, document.entry_rules.find("rotate") == nullptr);
  explain_indicators(out, document.entry_rules);
  return out.text();
}

}  // namespace quant
