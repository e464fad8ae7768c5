// SPDX-License-Identifier: PostgreSQL
// What the account does to protect itself: margin calls and halts.
#include <algorithm>

#include "core/backtest/engine.hpp"

namespace quant {

/// All that is held of the symbol has been ordered to be closed.
bool Engine::has_whole_exit(std::size_t symbol) const {
  if (legs_exit_) return true;
  const auto& exits = symbols_[symbol].exits;
  return std::any_of(exits.begin(), exits.end(),
                     [](const ExitOrder& order) { return order.is_whole_at_market(); });
}

/// The same, but a margin call does not keep a rule from closing at this very close.
bool Engine::is_leaving(std::size_t symbol) const {
  if (execution_.fill == FillAt::kNextOpen) return has_whole_exit(symbol);
  const auto& exits = symbols_[symbol].exits;
  return std::any_of(exits.begin(), exits.end(), [](const ExitOrder& order) {
    return order.is_whole_at_market() && !order.is_forced;
  });
}

/// Closes whole positions, the largest first, until the equity covers the rest.
void Engine::margin_call() {
  if (ledger_.holdings().empty()) return;
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
  std::stable_sort(largest_first.begin(), largest_first.end(),
                   [this](std::size_t a, std::size_t b) {
                     return ledger_.position(a).value > ledger_.position(b).value;
                   });
  for (const std::size_t symbol : largest_first) {
    if (has_whole_exit(symbol)) gross -= ledger_.position(symbol).value;
  }
  for (const std::size_t symbol : largest_first) {
    if (is_covered(gross)) break;
    if (has_whole_exit(symbol)) continue;
    gross -= ledger_.position(symbol).value;
    place_exit(symbol, Reason::kMarginCall, "margin_call");
  }
}

void Engine::end_trading() {
  ended_ = true;
  const std::vector<std::size_t> holdings = ledger_.holdings();
  for (const std::size_t symbol : holdings) place_exit(symbol, Reason::kMarginCall, "margin_call");
  cancel_entries("the equity is used up", SignalStatus::kRejected);
}

/// Cancels what would open or add to a position of the symbol.
void Engine::cancel_openings(std::size_t symbol, SignalStatus status, const std::string& reason) {
  SymbolState& state = symbols_[symbol];
  for (const Side side : {Side::kLong, Side::kShort}) {
    const auto& order = state.entries[index_of(side)];
    if (order && !order->only_closes) cancel_entry(symbol, side, status, reason);
  }
  if (state.rotation) state.rotation->entry.refusal = reason;
}

/// Cancels everything that would open or add.
void Engine::cancel_entries(const std::string& reason, SignalStatus status) {
  for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol)
    cancel_openings(symbol, status, reason);
  if (!legs_entry_) return;
  for (const std::size_t signal : legs_entry_->signals) settle(signal, status, reason);
  legs_entry_.reset();
}

/// Rule 30, before the rules of this close.
void Engine::judge_halts() {
  const Money equity = ledger_.equity();
  const auto has_fallen = [&](Money from, const std::optional<Decimal>& percent) {
    return percent && compare_products(multiply((from - equity).units(), 100), percent->unit(),
                                       from.units(), percent->mantissa) >= 0;
  };
  if (has_fallen(peak_equity_, limits_.drawdown_halt_pct)) {
    halted_for_good_ = true;
    halt("the drawdown halt is on");
  } else if (has_fallen(day_start_equity_, limits_.daily_loss_halt_pct)) {
    halt("the daily loss halt is on");
  }
}

void Engine::halt(const std::string& reason) {
  if (!halt_reason_.empty()) return;
  halt_reason_ = reason;
  cancel_entries(reason, SignalStatus::kCancelled);
  if (!limits_.halt_closes) return;
  const std::vector<std::size_t> holdings = ledger_.holdings();
  for (const std::size_t symbol : holdings) place_exit(symbol, Reason::kRiskLimit, "halt");
}

}  // namespace quant
