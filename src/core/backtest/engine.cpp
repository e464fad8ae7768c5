// SPDX-License-Identifier: PostgreSQL
// The walk through time: which symbols have a bar, and the phases of a timestamp.
#include "core/backtest/engine.hpp"

#include <algorithm>
#include <limits>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr std::size_t kTimesPerCacheLine = 64 / sizeof(Timestamp);
constexpr Timestamp kNoMore = std::numeric_limits<Timestamp>::max();

}  // namespace

bool needs_range(const Strategy& strategy, bool wants_excursions) {
  return wants_excursions || strategy.acts_inside_bars();
}

bool needs_volume(const Execution& execution) {
  return execution.max_volume_share || execution.slippage.volume_share.mantissa != 0;
}

Engine::Engine(const Strategy& strategy, const Execution& execution,
               const std::vector<BarSeries>& bars, Money initial_capital, RunContext context)
    : strategy_(strategy),
      execution_(execution),
      bars_(bars),
      context_(std::move(context)),
      limits_(strategy.limits),
      ledger_(initial_capital, bars.size()),
      symbols_(bars.size()),
      last_equity_(initial_capital),
      day_start_equity_(initial_capital),
      peak_equity_(initial_capital) {
  limits_.tighten(context_.profile);
  has_levels_ = strategy.stop_loss || strategy.take_profit || !strategy.trailing.empty();
  const auto at_close = [](const auto& rule) {
    return rule.order.type == OrderType::kMarketOnClose;
  };
  uses_closing_orders_ = (strategy.enter_long && at_close(*strategy.enter_long)) ||
                         (strategy.enter_short && at_close(*strategy.enter_short)) ||
                         std::any_of(strategy.exits.begin(), strategy.exits.end(), at_close);
  values_.reserve(bars.size());
  for (const UserSignal& signal : context_.signals)
    symbols_[signal.symbol].signals.push_back(&signal);
}

bool Engine::prepare_step() {
  if (prepared_ == bars_.size()) return true;
  if (values_.size() == prepared_) {
    const Strategy& rules = rules_of(prepared_);
    values_.emplace_back(rules.program, bars_[prepared_], rules.roots(), &others_of(rules));
  }
  if (values_.back().compute_step()) bind(prepared_++);
  if (prepared_ < bars_.size()) return false;
  if (!strategy_.legs.empty()) bind_legs();
  return true;
}

OtherSeries& Engine::others_of(const Strategy& rules) {
  std::unique_ptr<OtherSeries>& others = others_[&rules];
  if (!others)
    others = std::make_unique<OtherSeries>(rules.program, rules.roots(), context_.series);
  return *others;
}

void Engine::bind(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  const BarSeries& bars = bars_[symbol];
  state.bars = &bars;
  state.next = bars.first;
  next_times_.push_back(bars.first == bars.size() ? kNoMore : bars.timestamp[bars.first]);
  state.tick = execution_.price_tick.value_or(bars.asset.tick_size);
  state.step = execution_.quantity_step.value_or(bars.asset.lot_size);
  state.has_members = bars.asset.listed_on || bars.asset.delisted_on ||
                      !bars.asset.member_days.empty() || bars.asset.min_history_bars > 0;
  state.has_actions = !bars.splits.empty() || !bars.dividends.empty();
  any_delisted_ = any_delisted_ || bars.asset.delisted_on;
  // What happened before the run concerns nobody who holds nothing.
  while (state.next_split < bars.splits.size() && bars.splits[state.next_split].bar < bars.first) {
    ++state.next_split;
  }
  while (state.next_dividend < bars.dividends.size() &&
         bars.dividends[state.next_dividend].bar < bars.first) {
    ++state.next_dividend;
  }
  if (strategy_.legs.empty()) bind_conditions(symbol);
}

void Engine::bind_conditions(std::size_t symbol) {
  SymbolState& state = symbols_[symbol];
  const auto condition = [&](NodeId id) {
    const TruthColumn* column = values_[symbol].column(id);
    reads_account_ = reads_account_ || column == nullptr;
    return Condition{id, column == nullptr ? nullptr : column->data()};
  };
  for (const Side side : {Side::kLong, Side::kShort}) {
    if (const auto& entry = rules_of(symbol).entry(side))
      state.enter[index_of(side)] = condition(entry->when);
  }
  for (const ExitRule& exit : rules_of(symbol).exits)
    state.exit_conditions.push_back(condition(exit.when));
}

bool Engine::next_timestamp() {
  const auto earliest = following_timestamp();
  active_.clear();
  if (!earliest) return false;
  now_ = *earliest;
  for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol) {
    if (next_times_[symbol] != now_) continue;
    active_.push_back(symbol);
    SymbolState& state = symbols_[symbol];
    ++state.next;
    next_times_[symbol] =
        state.next == state.bars->size() ? kNoMore : state.bars->timestamp[state.next];
    // Hundreds of series do not stay in the cache from one timestamp to the next.
    __builtin_prefetch(state.bars->timestamp.data() + state.next + kTimesPerCacheLine);
  }
  return true;
}

/// The timestamp that comes after this one, if any.
std::optional<Timestamp> Engine::following_timestamp() const {
  const auto earliest = std::min_element(next_times_.begin(), next_times_.end());
  if (earliest == next_times_.end() || *earliest == kNoMore) return std::nullopt;
  return *earliest;
}

bool Engine::is_active(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  return state.next > state.bars->first && state.bars->timestamp[state.bar()] == now_;
}

/// Something of it may be filled, marked or expire at this timestamp.
bool Engine::is_busy(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  return ledger_.holds(symbol) || state.has_orders() || state.rotation || !legs_.empty();
}

/// It belongs to the universe today.
bool Engine::is_member(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  const Asset& asset = state.bars->asset;
  return asset.is_member(*day_) && state.next >= static_cast<std::size_t>(asset.min_history_bars);
}

Price Engine::price_at(std::size_t symbol, EnteredAt at) const {
  const SymbolState& state = symbols_[symbol];
  return at == EnteredAt::kClose ? state.bars->close[state.bar()] : state.bars->open[state.bar()];
}

/// What a market order meets at the open or the close.
FillChance Engine::market_chance(std::size_t symbol, EnteredAt at) const {
  return {price_at(symbol, at), at == EnteredAt::kClose ? FillBasis::kClose : FillBasis::kOpen,
          true};
}

BarPrices Engine::prices_of(std::size_t symbol) const {
  const SymbolState& state = symbols_[symbol];
  const BarSeries& bars = *state.bars;
  const std::size_t bar = state.bar();
  const Price beyond = execution_.limit_fills_through ? state.tick : Price{};
  if (bars.high.empty())
    return {bars.open[bar], bars.open[bar], bars.open[bar], bars.close[bar], beyond};
  return {bars.open[bar], bars.high[bar], bars.low[bar], bars.close[bar], beyond};
}

bool Engine::step(std::int64_t bars) {
  try {
    while (bars > 0) {
      if (!next_timestamp()) return true;
      begin_timestamp();
      opening_phase();
      intrabar_phase();
      closing_phase();
      ledger_.check();
      bars -= static_cast<std::int64_t>(active_.size() + ledger_.open_lots());
    }
  } catch (Error& error) {
    error.detail(concat(error.detail(), error.detail().empty() ? "" : " ", "The run stood at ",
                        timestamp_text(now_), "."));
    throw;
  }
  return false;
}

void Engine::opening_phase() {
  bool any_entry = false;
  for (const std::size_t symbol : busy_) {
    const SymbolState& state = symbols_[symbol];
    if (ledger_.holds(symbol)) leave_at_open(symbol);
    any_entry = any_entry || state.has_entry();
  }
  if (!any_entry && !rotating_ && !legs_exit_ && !legs_entry_) return;
  for (const std::size_t symbol : busy_) {
    if (ledger_.holds(symbol)) ledger_.mark(symbol, price_at(symbol, EnteredAt::kOpen));
  }
  if (legs_exit_ || legs_entry_) work_legs(EnteredAt::kOpen);
  if (rotating_) rotate(EnteredAt::kOpen);
  if (any_entry) {
    enter_all(chances([this](std::size_t symbol, EntryOrder& order) {
                return order.at_open(order.side == Side::kLong, prices_of(symbol),
                                     symbols_[symbol].bar());
              }),
              entry_round(EnteredAt::kOpen));
  }
}

void Engine::intrabar_phase() {
  if (!strategy_.acts_inside_bars()) return;
  // What is closed from here on still counts: its exposure is free from the next timestamp on.
  EntryRound round = entry_round(EnteredAt::kInside);
  bool any_entry = false;
  for (const std::size_t symbol : busy_) {
    if (ledger_.holds(symbol)) leave_inside_bar(symbol);
    any_entry = any_entry || symbols_[symbol].has_entry();
  }
  if (!any_entry) return;
  just_filled_.clear();
  round.equity = ledger_.equity();
  const auto entering =
      chances([this](std::size_t symbol, EntryOrder& order) -> std::optional<FillChance> {
        if (!order.waits_for_price()) return std::nullopt;
        return order.inside(order.side == Side::kLong, prices_of(symbol), symbols_[symbol].bar());
      });
  for (const EntryChance& chance : entering) reverse_inside(chance, round);
  enter_all(entering, round);
  for (const auto& [symbol, lot] : just_filled_) leave_just_filled(symbol, lot);
}

void Engine::closing_phase() {
  for (const std::size_t symbol : busy_) {
    if (ledger_.holds(symbol)) ledger_.mark(symbol, price_at(symbol, EnteredAt::kClose));
  }
  market_on_close();
  close_delisted();
  for (const std::size_t symbol : busy_) {
    if (symbols_[symbol].has_orders()) expire_orders(symbol);
  }
  margin_call();
  if (!ended_) {
    judge_halts();
    decide_all();
    if (execution_.fill == FillAt::kSameClose) fill_at_close();
  }
  record_equity();
}

void Engine::market_on_close() {
  if (!uses_closing_orders_) return;
  const auto is_due = [this](std::size_t symbol, const Order& order) {
    return order.type == OrderType::kMarketOnClose && order.decided_bar < symbols_[symbol].bar();
  };
  work_close(is_due);
}

void Engine::fill_at_close() {
  const auto is_due = [this](std::size_t symbol, const Order& order) {
    return order.type == OrderType::kMarket && order.decided == now_ &&
           order.decided_bar == symbols_[symbol].bar();
  };
  if (legs_exit_ || legs_entry_) work_legs(EnteredAt::kClose);
  if (rotating_) rotate(EnteredAt::kClose);
  work_close(is_due);
}

/// Fills the orders that are due at this close, exits first.
void Engine::work_close(FunctionRef<bool(std::size_t, const Order&)> is_due) {
  const auto offer = [&](std::size_t symbol, const Order& order) -> std::optional<FillChance> {
    if (!is_due(symbol, order)) return std::nullopt;
    return market_chance(symbol, EnteredAt::kClose);
  };
  bool any_entry = false;
  for (const std::size_t symbol : active_) {
    SymbolState& state = symbols_[symbol];
    any_entry = any_entry || state.has_entry();
    if (!ledger_.holds(symbol)) continue;
    work_exits(symbol, [&](ExitOrder& order) {
      return order.at_next_open ? std::nullopt : offer(symbol, order);
    });
    reverse(symbol, [&](EntryOrder& order) { return offer(symbol, order); });
    if (ledger_.holds(symbol)) ledger_.mark(symbol, price_at(symbol, EnteredAt::kClose));
  }
  if (any_entry) enter_all(chances(offer), entry_round(EnteredAt::kClose));
}

void Engine::decide_all() {
  AccountState account;
  account.equity = ledger_.equity();
  account.cash = ledger_.cash();
  if (!strategy_.legs.empty()) return decide_legs(account);
  for (const std::size_t symbol : active_) {
    try {
      decide(symbol, account);
    } catch (Error& error) {
      error.detail(concat("While deciding for symbol \"", bars_[symbol].asset.symbol, "\"."));
      throw;
    }
  }
  if (strategy_.rotation) decide_rotation(account);
}

void Engine::record_equity() {
  equity_.push_back({now_, ledger_.cash(), ledger_.market_value(), ledger_.gross_value()});
  last_equity_ = equity_.back().equity();
  peak_equity_ = std::max(peak_equity_, last_equity_);
  if (!ledger_.holdings().empty()) ++with_position_;
}

void Engine::close_at_end() {
  const std::vector<std::size_t> holdings = ledger_.holdings();
  for (const std::size_t symbol : holdings) {
    const SymbolState& state = symbols_[symbol];
    ExitOrder order = new_exit(symbol, Reason::kEndOfData, "finalize");
    order.is_forced = true;
    if (execution_.finalize == Finalize::kLastOpen) {
      // What was bought after the last bar's open cannot have been sold at it.
      order.quantity = Quantity{};
      for (const Lot& lot : ledger_.lots(symbol)) {
        const bool is_later = lot.entered_at != EnteredAt::kOpen && lot.entry_bar == state.bar();
        if (!is_later) *order.quantity += lot.quantity;
      }
      (void)fill_exit(symbol, order, {state.bars->open.back(), FillBasis::kOpen, true});
      order.quantity.reset();
    }
    if (!ledger_.holds(symbol)) continue;
    // A symbol whose bars ended earlier leaves at a close that has passed.
    const FillBasis basis = is_active(symbol) ? FillBasis::kClose : FillBasis::kLastClose;
    (void)fill_exit(symbol, order, {state.bars->close.back(), basis, true});
  }
  if (holdings.empty()) return;
  equity_.pop_back();
  --with_position_;
  record_equity();
}

void Engine::expire_all() {
  constexpr std::string_view kEnd = "end of data";
  for (SymbolState& state : symbols_) {
    for (const auto& entry : state.entries) {
      if (!entry) continue;
      settle(entry->signal, entry->outcome(SignalStatus::kExpired), std::string(kEnd));
    }
    for (const ExitOrder& exit : state.exits) {
      settle(exit.signal, exit.outcome(SignalStatus::kExpired), std::string(kEnd));
    }
    if (state.rotation)
      settle(state.rotation->entry.signal, SignalStatus::kExpired, std::string(kEnd));
  }
  for (const auto& order : {legs_exit_, legs_entry_}) {
    if (!order) continue;
    for (const std::size_t signal : order->signals)
      settle(signal, SignalStatus::kExpired, std::string(kEnd));
  }
  for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol)
    expire_signals(symbol, std::string(kEnd));
}

RunRecords Engine::finish() {
  expire_all();
  if (execution_.finalize != Finalize::kNone && !equity_.empty()) close_at_end();
  ledger_.check();
  for (const std::size_t symbol : ledger_.holdings()) {
    const SymbolState& state = symbols_[symbol];
    if (state.bars->high.empty()) continue;
    ledger_.extend_range(symbol, state.bar(), state.bars->low[state.bar()],
                         state.bars->high[state.bar()]);
  }
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
  records.stale_marks = stale_marks_;
  records.bars_with_position = with_position_;
  records.ruined = ended_;
  return records;
}

}  // namespace quant
