// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <vector>

#include "core/backtest/records.hpp"

namespace quant {

/// One entry fill that is still held. Costs are money, never an average price.
struct Lot {
  Side side = Side::kLong;
  Quantity quantity;
  Price entry_price;
  Timestamp entry_time = 0;
  std::size_t entry_bar = 0;
  Money cost;              // value of the entry fill: paid for a long lot, received for a short one
  Money entry_commission;
  Money entry_slippage;
  Price mark;              // last price that it was valued at
  Money value;             // round(quantity x mark, 2), unsigned
  std::optional<Price> stop;
  std::optional<Price> target;
  bool entered_at_close = false;
  Price lowest;            // since the entry, up to the last bar that it was held through
  Price highest;
  std::string rule;
  std::size_t position = 0;  // index of its PositionRecord
};

/// Cash, lots and everything booked on them. The only place where money moves.
///
/// Invariant, to the cent, after every booking:
///   cash = initial capital + realised pnl - cost of what is held (signed) - its entry commissions.
class Ledger {
 public:
  Ledger(Money initial_capital, std::size_t symbols);

  [[nodiscard]] Money cash() const { return cash_; }
  [[nodiscard]] Money initial_capital() const { return initial_capital_; }
  [[nodiscard]] const std::optional<Lot>& lot(std::size_t symbol) const { return lots_[symbol]; }
  [[nodiscard]] Lot& held(std::size_t symbol) { return *lots_[symbol]; }
  /// Symbols with a lot, in order of symbol.
  [[nodiscard]] const std::vector<std::size_t>& holdings() const { return holdings_; }

  /// Books an entry fill; the symbol must be flat. `bar` is the symbol's bar.
  void open(Fill fill, std::size_t bar);
  /// Books the fill that closes the symbol's lot. `bar` is the symbol's bar.
  void close(Fill fill, std::size_t bar);
  /// Counts the range of one of the symbol's bars to the excursions of its lot, unless the lot was
  /// filled at that bar's close.
  void extend_range(std::size_t symbol, std::size_t bar, Price low, Price high);
  /// Values the symbol's lot at `price`.
  void mark(std::size_t symbol, Price price);

  /// Signed market value of all lots, and the sum of their absolute values, at the last marks.
  [[nodiscard]] Money market_value() const;
  [[nodiscard]] Money gross_value() const;
  [[nodiscard]] Money equity() const { return cash_ + market_value(); }

  /// kInternal where cash and the books disagree.
  void check() const;
  /// Adds the lots still held as open trades and hands over all records.
  [[nodiscard]] RunRecords take_records(const std::vector<std::size_t>& last_bars);

 private:
  [[nodiscard]] Trade trade_of(const Lot& lot, std::size_t symbol) const;

  Money initial_capital_;
  Money cash_;
  Money realized_;
  std::vector<std::optional<Lot>> lots_;
  std::vector<std::size_t> holdings_;
  RunRecords records_;
};

/// Signed by the side of the lot: what a long lot is worth, what a short lot owes.
[[nodiscard]] constexpr Money signed_by(Side side, Money amount) {
  return side == Side::kLong ? amount : -amount;
}

/// Replays fills to quantities and cash and compares them with the records. kInternal where the
/// transactions do not lead to the positions.
void check_replay(const RunRecords& records, Money initial_capital, Money final_cash);

}  // namespace quant
