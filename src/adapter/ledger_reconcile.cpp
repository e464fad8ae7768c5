// SPDX-License-Identifier: PostgreSQL
#include "adapter/account_ledger.hpp"
#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"

namespace quant::pg {

namespace {

/// Sums over the positions as their transactions make them.
struct ReplayedTotals {
  Money cost_basis;
  Money market_value;
  Money realized;
};

void compare_position(LedgerPosition& position, ReplayedTotals& totals,
                      std::vector<LedgerDifference>& differences) {
  try {
    replay(position);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidParameter) throw;
    differences.push_back({"position", position.id, position.symbol, "transactions", std::nullopt,
                           std::nullopt, concat(error.message(), ": ", error.detail())});
    totals.cost_basis += position.stored.cost_basis;
    totals.realized += position.stored.realized_pnl;
    if (position.stored.current_price) {
      totals.market_value += value_of(position.stored.quantity, *position.stored.current_price);
    }
    return;
  }
  for (LedgerDifference& difference : differences_of(position)) {
    differences.push_back(std::move(difference));
  }
  const auto decimal = [](const std::optional<Money>& amount) {
    return amount ? std::optional(amount->to_decimal()) : std::nullopt;
  };
  for (const LedgerPosition::Realized& realized : position.realized) {
    if (realized.stored == realized.replayed) continue;
    differences.push_back({"transaction",
                           realized.transaction_id,
                           position.symbol,
                           "realized_pnl",
                           decimal(realized.stored),
                           decimal(realized.replayed),
                           {}});
  }
  const PositionState state = position.book.state();
  totals.cost_basis += state.cost_basis;
  totals.realized += state.realized_pnl;
  if (position.stored.current_price) {
    totals.market_value += value_of(state.quantity, *position.stored.current_price);
  }
}

/// Fills and splits that name no position, and others that claim a P&L.
void find_loose_transactions(std::int64_t portfolio_id,
                             std::vector<LedgerDifference>& differences) {
  const Rows rows = execute(
      concat("SELECT t.id, t.symbol, t.transaction_type, t.realized_pnl, ", kNeedsPosition,
             " FROM trading.transactions t WHERE t.portfolio_id = $1 AND t.position_id IS NULL AND "
             "(",
             kNeedsPosition, " OR t.realized_pnl IS NOT NULL) ORDER BY t.id"),
      Arguments().add(portfolio_id));
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    LedgerDifference difference{
        "transaction",
        row.int64(1),
        row.is_null(2) ? std::nullopt : std::optional(row.string(2)),
        "position_id",
        std::nullopt,
        std::nullopt,
        concat("a transaction of type \"", row.string(3), "\" belongs to no position")};
    if (!row.boolean(5)) {
      difference.figure = "realized_pnl";
      difference.stored = decode_fixed<Money>(row.value(4, NUMERICOID)).to_decimal();
      difference.detail = concat("a transaction of type \"", row.string(3), "\" closes nothing");
    }
    differences.push_back(std::move(difference));
  }
}

}  // namespace

std::vector<LedgerDifference> reconcile_portfolio(std::int64_t portfolio_id) {
  const LedgerAccount account = read_account(portfolio_id);
  if (account.type == "backtest") {
    throw invalid("the account of a backtest is reconciled with its run")
        .hint("quant.verify_backtest() runs it again and compares.");
  }
  std::vector<LedgerDifference> differences;
  ReplayedTotals totals;
  for (LedgerPosition& position : read_positions(portfolio_id)) {
    compare_position(position, totals, differences);
  }
  find_loose_transactions(portfolio_id, differences);
  const Money booked = decode_fixed<Money>(
      execute("SELECT coalesce(sum(t.net_amount), 0)::numeric(15, 2) FROM trading.transactions t "
              "WHERE t.portfolio_id = $1",
              Arguments().add(portfolio_id))[0]
          .value(1, NUMERICOID));
  const Money cash = account.initial_capital + booked;
  const Money capital = cash + totals.cost_basis;
  const Money value = cash + totals.market_value;
  const auto compare = [&](std::string_view figure, Money stored, Money replayed) {
    if (stored == replayed) return;
    differences.push_back({"portfolio",
                           portfolio_id,
                           std::nullopt,
                           std::string(figure),
                           stored.to_decimal(),
                           replayed.to_decimal(),
                           {}});
  };
  compare("cash_balance", account.cash, cash);
  compare("current_capital", account.capital, capital);
  compare("realized_pnl", account.realized_pnl, totals.realized);
  compare("unrealized_pnl", account.unrealized_pnl, value - capital);
  compare("total_value", account.total_value, value);
  return differences;
}

}  // namespace quant::pg
