// SPDX-License-Identifier: PostgreSQL
// The part of the engine that fills: sizes, prices, lots.
#include <algorithm>

#include "core/backtest/engine.hpp"
#include "core/backtest/pricing.hpp"

namespace quant {

void Engine::enter_all(bool at_close) {
  std::vector<std::size_t> entering;
  for (const std::size_t symbol : active_) {
    if (symbols_[symbol].entry) entering.push_back(symbol);
  }
  std::stable_sort(entering.begin(), entering.end(), [this](std::size_t a, std::size_t b) {
    const Number left = symbols_[a].entry->priority;
    const Number right = symbols_[b].entry->priority;
    if (left.known != right.known) return left.known;
    return left.known && left.value > right.value;
  });
  EntryRound round{ledger_.equity(), ledger_.gross_value(), Money{}, at_close};
  for (const std::size_t symbol : entering) {
    const EntryOrder order = std::move(*symbols_[symbol].entry);
    symbols_[symbol].entry.reset();
    enter(symbol, order, round);
  }
}

void Engine::enter(std::size_t symbol, const EntryOrder& order, EntryRound& round) {
  SymbolState& state = symbols_[symbol];
  const auto refuse = [&](std::string reason) {
    settle(order.signal, SignalStatus::kRejected, std::move(reason));
  };
  if (!order.refusal.empty()) return refuse(order.refusal);
  const auto held = static_cast<int>(ledger_.holdings().size());
  if (strategy_.max_positions && held >= *strategy_.max_positions) {
    return refuse("max_positions is reached");
  }
  const std::size_t bar = state.bar();
  const Price reference = round.at_close ? state.bars->close[bar] : state.bars->open[bar];
  const FillKind kind = opening(order.side);
  const Price price =
      worsened_price(reference, is_buying(kind), execution_.slippage, state.tick);
  const Quantity wanted =
      order.quantity ? *order.quantity : wanted_quantity(symbol, price, round.equity);
  if (wanted.is_zero()) return refuse("the size is below one quantity step");
  const Quantity quantity = affordable(symbol, price, round, wanted);
  if (quantity.is_zero()) return refuse("the buying power does not cover one quantity step");
  if (quantity < wanted && execution_.on_short_cash == OnShortCash::kSkip) {
    return refuse("the buying power does not cover the size");
  }
  Fill fill = fill_of(symbol, kind, quantity, reference, true);
  if (fill.value.is_zero()) return refuse("the size is worth less than a cent");
  fill.rule = order.side == Side::kLong ? "long" : "short";
  round.gross += fill.value;
  round.fees += fill.commission;
  ledger_.open(std::move(fill), bar);
  set_levels(symbol, order);
  ledger_.held(symbol).entered_at_close = round.at_close;
  if (round.at_close) ledger_.mark(symbol, reference);
  state.signalled[static_cast<std::size_t>(order.side)] = false;
  settle(order.signal, SignalStatus::kExecuted);
}

Quantity Engine::wanted_quantity(std::size_t symbol, Price price, Money equity) const {
  const SymbolState& state = symbols_[symbol];
  const SizeRule& size = strategy_.size;
  const Quantity most = Quantity::from_units(Quantity::kMax);
  switch (size.mode) {
    case SizeRule::Mode::kUnits:
      return floor_to_step(*Quantity::from_decimal(size.amount), state.step);
    case SizeRule::Mode::kCash: {
      const Money cash = *Money::from_decimal(size.amount);
      return largest_quantity({cash.units()}, price, state.step, most, execution_.commission);
    }
    case SizeRule::Mode::kPercentEquity: {
      const Int128 weight = multiply(100, size.amount.unit());
      const Budget budget{multiply(equity.units(), size.amount.mantissa), weight, weight};
      return largest_quantity(budget, price, state.step, most, execution_.commission);
    }
  }
  return {};
}

/// New exposure needs gross exposure <= leverage x (equity - the fees of this round's entries).
Quantity Engine::affordable(std::size_t symbol, Price price, const EntryRound& round,
                            Quantity limit) const {
  const Int128 unit = execution_.leverage.unit();
  const Int128 leverage = execution_.leverage.mantissa;
  const Money equity = round.equity - round.fees;
  const Budget budget{
      subtract(multiply(leverage, equity.units()), multiply(round.gross.units(), unit)), unit, leverage};
  return largest_quantity(budget, price, symbols_[symbol].step, limit, execution_.commission);
}

void Engine::set_levels(std::size_t symbol, const EntryOrder& order) {
  Lot& lot = ledger_.held(symbol);
  const auto level = [&](const std::optional<LevelRule>& rule, bool is_stop,
                         Number value) -> std::optional<Price> {
    if (!rule) return std::nullopt;
    const bool computed = rule->kind != LevelRule::Kind::kFraction;
    const Int128 denominator = computed ? strategy_.program[rule->expression].denominator : 1;
    return level_of(*rule, is_stop, order.side, lot.entry_price, value.value, denominator,
                    symbols_[symbol].tick);
  };
  lot.stop = level(strategy_.stop_loss, true, order.stop_value);
  lot.target = level(strategy_.take_profit, false, order.target_value);
}

void Engine::close_lot(std::size_t symbol, Price reference, bool slips, Reason reason,
                       const std::string& rule) {
  if (std::optional<ExitOrder>& order = symbols_[symbol].exit) {
    settle(order->signal, SignalStatus::kExpired, "the position was closed first");
    order.reset();
  }
  const Lot& lot = *ledger_.lot(symbol);
  Fill fill = fill_of(symbol, closing(lot.side), lot.quantity, reference, slips);
  fill.reason = reason;
  fill.rule = rule;
  ledger_.close(std::move(fill), symbols_[symbol].bar());
}

Fill Engine::fill_of(std::size_t symbol, FillKind kind, Quantity quantity, Price reference,
                     bool slips) const {
  Fill fill;
  fill.time = now_;
  fill.symbol = symbol;
  fill.kind = kind;
  fill.quantity = quantity;
  fill.price = worsened_price(reference, is_buying(kind), slips ? execution_.slippage : Slippage{},
                              symbols_[symbol].tick);
  fill.value = value_of(quantity, fill.price);
  fill.commission = execution_.commission.of(quantity, fill.value);
  fill.slippage = value_of(quantity, magnitude_of(fill.price - reference));
  return fill;
}

}  // namespace quant
