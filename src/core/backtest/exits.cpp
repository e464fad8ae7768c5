// SPDX-License-Identifier: PostgreSQL
// How positions are left: market exits, stops and targets, resting exit orders, reversals.
#include <algorithm>
#include <utility>

#include "core/backtest/engine.hpp"

namespace quant {

namespace {

/// A lot's target is a limit order.
bool reaches_target(const Lot& lot, Side side, Price price, Price beyond) {
  if (!lot.target) return false;
  const std::int64_t target = lot.target->units();
  return side == Side::kLong ? price.units() >= target + beyond.units()
                             : price.units() <= target - beyond.units();
}

bool reaches_stop(Side side, Price price, Price stop) {
  return side == Side::kLong ? price <= stop : price >= stop;
}

Lot* find_lot(std::vector<Lot>& lots, std::size_t id) {
  const auto found =
      std::find_if(lots.begin(), lots.end(), [&](const Lot& lot) { return lot.id == id; });
  return found == lots.end() ? nullptr : &*found;
}

}  // namespace

/// The stop that the price meets first: the stop loss or the trailing stop.
std::optional<Engine::StopLevel> Engine::stop_of(std::size_t symbol, const Lot& lot) const {
  std::optional<StopLevel> level;
  if (lot.stop) level = StopLevel{*lot.stop, Reason::kStopLoss};
  if (!lot.trail) return level;
  const Side side = ledger_.position(symbol).side;
  const Int128 distance = multiply(lot.trail->numerator, Price::kUnit);
  const Int128 numerator =
      subtract(multiply(lot.best.units(), lot.trail->denominator), direction(side) * distance);
  const auto trail =
      level_price(numerator, multiply(lot.trail->denominator, Price::kUnit), symbols_[symbol].tick);
  if (!trail) return level;
  const bool is_nearer =
      !level || (side == Side::kLong ? *trail > level->price : *trail < level->price);
  return is_nearer ? StopLevel{*trail, Reason::kTrailingStop} : level;
}

void Engine::leave_at_open(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  if (!state.has_orders() && !has_levels_) return;
  const BarPrices prices = prices_of(symbol);
  const bool buying = ledger_.position(symbol).side == Side::kShort;
  if (!state.exits.empty()) {
    work_exits(symbol, [&](ExitOrder& order) -> std::optional<FillChance> {
      if (order.type != OrderType::kMarket) return std::nullopt;
      return order.at_open(buying, prices, state.bar());
    });
  }
  if (has_levels_) {
    for_each_lot(symbol, [&](const Lot& lot) { (void)leave_beyond_open(symbol, lot, prices); });
  }
  if (!state.exits.empty()) {
    work_exits(symbol, [&](ExitOrder& order) -> std::optional<FillChance> {
      if (!order.waits_for_price()) return std::nullopt;
      return order.at_open(buying, prices, state.bar());
    });
  }
  reverse(symbol, [&](EntryOrder& order) {
    return order.at_open(order.side == Side::kLong, prices, state.bar());
  });
}

void Engine::leave_inside_bar(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  if (state.exits.empty() && !has_levels_) return;
  const BarPrices prices = prices_of(symbol);
  const bool buying = ledger_.position(symbol).side == Side::kShort;
  if (has_levels_) {
    for_each_lot(symbol, [&](const Lot& lot) { leave_lot_inside(symbol, lot, prices); });
  }
  if (state.exits.empty()) return;
  work_exits(symbol, [&](ExitOrder& order) -> std::optional<FillChance> {
    if (!order.waits_for_price()) return std::nullopt;
    return order.inside(buying, prices, state.bar());
  });
}

/// Calls `act` for each lot of the symbol; it may close them.
void Engine::for_each_lot(std::size_t symbol, FunctionRef<void(const Lot&)> act) {
  std::vector<Lot>& lots = ledger_.lots(symbol);
  for (std::size_t i = 0; i < lots.size();) {
    const std::size_t id = lots[i].id;
    if (!lots[i].leaving) act(lots[i]);
    if (i < lots.size() && lots[i].id == id) ++i;
  }
}

/// A stop or target that the open has passed; true if the lot, or a part of it, has left.
bool Engine::leave_beyond_open(std::size_t symbol, const Lot& lot, const BarPrices& prices) {
  const Side side = ledger_.position(symbol).side;
  const auto stop = stop_of(symbol, lot);
  if (stop && reaches_stop(side, prices.open, stop->price)) {
    stop_lot(symbol, lot, {prices.open, FillBasis::kGap, true}, stop->reason);
    return true;
  }
  if (has_worked_target(symbol, lot) || !reaches_target(lot, side, prices.open, prices.beyond))
    return false;
  take_target(symbol, lot, {prices.open, FillBasis::kGap, false});
  return true;
}

void Engine::leave_lot_inside(std::size_t symbol, const Lot& lot, const BarPrices& prices) {
  // A level beyond the open can only belong to a lot filled at this open: it leaves there.
  if (leave_beyond_open(symbol, lot, prices)) return;
  const Side side = ledger_.position(symbol).side;
  const auto stop = stop_of(symbol, lot);
  const bool is_long = side == Side::kLong;
  const bool stops = stop && reaches_stop(side, is_long ? prices.low : prices.high, stop->price);
  const bool targets = !has_worked_target(symbol, lot) &&
                       reaches_target(lot, side, is_long ? prices.high : prices.low, prices.beyond);
  bool stop_first = stops;
  if (stops && targets) {
    const auto decided = finer_bars_decide(symbol, lot, stop->price);
    if (!decided && std::exchange(symbols_[symbol].ambiguous_bar, symbols_[symbol].bar()) !=
                        symbols_[symbol].bar()) {
      ++ambiguous_bars_;
    }
    stop_first = decided ? *decided : stop_comes_first(prices, side);
  }
  if (stop_first) {
    stop_lot(symbol, lot, {stop->price, FillBasis::kTouch, true}, stop->reason);
  } else if (targets) {
    take_target(symbol, lot, {*lot.target, FillBasis::kTouch, false});
  }
}

/// Rule 12: of what came before the fill inside this bar nothing is known but its extremes.
void Engine::leave_just_filled(std::size_t symbol, std::size_t id) {
  const Lot* lot = find_lot(ledger_.lots(symbol), id);
  if (lot == nullptr) return;
  const BarPrices prices = prices_of(symbol);
  const Side side = ledger_.position(symbol).side;
  const bool is_long = side == Side::kLong;
  const auto stop = stop_of(symbol, *lot);
  const bool stops = stop && reaches_stop(side, is_long ? prices.low : prices.high, stop->price);
  const bool targets = reaches_target(*lot, side, prices.close, prices.beyond);
  if (stops) {
    const Price reference =
        is_long ? std::min(stop->price, lot->entry_price) : std::max(stop->price, lot->entry_price);
    stop_lot(symbol, *lot, {reference, FillBasis::kTouch, true}, stop->reason);
  } else if (targets) {
    const Price reference = is_long ? std::max(*lot->target, lot->entry_price)
                                    : std::min(*lot->target, lot->entry_price);
    take_target(symbol, *lot, {reference, FillBasis::kTouch, false});
  }
}

bool Engine::stop_comes_first(const BarPrices& prices, Side side) const {
  const bool stop_is_low = side == Side::kLong;
  switch (execution_.intrabar) {
    case Intrabar::kWorstCase:
    case Intrabar::kStopFirst:
    case Intrabar::kFinerBars:
      return true;
    case Intrabar::kHighFirst:
      return !stop_is_low;
    case Intrabar::kLowFirst:
      return stop_is_low;
    case Intrabar::kNearestExtreme: {
      const Price rise = prices.high - prices.open;
      const Price fall = prices.open - prices.low;
      return rise == fall || (fall < rise) == stop_is_low;
    }
  }
  return true;
}

/// Whether finer bars show the stop to have come first; nothing where they do not tell.
std::optional<bool> Engine::finer_bars_decide(std::size_t symbol, const Lot& lot,
                                              Price stop) const {
  if (execution_.intrabar != Intrabar::kFinerBars || !context_.finer_bars) return std::nullopt;
  const Side side = ledger_.position(symbol).side;
  const bool is_long = side == Side::kLong;
  const Price beyond = prices_of(symbol).beyond;
  const BarSeries finer = context_.finer_bars(symbol, now_);
  for (std::size_t bar = 0; bar < finer.size(); ++bar) {
    const bool stops = reaches_stop(side, is_long ? finer.low[bar] : finer.high[bar], stop);
    const bool targets =
        reaches_target(lot, side, is_long ? finer.high[bar] : finer.low[bar], beyond);
    if (stops && targets) return std::nullopt;
    if (stops || targets) return stops;
  }
  return std::nullopt;
}

/// A market order that closes; what else it is to be, the caller says.
ExitOrder Engine::new_exit(std::size_t symbol, Reason reason, const std::string& rule) const {
  ExitOrder order;
  order.decided_bar = symbols_[symbol].bar();
  order.decided = now_;
  order.reason = reason;
  order.rule = rule;
  return order;
}

void Engine::stop_lot(std::size_t symbol, const Lot& lot, FillChance chance, Reason reason) {
  ExitOrder order =
      new_exit(symbol, reason, reason == Reason::kTrailingStop ? lot.trail_rule : "stop_loss");
  order.lot = lot.id;
  if (fill_exit(symbol, order, chance)) return;
  find_lot(ledger_.lots(symbol), *order.lot)->leaving = true;
  order.at_next_open = true;
  symbols_[symbol].exits.push_back(std::move(order));
}

void Engine::take_target(std::size_t symbol, const Lot& lot, FillChance chance) {
  SymbolState& state = symbols_[symbol];
  ExitOrder order = new_exit(symbol, Reason::kTakeProfit, "take_profit");
  order.type = OrderType::kLimit;
  order.lot = lot.id;
  if (const auto known = state.target_progress.find(lot.id); known != state.target_progress.end()) {
    order.progress = known->second;
  }
  if (fill_exit(symbol, order, chance)) return;
  order.progress.bar = state.bar();
  state.target_progress[*order.lot] = order.progress;
}

/// This bar's open has taken what it could of the lot's target.
bool Engine::has_worked_target(std::size_t symbol, const Lot& lot) const {
  const SymbolState& state = symbols_[symbol];
  const auto known = state.target_progress.find(lot.id);
  return known != state.target_progress.end() && known->second.bar == state.bar();
}

/// Offers each exit order a fill. What remains, remains in its place.
void Engine::work_exits(std::size_t symbol,
                        FunctionRef<std::optional<FillChance>(ExitOrder&)> offer) {
  SymbolState& state = symbols_[symbol];
  std::vector<ExitOrder> orders = std::move(state.exits);
  state.exits.clear();
  // At the market the whole position first, then single lots, the oldest first; else as the rules
  // stand.
  const auto rank = [](const ExitOrder& order) {
    const int kind = order.is_forced ? 0 : order.is_whole_at_market() ? 1 : order.lot ? 2 : 3;
    return std::pair(kind, order.lot.value_or(order.source.value_or(0)));
  };
  std::stable_sort(orders.begin(), orders.end(),
                   [&](const ExitOrder& a, const ExitOrder& b) { return rank(a) < rank(b); });
  for (ExitOrder& order : orders) {
    const bool is_void = !ledger_.holds(symbol) ||
                         (order.lot && find_lot(ledger_.lots(symbol), *order.lot) == nullptr);
    if (is_void) {
      settle(order.signal, order.outcome(SignalStatus::kCancelled),
             "the position was closed first");
      continue;
    }
    const auto chance = order.progress.bar == state.bar() ? std::nullopt : offer(order);
    if (chance && fill_exit(symbol, order, *chance)) continue;
    state.exits.push_back(std::move(order));
  }
}

/// True when the order has nothing left to close. A position that is closed takes its orders along.
bool Engine::fill_exit(std::size_t symbol, ExitOrder& order, const FillChance& chance) {
  SymbolState& state = symbols_[symbol];
  const Position& position = ledger_.position(symbol);
  const Quantity open =
      order.lot ? find_lot(ledger_.lots(symbol), *order.lot)->quantity : position.quantity;
  const Quantity wanted = order.quantity ? std::min(*order.quantity, open) : open;
  Quantity quantity = wanted;
  if (!order.is_forced) {
    if (order.progress.bar == state.bar()) return false;
    if (const auto most = volume_limit(symbol)) quantity = std::min(quantity, *most);
  }
  if (!quantity.is_zero()) {
    Fill fill = make_fill(symbol, closing(position.side), quantity, chance, order);
    fill.reason = order.reason;
    ledger_.close(std::move(fill), state.bar(), order.lot);
    if (order.quantity) *order.quantity -= quantity;
    if (!ledger_.holds(symbol)) position_closed(symbol);
  }
  if (quantity == wanted) {
    settle(order.signal, SignalStatus::kExecuted);
    return true;
  }
  if (chance.slips) order.go_on_at_market();
  return false;
}

/// An entry order for the other side that `offer` fills now closes the position first.
void Engine::reverse(std::size_t symbol,
                     FunctionRef<std::optional<FillChance>(EntryOrder&)> offer) {
  if (!ledger_.holds(symbol)) return;
  const Side side = opposite(ledger_.position(symbol).side);
  std::unique_ptr<EntryOrder>& entry = symbols_[symbol].entries[index_of(side)];
  if (!entry || entry->progress.bar == symbols_[symbol].bar()) return;
  if (const std::optional<FillChance> chance = offer(*entry))
    close_opposite(symbol, *entry, *chance);
}

void Engine::close_opposite(std::size_t symbol, const EntryOrder& entry, const FillChance& chance) {
  if (is_leaving(symbol)) return;  // by an order of which the volume has let only a part through
  ExitOrder order = new_exit(symbol, Reason::kOppositeSignal, entry.rule);
  order.type = entry.type;
  order.decided = entry.decided;
  if (fill_exit(symbol, order, chance)) return;
  order.go_on_at_market();
  order.at_next_open = true;
  symbols_[symbol].exits.push_back(std::move(order));
}

void Engine::position_closed(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  state.left_at = state.bar();
  for (const ExitOrder& order : state.exits) {
    settle(order.signal, order.outcome(SignalStatus::kCancelled), "the position was closed first");
  }
  state.exits.clear();
  state.target_progress.clear();
}

}  // namespace quant
