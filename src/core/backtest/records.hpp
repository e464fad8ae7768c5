// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"
#include "core/base/ratio.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

/// Why a lot was opened or closed.
enum class Reason {
  kSignal,
  kOppositeSignal,
  kStopLoss,
  kTakeProfit,
  kTrailingStop,
  kTimeExit,
  kRebalance,
  kRiskLimit,
  kMarginCall,
  kDelisted,
  kEndOfData,
};
[[nodiscard]] std::string_view reason_name(Reason reason);

enum class FillKind { kBuy, kSell, kShort, kCover };
[[nodiscard]] std::string_view fill_kind_name(FillKind kind);
[[nodiscard]] constexpr bool is_buying(FillKind kind) {
  return kind == FillKind::kBuy || kind == FillKind::kCover;
}
[[nodiscard]] constexpr bool is_opening(FillKind kind) {
  return kind == FillKind::kBuy || kind == FillKind::kShort;
}
[[nodiscard]] constexpr FillKind opening(Side side) {
  return side == Side::kLong ? FillKind::kBuy : FillKind::kShort;
}
[[nodiscard]] constexpr FillKind closing(Side side) {
  return side == Side::kLong ? FillKind::kSell : FillKind::kCover;
}

/// How the price of a fill came about.
enum class FillBasis {
  kOpen,          // a market order at the open
  kGap,           // the open was beyond the order's price
  kTouch,         // the bar reached the order's price
  kTriggerClose,  // a stop-limit filled in the bar that triggered it: the close was good enough
  kClose,         // at the close
  kLastClose,     // at a close that had passed: no further bar
};
[[nodiscard]] std::string_view fill_basis_name(FillBasis basis);

/// One fill: the only thing that changes cash and positions.
struct Fill {
  Timestamp time = 0;
  std::size_t symbol = 0;
  FillKind kind = FillKind::kBuy;
  Quantity quantity;
  Price price;
  Money value;  // round(quantity x price, 2)
  Money commission;
  Money slippage;  // |price - price before slippage| x quantity, to cents; part of the price
  Reason reason = Reason::kSignal;
  std::string rule;  // id of the rule that asked for it
  FillBasis basis = FillBasis::kOpen;
  Timestamp decided =
      0;  // the bar whose close decided it; the fill's own bar for stops and targets
  std::optional<Money> realized_pnl;  // of a closing fill, net of the lots' costs
};

enum class CashEventKind { kDividend, kSplit, kInterest, kBorrowFee };
[[nodiscard]] std::string_view cash_event_name(CashEventKind kind);

/// What moves cash, or changes a quantity, without a fill.
struct CashEvent {
  Timestamp time = 0;
  CashEventKind kind = CashEventKind::kInterest;
  Money amount;                         // change of cash, signed
  std::optional<std::size_t> symbol;    // of a dividend or split
  std::optional<std::size_t> position;  // likewise
  Quantity change;                      // of a split, signed by the side
  std::size_t fills_before = 0;         // its place among the fills
};

/// What a split changed of a lot.
struct AsTraded {
  Quantity quantity;
  Price entry_price;
};

/// A lot, or a part of one, from its entry to its exit, or still open.
struct Trade {
  std::size_t symbol = 0;
  Side side = Side::kLong;
  Quantity quantity;
  Timestamp entry_time = 0;
  Price entry_price;
  std::optional<Timestamp> exit_time;
  std::optional<Price> exit_price;
  std::optional<Reason> exit_reason;
  Money pnl;         // net of its costs; at the last mark while open
  Money cost;        // entry value and entry commission: what trade_return relates to
  Money commission;  // entry and exit
  Money slippage;
  Money income;  // dividends and cash in lieu
  std::int64_t bars_held = 0;
  /// Largest adverse and favourable move from the entry price, fractions of it, 6 decimals.
  std::optional<Decimal> adverse_excursion;
  std::optional<Decimal> favourable_excursion;
  std::string entry_rule;
  std::string exit_rule;
  std::optional<Price> stop;
  std::optional<Price> target;
  std::optional<AsTraded> as_traded;
  FillBasis entry_basis = FillBasis::kOpen;
  FillBasis exit_basis = FillBasis::kOpen;
  Timestamp entry_decided = 0;
  Timestamp exit_decided = 0;
};

enum class SignalStatus { kGenerated, kExecuted, kRejected, kCancelled, kExpired };
[[nodiscard]] std::string_view signal_status_name(SignalStatus status);

/// One decision at the close of a bar.
struct Signal {
  Timestamp time = 0;
  std::size_t symbol = 0;
  FillKind kind = FillKind::kBuy;
  Price price;  // close of the deciding bar
  std::string rule;
  SignalStatus status = SignalStatus::kGenerated;
  std::string status_reason;
  int strength = 1;                      // rank in a rotation
  std::optional<Ratio> weight;           // target in a rotation, of equity; 0: not selected
  std::optional<std::int64_t> user_row;  // id of the row that asked for it
};

/// The account at the close of one timestamp.
struct AccountPoint {
  Timestamp time = 0;
  Money cash;
  Money market_value;  // signed
  Money gross;         // sum of absolute values
  [[nodiscard]] Money equity() const { return cash + market_value; }
};

/// A position of one symbol from flat to flat.
struct PositionRecord {
  std::size_t symbol = 0;
  Side side = Side::kLong;
  Quantity quantity;  // still held
  Price entry_price;
  Price mark;  // last mark, or the exit price
  Money cost;  // of what is still held, without commission
  Money realized_pnl;
  Money income;
  Timestamp opened = 0;
  std::optional<Timestamp> closed;
};

/// Everything that a run produces.
struct RunRecords {
  std::vector<Fill> fills;
  std::vector<std::size_t> fill_positions;  // index into positions, one for each fill
  std::vector<CashEvent> cash_events;       // in order of time
  std::vector<PositionRecord> positions;
  std::vector<Trade> trades;  // in order of exit; open ones last
  std::vector<Signal> signals;
  std::vector<AccountPoint> equity;
  std::int64_t bars_processed = 0;
  Money dividends;      // received, less what shorts paid; cash in lieu of fractions included
  Money interest;       // received on cash, less what was paid on debt
  Money interest_paid;  // of it, positive
  Money borrow;         // paid for borrowed shares, positive
  int ambiguous_bars = 0;
  std::int64_t stale_marks = 0;  // marks of positions whose symbol had no bar
  std::int64_t bars_with_position = 0;
  bool ruined = false;  // equity fell to zero or below
};

}  // namespace quant
