// SPDX-License-Identifier: PostgreSQL
// The part of the engine that decides: rules and margin at a close become orders.
#include <algorithm>

#include "core/backtest/engine.hpp"

namespace quant {

namespace {

constexpr std::size_t index(Side side) { return static_cast<std::size_t>(side); }

std::string entry_rule(Side side) { return side == Side::kLong ? "long" : "short"; }

}  // namespace

bool Engine::holds(const Condition& condition, std::size_t symbol,
                   const AccountState& account) const {
  const std::size_t bar = symbols_[symbol].bar();
  const Truth truth = condition.column != nullptr
                          ? (*condition.column)[bar]
                          : values_[symbol].condition(condition.id, bar, account);
  return truth == Truth::kTrue;
}

/// The first exit rule that is true for each side, whether or not a lot is held.
std::array<const ExitRule*, 2> Engine::exits_asked(std::size_t symbol,
                                                   const AccountState& account) const {
  std::array<const ExitRule*, 2> asked = {nullptr, nullptr};
  const SymbolState& state = symbols_[symbol];
  for (std::size_t i = 0; i < state.exits.size(); ++i) {
    if (!holds(state.exits[i], symbol, account)) continue;
    const ExitRule& rule = strategy_.exits[i];
    if (rule.closes_long && asked[0] == nullptr) asked[0] = &rule;
    if (rule.closes_short && asked[1] == nullptr) asked[1] = &rule;
  }
  return asked;
}

void Engine::decide(std::size_t symbol, AccountState account) {
  SymbolState& state = symbols_[symbol];
  const std::optional<Lot>& lot = ledger_.lot(symbol);
  if (lot) {
    account.position = lot->side == Side::kLong ? lot->quantity : -lot->quantity;
    account.entry_price = lot->entry_price;
    account.bars_held = static_cast<std::int64_t>(state.bar() - lot->entry_bar);
  }
  std::array<bool, 2> wants = {false, false};
  for (std::size_t side = 0; side < 2; ++side) {
    wants[side] = state.enter[side] && holds(*state.enter[side], symbol, account);
    if (!wants[side]) state.signalled[side] = false;
  }
  if (wants[0] && wants[1]) wants = {false, false};
  if (!lot && !wants[0] && !wants[1]) return;

  const auto exits = exits_asked(symbol, account);
  if (lot) {
    if (const ExitRule* rule = exits[index(lot->side)]) place_exit(symbol, Reason::kSignal, rule->id);
  }
  for (const Side side : {Side::kLong, Side::kShort}) {
    if (!wants[index(side)] || exits[index(side)] != nullptr) continue;
    if (lot && lot->side == side) continue;
    if (lot && execution_.on_opposite == OnOpposite::kIgnore) continue;
    if (lot && execution_.on_opposite == OnOpposite::kClose) {
      place_exit(symbol, Reason::kOppositeSignal, entry_rule(side));
    } else {
      place_entry(symbol, side, account);
    }
  }
}

void Engine::place_exit(std::size_t symbol, Reason reason, const std::string& rule) {
  std::optional<ExitOrder>& order = symbols_[symbol].exit;
  // A rule that fills at this close comes before a margin call, which waits for the next open.
  const bool comes_first = reason != Reason::kMarginCall && execution_.fill == FillAt::kSameClose;
  if (order && !(order->at_next_open && comes_first)) return;
  if (order) settle(order->signal, SignalStatus::kExpired, "a rule closed the position first");
  order = ExitOrder{reason, rule, std::nullopt, reason == Reason::kMarginCall};
  order->signal = write_signal(symbol, closing(ledger_.lot(symbol)->side), rule);
}

Number Engine::rule_value(const std::optional<LevelRule>& rule, std::size_t symbol,
                          const AccountState& account, EntryOrder& order) const {
  if (!rule || rule->kind == LevelRule::Kind::kFraction) return {};
  const Number value = values_[symbol].number(rule->expression, symbols_[symbol].bar(), account);
  if (!value.known) {
    order.refusal = "the stop or target is missing on the deciding bar";
  } else if (value.value <= 0) {
    order.refusal = "the stop or target is not positive on the deciding bar";
  }
  return value;
}

void Engine::place_entry(std::size_t symbol, Side side, const AccountState& account) {
  SymbolState& state = symbols_[symbol];
  EntryOrder order;
  order.side = side;
  order.reverses = ledger_.lot(symbol).has_value();
  if (!state.signalled[index(side)]) {
    order.signal = write_signal(symbol, opening(side), entry_rule(side));
    state.signalled[index(side)] = true;
  }
  if (strategy_.priority) {
    order.priority = values_[symbol].number(*strategy_.priority, state.bar(), account);
  }
  order.stop_value = rule_value(strategy_.stop_loss, symbol, account, order);
  order.target_value = rule_value(strategy_.take_profit, symbol, account, order);
  if (execution_.size_at == SizeAt::kSignal) {
    order.quantity = wanted_quantity(symbol, state.bars->close[state.bar()], account.equity);
  }
  state.entry = std::move(order);
}

std::size_t Engine::write_signal(std::size_t symbol, FillKind kind, const std::string& rule) {
  const SymbolState& state = symbols_[symbol];
  // A margin call may concern a symbol without a bar at this time: its last close stands.
  signals_.push_back({now_, symbol, kind, state.bars->close[state.bar()], rule, {}, {}});
  return signals_.size() - 1;
}

void Engine::settle(std::optional<std::size_t> signal, SignalStatus status, std::string reason) {
  if (!signal) return;
  signals_[*signal].status = status;
  signals_[*signal].status_reason = std::move(reason);
}

/// Closes whole positions, the largest first, until the equity covers the rest.
void Engine::margin_call() {
  const Money equity = ledger_.equity();
  if (equity <= Money{}) {
    end_trading();
    return;
  }
  const auto is_covered = [&](Money gross) {
    return compare_products(equity.units(), execution_.maintenance.unit(), gross.units(),
                            execution_.maintenance.mantissa) >= 0;
  };
  Money gross = ledger_.gross_value();
  if (is_covered(gross)) return;

  std::vector<std::size_t> largest_first = ledger_.holdings();
  std::stable_sort(largest_first.begin(), largest_first.end(), [this](std::size_t a, std::size_t b) {
    return ledger_.lot(a)->value > ledger_.lot(b)->value;
  });
  for (const std::size_t symbol : largest_first) {
    if (symbols_[symbol].exit) gross -= ledger_.lot(symbol)->value;
  }
  for (const std::size_t symbol : largest_first) {
    if (is_covered(gross)) break;
    if (symbols_[symbol].exit) continue;
    gross -= ledger_.lot(symbol)->value;
    place_exit(symbol, Reason::kMarginCall, "margin_call");
  }
}

void Engine::end_trading() {
  ended_ = true;
  const std::vector<std::size_t> holdings = ledger_.holdings();
  for (const std::size_t symbol : holdings) place_exit(symbol, Reason::kMarginCall, "margin_call");
  for (SymbolState& state : symbols_) {
    if (!state.entry) continue;
    settle(state.entry->signal, SignalStatus::kRejected, "the equity is used up");
    state.entry.reset();
  }
}

}  // namespace quant
