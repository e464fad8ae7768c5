// SPDX-License-Identifier: PostgreSQL
#include "adapter/account_ledger.hpp"

#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/order_check.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

Error bad_terms(TransactionType type, std::string_view what) {
  return invalid(concat("a transaction of type \"", transaction_type_name(type), "\" ", what));
}

/// The terms of the posting as a booking, checked for what its type needs.
Booking booking_of(const Posting& posting) {
  const TransactionType type = posting.type;
  if (type == TransactionType::kSpinoff || type == TransactionType::kMerger) {
    throw Error(ErrorCode::kNotSupported,
                concat("quant.record_transaction() does not book a ", transaction_type_name(type)))
        .hint("Book its legs: \"sell\" what goes, \"buy\" what comes, \"adjustment\" for cash.");
  }
  const bool needs_symbol = changes_quantity(type) || type == TransactionType::kDividend;
  if (needs_symbol && !posting.symbol) throw bad_terms(type, "needs a symbol");
  if ((type == TransactionType::kDeposit || type == TransactionType::kWithdrawal) &&
      posting.symbol) {
    throw bad_terms(type, "moves cash and has no symbol");
  }
  if (!changes_quantity(type) && (posting.quantity || posting.price)) {
    throw bad_terms(type, "has an amount, and no quantity and no price");
  }
  Booking booking{type, posting.time, {}, {}, {}, posting.commission + posting.fees};
  if (is_fill(type)) {
    if (!posting.quantity || *posting.quantity <= Quantity{}) {
      throw bad_terms(type, "needs a positive quantity").hint("The type gives the direction.");
    }
    if (!posting.price || *posting.price < Price{}) throw bad_terms(type, "needs a price");
    booking.quantity = *posting.quantity;
    booking.price = *posting.price;
    booking.value = value_of(booking.quantity, booking.price);
    if (posting.amount && *posting.amount != booking.value) {
      throw bad_terms(type, "has an amount that is not its quantity times its price")
          .detail(concat("The amount is ", posting.amount->to_text(), ", the product ",
                         booking.value.to_text(), "."))
          .hint("Leave the amount out.");
    }
    return booking;
  }
  if (type == TransactionType::kSplit) {
    if (!posting.quantity || posting.quantity->is_zero()) {
      throw bad_terms(type, "needs a quantity").hint("It is the signed change of the holding.");
    }
    booking.quantity = *posting.quantity;
    booking.value = posting.amount.value_or(Money{});
    return booking;
  }
  if (!posting.amount || posting.amount->is_zero()) throw bad_terms(type, "needs an amount");
  if ((type == TransactionType::kDeposit || type == TransactionType::kWithdrawal) &&
      *posting.amount < Money{}) {
    throw bad_terms(type, "needs a positive amount").hint("The type gives the direction.");
  }
  booking.value = *posting.amount;
  return booking;
}

/// The transaction of the same external_id that is booked already; kInvalidParameter where its
/// terms are others.
std::optional<std::int64_t> find_booked(const Posting& posting, const Booking& booking) {
  if (!posting.external_id) return std::nullopt;
  const Rows rows = execute(
      "SELECT t.id, t.transaction_type, t.symbol, t.quantity, t.price, t.total_value, "
      "t.commission, t.fees FROM trading.transactions t "
      "WHERE t.portfolio_id = $1 AND t.external_id = $2",
      Arguments().add(posting.portfolio_id).add(*posting.external_id));
  if (rows.empty()) return std::nullopt;
  const Row row = rows[0];
  const auto is_same = [&](int column, const std::optional<Decimal>& wanted) {
    const auto found = row.find(column, NUMERICOID);
    if (!found || !wanted) return !found && !wanted;
    return decode_decimal(*found, "a number of a transaction") == *wanted;
  };
  const auto decimal = [](const auto& value) {
    return value ? std::optional(value->to_decimal()) : std::nullopt;
  };
  const bool same_symbol =
      row.is_null(3) ? !posting.symbol : posting.symbol == std::optional(row.string(3));
  if (row.string(2) == transaction_type_name(posting.type) && same_symbol &&
      is_same(4, decimal(posting.quantity)) && is_same(5, decimal(posting.price)) &&
      is_same(6, booking.value.to_decimal()) && is_same(7, posting.commission.to_decimal()) &&
      is_same(8, posting.fees.to_decimal())) {
    return row.int64(1);
  }
  throw invalid(concat("portfolio ", posting.portfolio_id,
                       " has another transaction of external_id ", '"', *posting.external_id, '"'))
      .detail(concat("It is transaction ", row.int64(1), ", of type \"", row.string(2), "\"."))
      .hint("A report of the broker is booked once; correct it by a transaction of its own.");
}

void check_asset(const std::string& symbol, const LedgerAccount& account) {
  const Asset asset = read_asset(symbol, "symbol", "It is argument \"symbol\".");
  if (asset.currency == account.currency) return;
  throw invalid(concat(symbol, " is of another currency than the portfolio"))
      .detail(concat("The portfolio is kept in ", account.currency, ", ", symbol, " in ",
                     asset.currency, "."));
}

std::int64_t insert_transaction(const Posting& posting, const Booking& booking,
                                std::optional<std::int64_t> position_id,
                                const std::optional<Money>& realized) {
  Arguments arguments;
  const auto add_fixed = [&](const auto& value) {
    value ? arguments.add(NUMERICOID, encode_fixed(*value)) : arguments.add_null(NUMERICOID);
  };
  arguments.add(posting.portfolio_id);
  position_id ? arguments.add(*position_id) : arguments.add_null(INT8OID);
  arguments.add(posting.symbol).add(std::string(transaction_type_name(posting.type)));
  arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(posting.time));
  posting.settlement ? arguments.add(DATEOID, DateADTGetDatum(*posting.settlement))
                     : arguments.add_null(DATEOID);
  add_fixed(posting.quantity);
  add_fixed(posting.price);
  add_fixed(std::optional(booking.value));
  add_fixed(std::optional(posting.commission));
  add_fixed(std::optional(posting.fees));
  add_fixed(std::optional(posting.slippage));
  add_fixed(realized);
  arguments.add(posting.external_id).add(posting.metadata);
  const Rows rows = execute(
      "INSERT INTO trading.transactions (portfolio_id, position_id, symbol, transaction_type, "
      "transaction_date, settlement_date, quantity, price, total_value, commission, fees, "
      "slippage, realized_pnl, external_id, metadata) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
      "$10, $11, $12, $13, $14, $15::jsonb) RETURNING id",
      std::move(arguments), Access::kWrite);
  return rows[0].int64(1);
}

Error disagreement(const Posting& posting) {
  return Error(ErrorCode::kWrongState,
               concat("the position of ", *posting.symbol, " in portfolio ", posting.portfolio_id,
                      " is not what its transactions lead to"))
      .hint(concat("SELECT * FROM quant.reconcile_portfolio(", posting.portfolio_id,
                   ") shows all that differs."));
}

/// Fills that were inserted without a position would be missing from its book.
void refuse_fills_without_position(const Posting& posting) {
  const Rows rows = execute(
      concat("SELECT t.id FROM trading.transactions t WHERE t.portfolio_id = $1 AND t.symbol = $2 "
             "AND t.position_id IS NULL AND ",
             kNeedsPosition, " ORDER BY t.id LIMIT 1"),
      Arguments().add(posting.portfolio_id).add(*posting.symbol));
  if (rows.empty()) return;
  throw disagreement(posting).detail(
      concat("Transaction ", rows[0].int64(1), " names no position (position_id)."));
}

/// The position that the transaction changes, with its book; a new one for the first fill.
LedgerPosition position_for(const Posting& posting) {
  refuse_fills_without_position(posting);
  auto position = find_position(posting.portfolio_id, *posting.symbol, posting.type);
  if (!position) {
    LedgerPosition flat{std::nullopt, {}, PositionBook(*posting.symbol), {}, *posting.symbol};
    return flat;
  }
  replay(*position);
  if (const auto difference = first_difference(*position)) {
    throw disagreement(posting).detail(
        concat(difference->figure, " is ", difference->stored->to_text(),
               ", the transactions give ", difference->replayed->to_text(), "."));
  }
  return std::move(*position);
}

/// Marks of after a transaction that comes late do not know of it.
void warn_of_later_marks(const Posting& posting) {
  const Rows later = execute(
      "SELECT EXISTS (SELECT FROM trading.equity_curves c WHERE c.portfolio_id = $1 "
      "AND c.timestamp > $2)",
      Arguments().add(posting.portfolio_id).add(TIMESTAMPTZOID, TimestampTzGetDatum(posting.time)));
  if (!later[0].boolean(1)) return;
  const std::int64_t id = posting.portfolio_id;
  call_server([&] {
    ereport(WARNING,
            (errmsg("portfolio " INT64_FORMAT " was marked after the time of the transaction", id),
             errhint("Mark it again for those times with quant.mark_portfolio().")));
  });
}

/// Under the lock, by what the holder before it left.
std::int64_t post_locked(const Posting& posting, const Booking& booking,
                         const LedgerAccount& account) {
  if (const auto booked = find_booked(posting, booking)) return *booked;
  if (posting.symbol) check_asset(*posting.symbol, account);
  std::optional<OrderRequest> order;
  if (is_fill(posting.type)) {
    order = OrderRequest{posting.portfolio_id,
                         posting.type,
                         *posting.symbol,
                         booking.quantity,
                         booking.price,
                         booking.costs,
                         GetCurrentTransactionStartTimestamp()};
    if (is_opening(posting.type)) enforce_limits(*order);
  }
  warn_of_later_marks(posting);

  LedgerChange change;
  change.cash = change.capital = booking.cash_change();
  std::optional<std::int64_t> position_id;
  std::optional<Money> realized;
  if (changes_quantity(posting.type) || posting.type == TransactionType::kDividend) {
    LedgerPosition position = position_for(posting);
    if (position.id || changes_quantity(posting.type)) {
      const StoredPosition before = position.stored;
      realized = position.book.book(booking);
      position_id = store_position(posting.portfolio_id, position, booking);
      change.capital += position.stored.cost_basis - before.cost_basis;
      change.unrealized = position.stored.unrealized_pnl - before.unrealized_pnl;
      change.realized = realized.value_or(Money{});
    }
  }
  std::optional<OrdersJudged> judged;
  if (order) judged.emplace(*order);
  const std::int64_t id = insert_transaction(posting, booking, position_id, realized);
  judged.reset();
  change_account(posting.portfolio_id, change);
  return id;
}

}  // namespace

std::int64_t post_transaction(const Posting& posting) {
  const Booking booking = booking_of(posting);
  const LedgerAccount account = lock_account(posting.portfolio_id);
  if (account.type == "backtest") {
    throw invalid("the account of a backtest takes no transaction")
        .hint("Its ledger is the run's; record on a paper or live portfolio.");
  }
  std::int64_t id = 0;
  with_fresh_snapshot([&] { id = post_locked(posting, booking, account); });
  return id;
}

}  // namespace quant::pg
