// SPDX-License-Identifier: PostgreSQL
// The part of the engine that decides: rules at a close become orders.
#include <algorithm>

#include "core/backtest/engine.hpp"
#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr std::string_view kMissing = " is missing or not positive on the deciding bar";

}  // namespace

bool Engine::holds(const Condition& condition, std::size_t symbol,
                   const AccountState& account) const {
  const std::size_t bar = symbols_[symbol].bar();
  const Truth truth = condition.column != nullptr
                          ? condition.column[bar]
                          : values_[symbol].condition(condition.id, bar, account);
  return truth == Truth::kTrue;
}

std::optional<Ratio> Engine::value_of_rule(NodeId id, std::size_t symbol, std::size_t bar,
                                           const AccountState& account) const {
  const Number value = values_[symbol].number(id, bar, account);
  if (!value.known) return std::nullopt;
  return Ratio{value.value, rules_of(symbol).program[id].denominator};
}

/// The account, with what the symbol's position adds to it.
AccountState Engine::account_of(std::size_t symbol, AccountState account) const {
  if (!ledger_.holds(symbol)) return account;
  const Position& position = ledger_.position(symbol);
  account.position = position.side == Side::kLong ? position.quantity : -position.quantity;
  account.entry_price = position.lots.front().entry_price;
  account.bars_held =
      static_cast<std::int64_t>(symbols_[symbol].bar() - position.lots.front().entry_bar);
  return account;
}

void Engine::decide(std::size_t symbol, const AccountState& base) {
  SymbolState& state = symbols_[symbol];
  if (state.bar() < state.quiet_until) return;
  const bool held = ledger_.holds(symbol);
  const AccountState account = account_of(symbol, base);
  std::array<bool, 2> wants = {false, false};
  for (std::size_t side = 0; side < 2; ++side) {
    wants[side] = state.enter[side] && holds(*state.enter[side], symbol, account);
    if (!wants[side]) state.signalled[side] = false;
  }
  if (wants[0] && wants[1]) wants = {false, false};
  if (!held && !wants[0] && !wants[1] && !state.has_entry()) return rest(symbol);

  if (held && strategy_.time_stop_bars) stop_by_time(symbol);
  const auto asked = ask_exits(symbol, account);
  for (const Side side : {Side::kLong, Side::kShort}) {
    if (asked[index_of(side)]) {
      cancel_entry(symbol, side, SignalStatus::kCancelled, "an exit rule is true");
    } else if (wants[index_of(side)] && may_enter(symbol, side, account)) {
      decide_entry(symbol, side, account);
    }
  }
  rest(symbol);
}

/// Looks for the next bar at which a rule is true: until then there is nothing to decide.
void Engine::rest(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  const bool has_memory = state.signalled[0] || state.signalled[1] || !state.refused_exits.empty();
  if (has_memory || reads_account_ || strategy_.time_stop_bars) return;
  std::size_t earliest = state.bars->size();
  const auto look = [&](const Condition& condition) {
    const Truth* column = condition.column;
    earliest = static_cast<std::size_t>(
        std::find(column + state.next, column + earliest, Truth::kTrue) - column);
  };
  for (const std::optional<Condition>& condition : state.enter) {
    if (condition) look(*condition);
  }
  for (const Condition& condition : state.exit_conditions) look(condition);
  state.quiet_until = earliest;
}

/// Places the exit orders of the rules that are true; tells which sides any of them leaves.
std::array<bool, 2> Engine::ask_exits(std::size_t symbol, const AccountState& account) {
  std::array<bool, 2> asked = {false, false};
  SymbolState& state = symbols_[symbol];
  for (std::size_t i = 0; i < state.exit_conditions.size(); ++i) {
    const ExitRule& rule = strategy_.exits[i];
    if (!holds(state.exit_conditions[i], symbol, account)) {
      if (!state.refused_exits.empty()) std::erase(state.refused_exits, i);
      continue;
    }
    // A part taken out does not speak against the position.
    for (const Side side : {Side::kLong, Side::kShort}) {
      asked[index_of(side)] = asked[index_of(side)] || (rule.is_whole() && rule.closes(side));
    }
    if (ledger_.holds(symbol) && rule.closes(ledger_.position(symbol).side))
      place_rule_exit(symbol, i, account);
  }
  return asked;
}

void Engine::stop_by_time(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  for (const Lot& lot : ledger_.position(symbol).lots) {
    if (state.bar() - lot.entry_bar < static_cast<std::size_t>(*strategy_.time_stop_bars)) continue;
    const bool waits = std::any_of(state.exits.begin(), state.exits.end(),
                                   [&](const ExitOrder& order) { return order.lot == lot.id; });
    if (waits) continue;
    ExitOrder order = new_exit(symbol, Reason::kTimeExit, "time_stop_bars");
    order.lot = lot.id;
    state.exits.push_back(std::move(order));
  }
}

/// Neither the position nor the calendar stands against an entry of that side.
bool Engine::may_enter(std::size_t symbol, Side side, const AccountState& account) const {
  const SymbolState& state = symbols_[symbol];
  if (state.entries[index_of(side)]) return false;
  if (only_closes(symbol, side)) return true;
  if (state.has_members && !is_member(symbol)) return false;
  if (!ledger_.holds(symbol)) return !is_cooling(symbol, state.bar());
  const Position& position = ledger_.position(symbol);
  if (position.side != side) return execution_.on_opposite != OnOpposite::kIgnore;
  return !has_whole_exit(symbol) && may_add(symbol, state.bar(), account);
}

/// An entry of `side` would leave the position held, and open nothing: no halt stands against it.
bool Engine::only_closes(std::size_t symbol, Side side) const {
  return execution_.on_opposite == OnOpposite::kClose && ledger_.holds(symbol) &&
         ledger_.position(symbol).side != side;
}

/// The position was closed too short a while before the decision at `bar`.
bool Engine::is_cooling(std::size_t symbol, std::size_t bar) const {
  const auto& left_at = symbols_[symbol].left_at;
  return left_at && bar < *left_at + static_cast<std::size_t>(strategy_.cooldown_bars);
}

/// Pyramiding: another entry, a step beyond the newest one.
bool Engine::may_add(std::size_t symbol, std::size_t bar, const AccountState& account) const {
  if (strategy_.pyramiding.most == 1) return false;
  const Position& position = ledger_.position(symbol);
  int entries = 0;
  std::optional<std::size_t> last;
  for (const Lot& lot : position.lots) {
    if (lot.order != last) ++entries;
    last = lot.order;
  }
  if (entries >= strategy_.pyramiding.most) return false;
  const auto& rule = rules_of(symbol).pyramiding.step;
  if (!rule) return true;
  const auto step = value_of_rule(*rule, symbol, bar, account);
  if (!step) return false;
  const Price gain = symbols_[symbol].bars->close[bar] - position.lots.back().entry_price;
  return compare_products(direction(position.side) * gain.units(), step->denominator,
                          step->numerator, Price::kUnit) >= 0;
}

void Engine::decide_entry(std::size_t symbol, Side side, const AccountState& account) {
  SymbolState& state = symbols_[symbol];
  const bool closes = only_closes(symbol, side);
  if (!closes && !halt_reason_.empty()) {
    if (state.signalled[index_of(side)]) return;
    settle(write_signal(symbol, opening(side), std::string(side_name(side))),
           SignalStatus::kRejected, halt_reason_);
    state.signalled[index_of(side)] = true;
    return;
  }
  place_entry(symbol, side, account, closes);
}

/// A market order for all that is held, unless one waits already.
void Engine::place_exit(std::size_t symbol, Reason reason, const std::string& rule) {
  if (!strategy_.legs.empty()) return place_legs_exit(reason, rule);
  const bool waits = reason == Reason::kMarginCall || reason == Reason::kRebalance;
  if (is_leaving(symbol) || (waits && has_whole_exit(symbol))) return;
  ExitOrder order = new_exit(symbol, reason, rule);
  order.at_next_open = waits;
  order.is_forced = reason == Reason::kMarginCall;
  order.signal = write_signal(symbol, closing(ledger_.position(symbol).side), rule);
  symbols_[symbol].exits.push_back(std::move(order));
}

/// The order of an exit rule, unless one of its own waits already.
void Engine::place_rule_exit(std::size_t symbol, std::size_t index, const AccountState& account) {
  SymbolState& state = symbols_[symbol];
  const ExitRule& rule = rules_of(symbol).exits[index];
  if (rule.is_whole() && rule.order.type == OrderType::kMarket)
    return place_exit(symbol, Reason::kSignal, rule.id);
  const bool waits = std::any_of(state.exits.begin(), state.exits.end(),
                                 [&](const ExitOrder& order) { return order.source == index; });
  if (waits || is_leaving(symbol)) return;
  ExitOrder order = new_exit(symbol, Reason::kSignal, rule.id);
  order.source = index;
  std::string refusal;
  if (!set_prices(order, rule.order, symbol, account))
    refusal = concat("the price of the order", kMissing);
  const Position& position = ledger_.position(symbol);
  if (!rule.is_whole()) {
    const Int128 units =
        multiply(position.quantity.units(), rule.portion.mantissa) / rule.portion.unit();
    order.quantity = floor_to_step(Quantity::from_units(units), state.step);
    if (order.quantity->is_zero()) refusal = "the portion is below one quantity step";
  }
  if (!refusal.empty()) {
    if (std::count(state.refused_exits.begin(), state.refused_exits.end(), index) != 0) return;
    state.refused_exits.push_back(index);
  }
  order.signal = write_signal(symbol, closing(position.side), rule.id);
  if (!refusal.empty()) return settle(order.signal, SignalStatus::kRejected, refusal);
  state.exits.push_back(std::move(order));
}

/// Sets type, prices and time in force; false where a price is missing or not positive.
bool Engine::set_prices(Order& order, const OrderRule& rule, std::size_t symbol,
                        const AccountState& account) const {
  const SymbolState& state = symbols_[symbol];
  order.type = rule.type;
  order.in_force = rule.in_force;
  const auto price = [&](NodeId id, std::optional<Price>& target) {
    const auto value = value_of_rule(id, symbol, state.bar(), account);
    if (!value || value->numerator <= 0) return false;
    target = level_price(value->numerator, value->denominator, state.tick);
    return target && *target > Price{};
  };
  return (!rule.limit || price(*rule.limit, order.limit)) &&
         (!rule.stop || price(*rule.stop, order.stop));
}

/// What the rules for stops, targets and size say on the deciding bar `bar`.
void Engine::set_rule_values(EntryOrder& order, std::size_t symbol, std::size_t bar,
                             const AccountState& account) const {
  const Strategy& rules = rules_of(symbol);
  const auto level = [&](const LevelRule& rule) -> std::optional<Ratio> {
    if (!rule.is_computed()) return std::nullopt;
    auto value = value_of_rule(rule.expression, symbol, bar, account);
    if (value && value->numerator > 0) return value;
    order.refusal = concat("the stop or target", kMissing);
    return std::nullopt;
  };
  if (rules.stop_loss) order.stop_value = level(*rules.stop_loss);
  if (rules.take_profit) order.target_value = level(*rules.take_profit);
  for (const TrailingRule& rule : rules.trailing) {
    order.trail_values.push_back(rule.guards(order.side) ? level(rule.distance) : std::nullopt);
  }
  if (!order.size.expression && order.size.mode != SizeRule::Mode::kVolatilityTarget) return;
  order.size_value = size_value(symbol, order.size, bar, account);
  if (!order.size_value && order.refusal.empty()) order.refusal = concat("the size", kMissing);
}

/// `only_closes`: the order leaves the position of the other side, and opens nothing.
void Engine::place_entry(std::size_t symbol, Side side, const AccountState& account,
                         bool only_closes) {
  SymbolState& state = symbols_[symbol];
  EntryOrder order;
  order.side = side;
  order.only_closes = only_closes;
  order.number = next_order_++;
  order.rule = std::string(side_name(side));
  order.size = rules_of(symbol).size;
  order.decided_bar = state.bar();
  order.decided = now_;
  if (!state.signalled[index_of(side)]) {
    order.signal =
        write_signal(symbol, only_closes ? closing(opposite(side)) : opening(side), order.rule);
    state.signalled[index_of(side)] = true;
  }
  if (!set_prices(order, rules_of(symbol).entry(side)->order, symbol, account)) {
    return settle(order.signal, SignalStatus::kRejected,
                  concat("the price of the order", kMissing));
  }
  if (const auto& priority = rules_of(symbol).priority) {
    order.priority = value_of_rule(*priority, symbol, state.bar(), account);
  }
  if (!only_closes) set_rule_values(order, symbol, state.bar(), account);
  if (!order.refusal.empty()) return settle(order.signal, SignalStatus::kRejected, order.refusal);
  cancel_entry(symbol, opposite(side), SignalStatus::kCancelled, "the other side was ordered");
  if (execution_.size_at == SizeAt::kSignal && !only_closes) {
    order.wanted =
        wanted_quantity(symbol, order, FillPrice(state.bars->close[state.bar()]), account.equity);
  }
  state.entries[index_of(side)] = std::make_unique<EntryOrder>(std::move(order));
}

void Engine::cancel_entry(std::size_t symbol, Side side, SignalStatus status, std::string reason) {
  SymbolState& state = symbols_[symbol];
  std::unique_ptr<EntryOrder>& order = state.entries[index_of(side)];
  if (!order) return;
  settle(order->signal, order->outcome(status), std::move(reason));
  order.reset();
  state.signalled[index_of(side)] = false;
}

std::size_t Engine::write_signal(std::size_t symbol, FillKind kind, const std::string& rule) {
  const SymbolState& state = symbols_[symbol];
  // A margin call may concern a symbol without a bar at this time: its last close stands.
  Signal signal;
  signal.time = now_;
  signal.symbol = symbol;
  signal.kind = kind;
  signal.price = state.bars->close[state.bar()];
  signal.rule = rule;
  signals_.push_back(std::move(signal));
  return signals_.size() - 1;
}

void Engine::settle(std::optional<std::size_t> signal, SignalStatus status, std::string reason) {
  if (!signal) return;
  signals_[*signal].status = status;
  signals_[*signal].status_reason = std::move(reason);
}

}  // namespace quant
