// SPDX-License-Identifier: PostgreSQL
#include "documents.hpp"

#include "core/base/error.hpp"

namespace quant::fuzz {

namespace {

Json text(std::string value) { return {std::move(value)}; }

Json number_of(std::string_view value) {
  const auto decimal = Decimal::parse(value);
  return decimal ? Json{*decimal} : Json{LongNumber{std::string(value)}};
}

}  // namespace

class Documents::Members {
 public:
  explicit Members(Documents& documents) : documents_(documents) {}

  /// With the chance of one in `chance`; 1: always, but for a fault.
  Members& add(std::string_view key, std::size_t chance, const Make& make) {
    Choices& choices = documents_.choices_;
    const bool is_fault = documents_.faults_ != 0 && choices.one_in(documents_.faults_);
    if (chance == 1 ? is_fault && choices.one_in(2) : !choices.one_in(chance)) return *this;
    std::string name(key);
    if (is_fault && choices.one_in(3)) name += choices.word({"s", "_", "x"});
    object_.push_back({std::move(name), is_fault ? documents_.anything() : make()});
    return *this;
  }
  [[nodiscard]] Json take() { return {std::move(object_)}; }

 private:
  Documents& documents_;
  Json::Object object_;
};

// One member a line reads as a table.
// clang-format off
Json Documents::number(std::initializer_list<std::string_view> usual) { return number_of(choices_.word(usual)); }

Json Documents::word(std::initializer_list<std::string_view> words) { return text(choices_.word(words)); }

Json Documents::anything(int depth) {
  switch (choices_.below(depth > 0 ? 9 : 7)) {
    case 0: return {};
    case 1: return {choices_.one_in(2)};
    case 2:
      return number({"0", "-1", "1e30", "1e37", "-1e37", "99999999999999999999999999999999999999", "1e-12",
                     "0.0000000000000000000000000000000000001", "1e400", "2.5", "1000000000", "1.000000000000000000001",
                     "0.3333333333333333333333333333", "9999999999999", "2147483648"});
    case 3: return word({"", "NaN", "close", "Infinity", "long", "\xc3\xa9", "market", "1", "2024-01-01", "UTC"});
    case 4: return text(texts_.soup());
    case 5: return {Json::Array{}};
    case 6: return {Json::Object{}};
    case 7: return {Json::Array{anything(depth - 1), anything(depth - 1)}};
    default: return {Json::Object{{choices_.word({"when", "distance", "price", "percent", "bars", "x"}), anything(depth - 1)}}};
  }
}

Json Documents::expression(bool is_condition) {
  const auto plain = [&] { return text(is_condition ? texts_.condition() : texts_.number()); };
  if (!choices_.one_in(8)) return plain();
  Members members(*this);
  switch (choices_.below(5)) {
    case 0: members.add("all", 1, [&] { return Json{Json::Array{plain(), plain()}}; }); break;
    case 1: members.add("any", 1, [&] { return Json{Json::Array{plain(), plain()}}; }); break;
    case 2: members.add("not", 1, plain); break;
    case 3:
      members.add("left", 1, [&] { return text(texts_.number()); })
          .add("op", 1, [&] { return is_condition ? word({">", "<", ">=", "!="}) : word({"+", "-", "*", "/"}); })
          .add("right", 1, [&] { return text(texts_.number()); });
      break;
    default:
      members.add(choices_.one_in(2) ? "tf" : "at", 1, [&] { return word({"1w", "A", "1mo", "B"}); })
          .add("value", 1, plain);
  }
  return members.take();
}

Json Documents::order() {
  const std::string type = choices_.word({"market", "limit", "stop", "stop_limit", "market_on_close"});
  const auto near = [&] {
    return text(choices_.word({"close", "close * 0.98", "close * 1.02", "high", "low", "close - atr(3)", "close + 1"}));
  };
  const bool waits = type.find("limit") != std::string::npos || type.find("stop") != std::string::npos;
  Members members(*this);
  members.add("type", 1, [&] { return text(type); });
  if (type == "limit" || type == "stop_limit") members.add("limit", 1, near);
  if (type == "stop" || type == "stop_limit") members.add("stop", 1, near);
  if (waits) {
    members.add("tif", 2, [&] {
      if (choices_.one_in(2)) return word({"gtc", "day"});
      return Members(*this).add("bars", 1, [&] { return number({"1", "2", "5"}); }).take();
    });
  }
  return members.take();
}

Json Documents::side() {
  return Members(*this)
      .add("when", 1, [&] { return expression(true); })
      .add("order", 2, [&] { return order(); })
      .take();
}

Json Documents::rotation() {
  return Members(*this)
      .add("every", 1, [&] { return word({"day", "week", "month", "quarter", "year"}); })
      .add("on", 3, [&] { return word({"first", "last"}); })
      .add("gate", 3, [&] { return expression(true); })
      .add("rank_by", 1, [&] { return expression(false); })
      .add("order", 3, [&] { return word({"asc", "desc"}); })
      .add("top", 1, [&] { return number({"1", "2", "3"}); })
      .add("keep_if_rank_within", 4, [&] { return number({"3", "5"}); })
      .add("weight", 2, [&] { return word({"equal", "rank", "inverse_volatility", "0.3", "close / 300"}); })
      .add("cash_buffer_percent", 4, [&] { return number({"0", "5", "50", "100"}); })
      .add("drift_threshold_percent", 4, [&] { return number({"0", "1", "10"}); })
      .take();
}

Json Documents::legs() {
  const auto leg = [&](std::string_view symbol) {
    return Members(*this)
        .add("asset", 1, [&] { return text(std::string(symbol)); })
        .add("ratio", 2, [&] { return word({"1", "-1", "-0.5", "2 * $x", "close / 100", "open - close"}); })
        .take();
  };
  return Members(*this).add("x", 1, [&] { return leg("A"); }).add("y", 1, [&] { return leg("B"); }).take();
}

Json Documents::entries() {
  Members members(*this);
  members.add("indicators", 1, [&] {
    return Members(*this)
        .add("i1", 1, [&] { return text(choices_.word({"sma(close, 3)", "close - open", "ema(close, $n)"})); })
        .add("i2", 1, [&] { return text(choices_.word({"i1 * 2", "high - low", "atr(3) + i1"})); })
        .take();
  });
  const std::size_t kind = choices_.below(10);
  if (kind == 7) return members.add("rotate", 1, [&] { return rotation(); }).take();
  if (kind == 8) return members.add("signals", 1, [&] { return Json{true}; }).take();
  if (kind == 9) members.add("legs", 1, [&] { return legs(); });
  const bool takes_long = kind != 1;
  if (takes_long) members.add("long", 1, [&] { return side(); });
  members.add("short", takes_long ? 2 : 1, [&] { return side(); });
  return members.add("priority", 4, [&] { return expression(false); }).take();
}

Json Documents::exits() {
  Json::Array rules;
  const int count = choices_.between(0, 3);
  for (int i = 0; i < count; ++i) {
    Members members(*this);
    if (choices_.one_in(4)) {
      members.add("type", 1, [&] { return word({"trailing_stop"}); })
          .add("distance", 1, [&] { return word({"1", "atr(3)", "close * 0.03"}); });
    } else {
      members.add("when", 1, [&] { return expression(true); })
          .add("order", 3, [&] { return order(); })
          .add("portion", 3, [&] { return number({"0.5", "1", "0.333", "0.01"}); });
    }
    members.add("side", 5, [&] { return word({"both", "long", "short"}); });
    rules.push_back(members.take());
  }
  return {std::move(rules)};
}

Json Documents::level(bool is_stop) {
  if (!choices_.one_in(2)) return number({"0.02", "0.1", "0.005", "0.5"});
  Members members(*this);
  if (choices_.one_in(2)) return members.add("price", 1, [&] { return word({is_stop ? "close * 0.97" : "close * 1.03", "sma(close, 3)"}); }).take();
  return members.add("distance", 1, [&] { return word({"1", "2 * atr(3)", "high - low"}); }).take();
}

Json Documents::size() {
  Members members(*this);
  switch (choices_.below(6)) {
    case 0: members.add("units", 1, [&] { return number({"10", "1", "0.5", "100000"}); }); break;
    case 1: members.add("cash", 1, [&] { return number({"1000", "50", "5000000"}); }); break;
    case 2: members.add("percent_equity", 1, [&] { return number({"100", "10", "33.3", "250"}); }); break;
    case 3: members.add("weight", 1, [&] { return word({"0.5", "1", "close / 500", "2"}); }); break;
    case 4:
      members.add("risk_percent", 1, [&] { return number({"1", "0.1", "50"}); })
          .add("distance", 1, [&] { return word({"1", "atr(3)", "0.0001"}); });
      break;
    default:
      members.add("volatility_target_percent", 1, [&] { return number({"10", "100"}); })
          .add("lookback", 1, [&] { return number({"2", "5"}); });
  }
  return members.take();
}

Json Documents::risk() {
  const auto percent = [&] { return number({"50", "5", "100", "0.5"}); };
  return Members(*this)
      .add("stop_loss", 3, [&] { return level(true); })
      .add("take_profit", 3, [&] { return level(false); })
      .add("trailing_stop", 4, [&] { return level(true); })
      .add("time_stop_bars", 5, [&] { return number({"1", "3", "7"}); })
      .add("size", 2, [&] { return size(); })
      .add("pyramiding", 4, [&] {
        return Members(*this)
            .add("max", 1, [&] { return number({"2", "1", "4"}); })
            .add("step", 2, [&] { return word({"1", "atr(3)", "0.01"}); })
            .take();
      })
      .add("max_positions", 5, [&] { return number({"1", "2"}); })
      .add("max_position_size_pct", 6, percent)
      .add("max_gross_exposure_pct", 6, percent)
      .add("max_net_exposure_pct", 6, percent)
      .add("daily_loss_halt_pct", 6, [&] { return number({"1", "5"}); })
      .add("drawdown_halt_pct", 6, [&] { return number({"2", "20"}); })
      .add("cooldown_bars", 5, [&] { return number({"0", "1", "4"}); })
      .take();
}

Json Documents::commission() {
  Members members(*this);
  if (choices_.one_in(3)) {
    members.add("tiers", 1, [&] {
      Json::Array tiers;
      tiers.push_back(Members(*this)
                          .add("up_to", 1, [&] { return number({"1000", "0.01", "5000.5"}); })
                          .add("percent", 1, [&] { return number({"1", "0.25", "0"}); })
                          .take());
      tiers.push_back(Members(*this).add("percent", 1, [&] { return number({"0.1", "2"}); }).take());
      return Json{std::move(tiers)};
    });
  } else {
    members.add("percent", 2, [&] { return number({"0.1", "1", "0.0333"}); });
  }
  return members.add("per_order", 3, [&] { return number({"1", "0.005"}); })
      .add("per_share", 3, [&] { return number({"0.01", "0.0035"}); })
      .add("min", 3, [&] { return number({"1", "0"}); })
      .add("max", 4, [&] { return number({"1", "20"}); })
      .take();
}

Json Documents::slippage() {
  return Members(*this)
      .add("percent", 2, [&] { return number({"0.1", "1", "0.005"}); })
      .add("ticks", 2, [&] { return number({"1", "3", "0"}); })
      .add("volume_share", 3, [&] { return number({"0.1", "1"}); })
      .add("volume_basis", 4, [&] { return word({"filling_bar", "previous_bar"}); })
      .take();
}

Json Documents::execution() {
  return Members(*this)
      .add("fill", 3, [&] { return word({"next_open", "same_close"}); })
      .add("intrabar", 3, [&] { return word({"worst_case", "stop_first", "nearest_extreme", "ohlc", "olhc", "lower_timeframe"}); })
      .add("limit_fill", 4, [&] { return word({"touch", "through"}); })
      .add("crossover", 5, [&] { return word({"default", "strict"}); })
      .add("size_at", 4, [&] { return word({"fill", "signal"}); })
      .add("on_opposite", 4, [&] { return word({"reverse", "close", "ignore"}); })
      .add("on_short_cash", 4, [&] { return word({"reduce", "skip"}); })
      .add("finalize", 4, [&] { return word({"none", "last_close", "last_open"}); })
      .add("quantity_step", 3, [&] { return number({"1", "0.01", "0.000001", "100"}); })
      .add("price_tick", 6, [&] { return number({"0.01", "0.05", "1"}); })
      .add("commission", 3, [&] { return commission(); })
      .add("slippage", 4, [&] { return slippage(); })
      .add("spread", 4, [&] { return word({"quoted", "none"}); })
      .add("leverage", 4, [&] { return number({"1", "2", "10.5", "1000"}); })
      .add("maintenance", 4, [&] { return number({"0", "0.25", "1"}); })
      .add("on_leave", 4, [&] { return word({"keep", "close"}); })
      .add("max_volume_share", 4, [&] { return number({"0.1", "1", "0.033"}); })
      .add("borrow_rate_percent", 5, [&] { return number({"3", "1000"}); })
      .add("interest_rate_percent", 5, [&] { return number({"2", "-1", "1000"}); })
      .add("max_age", 5, [&] { return word({"5d", "0d", "1w"}); })
      .add("stale_days", 5, [&] { return number({"1", "3"}); })
      .take();
}

StrategyDocument Documents::strategy() {
  StrategyDocument document;
  document.parameters = Members(*this)
                            .add("n", 1, [&] { return number({"3", "2", "5"}); })
                            .add("x", 1, [&] { return number({"1.5", "0.5", "-2"}); })
                            .take();
  document.entry_rules = entries();
  document.exit_rules = exits();
  document.risk_rules = risk();
  return document;
}

Json Documents::run_parameters() {
  return Members(*this).add("execution", 1, [&] { return execution(); }).add("n", 6, [&] { return number({"4"}); }).take();
}

std::string text_of(const Json& json) {
  if (const bool* value = json.boolean()) return *value ? "true" : "false";
  if (const Decimal* value = json.number()) return value->to_text();
  if (const LongNumber* value = json.long_number()) return value->text;
  if (const std::string* value = json.string()) return json_string(*value);
  std::string list;
  if (const Json::Array* array = json.array()) {
    for (const Json& element : *array) list += concat(list.empty() ? "" : ", ", text_of(element));
    return concat('[', list, ']');
  }
  if (const Json::Object* object = json.object()) {
    for (const auto& [key, value] : *object) {
      list += concat(list.empty() ? "" : ", ", json_string(key), ": ", text_of(value));
    }
    return concat('{', list, '}');
  }
  return "null";
}

}  // namespace quant::fuzz
