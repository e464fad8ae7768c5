// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <vector>

#include "core/backtest/records.hpp"
#include "core/base/ratio.hpp"
#include "core/base/shares.hpp"
#include "core/market/bar_series.hpp"

namespace quant {

/// Where in its bar a lot was filled: what of that bar came after the fill.
enum class EnteredAt { kOpen, kInside, kClose };

/// One entry fill that is still held. Costs are money, never an average price.
struct Lot {
  std::size_t id = 0;     // unique in a run, rising
  std::size_t order = 0;  // the entry order that it belongs to
  Quantity quantity;
  Price entry_price;
  Timestamp entry_time = 0;
  std::size_t entry_bar = 0;
  Money cost;  // value of the entry fill: paid for a long lot, received for a short one
  Money entry_commission;
  Money entry_slippage;
  Money income;
  std::optional<Price> stop;
  std::optional<Price> target;
  std::optional<Ratio> trail;  // distance of the trailing stop from `best`
  std::string trail_rule;
  Price best;  // what the trailing stop follows
  EnteredAt entered_at = EnteredAt::kOpen;
  Price lowest;  // since the entry, up to the last bar that it was held through
  Price highest;
  bool leaving = false;  // its stop was triggered, and the rest goes at the market
  std::string rule;
  FillBasis basis = FillBasis::kOpen;
  Timestamp decided = 0;
  std::optional<AsTraded> as_traded;  // set by the first split
  Ratio units{1, 1};                  // prices of today for one of the entry: product of the splits
  Decimal adverse;                    // excursions before the last split
  Decimal favourable;
};

/// What is held of one symbol: the lots of one side, the oldest first.
struct Position {
  Side side = Side::kLong;
  std::vector<Lot> lots;
  Quantity quantity;               // of all lots
  Price mark;                      // last price that it was valued at
  std::size_t first_unmarked = 0;  // lots of this id and later came after the mark
  Money value;                     // round(quantity x mark, 2), unsigned
  std::size_t record = 0;          // index of its PositionRecord
};

/// Cash, lots and everything booked on them. The only place where money moves.
///
/// Invariant, to the cent, after every booking:
///   cash = initial capital + realised pnl + dividends + interest - borrow
///          - cost of what is held (signed) - its entry commissions.
class Ledger {
 public:
  Ledger(Money initial_capital, std::size_t symbols);

  [[nodiscard]] Money cash() const { return cash_; }
  [[nodiscard]] bool holds(std::size_t symbol) const { return !positions_[symbol].lots.empty(); }
  [[nodiscard]] const Position& position(std::size_t symbol) const { return positions_[symbol]; }
  [[nodiscard]] std::vector<Lot>& lots(std::size_t symbol) { return positions_[symbol].lots; }
  /// Of all positions.
  [[nodiscard]] std::size_t open_lots() const { return open_lots_; }
  /// Symbols with a position, in order of symbol.
  [[nodiscard]] const std::vector<std::size_t>& holdings() const { return holdings_; }

  /// Books an entry fill as a new lot; the symbol must be flat or on the same side.
  Lot& open(Fill fill, std::size_t bar, EnteredAt entered_at);
  /// Books a fill that closes its quantity: of the lot `lot`, or of the oldest lots first.
  void close(Fill fill, std::size_t bar, std::optional<std::size_t> lot = std::nullopt);
  /// Splits the position: quantities rounded down to `step`, the rest paid at `last_close` of
  /// before. Prices of the lots follow; those of levels to `tick`. The new quantity must not be
  /// zero.
  void split(std::size_t symbol, const Split& split, Price last_close, Quantity step, Price tick,
             Timestamp time);
  /// Credits a long position, debits a short one.
  void pay_dividend(std::size_t symbol, const Dividend& dividend, Timestamp time);
  /// Interest is signed; a fee for borrowing is positive.
  void book_interest(Money amount, Timestamp time);
  void book_borrow_fee(Money amount, Timestamp time);

  /// Counts the range of one of the symbol's bars to its lots, as far as it came after their fills.
  void extend_range(std::size_t symbol, std::size_t bar, Price low, Price high);
  /// Values the symbol's position at `price`.
  void mark(std::size_t symbol, Price price);

  /// Signed market value of all positions, and the sum of their absolute values, at the last marks.
  [[nodiscard]] Money market_value() const { return long_value_ - short_value_; }
  [[nodiscard]] Money gross_value() const { return long_value_ + short_value_; }
  [[nodiscard]] Money equity() const { return cash_ + market_value(); }

  /// kInternal where cash and the books disagree.
  void check() const;
  /// Adds the lots still held as open trades and hands over all records.
  [[nodiscard]] RunRecords take_records(const std::vector<std::size_t>& last_bars);

 private:
  void close_part(Lot& lot, Quantity part, const Fill& fill, Money value, Money commission,
                  Money slippage, std::size_t bar);
  void revalue(Position& position);
  void set_value(Position& position, Money value);
  static void share_split(Position& position, Quantity total, Quantity step);

  Money initial_capital_;
  Money cash_;
  Money realized_;
  std::vector<Position> positions_;
  std::vector<std::size_t> holdings_;
  Money long_value_;   // of all long positions, unsigned
  Money short_value_;  // likewise
  std::size_t open_lots_ = 0;
  std::size_t next_lot_ = 0;
  RunRecords records_;
};

/// Signed by the side: what a long position is worth, what a short one owes.
[[nodiscard]] constexpr Money signed_by(Side side, Money amount) {
  return side == Side::kLong ? amount : -amount;
}

/// Largest moves against and with a lot, fractions of its entry price with 6 decimals.
struct Excursions {
  Decimal adverse;
  Decimal favourable;
};
/// `lowest` and `highest`: since the last split, or the entry.
[[nodiscard]] Excursions excursions_of(const Lot& lot, Side side, Price lowest, Price highest);

/// `price` x from / to, rounded half away from zero to a multiple of `tick`.
[[nodiscard]] Price split_price(Price price, const Split& split, Price tick);
/// `quantity` x to / from, rounded down to a multiple of `step`.
[[nodiscard]] Quantity split_quantity(Quantity quantity, const Split& split, Quantity step);

/// Replays fills and cash events to quantities and cash and compares them with the records.
/// kInternal where the transactions do not lead to the positions.
void check_replay(const RunRecords& records, Money initial_capital, Money final_cash);

}  // namespace quant
