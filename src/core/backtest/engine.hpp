// SPDX-License-Identifier: PostgreSQL
// The engine: bars in, fills and an equity curve out.
//
// Each timestamp passes four phases, each for every symbol before the next begins:
//   1  borrow, interest, corporate actions, universe                        (account_events.cpp)
//   2  at the open: what leaves, then what enters                           (exits, entries .cpp)
//   3  inside the bar: what leaves, what enters, what leaves of that at once
//   4  at the close: market-on-close orders, marks, margin, halts           (safeguards.cpp),
//      rules and new orders (decisions, rotation, legs .cpp); with fill "same_close" their fills
// Within a phase symbols go in byte order; entries by priority first. A rule sees bars that have
// closed, and its order fills at a later open unless "same_close" asks otherwise, so nothing uses
// what happened after it. docs/semantics.md has the rules, by number.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/backtest/execution.hpp"
#include "core/backtest/ledger.hpp"
#include "core/backtest/orders.hpp"
#include "core/backtest/pricing.hpp"
#include "core/base/function_ref.hpp"
#include "core/market/bar_series.hpp"
#include "core/strategy/evaluator.hpp"

namespace quant {

/// What a run needs besides rules, settings and bars.
struct RunContext {
  /// The date of a timestamp in the run's time zone.
  std::function<Day(Timestamp)> day_of = utc_day;
  /// The finest stored bars of a symbol within one of its bars, with high and low; may be empty.
  std::function<BarSeries(std::size_t symbol, Timestamp bar_start)> finer_bars;
  Decimal periods_per_year{252, 0};
  std::vector<UserSignal> signals;  // in order of time
  Limits profile;                   // of the account's owner
  SeriesContext series;             // what rules read besides the bars of their own symbol
  /// The strategy compiled for each symbol, where splits ask for it; empty: the same for all.
  std::vector<const Strategy*> rules;
};

class Engine {
 public:
  /// `bars`: one series for each symbol, in byte order of the symbols; open and close, and high,
  /// low and volume where needs_range() and needs_volume() say so. All arguments outlive the
  /// engine.
  Engine(const Strategy& strategy, const Execution& execution, const std::vector<BarSeries>& bars,
         Money initial_capital, RunContext context = {});

  [[nodiscard]] const RunContext& context() const { return context_; }

  /// Computes the next expression of the next symbol; true when all are done. Call until true.
  bool prepare_step();
  /// Works through about `bars` bars, a lot that is held counting as one; true at the end of the
  /// run. Call until true.
  bool step(std::int64_t bars);
  /// Closes what is to be closed at the end, checks the books, hands over the records.
  [[nodiscard]] RunRecords finish();

 private:
  /// A condition as a column, or by its node where it depends on the account.
  struct Condition {
    NodeId id = -1;
    const Truth* column = nullptr;  // by bar
  };
  /// A symbol's place in the portfolio of a rotation.
  struct RotationOrder {
    Ratio weight;      // of equity; 0: to be sold
    int rank = 0;      // from 1; 0: not selected
    EntryOrder entry;  // for what is to be bought; its refusal leaves the sales
  };
  struct StopLevel {
    Price price;
    Reason reason = Reason::kStopLoss;
  };
  struct SymbolState {
    // What every bar asks for comes first, for the cache.
    const BarSeries* bars = nullptr;
    std::size_t next = 0;         // the bar to come; next - 1 is the current one
    std::size_t quiet_until = 0;  // before that bar no rule changes anything
    std::array<std::unique_ptr<EntryOrder>, 2> entries;  // by Side
    std::vector<ExitOrder> exits;
    std::array<std::optional<Condition>, 2> enter;  // by Side
    /// A signal row stands for this level already: one that stays true writes no further rows.
    std::array<bool, 2> signalled = {false, false};
    bool has_actions = false;  // splits or dividends
    bool has_members = false;  // it does not always belong to the universe
    int seen_session = 0;      // number of the last day with a bar
    std::size_t next_signal = 0;
    std::vector<const UserSignal*> signals;  // in the context
    std::vector<Condition> exit_conditions;
    std::vector<std::size_t> refused_exits;  // rules whose refusal stands in a signal row already
    Price tick;
    Quantity step;
    std::unique_ptr<RotationOrder> rotation;
    std::map<std::size_t, OrderProgress> target_progress;  // by lot, of targets filled in part
    std::optional<std::size_t> left_at;                    // bar in which the position was closed
    std::optional<std::size_t> ambiguous_bar;              // the newest that is counted already
    std::size_t next_split = 0;
    std::size_t next_dividend = 0;

    [[nodiscard]] std::size_t bar() const { return next - 1; }
    [[nodiscard]] bool has_entry() const { return entries[0] || entries[1]; }
    [[nodiscard]] bool has_orders() const { return has_entry() || !exits.empty(); }
  };
  /// What the entries of one phase share.
  struct EntryRound {
    Money equity;  // snapshot after the phase's exits
    Money gross;   // grows with each fill
    Money net;
    Money fees;
    EnteredAt at = EnteredAt::kOpen;
  };
  struct EntryChance {
    std::size_t symbol = 0;
    Side side = Side::kLong;
    FillChance chance;
  };
  struct LegState {
    std::size_t symbol = 0;
    std::ptrdiff_t leg = 0;  // index into the strategy's legs
  };
  /// Opens or closes all legs of the strategy.
  struct LegsOrder {
    std::vector<std::optional<Ratio>> ratios;  // one for each leg
    EntryOrder terms;
    std::vector<std::size_t> signals;
    Reason reason = Reason::kSignal;
    bool at_next_open = false;
  };

  // engine.cpp: the walk
  void bind(std::size_t symbol);
  void bind_conditions(std::size_t symbol);
  [[nodiscard]] bool next_timestamp();
  [[nodiscard]] std::optional<Timestamp> following_timestamp() const;
  [[nodiscard]] bool is_active(std::size_t symbol) const;
  [[nodiscard]] bool is_busy(std::size_t symbol) const;
  [[nodiscard]] bool is_member(std::size_t symbol) const;
  [[nodiscard]] const Strategy& rules_of(std::size_t symbol) const {
    return context_.rules.empty() ? strategy_ : *context_.rules[symbol];
  }
  [[nodiscard]] OtherSeries& others_of(const Strategy& rules);
  [[nodiscard]] Price price_at(std::size_t symbol, EnteredAt at) const;
  [[nodiscard]] FillChance market_chance(std::size_t symbol, EnteredAt at) const;
  [[nodiscard]] BarPrices prices_of(std::size_t symbol) const;
  void opening_phase();
  void intrabar_phase();
  void closing_phase();
  void market_on_close();
  void fill_at_close();
  void work_close(FunctionRef<bool(std::size_t, const Order&)> is_due);
  void decide_all();
  void record_equity();
  void expire_all();
  void close_at_end();

  // account_events.cpp
  void begin_timestamp();
  void begin_day(Day day);
  void accrue(int days);
  void apply_actions(std::size_t symbol);
  void apply_split(std::size_t symbol, const Split& split);
  void close_for_nothing(std::size_t symbol, Price last_close);
  void expire_orders(std::size_t symbol);
  void end_orders(std::size_t symbol, FunctionRef<bool(Order&)> is_over);
  void follow_universe(std::size_t symbol);
  void close_delisted();
  void close_at_last_price(std::size_t symbol, const std::string& rule);

  // user_signals.cpp
  void take_signals(std::size_t symbol);
  std::size_t record_signal(const UserSignal& signal);
  void expire_signals(std::size_t symbol, const std::string& reason);
  void enter_by_signal(std::size_t symbol, const UserSignal& signal, std::size_t place);
  void leave_by_signal(std::size_t symbol, const UserSignal& signal, std::size_t place);
  [[nodiscard]] bool needs_deciding_bar(const EntryOrder& order) const;

  // exits.cpp
  [[nodiscard]] std::optional<StopLevel> stop_of(std::size_t symbol, const Lot& lot) const;
  void leave_at_open(std::size_t symbol);
  void leave_inside_bar(std::size_t symbol);
  void for_each_lot(std::size_t symbol, FunctionRef<void(const Lot&)> act);
  [[nodiscard]] bool leave_beyond_open(std::size_t symbol, const Lot& lot, const BarPrices& prices);
  void leave_lot_inside(std::size_t symbol, const Lot& lot, const BarPrices& prices);
  void leave_just_filled(std::size_t symbol, std::size_t lot);
  [[nodiscard]] bool stop_comes_first(const BarPrices& prices, Side side) const;
  [[nodiscard]] std::optional<bool> finer_bars_decide(std::size_t symbol, const Lot& lot,
                                                      Price stop) const;
  void stop_lot(std::size_t symbol, const Lot& lot, FillChance chance, Reason reason);
  void take_target(std::size_t symbol, const Lot& lot, FillChance chance);
  [[nodiscard]] bool has_worked_target(std::size_t symbol, const Lot& lot) const;
  void work_exits(std::size_t symbol, FunctionRef<std::optional<FillChance>(ExitOrder&)> offer);
  bool fill_exit(std::size_t symbol, ExitOrder& order, const FillChance& chance);
  [[nodiscard]] ExitOrder new_exit(std::size_t symbol, Reason reason,
                                   const std::string& rule) const;
  void reverse(std::size_t symbol, FunctionRef<std::optional<FillChance>(EntryOrder&)> offer);
  void close_opposite(std::size_t symbol, const EntryOrder& entry, const FillChance& chance);
  void position_closed(std::size_t symbol);

  // entries.cpp
  [[nodiscard]] EntryRound entry_round(EnteredAt at) const;
  [[nodiscard]] std::vector<EntryChance> chances(
      FunctionRef<std::optional<FillChance>(std::size_t, EntryOrder&)> offer);
  void enter_all(std::vector<EntryChance> entering, EntryRound round);
  [[nodiscard]] bool enter(const EntryChance& entering, EntryOrder& order, EntryRound& round);
  void book_entry(std::size_t symbol, EntryOrder& order, Fill fill, EntryRound& round);
  void reverse_inside(const EntryChance& entering, EntryRound& round);
  [[nodiscard]] std::string refusal_of(std::size_t symbol, Side side,
                                       std::size_t opening = 1) const;
  [[nodiscard]] Decimal leverage() const;
  [[nodiscard]] Quantity affordable(std::size_t symbol, const FillPrice& price,
                                    const EntryRound& round, Quantity limit,
                                    const OrderProgress& progress) const;
  [[nodiscard]] Money commission_of(const OrderProgress& progress, Quantity quantity,
                                    Money value) const;
  [[nodiscard]] bool within_limits(std::size_t symbol, Money value, const EntryRound& round) const;
  [[nodiscard]] bool within_net_limit(Money net, const EntryRound& round) const;
  void set_levels(std::size_t symbol, Lot& lot, const EntryOrder& order);
  [[nodiscard]] static Ratio trailing_distance(const LevelRule& rule, Price fill,
                                               const std::optional<Ratio>& value);
  [[nodiscard]] FillPrice fill_price(std::size_t symbol, bool buying,
                                     const FillChance& chance) const;
  [[nodiscard]] std::span<const Split> splits_at(std::size_t symbol) const;
  [[nodiscard]] Volume market_volume(std::size_t symbol) const;
  [[nodiscard]] std::optional<Quantity> volume_limit(std::size_t symbol) const;
  [[nodiscard]] Fill make_fill(std::size_t symbol, FillKind kind, Quantity quantity,
                               const FillChance& chance, Order& order) const;

  // sizing.cpp
  [[nodiscard]] std::optional<Budget> budget_of(const SizeRule& size,
                                                const std::optional<Ratio>& value,
                                                Money equity) const;
  [[nodiscard]] Quantity wanted_quantity(std::size_t symbol, const EntryOrder& order,
                                         const FillPrice& price, Money equity) const;
  [[nodiscard]] Quantity risked_quantity(std::size_t symbol, const EntryOrder& order,
                                         const FillPrice& price, Money equity) const;
  [[nodiscard]] static Quantity leg_units(const EntryOrder& order, Money equity);
  [[nodiscard]] Ratio risk_distance(std::size_t symbol, const EntryOrder& order, Price fill) const;
  [[nodiscard]] std::optional<Ratio> size_value(std::size_t symbol, const SizeRule& size,
                                                std::size_t bar, const AccountState& account) const;
  [[nodiscard]] std::optional<Ratio> annual_volatility(std::size_t symbol, int lookback,
                                                       std::size_t bar) const;

  // decisions.cpp
  [[nodiscard]] bool holds(const Condition& condition, std::size_t symbol,
                           const AccountState& account) const;
  [[nodiscard]] std::optional<Ratio> value_of_rule(NodeId id, std::size_t symbol, std::size_t bar,
                                                   const AccountState& account) const;
  [[nodiscard]] AccountState account_of(std::size_t symbol, AccountState account) const;
  void decide(std::size_t symbol, const AccountState& base);
  void rest(std::size_t symbol);
  [[nodiscard]] std::array<bool, 2> ask_exits(std::size_t symbol, const AccountState& account);
  void stop_by_time(std::size_t symbol);
  [[nodiscard]] bool may_enter(std::size_t symbol, Side side, const AccountState& account) const;
  [[nodiscard]] bool only_closes(std::size_t symbol, Side side) const;
  [[nodiscard]] bool is_cooling(std::size_t symbol, std::size_t bar) const;
  [[nodiscard]] bool may_add(std::size_t symbol, std::size_t bar,
                             const AccountState& account) const;
  void decide_entry(std::size_t symbol, Side side, const AccountState& account);
  void place_exit(std::size_t symbol, Reason reason, const std::string& rule);
  void place_rule_exit(std::size_t symbol, std::size_t index, const AccountState& account);
  void place_entry(std::size_t symbol, Side side, const AccountState& account, bool only_closes);
  [[nodiscard]] bool set_prices(Order& order, const OrderRule& rule, std::size_t symbol,
                                const AccountState& account) const;
  void set_rule_values(EntryOrder& order, std::size_t symbol, std::size_t bar,
                       const AccountState& account) const;
  void cancel_entry(std::size_t symbol, Side side, SignalStatus status, std::string reason);
  [[nodiscard]] std::size_t write_signal(std::size_t symbol, FillKind kind,
                                         const std::string& rule);
  void settle(std::optional<std::size_t> signal, SignalStatus status, std::string reason = {});

  // safeguards.cpp
  [[nodiscard]] bool has_whole_exit(std::size_t symbol) const;
  [[nodiscard]] bool is_leaving(std::size_t symbol) const;
  void margin_call();
  void end_trading();
  void cancel_openings(std::size_t symbol, SignalStatus status, const std::string& reason);
  void cancel_entries(const std::string& reason, SignalStatus status);
  void judge_halts();
  void halt(const std::string& reason);

  // rotation.cpp
  [[nodiscard]] bool is_rotation_due() const;
  [[nodiscard]] std::vector<std::size_t> ranked_symbols(const AccountState& base) const;
  [[nodiscard]] std::vector<std::size_t> selected(const std::vector<std::size_t>& ranked) const;
  [[nodiscard]] std::vector<Ratio> weights_of(std::vector<std::size_t>& chosen,
                                              const AccountState& base) const;
  void decide_rotation(const AccountState& account);
  void place_rotation(std::size_t symbol, const Ratio& weight, int rank,
                      const AccountState& account);
  void rotate(EnteredAt at);
  [[nodiscard]] bool is_near_target(std::size_t symbol, const Ratio& weight, Money equity,
                                    EnteredAt at) const;
  void rotate_out(std::size_t symbol, Money equity, EnteredAt at);
  void rotate_in(std::size_t symbol, Money equity, EntryRound& round);

  // legs.cpp
  void bind_legs();
  [[nodiscard]] std::optional<Side> legs_side() const;
  void decide_legs(const AccountState& base);
  void cancel_legs_entry(Side side, const std::string& reason);
  void place_legs_exit(Reason reason, const std::string& rule);
  void place_legs_entry(Side side, const AccountState& account);
  void work_legs(EnteredAt at);
  void close_legs(const LegsOrder& order, Reason reason, EnteredAt at);
  [[nodiscard]] std::optional<std::vector<Quantity>> leg_quantities(const LegsOrder& order,
                                                                    Quantity units) const;
  [[nodiscard]] bool legs_fit(const LegsOrder& order, const std::vector<FillPrice>& prices,
                              const std::optional<Budget>& budget, const EntryRound& round,
                              Quantity units) const;
  void open_legs(const LegsOrder& order, EnteredAt at);

  const Strategy& strategy_;
  const Execution& execution_;
  const std::vector<BarSeries>& bars_;
  RunContext context_;
  Limits limits_;
  Ledger ledger_;
  std::vector<SymbolState> symbols_;
  bool reads_account_ = false;         // a condition does
  std::vector<Timestamp> next_times_;  // of each symbol's bar to come
  /// One for each strategy that rules_of() gives.
  std::map<const Strategy*, std::unique_ptr<OtherSeries>> others_;
  std::vector<SymbolValues> values_;
  std::size_t prepared_ = 0;         // symbols whose values are complete
  std::vector<std::size_t> active_;  // symbols with a bar at now_
  std::vector<std::size_t> busy_;    // those of them that began it with a position or an order
  std::vector<std::pair<std::size_t, std::size_t>> just_filled_;  // symbol and lot, inside this bar
  bool has_levels_ = false;                                       // lots have stops or targets
  bool any_delisted_ = false;         // it is known of a symbol when it will be delisted
  bool uses_closing_orders_ = false;  // of type market_on_close
  Timestamp now_ = 0;
  std::optional<Day> day_;
  int session_ = 0;     // days with bars so far
  bool ended_ = false;  // equity fell to zero: no more rules or entries
  // phase 1
  Int128 interest_rest_ = 0;  // in units of cents / (100 x 365 x unit of the rate)
  Int128 borrow_rest_ = 0;
  // halts
  Money last_equity_;  // of the timestamp before
  Money day_start_equity_;
  Money peak_equity_;
  std::string halt_reason_;  // none: entries are open
  bool halted_for_good_ = false;
  // rotation
  std::optional<std::int64_t> rotated_in_;  // period of the last decision
  bool rotating_ = false;                   // orders wait
  // legs
  std::vector<LegState> legs_;
  std::optional<LegsOrder> legs_exit_;
  std::optional<LegsOrder> legs_entry_;
  Side legs_held_side_ = Side::kLong;

  std::size_t next_order_ = 0;
  std::vector<Signal> signals_;
  std::vector<AccountPoint> equity_;
  std::int64_t with_position_ = 0;
  std::int64_t stale_marks_ = 0;
  int ambiguous_bars_ = 0;
};

/// The run reads high and low: something may happen inside its bars, or its trades' excursions are
/// wanted.
[[nodiscard]] bool needs_range(const Strategy& strategy, bool wants_excursions);
/// The run's fills depend on volumes.
[[nodiscard]] bool needs_volume(const Execution& execution);

}  // namespace quant
