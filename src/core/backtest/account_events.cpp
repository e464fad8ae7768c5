// SPDX-License-Identifier: PostgreSQL
// What happens to an account before its symbols trade: a new day, corporate actions, the universe;
// and what becomes of positions whose symbols trade no more.
#include <algorithm>

#include "core/backtest/engine.hpp"

namespace quant {

namespace {

constexpr int kInterestYear = 365;  // actual days / 365
constexpr int kBorrowYear = 360;    // actual days / 360

/// What `rest` + base x rate x days comes to in whole cents; keeps the rest.
Money accrued(Int128& rest, Money base, const Decimal& rate_percent, int days, int year) {
  const Int128 unit = multiply(multiply(100, rate_percent.unit()), year);
  rest = add(rest, multiply(multiply(base.units(), rate_percent.mantissa), days));
  const Int128 cents = divide_rounded(rest, unit);
  rest -= cents * unit;
  return Money::from_units(cents);
}

Ratio split_fraction(const Ratio& price, const Split& split) {
  return {multiply(price.numerator, split.from), multiply(price.denominator, split.to)};
}

void split_prices(Order& order, const Split& split, Price tick) {
  if (order.limit) order.limit = split_price(*order.limit, split, tick);
  if (order.stop) order.stop = split_price(*order.stop, split, tick);
}

}  // namespace

void Engine::begin_timestamp() {
  const Day day = context_.day_of(now_);
  if (!day_ || day != *day_) begin_day(day);
  busy_.clear();
  for (const std::size_t symbol : active_) {
    SymbolState& state = symbols_[symbol];
    state.seen_session = session_;
    // A lot still held at this bar was held through the one before: its exit bar counts by the exit
    // price. That bar is still counted in its own units.
    if (ledger_.holds(symbol) && !state.bars->high.empty()) {
      const std::size_t before = state.bar() - 1;
      ledger_.extend_range(symbol, before, state.bars->low[before], state.bars->high[before]);
    }
    if (state.has_orders()) {
      end_orders(symbol, [&](const Order& order) { return order.ended_before(day); });
    }
    if (state.has_actions) apply_actions(symbol);
    if (state.has_members) follow_universe(symbol);
    if (state.next_signal < state.signals.size()) take_signals(symbol);
    if (is_busy(symbol)) busy_.push_back(symbol);
  }
}

void Engine::begin_day(Day day) {
  if (day_) accrue(day - *day_);
  day_ = day;
  ++session_;
  day_start_equity_ = last_equity_;
  if (!halted_for_good_) halt_reason_.clear();
}

void Engine::accrue(int days) {
  if (execution_.interest_rate_percent.mantissa != 0) {
    ledger_.book_interest(accrued(interest_rest_, ledger_.cash(), execution_.interest_rate_percent,
                                  days, kInterestYear),
                          now_);
  }
  if (execution_.borrow_rate_percent.mantissa == 0) return;
  Money shorts;
  for (const std::size_t symbol : ledger_.holdings()) {
    const Position& position = ledger_.position(symbol);
    if (position.side == Side::kShort) shorts += position.value;
  }
  ledger_.book_borrow_fee(
      accrued(borrow_rest_, shorts, execution_.borrow_rate_percent, days, kBorrowYear), now_);
}

void Engine::apply_actions(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  const auto& splits = state.bars->splits;
  while (state.next_split < splits.size() && splits[state.next_split].bar <= state.bar()) {
    apply_split(symbol, splits[state.next_split++]);
  }
  const auto& dividends = state.bars->dividends;
  while (state.next_dividend < dividends.size() &&
         dividends[state.next_dividend].bar <= state.bar()) {
    const Dividend& dividend = dividends[state.next_dividend++];
    if (ledger_.holds(symbol)) ledger_.pay_dividend(symbol, dividend, now_);
  }
}

void Engine::apply_split(std::size_t symbol, const Split& split) {
  SymbolState& state = symbols_[symbol];
  if (ledger_.holds(symbol)) {
    const Price last_close = ledger_.position(symbol).mark;  // in today's units, if it split twice
    if (split_quantity(ledger_.position(symbol).quantity, split, state.step).is_zero()) {
      close_for_nothing(symbol, last_close);
    } else {
      ledger_.split(symbol, split, last_close, state.step, state.tick, now_);
    }
  }
  for (std::unique_ptr<EntryOrder>& order : state.entries) {
    if (!order) continue;
    split_prices(*order, split, state.tick);
    if (order->wanted) order->wanted = split_quantity(*order->wanted, split, state.step);
    const auto scale = [&](std::optional<Ratio>& value) {
      if (value) value = split_fraction(*value, split);
    };
    scale(order->stop_value);
    scale(order->target_value);
    for (auto& value : order->trail_values) scale(value);
    if (order->size.mode == SizeRule::Mode::kRiskPercent) scale(order->size_value);
  }
  for (ExitOrder& order : state.exits) {
    split_prices(order, split, state.tick);
    if (order.quantity) order.quantity = split_quantity(*order.quantity, split, state.step);
  }
}

/// A split leaves less than one step: the whole is paid at the last close.
void Engine::close_for_nothing(std::size_t symbol, Price last_close) {
  const Position& position = ledger_.position(symbol);
  Fill fill;
  fill.time = fill.decided = now_;
  fill.symbol = symbol;
  fill.kind = closing(position.side);
  fill.quantity = position.quantity;
  // On the tick, as every fill.
  fill.price =
      std::max(split_price(last_close, Split{}, symbols_[symbol].tick), symbols_[symbol].tick);
  fill.value = value_of(fill.quantity, fill.price);
  fill.reason = Reason::kDelisted;
  fill.rule = "split";
  fill.basis = FillBasis::kLastClose;
  ledger_.close(std::move(fill), symbols_[symbol].bar());
  position_closed(symbol);
}

/// At the close: orders whose last bar this is, as far as that can be known without the next one.
/// Rules that are still true may order anew.
void Engine::expire_orders(std::size_t symbol) {
  const std::size_t bar = symbols_[symbol].bar();
  const bool is_last_of_day = !is_intraday(context_.series.timeframe);
  end_orders(symbol, [&](Order& order) {
    if (!order.waits_for_price()) return false;
    if (!order.first_day && order.decided_bar < bar) order.first_day = day_;
    return order.ends_with(bar, is_last_of_day);
  });
}

void Engine::end_orders(std::size_t symbol, FunctionRef<bool(Order&)> is_over) {
  constexpr std::string_view kReason = "its time in force is over";
  SymbolState& state = symbols_[symbol];
  for (const Side side : {Side::kLong, Side::kShort}) {
    std::unique_ptr<EntryOrder>& order = state.entries[index_of(side)];
    if (order && is_over(*order))
      cancel_entry(symbol, side, SignalStatus::kExpired, std::string(kReason));
  }
  std::erase_if(state.exits, [&](ExitOrder& order) {
    if (!is_over(order)) return false;
    settle(order.signal, order.outcome(SignalStatus::kExpired), std::string(kReason));
    return true;
  });
}

void Engine::follow_universe(std::size_t symbol) {
  if (is_member(symbol)) return;
  cancel_openings(symbol, SignalStatus::kCancelled, "the symbol has left the universe");
  if (!execution_.leaves_with_universe || !ledger_.holds(symbol)) return;
  place_exit(symbol, Reason::kRebalance, "universe");
}

/// Closes what will never have a bar again, as far as that can be known by now.
void Engine::close_delisted() {
  if (!any_delisted_ && active_.size() == symbols_.size()) return;
  const std::vector<std::size_t>& holdings = ledger_.holdings();
  for (std::size_t i = 0; i < holdings.size();) {
    const std::size_t symbol = holdings[i];
    const SymbolState& state = symbols_[symbol];
    const BarSeries& bars = *state.bars;
    const std::optional<Day> last_day = bars.asset.delisted_on;
    const bool is_last =
        last_day && *day_ >= *last_day &&
        (state.next == bars.size() || context_.day_of(bars.timestamp[state.next]) > *last_day);
    const bool active = is_active(symbol);
    const bool is_stale = !active && session_ - state.seen_session >= execution_.stale_days;
    if (is_last || is_stale) {
      close_at_last_price(symbol, is_last ? "delisted" : "stale");
      continue;
    }
    if (!active) ++stale_marks_;
    ++i;
  }
}

void Engine::close_at_last_price(std::size_t symbol, const std::string& rule) {
  const SymbolState& state = symbols_[symbol];
  const FillBasis basis = is_active(symbol) ? FillBasis::kClose : FillBasis::kLastClose;
  ExitOrder order = new_exit(symbol, Reason::kDelisted, rule);
  order.is_forced = true;
  (void)fill_exit(symbol, order, {state.bars->close[state.bar()], basis, false});
  if (!strategy_.legs.empty()) place_legs_exit(Reason::kDelisted, rule);
}

}  // namespace quant
