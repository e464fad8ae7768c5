// SPDX-License-Identifier: PostgreSQL
// strategies.risk_rules
#include <algorithm>
#include <array>

#include "core/strategy/document_keys.hpp"
#include "core/strategy/rule_reader.hpp"

namespace quant {

namespace {

constexpr int kMostBars = 1'000'000;
constexpr int kLongestLookback = 100'000;
/// Percent of equity: as much as the largest leverage can carry.
const Decimal kMostPercent{100'000, 0};

/// A percentage above 0 that leverage may carry beyond 100.
Decimal read_leveraged_percent(const JsonReader& reader) {
  const Decimal percent = reader.positive();
  if (percent > kMostPercent) {
    throw reader.wrong(
        concat("a percentage of at most 100000 is expected, not ", percent.to_text()));
  }
  return percent;
}

SizeRule read_size(const RuleReader& rules, const JsonReader& reader) {
  using Mode = SizeRule::Mode;
  static constexpr std::array<std::pair<std::string_view, Mode>, 6> kModes = {
      {{"units", Mode::kUnits},
       {"cash", Mode::kCash},
       {"percent_equity", Mode::kPercentEquity},
       {"weight", Mode::kWeight},
       {"risk_percent", Mode::kRiskPercent},
       {"volatility_target_percent", Mode::kVolatilityTarget}}};
  reader.expect_form(R"({"percent_equity": 50})");
  reader.expect_object({"units", "cash", "percent_equity", "risk_percent", "distance",
                        "volatility_target_percent", "lookback", "weight"});
  const auto given = std::count_if(kModes.begin(), kModes.end(),
                                   [&](const auto& mode) { return reader.has(mode.first); });
  if (given != 1) {
    throw reader.wrong(
        "exactly one of \"units\", \"cash\", \"percent_equity\", \"risk_percent\", "
        "\"volatility_target_percent\" and \"weight\" is expected");
  }
  const auto [key, mode] = *std::find_if(kModes.begin(), kModes.end(),
                                         [&](const auto& one) { return reader.has(one.first); });
  if (reader.has("distance") && mode != Mode::kRiskPercent) {
    throw reader.at("distance").wrong("only \"risk_percent\" has a distance");
  }
  if (reader.has("lookback") && mode != Mode::kVolatilityTarget) {
    throw reader.at("lookback").wrong("only \"volatility_target_percent\" has a lookback");
  }
  SizeRule size;
  size.mode = mode;
  const JsonReader amount = reader.at(key);
  switch (mode) {
    case Mode::kUnits:
      (void)amount.fixed<Quantity>();
      size.amount = amount.positive();
      break;
    case Mode::kCash:
      (void)amount.fixed<Money>();
      size.amount = amount.positive();
      break;
    case Mode::kPercentEquity:
      size.amount = read_leveraged_percent(amount);
      break;
    case Mode::kWeight:
      size.expression = rules.positive_number(amount);
      break;
    case Mode::kRiskPercent:
      size.amount = amount.percent(true);
      if (reader.has("distance")) {
        size.expression = rules.positive_number(reader.at("distance"));
      } else if (!rules.strategy().stop_loss) {
        throw reader.wrong("\"risk_percent\" needs a \"distance\" or a \"stop_loss\"");
      }
      break;
    case Mode::kVolatilityTarget:
      size.amount = read_leveraged_percent(amount);
      size.lookback = reader.at("lookback").whole_number(2, kLongestLookback);
      rules.need_close_ratio();
      break;
  }
  return size;
}

Pyramiding read_pyramiding(const RuleReader& rules, const JsonReader& reader) {
  reader.expect_form(R"({"max": 3})");
  reader.expect_object({"max", "step"});
  Pyramiding pyramiding;
  pyramiding.most = reader.at("max").whole_number(1, kMostBars);
  if (reader.has("step")) {
    pyramiding.step = rules.number(reader.at("step"));
    const ProgramNode& node = rules.strategy().program[*pyramiding.step];
    if (node.operation == Operation::kConstant && node.constant < 0) {
      throw reader.at("step").wrong("a number from 0 is expected");
    }
  }
  return pyramiding;
}

Limits read_limits(const JsonReader& reader) {
  static constexpr std::array<std::pair<std::string_view, bool>, 2> kActions = {
      {{"stop_entries", false}, {"close", true}}};
  Limits limits;
  if (reader.has("max_positions")) {
    limits.max_positions = reader.at("max_positions").whole_number(1, 1'000'000);
  }
  const auto read = [&](std::string_view key, std::optional<Decimal>& limit, bool may_exceed) {
    if (!reader.has(key)) return;
    limit = may_exceed ? read_leveraged_percent(reader.at(key)) : reader.at(key).percent(true);
  };
  read("max_position_size_pct", limits.max_position_size_pct, true);
  read("max_gross_exposure_pct", limits.max_gross_exposure_pct, true);
  read("max_net_exposure_pct", limits.max_net_exposure_pct, true);
  read("daily_loss_halt_pct", limits.daily_loss_halt_pct, false);
  read("drawdown_halt_pct", limits.drawdown_halt_pct, false);
  if (reader.has("halt_action")) {
    if (!limits.daily_loss_halt_pct && !limits.drawdown_halt_pct) {
      throw reader.at("halt_action")
          .wrong("no halt is set")
          .hint("Give \"daily_loss_halt_pct\" or \"drawdown_halt_pct\".");
    }
    limits.halt_closes = reader.at("halt_action").choice(kActions);
  }
  return limits;
}

/// The price of what was sold short falls by less than all of it.
void check_short_target(const Strategy& strategy, const JsonReader& reader) {
  const auto& target = strategy.take_profit;
  if (!target || target->is_computed() || strategy.enter_long) return;
  if (strategy.enter_short && target->fraction >= Decimal{1, 0}) {
    throw reader.at("take_profit").wrong("a short position never reaches a target of 1 or more");
  }
}

void read_stops(const RuleReader& rules, const JsonReader& reader) {
  Strategy& strategy = rules.strategy();
  for (const std::string_view key : {"stop_loss", "take_profit", "trailing_stop", "pyramiding"}) {
    if (strategy.legs.empty() || !reader.has(key)) continue;
    Error error = reader.at(key).wrong(concat("legs have no \"", key, '"'));
    if (key != "pyramiding") error.hint("Close them with an exit rule.");
    throw error;
  }
  if (reader.has("stop_loss")) strategy.stop_loss = rules.level(reader.at("stop_loss"), true);
  if (reader.has("take_profit"))
    strategy.take_profit = rules.level(reader.at("take_profit"), false);
  check_short_target(strategy, reader);
  if (reader.has("trailing_stop")) {
    const bool taken =
        std::any_of(strategy.trailing.begin(), strategy.trailing.end(),
                    [](const TrailingRule& rule) { return rule.id == "trailing_stop"; });
    if (taken)
      throw reader.at("trailing_stop").wrong("the id \"trailing_stop\" is taken by an exit rule");
    TrailingRule rule;
    rule.id = "trailing_stop";
    rule.distance = rules.level(reader.at("trailing_stop"), true);
    strategy.trailing.push_back(std::move(rule));
  }
  if (reader.has("time_stop_bars")) {
    strategy.time_stop_bars = reader.at("time_stop_bars").whole_number(1, kMostBars);
  }
}

}  // namespace

void Limits::tighten(const Limits& other) {
  const auto stricter = [](auto& limit, const auto& candidate) {
    if (candidate && (!limit || *candidate < *limit)) limit = candidate;
  };
  stricter(max_positions, other.max_positions);
  stricter(max_position_size_pct, other.max_position_size_pct);
  stricter(max_gross_exposure_pct, other.max_gross_exposure_pct);
  stricter(max_net_exposure_pct, other.max_net_exposure_pct);
  stricter(daily_loss_halt_pct, other.daily_loss_halt_pct);
  stricter(drawdown_halt_pct, other.drawdown_halt_pct);
  stricter(max_leverage, other.max_leverage);
  allow_short = allow_short && other.allow_short;
}

void read_risk_rules(const RuleReader& rules, const Json& json) {
  if (json.is_null()) return;
  const JsonReader reader(json, "risk_rules");
  reader.expect_form(R"({"size": {"percent_equity": 50}, "stop_loss": 0.05})");
  reader.expect_object(kRiskRuleKeys);
  Strategy& strategy = rules.strategy();
  read_stops(rules, reader);
  if (reader.has("size")) {
    if (strategy.rotation) throw reader.at("size").wrong("a rotation sizes by its weights");
    strategy.size = read_size(rules, reader.at("size"));
  }
  if (reader.has("pyramiding")) {
    if (strategy.rotation) throw reader.at("pyramiding").wrong("a rotation adds by its weights");
    strategy.pyramiding = read_pyramiding(rules, reader.at("pyramiding"));
  }
  strategy.limits = read_limits(reader);
  if (reader.has("cooldown_bars")) {
    strategy.cooldown_bars = reader.at("cooldown_bars").whole_number(0, kMostBars);
  }
}

}  // namespace quant
