// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/strategy.hpp"

#include <algorithm>
#include <array>

#include "core/base/json_reader.hpp"
#include "core/strategy/parameters.hpp"
#include "core/strategy/series_needs.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

/// Far more than a strategy needs, and little enough to compile at once.
constexpr std::size_t kMostValues = 20'000;

void check_size(const Json& json, std::string_view name) {
  const std::size_t count = json.count();
  if (count <= kMostValues) return;
  throw invalid(concat(name, " is too large"))
      .detail(concat("It has ", count, " values, at most ", kMostValues, " are allowed."));
}

/// The expression uses a parameter or a declared indicator.
bool has_declared_names(const Expression& expression) {
  const auto reserved = reserved_names();
  const bool is_own = expression.kind == Expression::Kind::kName &&
                      std::find(reserved.begin(), reserved.end(), lower_case(expression.symbol)) == reserved.end();
  return expression.kind == Expression::Kind::kParameter || is_own ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(), has_declared_names);
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
  NodeId number(const JsonReader& reader) {
    return compile_number(strategy_.program, read_expression(reader.json(), reader.path()), names_);
  }
  /// A number that is positive as far as can be known now.
  NodeId positive_number(const JsonReader& reader) {
    const NodeId id = number(reader);
    const ProgramNode& node = strategy_.program[id];
    if (node.operation == Operation::kConstant && node.constant <= 0) {
      throw reader.wrong("a number above 0 is expected");
    }
    return id;
  }
  NodeId condition(const JsonReader& reader) {
    const Expression expression = read_expression(reader.json(), reader.path());
    const NodeId id = compile_condition(strategy_.program, expression, names_);
    // With other values of its parameters a condition may still come true.
    if (is_impossible(id) && !has_declared_names(expression)) {
      throw reader.wrong("the condition is never true");
    }
    return id;
  }
  /// No bar makes the condition true: what is compared with itself is never more, less or different.
  [[nodiscard]] bool is_impossible(NodeId condition) const {
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

  /// Every indicator is compiled, used or not: what is stored is checked.
  void declare_indicators(const JsonReader& reader) {
    if (reader.json().object() == nullptr) throw reader.expected("an object");
    const auto reserved = reserved_names();
    for (const auto& [key, value] : *reader.json().object()) {
      if (!is_identifier(key)) throw reader.wrong(concat('"', key, "\" cannot be a name"));
      if (std::find(reserved.begin(), reserved.end(), key) != reserved.end()) {
        throw reader.wrong(concat("the name \"", key, "\" is taken"));
      }
      names_.indicators.emplace(key, read_expression(value, concat(reader.path(), '.', key)));
    }
    for (const auto& entry : names_.indicators) {
      (void)compile_expression(strategy_.program, entry.second, names_);
    }
  }

  EntryRule read_entry(const JsonReader& reader) {
    reader.expect_object({"when", "order"});
    if (reader.has("order")) expect_market_order(reader.at("order"));
    return {condition(reader.at("when"))};
  }

  static void expect_market_order(const JsonReader& reader) {
    static constexpr std::array<std::pair<std::string_view, bool>, 5> kTypes = {
        {{"market", true}, {"limit", false}, {"stop", false}, {"stop_limit", false}, {"market_on_close", false}}};
    reader.expect_object({"type"}, {"limit", "stop", "tif"});
    const JsonReader type = reader.at("type");
    if (type.choice(kTypes)) return;
    throw Error(ErrorCode::kNotSupported,
                concat("orders of type \"", type.string(), "\" are not supported by this version"))
        .detail(concat("At ", type.path(), "."));
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
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSides = {
        {{"long", "long"}, {"short", "short"}, {"both", "both"}}};
    ExitRule rule;
    rule.id = reader.has("id") ? reader.at("id").string() : concat("exit ", strategy_.exits.size() + 1);
    const bool taken = std::any_of(strategy_.exits.begin(), strategy_.exits.end(),
                                   [&](const ExitRule& other) { return other.id == rule.id; });
    if (rule.id.empty() || taken) {
      throw reader.wrong(concat("the id \"", rule.id, "\" is ", taken ? "taken" : "empty"));
    }
    const std::string_view side = reader.has("side") ? reader.at("side").choice(kSides) : "both";
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
    if (json.is_null()) return;
    const JsonReader reader(json, "risk_rules");
    reader.expect_object({"stop_loss", "take_profit", "size", "max_positions"},
                         {"trailing_stop", "time_stop_bars", "pyramiding", "max_position_size_pct",
                          "max_gross_exposure_pct", "max_net_exposure_pct", "daily_loss_halt_pct",
                          "drawdown_halt_pct", "halt_action", "cooldown_bars"});
    if (reader.has("stop_loss")) strategy_.stop_loss = read_level(reader.at("stop_loss"), true);
    if (reader.has("take_profit")) strategy_.take_profit = read_level(reader.at("take_profit"), false);
    check_short_target(reader);
    if (reader.has("size")) strategy_.size = read_size(reader.at("size"));
    if (reader.has("max_positions")) {
      strategy_.max_positions = reader.at("max_positions").whole_number(1, 1'000'000);
    }
  }

  /// The price of what was sold short falls by less than all of it.
  void check_short_target(const JsonReader& reader) const {
    const auto& target = strategy_.take_profit;
    if (!target || target->kind != LevelRule::Kind::kFraction || strategy_.enter_long) return;
    if (strategy_.enter_short && target->fraction >= Decimal{1, 0}) {
      throw reader.at("take_profit").wrong("a short position never reaches a target of 1 or more");
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
    if (reader.has("distance")) return {LevelRule::Kind::kDistance, {}, positive_number(reader.at("distance"))};
    return {LevelRule::Kind::kPrice, {}, positive_number(reader.at("price"))};
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

int Strategy::warm_up() const {
  int bars = 0;
  for (const NodeId root : roots()) bars = std::max(bars, program[root].warm_up);
  return bars;
}

bool Strategy::reads(BarColumn column) const { return reads_column(program, roots(), "", column); }

bool Strategy::reads_calendar() const { return quant::reads_calendar(program, roots(), ""); }

Strategy compile_strategy(const StrategyDocument& document, const Json& run_parameters,
                          bool strict_crossover, const SeriesSettings& series) {
  check_size(document.parameters, "parameters");
  check_size(document.entry_rules, "entry_rules");
  check_size(document.exit_rules, "exit_rules");
  check_size(document.risk_rules, "risk_rules");
  Names names;
  names.strict_crossover = strict_crossover;
  names.series = series;
  read_parameters(document.parameters, run_parameters, names);
  return StrategyCompiler(std::move(names)).compile(document);
}

}  // namespace quant
