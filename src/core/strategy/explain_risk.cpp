// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/explain_risk.hpp"

#include <array>

namespace quant {

namespace {

std::string plain(const JsonReader& reader) { return reader.number().trimmed().to_text(); }

/// "Each position takes 90 percent of the equity."
std::string size_text(const Explanation& out, const JsonReader& rules) {
  if (!rules.has("size")) return "Each position takes 100 percent of the equity.";
  const JsonReader size = rules.at("size");
  if (size.has("units")) return concat("Each position is of ", plain(size.at("units")), " units.");
  if (size.has("cash"))
    return concat("Each position is worth ", plain(size.at("cash")), " in cash.");
  if (size.has("risk_percent")) {
    const std::string risk =
        concat("Each position risks ", plain(size.at("risk_percent")), " percent of the equity");
    return size.has("distance")
               ? concat(risk, " over a distance of ", out.expression(size.at("distance")), '.')
               : concat(risk, " between the fill and the stop loss.");
  }
  if (size.has("volatility_target_percent")) {
    return concat("Each position aims at a volatility of ",
                  plain(size.at("volatility_target_percent")), " percent, measured over ",
                  counted(size.at("lookback").number(), "bar"), '.');
  }
  if (size.has("weight")) {
    return concat("Each position takes ", out.expression(size.at("weight")),
                  " of the equity, as a fraction.");
  }
  return concat("Each position takes ", plain(size.at("percent_equity")),
                " percent of the equity.");
}

/// Where a stop or target lies.
std::string level_text(const Explanation& out, const JsonReader& level, std::string_view origin) {
  if (level.json().object() == nullptr)
    return concat(percent_text(level.number()), " from ", origin);
  if (level.has("price")) return concat("at ", out.expression(level.at("price")));
  return concat(out.expression(level.at("distance")), " from ", origin);
}

void explain_stops(Explanation& out, const JsonReader& rules) {
  constexpr std::string_view kFill = "the fill price";
  if (rules.has("stop_loss")) {
    out.line(concat("Stop loss: ", level_text(out, rules.at("stop_loss"), kFill), '.'));
  }
  if (rules.has("take_profit")) {
    out.line(concat("Take profit: ", level_text(out, rules.at("take_profit"), kFill), '.'));
  }
  if (rules.has("trailing_stop")) {
    const JsonReader stop = rules.at("trailing_stop");
    const bool has_price = stop.json().object() != nullptr && stop.has("price");
    out.line(concat("Trailing stop: ",
                    has_price ? concat("as far from the best price since the fill as ",
                                       out.expression(stop.at("price")), " lies from the fill")
                              : level_text(out, stop, "the best price since the fill"),
                    '.'));
  }
  if (rules.has("time_stop_bars")) {
    out.line(concat("Time stop: after ", counted(rules.at("time_stop_bars").number(), "bar"), '.'));
  }
}

void explain_pyramiding(Explanation& out, const JsonReader& pyramiding) {
  std::string text =
      concat("Adds to a position, up to ", counted(pyramiding.at("max").number(), "lot"));
  if (pyramiding.has("step"))
    text += concat(", each a step of ", out.expression(pyramiding.at("step")), " further");
  out.line(text + '.');
}

struct Limit {
  std::string_view key;
  std::string_view before;
  std::string_view after;
};
constexpr std::array<Limit, 5> kLimits = {{
    {"max_position_size_pct", "A position is worth at most ", " percent of the equity."},
    {"max_gross_exposure_pct", "All positions together are worth at most ",
     " percent of the equity."},
    {"max_net_exposure_pct", "Long and short positions differ by at most ",
     " percent of the equity."},
    {"daily_loss_halt_pct", "Opens nothing more on a day that has lost ",
     " percent of the equity."},
    {"drawdown_halt_pct", "Opens nothing more once the equity lies ", " percent below its peak."},
}};

}  // namespace

void explain_risk(Explanation& out, const Json& risk_rules, bool has_size) {
  static const Json kNone{Json::Object{}};
  const JsonReader rules(risk_rules.is_null() ? kNone : risk_rules, "risk_rules");
  if (has_size) out.line(size_text(out, rules));
  explain_stops(out, rules);
  if (rules.has("pyramiding")) explain_pyramiding(out, rules.at("pyramiding"));
  if (rules.has("max_positions")) {
    out.line(concat("Holds at most ", counted(rules.at("max_positions").number(), "position"),
                    " at a time."));
  }
  for (const Limit& limit : kLimits) {
    if (rules.has(limit.key))
      out.line(concat(limit.before, plain(rules.at(limit.key)), limit.after));
  }
  if (rules.has("halt_action") && rules.at("halt_action").string() == "close") {
    out.line("A halt also closes what is held.");
  }
  if (rules.has("cooldown_bars")) {
    out.line(concat("Waits ", counted(rules.at("cooldown_bars").number(), "bar"),
                    " after an exit before it opens again."));
  }
}

}  // namespace quant
