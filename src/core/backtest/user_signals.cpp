// SPDX-License-Identifier: PostgreSQL
// Orders from decisions that were made outside (rule 37).
#include <algorithm>

#include "core/backtest/engine.hpp"

namespace quant {

namespace {

using Kind = UserSignal::Kind;

FillKind fill_kind_of(Kind kind) {
  switch (kind) {
    case Kind::kBuy:
      return FillKind::kBuy;
    case Kind::kShort:
      return FillKind::kShort;
    case Kind::kCover:
      return FillKind::kCover;
    default:
      return FillKind::kSell;
  }
}

}  // namespace

std::size_t Engine::record_signal(const UserSignal& signal) {
  Signal row;
  row.time = signal.time;
  row.symbol = signal.symbol;
  row.kind = fill_kind_of(signal.kind);
  row.rule = "signals";
  row.user_row = signal.id;
  signals_.push_back(std::move(row));
  return signals_.size() - 1;
}

/// No bar comes after these.
void Engine::expire_signals(std::size_t symbol, const std::string& reason) {
  SymbolState& state = symbols_[symbol];
  while (state.next_signal < state.signals.size()) {
    settle(record_signal(*state.signals[state.next_signal++]), SignalStatus::kExpired, reason);
  }
}

/// Signals older than this bar's start become orders for its open.
void Engine::take_signals(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  while (state.next_signal < state.signals.size() &&
         state.signals[state.next_signal]->time < now_) {
    const UserSignal& signal = *state.signals[state.next_signal++];
    const std::size_t place = record_signal(signal);
    switch (signal.kind) {
      case Kind::kBuy:
      case Kind::kShort:
        enter_by_signal(symbol, signal, place);
        break;
      case Kind::kHold:
        settle(place, SignalStatus::kExecuted);
        break;
      default:
        leave_by_signal(symbol, signal, place);
    }
  }
}

void Engine::enter_by_signal(std::size_t symbol, const UserSignal& signal, std::size_t place) {
  SymbolState& state = symbols_[symbol];
  const Side side = signal.kind == Kind::kBuy ? Side::kLong : Side::kShort;
  const auto refuse = [&](std::string reason) {
    settle(place, SignalStatus::kRejected, std::move(reason));
  };
  if (only_closes(symbol, side)) return leave_by_signal(symbol, signal, place);
  if (ended_) return refuse("the equity is used up");
  if (!halt_reason_.empty()) return refuse(halt_reason_);
  if (state.has_members && !is_member(symbol)) return refuse("the symbol is not in the universe");
  if (state.entries[index_of(side)]) return refuse("an order of that side waits already");
  AccountState account;
  account.equity = ledger_.equity();
  account.cash = ledger_.cash();
  account = account_of(symbol, account);
  // Rules see what had closed when the signal was given; before the first bar that is nothing.
  const bool has_bar = state.bar() > 0;
  const std::size_t bar = has_bar ? state.bar() - 1 : 0;
  if (!ledger_.holds(symbol)) {
    if (is_cooling(symbol, bar)) return refuse("the symbol is cooling down");
  } else if (ledger_.position(symbol).side == side) {
    const bool adds = has_bar && !has_whole_exit(symbol) && may_add(symbol, bar, account);
    if (!adds) return refuse("a position of that side is open");
  } else if (execution_.on_opposite == OnOpposite::kIgnore) {
    return refuse("a position of the other side is open");
  }
  EntryOrder order;
  order.side = side;
  order.number = next_order_++;
  order.rule = "signals";
  order.signal = place;
  order.decided = signal.time;
  order.decided_bar = bar;
  order.size = rules_of(symbol).size;
  if (signal.quantity) {
    order.size = SizeRule{};  // nothing of it is asked
    order.wanted = floor_to_step(*signal.quantity, state.step);
    if (order.wanted->is_zero()) return refuse("the quantity is below one step");
  }
  if (signal.weight_percent && !signal.quantity) {
    order.size = {SizeRule::Mode::kPercentEquity, *signal.weight_percent, std::nullopt, 0};
  }
  if (signal.strength) order.priority = Ratio{signal.strength->mantissa, signal.strength->unit()};
  if (has_bar) {
    set_rule_values(order, symbol, bar, account);
  } else {
    order.trail_values.resize(rules_of(symbol).trailing.size());
    if (needs_deciding_bar(order)) order.refusal = "no bar comes before the signal's";
  }
  cancel_entry(symbol, opposite(side), SignalStatus::kCancelled, "the other side was ordered");
  state.entries[index_of(side)] = std::make_unique<EntryOrder>(std::move(order));
}

/// Its stops or its size are computed on the bar before.
bool Engine::needs_deciding_bar(const EntryOrder& order) const {
  const bool computes_trail =
      std::any_of(strategy_.trailing.begin(), strategy_.trailing.end(),
                  [](const TrailingRule& rule) { return rule.distance.is_computed(); });
  return computes_trail || (strategy_.stop_loss && strategy_.stop_loss->is_computed()) ||
         (strategy_.take_profit && strategy_.take_profit->is_computed()) || order.size.expression ||
         order.size.mode == SizeRule::Mode::kVolatilityTarget;
}

void Engine::leave_by_signal(std::size_t symbol, const UserSignal& signal, std::size_t place) {
  SymbolState& state = symbols_[symbol];
  const auto refuse = [&](std::string reason) {
    settle(place, SignalStatus::kRejected, std::move(reason));
  };
  if (!ledger_.holds(symbol)) return refuse("no position is open");
  const Side held = ledger_.position(symbol).side;
  const bool fits = (signal.kind != Kind::kSell || held == Side::kLong) &&
                    (signal.kind != Kind::kCover || held == Side::kShort);
  if (!fits) return refuse("the position is of the other side");
  if (has_whole_exit(symbol)) return refuse("the position is being closed already");
  ExitOrder order = new_exit(symbol, Reason::kSignal, "signals");
  order.decided = signal.time;
  order.signal = place;
  order.at_next_open = true;
  if (signal.kind == Kind::kBuy || signal.kind == Kind::kShort) {
    order.reason = Reason::kOppositeSignal;
  } else if (signal.quantity && *signal.quantity < ledger_.position(symbol).quantity) {
    order.quantity = floor_to_step(*signal.quantity, state.step);
    if (order.quantity->is_zero()) return refuse("the quantity is below one step");
  }
  state.exits.push_back(std::move(order));
}

}  // namespace quant
