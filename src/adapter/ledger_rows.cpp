// SPDX-License-Identifier: PostgreSQL
#include "adapter/ledger_rows.hpp"

#include "adapter/numeric_codec.hpp"

namespace quant::pg {

namespace {

constexpr std::string_view kAccount =
    "SELECT p.portfolio_type, p.currency, p.initial_capital, p.current_capital, p.cash_balance, "
    "p.total_value, p.realized_pnl, p.unrealized_pnl FROM trading.portfolios p WHERE p.id = $1";
constexpr std::string_view kPosition =
    "SELECT p.id, p.quantity, p.avg_entry_price, p.current_price, p.cost_basis, p.realized_pnl, "
    "p.unrealized_pnl, p.income, p.symbol FROM trading.positions p WHERE p.portfolio_id = $1";

template <typename T>
T fixed(const Row& row, int column) {
  return decode_fixed<T>(row.value(column, NUMERICOID));
}

template <typename T>
std::optional<T> find_fixed(const Row& row, int column) {
  const auto value = row.find(column, NUMERICOID);
  return value ? std::optional(decode_fixed<T>(*value)) : std::nullopt;
}

LedgerAccount account_of(const Rows& rows, std::int64_t portfolio_id) {
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("portfolio ", portfolio_id, " does not exist"));
  }
  const Row row = rows[0];
  return {row.string(1),        row.string(2),        fixed<Money>(row, 3), fixed<Money>(row, 4),
          fixed<Money>(row, 5), fixed<Money>(row, 6), fixed<Money>(row, 7), fixed<Money>(row, 8)};
}

LedgerPosition position_of(const Row& row) {
  StoredPosition stored{fixed<Quantity>(row, 2), fixed<Price>(row, 3), find_fixed<Price>(row, 4),
                        fixed<Money>(row, 5),    fixed<Money>(row, 6), fixed<Money>(row, 7),
                        fixed<Money>(row, 8)};
  return {row.int64(1), stored, PositionBook(row.string(9)), {}, row.string(9)};
}

}  // namespace

LedgerAccount read_account(std::int64_t portfolio_id) {
  return account_of(execute(std::string(kAccount), Arguments().add(portfolio_id)), portfolio_id);
}

LedgerAccount lock_account(std::int64_t portfolio_id) {
  // Not FOR UPDATE: a row that refers to the portfolio need not wait.
  return account_of(execute(concat(kAccount, " FOR NO KEY UPDATE"), Arguments().add(portfolio_id),
                            Access::kWrite),
                    portfolio_id);
}

std::optional<LedgerPosition> find_position(std::int64_t portfolio_id, const std::string& symbol,
                                            TransactionType type) {
  const Rows rows = execute(
      concat(kPosition, " AND p.symbol = $2",
             type == TransactionType::kDividend ? " ORDER BY p.is_open DESC, p.id DESC LIMIT 1"
                                                : " AND p.is_open"),
      Arguments().add(portfolio_id).add(symbol));
  if (rows.empty()) return std::nullopt;
  return position_of(rows[0]);
}

std::vector<LedgerPosition> read_positions(std::int64_t portfolio_id) {
  const Rows rows = execute(concat(kPosition, " ORDER BY p.id"), Arguments().add(portfolio_id));
  std::vector<LedgerPosition> positions;
  for (std::uint64_t i = 0; i < rows.size(); ++i) positions.push_back(position_of(rows[i]));
  return positions;
}

void replay(LedgerPosition& position) {
  const Rows rows = execute(
      "SELECT t.id, t.transaction_type, t.transaction_date, coalesce(t.quantity, 0), "
      "coalesce(t.price, 0), t.total_value, t.commission + t.fees, t.realized_pnl "
      "FROM trading.transactions t WHERE t.position_id = $1 ORDER BY t.id",
      Arguments().add(*position.id));
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    const auto type = parse_transaction_type(row.string(2));
    if (!type) throw broken_invariant("a transaction is of an unknown type");
    const auto replayed =
        position.book.book({*type, row.timestamp(3), fixed<Quantity>(row, 4), fixed<Price>(row, 5),
                            fixed<Money>(row, 6), fixed<Money>(row, 7)});
    position.realized.push_back({row.int64(1), find_fixed<Money>(row, 8), replayed});
  }
}

std::vector<LedgerDifference> differences_of(const LedgerPosition& position) {
  const PositionState state = position.book.state();
  const StoredPosition& stored = position.stored;
  std::vector<LedgerDifference> differences;
  const auto compare = [&](std::string_view figure, const auto& have, const auto& want) {
    if (have == want) return;
    differences.push_back({"position", position.id, position.symbol, std::string(figure),
                           have.to_decimal(), want.to_decimal()});
  };
  compare("quantity", stored.quantity, state.quantity);
  compare("avg_entry_price", stored.average_price, state.average_price);
  compare("cost_basis", stored.cost_basis, state.cost_basis);
  compare("realized_pnl", stored.realized_pnl, state.realized_pnl);
  compare("income", stored.income, state.income);
  return differences;
}

std::optional<LedgerDifference> first_difference(const LedgerPosition& position) {
  std::vector<LedgerDifference> all = differences_of(position);
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

std::int64_t store_position(std::int64_t portfolio_id, LedgerPosition& position,
                            const Booking& booking) {
  const PositionState state = position.book.state();
  StoredPosition next = position.stored;
  next.quantity = state.quantity;
  next.average_price = state.average_price;
  next.cost_basis = state.cost_basis;
  next.realized_pnl = state.realized_pnl;
  next.income = state.income;
  if (is_fill(booking.type)) {
    next.current_price = booking.price;
  } else if (booking.type == TransactionType::kSplit && next.current_price) {
    next.current_price = Price::from_units(
        multiply_divide(next.current_price->units(), magnitude_of(position.stored.quantity).units(),
                        magnitude_of(state.quantity).units()));
  }
  const Money value = next.current_price ? value_of(next.quantity, *next.current_price) : Money{};
  next.unrealized_pnl = next.current_price ? value - next.cost_basis : Money{};
  position.stored = next;

  Arguments arguments;
  const auto add_fixed = [&](const auto& amount) {
    arguments.add(NUMERICOID, encode_fixed(amount));
  };
  position.id ? arguments.add(*position.id) : arguments.add(portfolio_id);
  add_fixed(next.quantity);
  add_fixed(next.average_price);
  next.current_price ? arguments.add(NUMERICOID, encode_fixed(*next.current_price))
                     : arguments.add_null(NUMERICOID);
  add_fixed(value);
  add_fixed(next.cost_basis);
  add_fixed(next.realized_pnl);
  add_fixed(next.unrealized_pnl);
  add_fixed(next.income);
  arguments.add(BOOLOID, BoolGetDatum(state.is_open()));
  arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(state.opened));
  state.closed ? arguments.add(TIMESTAMPTZOID, TimestampTzGetDatum(*state.closed))
               : arguments.add_null(TIMESTAMPTZOID);
  constexpr std::string_view kColumns =
      "quantity, avg_entry_price, current_price, market_value, cost_basis, realized_pnl, "
      "unrealized_pnl, income, is_open, opened_at, closed_at";
  constexpr std::string_view kValues = "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12";
  if (!position.id) {
    arguments.add(position.symbol);
    position.id = execute(concat("INSERT INTO trading.positions (portfolio_id, ", kColumns,
                                 ", symbol) VALUES ($1, ", kValues, ", $13) RETURNING id"),
                          std::move(arguments), Access::kWrite)[0]
                      .int64(1);
  } else if (execute_write(concat("UPDATE trading.positions SET (", kColumns, ") = ROW(", kValues,
                                  ") WHERE id = $1"),
                           std::move(arguments)) != 1) {
    throw_missing_row();
  }
  return *position.id;
}

void change_account(std::int64_t portfolio_id, const LedgerChange& change) {
  Arguments arguments;
  arguments.add(portfolio_id);
  for (const Money amount : {change.cash, change.capital, change.realized, change.unrealized}) {
    arguments.add(NUMERICOID, encode_fixed(amount));
  }
  if (execute_write("UPDATE trading.portfolios SET cash_balance = cash_balance + $2, "
                    "current_capital = current_capital + $3, realized_pnl = realized_pnl + $4, "
                    "unrealized_pnl = unrealized_pnl + $5, total_value = total_value + $3 + $5 "
                    "WHERE id = $1",
                    std::move(arguments)) != 1) {
    throw_missing_row();
  }
}

}  // namespace quant::pg
