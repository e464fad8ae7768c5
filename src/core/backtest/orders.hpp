// SPDX-License-Identifier: PostgreSQL
// What waits to be filled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/backtest/ledger.hpp"

namespace quant {

/// What earlier fills of an order came to: its commission is reckoned on the whole.
struct OrderProgress {
  Quantity quantity;
  Money value;
  Money commission;
  std::optional<std::size_t> bar;  // that has filled what it could of it: once a bar
};

/// A fill that a bar offers an order.
struct FillChance {
  Price reference;
  FillBasis basis = FillBasis::kOpen;
  bool slips = true;  // spread and slippage apply
};

/// The prices of a bar, and how far beyond a limit it must go.
struct BarPrices {
  Price open;
  Price high;
  Price low;
  Price close;
  Price beyond;
};

/// What entry and exit orders share.
struct Order {
  OrderType type = OrderType::kMarket;
  std::optional<Price> limit;
  std::optional<Price> stop;
  bool triggered = false;  // a stop-limit that rests as a limit
  std::size_t trigger_bar = 0;
  TimeInForce in_force;
  std::size_t decided_bar = 0;
  Timestamp decided = 0;
  std::optional<Day> first_day;  // of the first bar after the decision
  std::optional<std::size_t> signal;
  std::string rule;
  OrderProgress progress;

  [[nodiscard]] bool waits_for_price() const { return limit || stop; }
  /// What a stop has triggered, or a market order has left, fills at the next open.
  void go_on_at_market() {
    type = OrderType::kMarket;
    limit = stop = std::nullopt;
  }
  /// An order that has filled something was executed, whatever becomes of the rest.
  [[nodiscard]] SignalStatus outcome(SignalStatus otherwise) const {
    return progress.quantity.is_zero() ? otherwise : SignalStatus::kExecuted;
  }
  /// What the open of bar `bar` offers. A stop-limit may be triggered by it.
  [[nodiscard]] std::optional<FillChance> at_open(bool buying, const BarPrices& prices,
                                                  std::size_t bar);
  /// What the bar offers after its open.
  [[nodiscard]] std::optional<FillChance> inside(bool buying, const BarPrices& prices,
                                                 std::size_t bar);
  /// `bar` is known at its close to be the last that it lives through; `is_last_of_day`: so is its
  /// day's end, as for bars of a day or longer.
  [[nodiscard]] bool ends_with(std::size_t bar, bool is_last_of_day) const;
  /// The day that it lived through has passed.
  [[nodiscard]] bool ended_before(Day day) const {
    return waits_for_price() && in_force.kind == TimeInForce::Kind::kDay && first_day &&
           *first_day < day;
  }
};

struct EntryOrder : Order {
  Side side = Side::kLong;
  std::size_t number = 0;  // unique in a run
  std::optional<Ratio> priority;
  SizeRule size;
  std::optional<Ratio> size_value;  // of its expression on the deciding bar, or the volatility
  std::optional<Ratio> stop_value;  // of the rules' expressions on the deciding bar
  std::optional<Ratio> target_value;
  std::vector<std::optional<Ratio>> trail_values;  // one for each trailing rule
  std::optional<Quantity> wanted;                  // still to fill; none: not worked out yet
  Reason reason = Reason::kSignal;
  bool only_closes = false;  // the position of the other side
  std::string refusal;       // why it cannot be filled
};

struct ExitOrder : Order {
  Reason reason = Reason::kSignal;
  std::optional<std::size_t> source;  // index of the exit rule
  std::optional<std::size_t> lot;     // one lot only
  std::optional<Quantity> quantity;   // still to close; none: all
  bool at_next_open = false;          // even with fill "same_close"
  bool is_forced = false;             // no volume limits it

  /// All that is held, as soon as the market is open.
  [[nodiscard]] bool is_whole_at_market() const {
    return type == OrderType::kMarket && !lot && !quantity;
  }
};

/// A decision from outside.
struct UserSignal {
  enum class Kind { kBuy, kShort, kSell, kCover, kExit, kHold };
  std::int64_t id = 0;
  std::size_t symbol = 0;
  Kind kind = Kind::kHold;
  Timestamp time = 0;
  std::optional<Quantity> quantity;
  std::optional<Decimal> weight_percent;
  std::optional<Decimal> strength;
};

/// The values of signals.signal_type.
[[nodiscard]] std::string_view user_signal_name(UserSignal::Kind kind);
/// kHold, which asks for nothing, for any other name.
[[nodiscard]] UserSignal::Kind user_signal_kind(std::string_view name);

}  // namespace quant
