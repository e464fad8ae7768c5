// SPDX-License-Identifier: PostgreSQL
// The engine: bars in, fills and an equity curve out.
//
// Each timestamp passes four phases, each for every symbol with a bar before the next begins:
//   1  (corporate actions: not in this version)
//   2  opening fills: exits, and stops or targets that the open has passed; then entries, sized on
//      one snapshot of the equity at the open
//   3  stops and targets inside the bar
//   4  marks at the close, margin, rules; with fill "same_close" their fills
// Within a phase symbols go in byte order; entries by priority first. A rule sees bars that have
// closed, and its order fills at a later open unless "same_close" asks otherwise, so nothing uses
// what happened after it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/backtest/execution.hpp"
#include "core/backtest/ledger.hpp"
#include "core/market/bar_series.hpp"
#include "core/strategy/evaluator.hpp"

namespace quant {

class Engine {
 public:
  /// `bars`: one series for each symbol, in byte order of the symbols; open and close, and high and
  /// low where needs_range() says so. `context` is what the rules read besides. All arguments outlive the
  /// engine, but the context, which it takes over.
  Engine(const Strategy& strategy, const Execution& execution, const std::vector<BarSeries>& bars,
         Money initial_capital, SeriesContext context = {});

  [[nodiscard]] const SeriesContext& context() const { return context_; }

  /// Computes the next expression of the next symbol; true when all are done. Call until true.
  bool prepare_step();
  /// Works through about `bars` bars; true at the end of the run. Call until true.
  bool step(std::int64_t bars);
  /// Closes what is to be closed at the end, checks the books, hands over the records.
  [[nodiscard]] RunRecords finish();

 private:
  struct EntryOrder {
    Side side = Side::kLong;
    bool reverses = false;  // closes the opposite lot first
    std::optional<std::size_t> signal;
    Number priority;
    Number stop_value;      // of the rules' expressions on the deciding bar
    Number target_value;
    std::optional<Quantity> quantity;  // size_at "signal": worked out already
    std::string refusal;    // why it cannot be filled
  };
  struct ExitOrder {
    Reason reason = Reason::kSignal;
    std::string rule;
    std::optional<std::size_t> signal;
    bool at_next_open = false;  // even with fill "same_close"
  };
  /// A condition as a column, or by its node where it depends on the account.
  struct Condition {
    NodeId id = -1;
    const TruthColumn* column = nullptr;
  };
  struct SymbolState {
    const BarSeries* bars = nullptr;
    std::size_t next = 0;  // the bar to come; next - 1 is the current one
    Price tick;
    Quantity step;
    std::optional<EntryOrder> entry;
    std::optional<ExitOrder> exit;
    std::array<std::optional<Condition>, 2> enter;  // by Side
    std::vector<Condition> exits;
    /// A signal row stands for this level already: one that stays true writes no further rows.
    std::array<bool, 2> signalled = {false, false};

    [[nodiscard]] std::size_t bar() const { return next - 1; }
  };
  /// What the entries of one phase share.
  struct EntryRound {
    Money equity;  // snapshot after the phase's exits
    Money gross;   // grows with each fill
    Money fees;
    bool at_close = false;
  };

  void bind(std::size_t symbol);
  [[nodiscard]] bool next_timestamp();

  void extend_range(std::size_t symbol, std::size_t bar);
  void opening_phase();
  void leave_at_open(std::size_t symbol);
  void intrabar_phase();
  void leave_inside_bar(std::size_t symbol);
  [[nodiscard]] bool stop_comes_first(const BarSeries& bars, std::size_t bar, Side side) const;
  void closing_phase();
  void fill_at_close();
  void record_equity();

  void margin_call();
  void end_trading();
  void decide(std::size_t symbol, AccountState account);
  [[nodiscard]] bool holds(const Condition& condition, std::size_t symbol,
                           const AccountState& account) const;
  [[nodiscard]] std::array<const ExitRule*, 2> exits_asked(std::size_t symbol,
                                                          const AccountState& account) const;
  void place_exit(std::size_t symbol, Reason reason, const std::string& rule);
  void place_entry(std::size_t symbol, Side side, const AccountState& account);
  [[nodiscard]] Number rule_value(const std::optional<LevelRule>& rule, std::size_t symbol,
                                  const AccountState& account, EntryOrder& order) const;
  [[nodiscard]] std::size_t write_signal(std::size_t symbol, FillKind kind, const std::string& rule);
  void settle(std::optional<std::size_t> signal, SignalStatus status, std::string reason = {});

  void enter_all(bool at_close);
  void enter(std::size_t symbol, const EntryOrder& order, EntryRound& round);
  [[nodiscard]] Quantity wanted_quantity(std::size_t symbol, Price price, Money equity) const;
  [[nodiscard]] Quantity affordable(std::size_t symbol, Price price, const EntryRound& round,
                                    Quantity limit) const;
  void set_levels(std::size_t symbol, const EntryOrder& order);
  void close_lot(std::size_t symbol, Price reference, bool slips, Reason reason,
                 const std::string& rule);
  [[nodiscard]] Fill fill_of(std::size_t symbol, FillKind kind, Quantity quantity, Price reference,
                             bool slips) const;
  void close_at_end();

  const Strategy& strategy_;
  const Execution& execution_;
  const std::vector<BarSeries>& bars_;
  const SeriesContext context_;
  OtherSeries others_;
  Ledger ledger_;
  std::vector<SymbolState> symbols_;
  std::vector<SymbolValues> values_;
  std::size_t prepared_ = 0;  // symbols whose values are complete
  std::vector<std::size_t> active_;  // symbols with a bar at now_
  Timestamp now_ = 0;
  bool ended_ = false;  // equity fell to zero: no more rules or entries
  std::vector<Signal> signals_;
  std::vector<AccountPoint> equity_;
  std::int64_t with_position_ = 0;
  int ambiguous_bars_ = 0;
};

/// The run reads high and low: it has stops or targets, or its trades' excursions are wanted.
[[nodiscard]] bool needs_range(const Strategy& strategy, bool wants_excursions);

}  // namespace quant
