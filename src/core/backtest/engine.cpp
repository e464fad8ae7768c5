// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/engine.hpp"

#include <algorithm>
#include <limits>

#include "core/backtest/pricing.hpp"
#include "core/base/error.hpp"

namespace quant {

bool needs_range(const Strategy& strategy, bool wants_excursions) {
  return wants_excursions || strategy.stop_loss || strategy.take_profit;
}

Engine::Engine(const Strategy& strategy, const Execution& execution,
               const std::vector<BarSeries>& bars, Money initial_capital, SeriesContext context)
    : strategy_(strategy),
      execution_(execution),
      bars_(bars),
      context_(std::move(context)),
      others_(strategy.program, strategy.roots(), context_),
      ledger_(initial_capital, bars.size()),
      symbols_(bars.size()) {
  values_.reserve(bars.size());
}

bool Engine::prepare_step() {
  if (prepared_ == bars_.size()) return true;
  if (values_.size() == prepared_) {
    values_.emplace_back(strategy_.program, bars_[prepared_], strategy_.roots(), &others_);
  }
  if (values_.back().compute_step()) bind(prepared_++);
  return prepared_ == bars_.size();
}

void Engine::bind(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  state.bars = &bars_[symbol];
  state.next = bars_[symbol].first;
  state.tick = execution_.price_tick.value_or(bars_[symbol].asset.tick_size);
  state.step = execution_.quantity_step.value_or(bars_[symbol].asset.lot_size);
  const auto condition = [&](NodeId id) { return Condition{id, values_[symbol].column(id)}; };
  for (const Side side : {Side::kLong, Side::kShort}) {
    if (const auto& entry = strategy_.entry(side)) {
      state.enter[static_cast<std::size_t>(side)] = condition(entry->when);
    }
  }
  for (const ExitRule& exit : strategy_.exits) state.exits.push_back(condition(exit.when));
}

bool Engine::next_timestamp() {
  Timestamp earliest = std::numeric_limits<Timestamp>::max();
  active_.clear();
  for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol) {
    const SymbolState& state = symbols_[symbol];
    if (state.next == state.bars->size()) continue;
    const Timestamp time = state.bars->timestamp[state.next];
    if (time < earliest) {
      earliest = time;
      active_.clear();
    }
    if (time == earliest) active_.push_back(symbol);
  }
  if (!active_.empty()) now_ = earliest;
  for (const std::size_t symbol : active_) ++symbols_[symbol].next;
  return !active_.empty();
}

bool Engine::step(std::int64_t bars) {
  try {
    while (bars > 0) {
      if (!next_timestamp()) return true;
      opening_phase();
      intrabar_phase();
      closing_phase();
      ledger_.check();
      bars -= static_cast<std::int64_t>(active_.size());
    }
  } catch (Error& error) {
    error.detail(concat(error.detail(), error.detail().empty() ? "" : " ", "The run stood at ",
                        timestamp_text(now_), "."));
    throw;
  }
  return false;
}

/// A lot still held at the next bar was held through this one: its exit bar counts by the exit price.
void Engine::extend_range(std::size_t symbol, std::size_t bar) {
  const BarSeries& bars = *symbols_[symbol].bars;
  if (!bars.high.empty()) ledger_.extend_range(symbol, bar, bars.low[bar], bars.high[bar]);
}

void Engine::opening_phase() {
  bool any_entry = false;
  for (const std::size_t symbol : active_) {
    if (ledger_.lot(symbol)) extend_range(symbol, symbols_[symbol].bar() - 1);
    leave_at_open(symbol);
    any_entry = any_entry || symbols_[symbol].entry;
  }
  if (!any_entry) return;
  for (const std::size_t symbol : active_) {
    const SymbolState& state = symbols_[symbol];
    if (ledger_.lot(symbol)) ledger_.mark(symbol, state.bars->open[state.bar()]);
  }
  enter_all(false);
}

namespace {

/// The prices that a lot's stop and target meet, seen from the side of the lot.
struct Levels {
  const Lot& lot;
  Price tick_beyond;  // what a limit must be passed by

  [[nodiscard]] bool stop_reached(Price price) const {
    if (!lot.stop) return false;
    return lot.side == Side::kLong ? price <= *lot.stop : price >= *lot.stop;
  }
  [[nodiscard]] bool target_reached(Price price) const {
    if (!lot.target) return false;
    const std::int64_t target = lot.target->units();
    return lot.side == Side::kLong ? price.units() >= target + tick_beyond.units()
                                   : price.units() <= target - tick_beyond.units();
  }
};

}  // namespace

void Engine::leave_at_open(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  if (!ledger_.lot(symbol)) return;
  const Price open = state.bars->open[state.bar()];
  if (state.exit) {
    const ExitOrder order = std::move(*state.exit);
    state.exit.reset();
    close_lot(symbol, open, true, order.reason, order.rule);
    settle(order.signal, SignalStatus::kExecuted);
    return;
  }
  if (state.entry && state.entry->reverses) {
    close_lot(symbol, open, true, Reason::kOppositeSignal,
              state.entry->side == Side::kLong ? "long" : "short");
    return;
  }
  const Levels levels{*ledger_.lot(symbol), execution_.limit_fills_through ? state.tick : Price{}};
  if (levels.stop_reached(open)) {
    close_lot(symbol, open, true, Reason::kStopLoss, "stop_loss");
  } else if (levels.target_reached(open)) {
    close_lot(symbol, open, false, Reason::kTakeProfit, "take_profit");
  }
}

void Engine::intrabar_phase() {
  if (!strategy_.stop_loss && !strategy_.take_profit) return;
  for (const std::size_t symbol : active_) {
    if (ledger_.lot(symbol)) leave_inside_bar(symbol);
  }
}

void Engine::leave_inside_bar(std::size_t symbol) {
  const SymbolState& state = symbols_[symbol];
  const BarSeries& bars = *state.bars;
  const std::size_t bar = state.bar();
  const Lot& lot = *ledger_.lot(symbol);
  const Levels levels{lot, execution_.limit_fills_through ? state.tick : Price{}};
  const Price open = bars.open[bar];
  const bool is_long = lot.side == Side::kLong;
  // A level beyond the open can only belong to a lot filled at this open: it leaves there.
  if (levels.stop_reached(open)) {
    close_lot(symbol, open, true, Reason::kStopLoss, "stop_loss");
    return;
  }
  if (levels.target_reached(open)) {
    close_lot(symbol, open, false, Reason::kTakeProfit, "take_profit");
    return;
  }
  const bool stop = levels.stop_reached(is_long ? bars.low[bar] : bars.high[bar]);
  const bool target = levels.target_reached(is_long ? bars.high[bar] : bars.low[bar]);
  if (stop && target) ++ambiguous_bars_;
  if (stop && (!target || stop_comes_first(bars, bar, lot.side))) {
    close_lot(symbol, *lot.stop, true, Reason::kStopLoss, "stop_loss");
  } else if (target) {
    close_lot(symbol, *lot.target, false, Reason::kTakeProfit, "take_profit");
  }
}

bool Engine::stop_comes_first(const BarSeries& bars, std::size_t bar, Side side) const {
  const bool stop_is_low = side == Side::kLong;
  switch (execution_.intrabar) {
    case Intrabar::kWorstCase:
    case Intrabar::kStopFirst:
      return true;
    case Intrabar::kHighFirst:
      return !stop_is_low;
    case Intrabar::kLowFirst:
      return stop_is_low;
    case Intrabar::kNearestExtreme: {
      const Price rise = bars.high[bar] - bars.open[bar];
      const Price fall = bars.open[bar] - bars.low[bar];
      return rise == fall || (fall < rise) == stop_is_low;
    }
  }
  return true;
}

void Engine::closing_phase() {
  for (const std::size_t symbol : active_) {
    if (!ledger_.lot(symbol)) continue;
    const SymbolState& state = symbols_[symbol];
    ledger_.mark(symbol, state.bars->close[state.bar()]);
  }
  margin_call();
  if (!ended_) {
    AccountState account;
    account.equity = ledger_.equity();
    account.cash = ledger_.cash();
    for (const std::size_t symbol : active_) {
      try {
        decide(symbol, account);
      } catch (Error& error) {
        error.detail(concat("While deciding for symbol \"", bars_[symbol].asset.symbol, "\"."));
        throw;
      }
    }
    if (execution_.fill == FillAt::kSameClose) fill_at_close();
  }
  record_equity();
}

void Engine::fill_at_close() {
  bool any_entry = false;
  for (const std::size_t symbol : active_) {
    SymbolState& state = symbols_[symbol];
    any_entry = any_entry || state.entry;
    if (!ledger_.lot(symbol)) continue;
    const Price close = state.bars->close[state.bar()];
    if (state.exit && !state.exit->at_next_open) {
      const ExitOrder order = std::move(*state.exit);
      state.exit.reset();
      close_lot(symbol, close, true, order.reason, order.rule);
      settle(order.signal, SignalStatus::kExecuted);
    } else if (state.entry && state.entry->reverses) {
      close_lot(symbol, close, true, Reason::kOppositeSignal,
                state.entry->side == Side::kLong ? "long" : "short");
    }
  }
  if (any_entry) enter_all(true);
}

void Engine::record_equity() {
  equity_.push_back({now_, ledger_.cash(), ledger_.market_value(), ledger_.gross_value()});
  if (!ledger_.holdings().empty()) ++with_position_;
}

void Engine::close_at_end() {
  const std::vector<std::size_t> holdings = ledger_.holdings();
  for (const std::size_t symbol : holdings) {
    const BarSeries& bars = *symbols_[symbol].bars;
    const Lot& lot = *ledger_.lot(symbol);
    // What was bought at the last close cannot have been sold at that bar's open.
    const bool at_close = execution_.finalize == Finalize::kLastClose ||
                          (lot.entered_at_close && lot.entry_bar == symbols_[symbol].bar());
    const Price price = at_close ? bars.close.back() : bars.open.back();
    close_lot(symbol, price, true, Reason::kEndOfData, "finalize");
  }
  if (holdings.empty()) return;
  equity_.pop_back();
  --with_position_;
  record_equity();
}

RunRecords Engine::finish() {
  for (SymbolState& state : symbols_) {
    if (state.entry) settle(state.entry->signal, SignalStatus::kExpired, "end of data");
    if (state.exit) settle(state.exit->signal, SignalStatus::kExpired, "end of data");
  }
  if (execution_.finalize != Finalize::kNone && !equity_.empty()) close_at_end();
  ledger_.check();
  for (const std::size_t symbol : ledger_.holdings()) extend_range(symbol, symbols_[symbol].bar());

  std::vector<std::size_t> last_bars;
  std::int64_t bars_processed = 0;
  for (const BarSeries& bars : bars_) {
    last_bars.push_back(bars.size() - 1);
    bars_processed += static_cast<std::int64_t>(bars.size());
  }
  RunRecords records = ledger_.take_records(last_bars);
  records.signals = std::move(signals_);
  records.equity = std::move(equity_);
  records.bars_processed = bars_processed;
  records.ambiguous_bars = ambiguous_bars_;
  records.bars_with_position = with_position_;
  records.ruined = ended_;
  return records;
}

}  // namespace quant
