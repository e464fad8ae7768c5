// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/ledger/position_book.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// A transaction to be booked.
struct Posting {
  std::int64_t portfolio_id = 0;
  TransactionType type = TransactionType::kBuy;
  std::optional<std::string> symbol;
  std::optional<Quantity> quantity;
  std::optional<Price> price;
  std::optional<Money> amount;
  Money commission;
  Money fees;
  Money slippage;
  Timestamp time = 0;
  std::optional<Day> settlement;
  std::optional<std::string> external_id;
  std::string metadata;  // JSON
};

/// Books it: transaction, position, cash and totals together, under a lock on the portfolio.
/// Returns the id of the transaction; of one with the same external_id and the same terms that is
/// booked already that one's. Needs a connection to SPI.
std::int64_t post_transaction(const Posting& posting);

/// A stored figure that is not what the transactions lead to.
struct LedgerDifference {
  std::string object;              // portfolio, position, transaction
  std::optional<std::int64_t> id;  // nothing for a position that is not stored
  std::optional<std::string> symbol;
  std::string figure;
  std::optional<Decimal> stored;
  std::optional<Decimal> replayed;
  std::string detail;  // where no figure says it
};

/// Replays the transactions of a paper or live portfolio. Needs a connection to SPI.
[[nodiscard]] std::vector<LedgerDifference> reconcile_portfolio(std::int64_t portfolio_id);

}  // namespace quant::pg
