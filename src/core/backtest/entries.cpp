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

/// The entry orders that `offer` fills now.
std::vector<Engine::EntryChance> Engine::chances(
    FunctionRef<std::optional<FillChance>(std::size_t, EntryOrder&)> offer) {
  std::vector<EntryChance> found;
  for (const std::size_t symbol : active_) {
    for (const Side side : {Side::kLong, Side::kShort}) {
      std::unique_ptr<EntryOrder>& order = symbols_[symbol].entries[index_of(side)];
      if (!order || order->progress.bar == symbols_[symbol].bar()) continue;
      if (const std::optional<FillChance> chance = offer(symbol, *order))
        found.push_back({symbol, side, *chance});
    }
  }
  return found;
}

/// Those of higher priority first.
void Engine::enter_all(std::vector<EntryChance> entering, EntryRound round) {
  const auto priority = [this](const EntryChance& chance) -> const std::optional<Ratio>& {
    return symbols_[chance.symbol].entries[index_of(chance.side)]->priority;
  };
  std::stable_sort(entering.begin(), entering.end(),
                   [&](const EntryChance& a, const EntryChance& b) {
                     const auto& left = priority(a);
                     const auto& right = priority(b);
                     if (left.has_value() != right.has_value()) return left.has_value();
                     return left && *left > *right;
                   });
  for (const EntryChance& chance : entering) {
    std::unique_ptr<EntryOrder>& order = symbols_[chance.symbol].entries[index_of(chance.side)];
    if (!order) continue;
    if (enter(chance, *order, round)) order.reset();
  }
}

/// True when the order is done with: filled, reduced to what fits, or refused.
bool Engine::enter(const EntryChance& entering, EntryOrder& order, EntryRound& round) {
  const std::size_t symbol = entering.symbol;
  const Side side = entering.side;
  const FillChance& chance = entering.chance;
  SymbolState& state = symbols_[symbol];
  const auto refuse = [&](std::string reason) {
    settle(order.signal, order.outcome(SignalStatus::kRejected), std::move(reason));
    return true;
  };
  const auto wait_for_volume = [&order, &chance] {
    if (chance.slips) order.go_on_at_market();
    return false;
  };
  // It has been reversed already, as far as the volume allowed.
  if (ledger_.holds(symbol) && ledger_.position(symbol).side != side) return wait_for_volume();
  if (order.only_closes) {
    settle(order.signal, SignalStatus::kExecuted);
    return true;
  }
  if (!order.refusal.empty()) return refuse(order.refusal);
  const auto most = volume_limit(symbol);
  if (most && most->is_zero()) return wait_for_volume();  // it is judged and sized when it fills
  if (const std::string reason = refusal_of(symbol, side); !reason.empty()) return refuse(reason);

  const FillPrice price = fill_price(symbol, side == Side::kLong, chance);
  const Quantity wanted =
      order.wanted ? *order.wanted : wanted_quantity(symbol, order, price, round.equity);
  if (wanted.is_zero()) return refuse("the size is below one quantity step");
  const Quantity allowed =
      largest_fitting(state.step, wanted, price, [&](Quantity candidate, Price at) {
        if (!has_value(candidate, at)) return false;
        const Money value = value_of(candidate, at);
        return within_limits(symbol, value, round) &&
               within_net_limit(signed_by(side, round.net) + value, round);
      });
  if (allowed.is_zero()) return refuse("the limits on positions and exposure leave no room");
  const Quantity paid = affordable(symbol, price, round, allowed, order.progress);
  if (paid.is_zero()) return refuse("the buying power does not cover one quantity step");
  if (paid < allowed && execution_.on_short_cash == OnShortCash::kSkip) {
    return refuse("the buying power does not cover the size");
  }
  if (value_of(paid, price.of(paid)).is_zero()) return refuse("the size is worth less than a cent");
  const Quantity quantity = most ? std::min(paid, *most) : paid;
  if (value_of(quantity, price.of(quantity)).is_zero()) return wait_for_volume();
  Fill fill = make_fill(symbol, opening(side), quantity, chance, order);
  order.wanted = paid - quantity;
  book_entry(symbol, order, std::move(fill), round);
  if (quantity < paid) return wait_for_volume();
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

/// Inside a bar a reversal frees what the position exposed, as nothing else does there.
void Engine::reverse_inside(const EntryChance& entering, EntryRound& round) {
  const auto [symbol, side, chance] = entering;
  if (!ledger_.holds(symbol) || ledger_.position(symbol).side == side) return;
  const Money equity = ledger_.equity();
  const Money before = ledger_.position(symbol).value;
  close_opposite(symbol, *symbols_[symbol].entries[index_of(side)], chance);
  const Money freed = before - (ledger_.holds(symbol) ? ledger_.position(symbol).value : Money{});
  round.gross -= freed;
  round.net -= signed_by(opposite(side), freed);
  round.equity += ledger_.equity() - equity;
}

/// `opening` positions are opened together.
std::string Engine::refusal_of(std::size_t symbol, Side side, std::size_t opening) const {
  if (side == Side::kShort && !limits_.allow_short)
    return "the risk profile does not allow short positions";
  const auto held = static_cast<int>(ledger_.holdings().size() + opening);
  if (limits_.max_positions && held > *limits_.max_positions && !ledger_.holds(symbol)) {
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
  const Budget budget{
      subtract(multiply(most.mantissa, equity.units()), multiply(round.gross.units(), unit)), unit,
      most.mantissa};
  return largest_fitting(symbols_[symbol].step, limit, price, [&](Quantity quantity, Price at) {
    if (!has_value(quantity, at)) return false;
    const Money value = value_of(quantity, at);
    return budget.covers(value, commission_of(progress, quantity, value));
  });
}

Money Engine::commission_of(const OrderProgress& progress, Quantity quantity, Money value) const {
  return execution_.commission.of(progress.quantity + quantity, progress.value + value) -
         progress.commission;
}

namespace {

/// exposure <= percent of equity.
bool allows(const std::optional<Decimal>& percent, Int128 exposure, Money equity) {
  if (!percent) return true;
  return compare_products(multiply(exposure, 100), percent->unit(), equity.units(),
                          percent->mantissa) <= 0;
}

}  // namespace

/// Rule 29, but for the net exposure.
bool Engine::within_limits(std::size_t symbol, Money value, const EntryRound& round) const {
  const Money held = ledger_.holds(symbol) ? ledger_.position(symbol).value : Money{};
  return allows(limits_.max_position_size_pct, Int128{held.units()} + value.units(),
                round.equity) &&
         allows(limits_.max_gross_exposure_pct, Int128{round.gross.units()} + value.units(),
                round.equity);
}

/// `net` is counted in the direction of what is added: what reduces it does not exceed the limit.
bool Engine::within_net_limit(Money net, const EntryRound& round) const {
  return allows(limits_.max_net_exposure_pct, net.units(), round.equity);
}

void Engine::set_levels(std::size_t symbol, Lot& lot, const EntryOrder& order) {
  const Side side = order.side;
  const Price tick = symbols_[symbol].tick;
  const auto level = [&](const std::optional<LevelRule>& rule, bool is_stop,
                         const std::optional<Ratio>& value) -> std::optional<Price> {
    if (!rule) return std::nullopt;
    const Ratio computed = value.value_or(Ratio{});
    return level_of(*rule, is_stop, side, lot.entry_price, computed.numerator, computed.denominator,
                    tick);
  };
  const Strategy& rules = rules_of(symbol);
  lot.stop = level(rules.stop_loss, true, order.stop_value);
  lot.target = level(rules.take_profit, false, order.target_value);
  for (std::size_t i = 0; i < rules.trailing.size(); ++i) {
    const TrailingRule& rule = rules.trailing[i];
    if (!rule.guards(side)) continue;
    const Ratio distance = trailing_distance(rule.distance, lot.entry_price, order.trail_values[i]);
    if (lot.trail && *lot.trail <= distance) continue;
    lot.trail = distance;
    lot.trail_rule = rule.id;
  }
}

Ratio Engine::trailing_distance(const LevelRule& rule, Price fill,
                                const std::optional<Ratio>& value) {
  switch (rule.kind) {
    case LevelRule::Kind::kFraction:
      return {multiply(fill.units(), rule.fraction.mantissa),
              multiply(rule.fraction.unit(), Price::kUnit)};
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
    const bool at_close =
        chance.basis == FillBasis::kClose || chance.basis == FillBasis::kLastClose;
    if (at_close || state.bar() > 0) {
      const std::size_t quoted = at_close ? state.bar() : state.bar() - 1;
      const bool has_both = !bars.bid[quoted].is_zero() && !bars.ask[quoted].is_zero();
      if (has_both) spread = std::max(Price{}, bars.ask[quoted] - bars.bid[quoted]);
      if (!at_close) {
        for (const Split& split : splits_at(symbol))
          spread = split_price(spread, split, Price::from_units(1));
      }
    }
  }
  std::optional<Volume> volume;
  if (execution_.slippage.volume_share.mantissa != 0) volume = market_volume(symbol);
  return {chance.reference, buying, chance.slips ? &execution_.slippage : nullptr,
          spread,           volume, state.tick};
}

/// The splits with which the current bar begins.
std::span<const Split> Engine::splits_at(std::size_t symbol) const {
  const auto& splits = symbols_[symbol].bars->splits;
  const auto [first, last] =
      std::equal_range(splits.begin(), splits.end(), Split{symbols_[symbol].bar(), 1, 1},
                       [](const Split& x, const Split& y) { return x.bar < y.bar; });
  return {first, last};
}

/// The volume that fills are measured by, in units of the current bar.
Volume Engine::market_volume(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  if (!execution_.volume_of_previous_bar) return state.bars->volume[state.bar()];
  if (state.bar() == 0) return {};
  Volume volume = state.bars->volume[state.bar() - 1];
  for (const Split& split : splits_at(symbol)) {
    volume = Volume::from_units(multiply_divide(volume.units(), split.to, split.from));
  }
  return volume;
}

/// The most that one fill of this bar may take.
std::optional<Quantity> Engine::volume_limit(std::size_t symbol) const {
  if (!execution_.max_volume_share) return std::nullopt;
  const Decimal& share = *execution_.max_volume_share;
  const Quantity step = symbols_[symbol].step;
  const Int128 units =
      multiply(multiply(market_volume(symbol).units(), Quantity::kUnit), share.mantissa);
  const Int128 steps = units / multiply(share.unit(), step.units());
  return Quantity::from_units(std::min<Int128>(steps, Quantity::kMax / step.units()) *
                              step.units());
}

/// A fill of an order, whose progress it advances. The order bears what is due so far.
Fill Engine::make_fill(std::size_t symbol, FillKind kind, Quantity quantity,
                       const FillChance& chance, Order& order) const {
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
