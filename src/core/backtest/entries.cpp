// SPDX-License-Identifier: PostgreSQL
// How positions are entered: who is served first, what fits, at what price.
#include <algorithm>

#include "core/backtest/engine.hpp"

namespace quant {

/// The account as the entries of a phase find it.
Engine::EntryRound Engine::entry_round(EnteredAt at) const {
  const Money value = ledger_.market_value();
  return {ledger_.cash() + value, ledger_.gross_value(), value, Money{}, at};
}

/// The entry orders that `offer` fills now, in the order in which they are served.
std::vector<Engine::EntryChance> Engine::chances(
    FunctionRef<std::optional<FillChance>(std::size_t, EntryOrder&)> offer) {
  std::vector<EntryChance> found;
  for (const std::size_t symbol : active_) {
    for (const Side side : {Side::kLong, Side::kShort}) {
      std::optional<EntryOrder>& order = symbols_[symbol].entries[index_of(side)];
      if (!order || order->progress.bar == symbols_[symbol].bar()) continue;
      if (const std::optional<FillChance> chance = offer(symbol, *order)) found.push_back({symbol, side, *chance});
    }
  }
  const auto priority = [this](const EntryChance& chance) -> const std::optional<Fraction>& {
    return symbols_[chance.symbol].entries[index_of(chance.side)]->priority;
  };
  std::stable_sort(found.begin(), found.end(), [&](const EntryChance& a, const EntryChance& b) {
    const auto& left = priority(a);
    const auto& right = priority(b);
    if (left.has_value() != right.has_value()) return left.has_value();
    return left && compare_products(left->numerator, right->denominator, right->numerator, left->denominator) > 0;
  });
  return found;
}

void Engine::enter_all(const std::vector<EntryChance>& entering, EntryRound round) {
  for (const EntryChance& chance : entering) {
    std::optional<EntryOrder>& order = symbols_[chance.symbol].entries[index_of(chance.side)];
    if (!order) continue;
    if (enter(chance, *order, round)) order.reset();
  }
}

/// True when the order is done with: filled, reduced to what fits, or refused.
bool Engine::enter(const EntryChance& entering, EntryOrder& order, EntryRound& round) {
  const auto [symbol, side, chance] = entering;
  SymbolState& state = symbols_[symbol];
  const auto refuse = [&](std::string reason) {
    const bool has_fills = !order.progress.quantity.is_zero();
    settle(order.signal, has_fills ? SignalStatus::kExecuted : SignalStatus::kRejected, std::move(reason));
    return true;
  };
  if (ledger_.holds(symbol) && ledger_.position(symbol).side != side) {
    // At the open and the close the position has been reversed already, as far as the volume allowed.
    if (round.at != EnteredAt::kInside) return false;
    if (!reverse_inside(symbol, order, chance, round)) return false;
  }
  if (!order.refusal.empty()) return refuse(order.refusal);
  if (const std::string reason = refusal_of(symbol, side); !reason.empty()) return refuse(reason);

  const FillPrice price = fill_price(symbol, side == Side::kLong, chance);
  if (!order.wanted) order.wanted = wanted_quantity(symbol, order, price, round.equity);
  if (order.wanted->is_zero()) return refuse("the size is below one quantity step");
  const Quantity rest = *order.wanted - order.progress.quantity;
  Quantity offered = rest;
  if (const auto most = volume_limit(symbol)) offered = std::min(offered, *most);
  if (offered.is_zero()) return false;

  const Quantity paid = affordable(symbol, price, round, offered, order.progress);
  if (paid.is_zero()) return refuse("the buying power does not cover one quantity step");
  if (paid < offered && execution_.on_short_cash == OnShortCash::kSkip) {
    return refuse("the buying power does not cover the size");
  }
  const Quantity quantity = largest_fitting(state.step, paid, [&](Quantity candidate) {
    return within_limits(symbol, side, value_of(candidate, price.bound(candidate)), round);
  });
  if (quantity.is_zero()) return refuse("the limits on positions and exposure leave no room");
  Fill fill = make_fill(symbol, opening(side), quantity, chance, order);
  if (fill.value.is_zero()) return refuse("the size is worth less than a cent");
  book_entry(symbol, order, std::move(fill), round);
  if (quantity == offered && offered < rest) {
    if (chance.slips) {  // what a stop has triggered goes on at the market
      order.type = OrderType::kMarket;
      order.limit = order.stop = std::nullopt;
    }
    return false;
  }
  settle(order.signal, SignalStatus::kExecuted);
  return true;
}

void Engine::book_entry(std::size_t symbol, EntryOrder& order, Fill fill, EntryRound& round) {
  SymbolState& state = symbols_[symbol];
  fill.reason = order.reason;
  round.gross += fill.value;
  round.net += signed_by(order.side, fill.value);
  round.fees += fill.commission;
  Lot& lot = ledger_.open(std::move(fill), state.bar(), round.at);
  lot.order = order.number;
  set_levels(symbol, lot, order);
  if (round.at == EnteredAt::kInside) just_filled_.emplace_back(symbol, lot.id);
  if (round.at == EnteredAt::kClose) ledger_.mark(symbol, price_at(symbol, EnteredAt::kClose));
  state.signalled[index_of(order.side)] = false;
}

/// Inside a bar the position is closed when its reversal fills; that frees what it exposed.
bool Engine::reverse_inside(std::size_t symbol, EntryOrder& order, const FillChance& chance,
                            EntryRound& round) {
  const Money before = ledger_.equity();
  const Position& position = ledger_.position(symbol);
  const Money value = position.value;
  const Money net = signed_by(position.side, value);
  close_opposite(symbol, order, chance);
  const Money left = ledger_.holds(symbol) ? ledger_.position(symbol).value : Money{};
  round.gross -= value - left;
  round.net -= net - (ledger_.holds(symbol) ? signed_by(position.side, left) : Money{});
  round.equity += ledger_.equity() - before;
  return !ledger_.holds(symbol);
}

std::string Engine::refusal_of(std::size_t symbol, Side side) const {
  if (side == Side::kShort && !limits_.allow_short) return "the risk profile does not allow short positions";
  const auto held = static_cast<int>(ledger_.holdings().size());
  if (limits_.max_positions && held >= *limits_.max_positions && !ledger_.holds(symbol)) {
    return "max_positions is reached";
  }
  return {};
}

Decimal Engine::leverage() const {
  if (!limits_.max_leverage) return execution_.leverage;
  return std::min(execution_.leverage, *limits_.max_leverage);
}

/// New exposure needs gross exposure <= leverage x (equity - the fees of this round's entries).
Quantity Engine::affordable(std::size_t symbol, const FillPrice& price, const EntryRound& round,
                            Quantity limit, const OrderProgress& progress) const {
  const Decimal most = leverage();
  const Int128 unit = most.unit();
  const Money equity = round.equity - round.fees;
  const Budget budget{subtract(multiply(most.mantissa, equity.units()), multiply(round.gross.units(), unit)),
                      unit, most.mantissa};
  return largest_fitting(symbols_[symbol].step, limit, [&](Quantity quantity) {
    const Price at = price.bound(quantity);
    if (!has_value(quantity, at)) return false;
    const Money value = value_of(quantity, at);
    return budget.covers(value, commission_of(progress, quantity, value));
  });
}

Money Engine::commission_of(const OrderProgress& progress, Quantity quantity, Money value) const {
  const Money due = execution_.commission.of(progress.quantity + quantity, progress.value + value);
  // A reverse split makes the filled quantity smaller; what has been paid is not given back.
  return std::max(due - progress.commission, Money{});
}

/// Rule 29. What brings the account nearer to a limit that it exceeds already is no reason to refuse.
bool Engine::within_limits(std::size_t symbol, Side side, Money value, const EntryRound& round) const {
  const auto allows = [&](const std::optional<Decimal>& percent, Money exposure) {
    if (!percent) return true;
    return compare_products(multiply(exposure.units(), 100), percent->unit(), round.equity.units(),
                            percent->mantissa) <= 0;
  };
  const Money held = ledger_.holds(symbol) ? ledger_.position(symbol).value : Money{};
  if (!allows(limits_.max_position_size_pct, held + value)) return false;
  if (!allows(limits_.max_gross_exposure_pct, round.gross + value)) return false;
  const Money net = magnitude_of(round.net + signed_by(side, value));
  return allows(limits_.max_net_exposure_pct, net) || net <= magnitude_of(round.net);
}

void Engine::set_levels(std::size_t symbol, Lot& lot, const EntryOrder& order) {
  const Side side = order.side;
  const Price tick = symbols_[symbol].tick;
  const auto level = [&](const std::optional<LevelRule>& rule, bool is_stop,
                         const std::optional<Fraction>& value) -> std::optional<Price> {
    if (!rule) return std::nullopt;
    const Fraction computed = value.value_or(Fraction{});
    return level_of(*rule, is_stop, side, lot.entry_price, computed.numerator, computed.denominator, tick);
  };
  const Strategy& rules = rules_of(symbol);
  lot.stop = level(rules.stop_loss, true, order.stop_value);
  lot.target = level(rules.take_profit, false, order.target_value);
  for (std::size_t i = 0; i < rules.trailing.size(); ++i) {
    const TrailingRule& rule = rules.trailing[i];
    if (!rule.guards(side)) continue;
    const Fraction distance = trailing_distance(rule.distance, lot.entry_price, order.trail_values[i]);
    const bool is_nearer = !lot.trail || compare_products(distance.numerator, lot.trail->denominator,
                                                          lot.trail->numerator, distance.denominator) < 0;
    if (!is_nearer) continue;
    lot.trail = distance;
    lot.trail_rule = rule.id;
  }
}

Fraction Engine::trailing_distance(const LevelRule& rule, Price fill, const std::optional<Fraction>& value) {
  switch (rule.kind) {
    case LevelRule::Kind::kFraction:
      return {multiply(fill.units(), rule.fraction.mantissa), multiply(rule.fraction.unit(), Price::kUnit)};
    case LevelRule::Kind::kDistance:
      return *value;
    case LevelRule::Kind::kPrice: {
      const Int128 at_fill = multiply(fill.units(), value->denominator);
      const Int128 at_level = multiply(value->numerator, Price::kUnit);
      return {magnitude(subtract(at_fill, at_level)), multiply(value->denominator, Price::kUnit)};
    }
  }
  return {};
}

FillPrice Engine::fill_price(std::size_t symbol, bool buying, const FillChance& chance) const {
  const SymbolState& state = symbols_[symbol];
  const BarSeries& bars = *state.bars;
  Price spread;
  if (execution_.crosses_spread && !bars.bid.empty()) {
    // The quote of the last bar that has closed: at a close that is the bar's own.
    const bool at_close = chance.basis == FillBasis::kClose;
    if (at_close || state.bar() > 0) {
      const std::size_t quoted = at_close ? state.bar() : state.bar() - 1;
      const bool has_both = !bars.bid[quoted].is_zero() && !bars.ask[quoted].is_zero();
      if (has_both) spread = std::max(Price{}, bars.ask[quoted] - bars.bid[quoted]);
    }
  }
  std::optional<Volume> volume;
  if (execution_.slippage.volume_share.mantissa != 0) volume = market_volume(symbol);
  return {chance.reference, buying, chance.slips ? &execution_.slippage : nullptr, spread, volume, state.tick};
}

/// The volume that fills are measured by.
Volume Engine::market_volume(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  if (!execution_.volume_of_previous_bar) return state.bars->volume[state.bar()];
  return state.bar() == 0 ? Volume{} : state.bars->volume[state.bar() - 1];
}

/// The most that one fill of this bar may take.
std::optional<Quantity> Engine::volume_limit(std::size_t symbol) const {
  if (!execution_.max_volume_share) return std::nullopt;
  const Decimal& share = *execution_.max_volume_share;
  const Quantity step = symbols_[symbol].step;
  const Int128 units = multiply(multiply(market_volume(symbol).units(), Quantity::kUnit), share.mantissa);
  const Int128 steps = units / multiply(share.unit(), step.units());
  return Quantity::from_units(std::min<Int128>(steps, Quantity::kMax / step.units()) * step.units());
}

/// A fill of an order, whose progress it advances. The order bears what is due so far.
Fill Engine::make_fill(std::size_t symbol, FillKind kind, Quantity quantity, const FillChance& chance,
                       Order& order) const {
  Fill fill;
  fill.time = now_;
  fill.symbol = symbol;
  fill.kind = kind;
  fill.quantity = quantity;
  fill.price = fill_price(symbol, is_buying(kind), chance).of(quantity);
  fill.value = value_of(quantity, fill.price);
  fill.commission = commission_of(order.progress, quantity, fill.value);
  fill.slippage = value_of(quantity, magnitude_of(fill.price - chance.reference));
  fill.rule = order.rule;
  fill.basis = chance.basis;
  fill.decided = order.decided;
  order.progress.quantity += quantity;
  order.progress.value += fill.value;
  order.progress.commission += fill.commission;
  order.progress.bar = symbols_[symbol].bar();
  return fill;
}

}  // namespace quant
