// SPDX-License-Identifier: PostgreSQL
// The rows of a ledger: an account, its positions, and the transactions that they follow from.
#pragma once

#include "core/ledger/position_book.hpp"

#include "adapter/account_ledger.hpp"

namespace quant::pg {

// Parts of statements, of a row t of trading.transactions.
/// The change of a holding, signed, of a row that changes one.
inline constexpr std::string_view kSignedQuantity =
    "CASE WHEN t.transaction_type IN ('sell', 'short') THEN -t.quantity ELSE t.quantity END";
inline constexpr std::string_view kChangesHolding =
    "t.symbol IS NOT NULL AND t.quantity IS NOT NULL AND t.transaction_type IN ('buy', 'sell', "
    "'short', 'cover', 'split', 'spinoff', 'merger')";
/// What the book of a position is made of, but for dividends.
inline constexpr std::string_view kNeedsPosition =
    "t.transaction_type IN ('buy', 'sell', 'short', 'cover', 'split')";
/// What was paid in, negative where it was taken out, of a row that moves capital.
inline constexpr std::string_view kPaidIn =
    "CASE WHEN t.transaction_type = 'deposit' THEN t.total_value ELSE -t.total_value END";
inline constexpr std::string_view kMovesCapital = "t.transaction_type IN ('deposit', 'withdrawal')";

struct LedgerAccount {
  std::string type;
  std::string currency;
  Money initial_capital;
  Money capital;
  Money cash;
  Money total_value;
  Money realized_pnl;
  Money unrealized_pnl;
};

/// kNotFound where there is no such portfolio (or none that the caller sees).
[[nodiscard]] LedgerAccount read_account(std::int64_t portfolio_id);
/// The same, with the row locked until the transaction ends.
[[nodiscard]] LedgerAccount lock_account(std::int64_t portfolio_id);

/// What a row of trading.positions holds.
struct StoredPosition {
  Quantity quantity;
  Price average_price;
  std::optional<Price> current_price;
  Money cost_basis;
  Money realized_pnl;
  Money unrealized_pnl;
  Money income;
};

struct LedgerPosition {
  std::optional<std::int64_t> id;  // nothing: not stored yet
  StoredPosition stored;
  PositionBook book;
  /// Realised P&L of its transactions, as they say and as the book says, by id.
  struct Realized {
    std::int64_t transaction_id = 0;
    std::optional<Money> stored;
    std::optional<Money> replayed;
  };
  std::vector<Realized> realized;
  std::string symbol;
};

/// The position of a symbol that a transaction of `type` concerns: the open one, for a dividend
/// else the one that was closed last. Nothing where there is none.
[[nodiscard]] std::optional<LedgerPosition> find_position(std::int64_t portfolio_id,
                                                          const std::string& symbol,
                                                          TransactionType type);
/// All positions, in order of their id.
[[nodiscard]] std::vector<LedgerPosition> read_positions(std::int64_t portfolio_id);

/// Fills the book from the position's transactions, in the order in which they were booked.
void replay(LedgerPosition& position);

/// Where the stored position is not what its book says.
[[nodiscard]] std::vector<LedgerDifference> differences_of(const LedgerPosition& position);
[[nodiscard]] std::optional<LedgerDifference> first_difference(const LedgerPosition& position);

/// Stores what `booking`, the last of its book, made of the position, and its id.
std::int64_t store_position(std::int64_t portfolio_id, LedgerPosition& position,
                            const Booking& booking);

/// What a booking adds to the figures of its account.
struct LedgerChange {
  Money cash;
  Money capital;
  Money realized;
  Money unrealized;
};
void change_account(std::int64_t portfolio_id, const LedgerChange& change);

}  // namespace quant::pg
