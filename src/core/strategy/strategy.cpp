// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/strategy.hpp"

#include <algorithm>

#include "core/base/json_reader.hpp"

namespace quant {

namespace {

/// The value of a declared parameter: a number, or {"default": number, ...}; nothing for any other
/// JSON, which rules cannot refer to.
std::optional<Decimal> declared_value(const JsonReader& reader) {
  if (const Decimal* number = reader.json().number()) return *number;
  if (reader.json().object() == nullptr || !reader.has("default")) return std::nullopt;
  reader.expect_object({"default", "grid", "range"});
  return reader.at("default").number();
}

void declare_parameters(const Json& parameters, Names& names) {
  const JsonReader reader(parameters, "parameters");
  if (parameters.is_null()) return;
  if (parameters.object() == nullptr) throw reader.wrong("an object is expected");
  for (const auto& [key, value] : *parameters.object()) {
    if (const auto number = declared_value(reader.at(key))) names.parameters.emplace(key, *number);
  }
}

void override_parameters(const Json& declared, const Json& run_parameters, Names& names) {
  if (run_parameters.is_null()) return;
  const JsonReader reader(run_parameters, "parameters");
  if (run_parameters.object() == nullptr) throw reader.wrong("an object is expected");
  for (const auto& [key, value] : *run_parameters.object()) {
    if (key == "execution" || key == "benchmark") continue;
    if (declared.find(key) == nullptr) {
      std::vector<std::string_view> known = {"execution", "benchmark"};
      for (const auto& entry : names.parameters) known.push_back(entry.first);
      Error error = reader.wrong(concat("the strategy has no parameter \"", key, "\""));
      const std::string_view nearest = nearest_name(key, known);
      if (!nearest.empty()) error.hint(concat("Perhaps you meant \"", nearest, "\"."));
      throw error;
    }
    names.parameters.insert_or_assign(key, reader.at(key).number());
  }
}

class StrategyCompiler {
 public:
  explicit StrategyCompiler(Names names) : names_(std::move(names)) {}

  Strategy compile(const StrategyDocument& document) {
    read_entries(document.entry_rules);
    read_exits(document.exit_rules);
    read_risk(document.risk_rules);
    return std::move(strategy_);
  }

 private:
  /// An expression with the path in every message about it.
  template <typename Compile>
  NodeId compiled(const JsonReader& reader, Compile compile_expression) {
    const Expression expression = read_expression(reader.json(), reader.path());
    try {
      return compile_expression(strategy_.program, expression, names_);
    } catch (Error& error) {
      const bool located = error.detail().rfind("at ", 0) == 0;
      error.detail(concat("In ", reader.path(), located ? ", " : ".", located ? error.detail() : ""));
      throw;
    }
  }
  NodeId number(const JsonReader& reader) { return compiled(reader, compile_number); }
  NodeId condition(const JsonReader& reader) {
    const NodeId id = compiled(reader, compile_condition);
    if (strategy_.program[id].operation != Operation::kAlways && !depends_on_market(id)) {
      throw reader.wrong("the condition never changes");
    }
    return id;
  }
  [[nodiscard]] bool depends_on_market(NodeId id) const {
    const ProgramNode& node = strategy_.program[id];
    return node.operation == Operation::kBar || node.operation == Operation::kState ||
           std::any_of(node.arguments.begin(), node.arguments.end(),
                       [this](NodeId argument) { return depends_on_market(argument); });
  }

  void read_entries(const Json& json) {
    if (is_empty(json)) return;
    const JsonReader reader(json, "entry_rules");
    reader.expect_object({"long", "short", "indicators", "priority"}, {"rotate", "legs", "signals"});
    if (reader.has("indicators")) declare_indicators(reader.at("indicators"));
    if (reader.has("long")) strategy_.enter_long = read_entry(reader.at("long"));
    if (reader.has("short")) strategy_.enter_short = read_entry(reader.at("short"));
    if (reader.has("priority")) strategy_.priority = number(reader.at("priority"));
  }

  static bool is_empty(const Json& json) {
    return json.is_null() || (json.array() != nullptr && json.array()->empty()) ||
           (json.object() != nullptr && json.object()->empty());
  }

  void declare_indicators(const JsonReader& reader) {
    if (reader.json().object() == nullptr) throw reader.wrong("an object is expected");
    const auto reserved = reserved_names();
    for (const auto& [key, value] : *reader.json().object()) {
      if (std::find(reserved.begin(), reserved.end(), key) != reserved.end()) {
        throw reader.wrong(concat("the name \"", key, "\" is taken"));
      }
      names_.indicators.emplace(key, read_expression(value, concat(reader.path(), '.', key)));
    }
  }

  EntryRule read_entry(const JsonReader& reader) {
    reader.expect_object({"when", "order"});
    if (reader.has("order")) expect_market_order(reader.at("order"));
    return {condition(reader.at("when"))};
  }

  static void expect_market_order(const JsonReader& reader) {
    reader.expect_object({"type"}, {"limit", "stop", "tif"});
    const std::string& type = reader.at("type").string();
    if (type == "market") return;
    if (type == "limit" || type == "stop" || type == "stop_limit" || type == "market_on_close") {
      throw Error(ErrorCode::kNotSupported, concat("orders of type \"", type, "\" are not supported by this version"))
          .detail(concat("At ", reader.path(), ".type."));
    }
    throw reader.at("type").wrong(concat("unknown order type \"", type, "\""));
  }

  void read_exits(const Json& json) {
    if (is_empty(json)) return;
    for (const JsonReader& reader : JsonReader(json, "exit_rules").elements()) {
      strategy_.exits.push_back(read_exit(reader));
    }
  }

  ExitRule read_exit(const JsonReader& reader) {
    reader.expect_object({"id", "side", "when", "order"}, {"portion", "type", "distance"});
    if (reader.has("order")) expect_market_order(reader.at("order"));
    ExitRule rule;
    rule.id = reader.has("id") ? reader.at("id").string()
                               : concat("exit ", strategy_.exits.size() + 1);
    const std::string side = reader.has("side") ? reader.at("side").string() : "both";
    if (side != "long" && side != "short" && side != "both") {
      throw reader.at("side").wrong(concat("unknown side \"", side, "\""))
          .hint("It is \"long\", \"short\" or \"both\".");
    }
    rule.closes_long = side != "short";
    rule.closes_short = side != "long";
    rule.when = condition(reader.at("when"));
    const bool reachable = (rule.closes_long && strategy_.enter_long) ||
                           (rule.closes_short && strategy_.enter_short);
    if (strategy_.has_entries() && !reachable) {
      throw reader.wrong(concat("the rule closes ", side, " positions, which no rule opens"));
    }
    return rule;
  }

  void read_risk(const Json& json) {
    if (is_empty(json)) return;
    const JsonReader reader(json, "risk_rules");
    reader.expect_object({"stop_loss", "take_profit", "size", "max_positions"},
                         {"trailing_stop", "time_stop_bars", "pyramiding", "max_position_size_pct",
                          "max_gross_exposure_pct", "max_net_exposure_pct", "daily_loss_halt_pct",
                          "drawdown_halt_pct", "halt_action", "cooldown_bars"});
    if (reader.has("stop_loss")) strategy_.stop_loss = read_level(reader.at("stop_loss"), true);
    if (reader.has("take_profit")) strategy_.take_profit = read_level(reader.at("take_profit"), false);
    if (reader.has("size")) strategy_.size = read_size(reader.at("size"));
    if (reader.has("max_positions")) {
      strategy_.max_positions = reader.at("max_positions").whole_number(1, 1'000'000);
    }
  }

  LevelRule read_level(const JsonReader& reader, bool is_stop) {
    if (reader.json().object() == nullptr) {
      const Decimal& fraction = reader.positive();
      if (is_stop && fraction >= Decimal{1, 0}) {
        throw reader.wrong(concat("a fraction of the fill price below 1 is expected, not ",
                                  fraction.to_text()))
            .hint("2 percent is written 0.02.");
      }
      return {LevelRule::Kind::kFraction, fraction};
    }
    reader.expect_object({"distance", "price"});
    if (reader.has("distance") == reader.has("price")) {
      throw reader.wrong("either \"distance\" or \"price\" is expected");
    }
    if (reader.has("distance")) return {LevelRule::Kind::kDistance, {}, number(reader.at("distance"))};
    return {LevelRule::Kind::kPrice, {}, number(reader.at("price"))};
  }

  static SizeRule read_size(const JsonReader& reader) {
    reader.expect_object({"units", "cash", "percent_equity"},
                         {"risk_percent", "distance", "volatility_target_percent", "lookback", "weight"});
    if (reader.json().object()->size() != 1) {
      throw reader.wrong("exactly one of \"units\", \"cash\" and \"percent_equity\" is expected");
    }
    if (reader.has("units")) {
      (void)reader.at("units").fixed<Quantity>();
      return {SizeRule::Mode::kUnits, reader.at("units").positive()};
    }
    if (reader.has("cash")) {
      (void)reader.at("cash").fixed<Money>();
      return {SizeRule::Mode::kCash, reader.at("cash").positive()};
    }
    return {SizeRule::Mode::kPercentEquity, reader.at("percent_equity").percent(true)};
  }

  Names names_;
  Strategy strategy_;
};

}  // namespace

std::vector<NodeId> Strategy::roots() const {
  std::vector<NodeId> roots;
  if (enter_long) roots.push_back(enter_long->when);
  if (enter_short) roots.push_back(enter_short->when);
  if (priority) roots.push_back(*priority);
  for (const ExitRule& exit : exits) roots.push_back(exit.when);
  for (const auto& level : {stop_loss, take_profit}) {
    if (level && level->kind != LevelRule::Kind::kFraction) roots.push_back(level->expression);
  }
  return roots;
}

Strategy compile_strategy(const StrategyDocument& document, const Json& run_parameters,
                          bool strict_crossover) {
  Names names;
  names.strict_crossover = strict_crossover;
  declare_parameters(document.parameters, names);
  override_parameters(document.parameters, run_parameters, names);
  return StrategyCompiler(std::move(names)).compile(document);
}

}  // namespace quant
