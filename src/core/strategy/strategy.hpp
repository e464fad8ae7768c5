// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/strategy/program.hpp"

namespace quant {

/// The JSONB columns of a strategy, and the parameters of one run of it.
struct StrategyDocument {
  Json parameters;
  Json entry_rules;
  Json exit_rules;
  Json risk_rules;
};

enum class Side { kLong, kShort };

/// +1 for long, -1 for short.
[[nodiscard]] constexpr int direction(Side side) { return side == Side::kLong ? 1 : -1; }
[[nodiscard]] constexpr Side opposite(Side side) {
  return side == Side::kLong ? Side::kShort : Side::kLong;
}
[[nodiscard]] constexpr std::string_view side_name(Side side) {
  return side == Side::kLong ? "long" : "short";
}
[[nodiscard]] constexpr std::size_t index_of(Side side) { return static_cast<std::size_t>(side); }

enum class OrderType { kMarket, kLimit, kStop, kStopLimit, kMarketOnClose };

/// How long an order waits for its price.
struct TimeInForce {
  enum class Kind { kGoodTillCancelled, kDay, kBars };
  Kind kind = Kind::kGoodTillCancelled;
  int bars = 0;
};

/// The order that a rule places; prices are expressions on the deciding bar.
struct OrderRule {
  OrderType type = OrderType::kMarket;
  std::optional<NodeId> limit;
  std::optional<NodeId> stop;
  TimeInForce in_force;
};

struct EntryRule {
  NodeId when;
  OrderRule order;
};

struct ExitRule {
  std::string id;
  std::size_t place = 0;  // in the list of exit rules
  bool closes_long = true;
  bool closes_short = true;
  NodeId when = -1;
  OrderRule order;
  Decimal portion{1, 0};  // of the position

  [[nodiscard]] bool is_whole() const { return portion == Decimal{1, 0}; }
  [[nodiscard]] bool closes(Side side) const {
    return side == Side::kLong ? closes_long : closes_short;
  }
};

/// Where a stop or target lies.
struct LevelRule {
  enum class Kind {
    kFraction,  // of the fill price
    kDistance,  // `expression` on the deciding bar, in price units from the fill
    kPrice,     // `expression` on the deciding bar
  };
  Kind kind = Kind::kFraction;
  Decimal fraction;
  NodeId expression = -1;

  [[nodiscard]] bool is_computed() const { return kind != Kind::kFraction; }
};

/// A stop that follows the best price at a distance.
struct TrailingRule {
  std::string id;
  bool for_long = true;
  bool for_short = true;
  LevelRule distance;

  [[nodiscard]] bool guards(Side side) const { return side == Side::kLong ? for_long : for_short; }
};

struct SizeRule {
  enum class Mode { kUnits, kCash, kPercentEquity, kWeight, kRiskPercent, kVolatilityTarget };
  Mode mode = Mode::kPercentEquity;
  Decimal amount{100, 0};
  std::optional<NodeId> expression;  // kWeight: the weight; kRiskPercent: the distance
  int lookback = 0;                  // kVolatilityTarget
};

/// More entries on a position that goes well.
struct Pyramiding {
  int most = 1;  // entries, the first included
  std::optional<NodeId> step;
};

/// What an account may hold, and when it stops entering. Percent of equity.
struct Limits {
  std::optional<int> max_positions;
  std::optional<Decimal> max_position_size_pct;
  std::optional<Decimal> max_gross_exposure_pct;
  std::optional<Decimal> max_net_exposure_pct;
  std::optional<Decimal> daily_loss_halt_pct;
  std::optional<Decimal> drawdown_halt_pct;
  std::optional<Decimal> max_leverage;
  bool halt_closes = false;
  bool allow_short = true;

  /// The stricter of each.
  void tighten(const Limits& other);
};

/// A portfolio chosen anew in every period.
struct Rotation {
  enum class Every { kDay, kWeek, kMonth, kQuarter, kYear };
  enum class Weighting { kEqual, kRank, kInverseVolatility, kExpression };
  Every every = Every::kMonth;
  bool on_last = false;
  std::optional<NodeId> gate;
  NodeId rank_by = -1;
  bool ascending = false;
  int top = 1;
  int keep_within = 1;
  Weighting weighting = Weighting::kEqual;
  NodeId weight = -1;  // kExpression
  int lookback = 20;   // kInverseVolatility
  Decimal cash_buffer_percent;
  Decimal drift_threshold_percent;
};

/// One symbol of several that are traded as one.
struct Leg {
  std::string name;
  std::string symbol;
  NodeId ratio = -1;
};

/// A strategy ready to run.
struct Strategy {
  Program program;
  std::optional<EntryRule> enter_long;
  std::optional<EntryRule> enter_short;
  std::optional<NodeId> priority;
  std::optional<Rotation> rotation;
  std::vector<Leg> legs;
  bool takes_signals = false;  // orders come from trading.signals
  std::vector<ExitRule> exits;
  std::optional<LevelRule> stop_loss;
  std::optional<LevelRule> take_profit;
  std::vector<TrailingRule> trailing;
  std::optional<int> time_stop_bars;
  SizeRule size;
  Pyramiding pyramiding;
  Limits limits;
  int cooldown_bars = 0;
  /// close / close[1], where a size or a weight asks for the volatility.
  std::optional<NodeId> close_ratio;

  [[nodiscard]] const std::optional<EntryRule>& entry(Side side) const {
    return side == Side::kLong ? enter_long : enter_short;
  }
  [[nodiscard]] bool has_entries() const {
    return enter_long || enter_short || rotation || takes_signals;
  }
  /// Something may happen inside a bar, so high and low are read.
  [[nodiscard]] bool acts_inside_bars() const;
  /// Every expression that the engine asks for.
  [[nodiscard]] std::vector<NodeId> roots() const;
  /// Bars before the run that the rules need.
  [[nodiscard]] int warm_up() const;
  /// What is needed of the symbol's own bars: a column, and their local times.
  [[nodiscard]] bool reads(BarColumn column) const;
  [[nodiscard]] bool reads_calendar() const;
};

/// Reads and compiles a strategy. `run_parameters` overrides the values of its parameters (the keys
/// "execution" and "benchmark" in it are not parameters). A symbol with splits needs a strategy
/// compiled for its `series`.
/// kInvalidParameter with the JSON path, and the column inside an expression, for an unknown key or
/// name, a value of the wrong kind or range, and a rule that could never act.
[[nodiscard]] Strategy compile_strategy(const StrategyDocument& document,
                                        const Json& run_parameters, bool strict_crossover,
                                        const SeriesSettings& series = {});

/// kInvalidParameter for a document that is JSON's null: no row holds such a one, and to
/// compile_strategy it is an empty one.
void refuse_null(const StrategyDocument& document);

/// An expression in string or object form:
/// "close > 5", {"all": [...]}, {"any": [...]}, {"not": ...}, {"left": ..., "op": ">", "right":
/// ...},
/// {"at": "SPY", "value": ...}, {"tf": "1w", "value": ...}.
[[nodiscard]] Expression read_expression(const Json& json, const std::string& path);

}  // namespace quant
