// SPDX-License-Identifier: PostgreSQL
#include "adapter/account_curve.hpp"

#include "core/base/json_reader.hpp"

#include "adapter/jsonb_reader.hpp"
#include "adapter/ledger_rows.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/risk_reader.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

Datum time_datum(Timestamp time) { return TimestampTzGetDatum(time); }

/// Quantity and price of each holding at an instant; "booked": by the transactions up to it.
std::string held_by_transactions() {
  return concat("SELECT t.symbol, sum(", kSignedQuantity,
                ") AS quantity, (array_agg(t.price ORDER BY t.transaction_date DESC, t.id DESC) "
                "FILTER (WHERE t.price IS NOT NULL))[1] AS price FROM trading.transactions t "
                "WHERE t.portfolio_id = $1 AND t.transaction_date <= $2 AND ",
                kChangesHolding, " GROUP BY t.symbol");
}
constexpr std::string_view kHeldByPositions =
    "SELECT p.symbol, p.quantity, coalesce(p.current_price, p.avg_entry_price) AS price "
    "FROM trading.positions p WHERE p.portfolio_id = $1 AND p.is_open AND p.opened_at <= $2";

struct Valuation {
  Money cash;
  Money market_value;
  Money gross;
  std::vector<std::string> symbols;
  std::vector<Datum> prices;

  [[nodiscard]] Money equity() const { return cash + market_value; }
};

Valuation value_account(std::int64_t portfolio_id, const LedgerAccount& account, Timestamp as_of,
                        Timeframe timeframe) {
  const Rows booked = execute(
      "SELECT count(*), coalesce(sum(t.net_amount) FILTER (WHERE t.transaction_date <= $2), "
      "0)::numeric(15, 2) FROM trading.transactions t WHERE t.portfolio_id = $1",
      Arguments().add(portfolio_id).add(TIMESTAMPTZOID, time_datum(as_of)));
  const bool has_ledger = booked[0].int64(1) > 0;
  Valuation valuation;
  valuation.cash =
      has_ledger ? account.initial_capital + decode_fixed<Money>(booked[0].value(2, NUMERICOID))
                 : account.cash;
  const Rows rows = execute(
      concat(
          "SELECT h.symbol, h.quantity::numeric(15, 6), "
          "coalesce(m.close_price, (SELECT o.current_price FROM trading.positions o "
          "WHERE o.portfolio_id = $1 AND o.symbol = h.symbol AND o.is_open "
          "AND o.quantity = h.quantity AND NOT EXISTS (SELECT FROM trading.equity_curves c "
          "WHERE c.portfolio_id = $1 AND c.timestamp > $2) AND NOT EXISTS (SELECT FROM "
          "trading.transactions t WHERE t.portfolio_id = $1 AND t.transaction_date > $2)), "
          "h.price)::numeric(10, 4) FROM (",
          has_ledger ? held_by_transactions() : std::string(kHeldByPositions),
          ") h LEFT JOIN LATERAL (SELECT b.close_price FROM trading.market_data b "
          "WHERE b.symbol = h.symbol AND b.timeframe = $3 AND b.timestamp <= $2 "
          // A bar of before the last split is not of the units that are held.
          "AND b.timestamp >= coalesce((SELECT max(date_trunc('day', t.transaction_date, 'UTC')) "
          "FROM trading.transactions t WHERE t.portfolio_id = $1 AND t.symbol = h.symbol "
          "AND t.transaction_type = 'split' AND t.transaction_date <= $2), '-infinity') "
          "ORDER BY b.timestamp DESC LIMIT 1) m ON true WHERE h.quantity <> 0 "
          "ORDER BY h.symbol COLLATE \"C\""),
      Arguments()
          .add(portfolio_id)
          .add(TIMESTAMPTZOID, time_datum(as_of))
          .add(std::string(timeframe_name(timeframe))));
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const auto price = rows[i].find(3, NUMERICOID);
    if (!price) continue;  // shares that came for nothing and have no bar
    const Money value =
        value_of(decode_fixed<Quantity>(rows[i].value(2, NUMERICOID)), decode_fixed<Price>(*price));
    valuation.market_value += value;
    valuation.gross += magnitude_of(value);
    valuation.symbols.push_back(rows[i].string(1));
    valuation.prices.push_back(*price);
  }
  return valuation;
}

}  // namespace

std::vector<AccountMark> read_marks(std::int64_t portfolio_id) {
  const Rows rows = execute(
      concat("SELECT e.timestamp, e.equity, coalesce((SELECT sum(", kPaidIn,
             ") FROM trading.transactions t WHERE t.portfolio_id = $1 AND ", kMovesCapital,
             " AND t.transaction_date <= e.timestamp AND (e.before IS NULL OR t.transaction_date > "
             "e.before)), 0)::numeric(15, 2) FROM (SELECT c.timestamp, c.equity, lag(c.timestamp) "
             "OVER (ORDER BY c.timestamp) AS before FROM trading.equity_curves c WHERE "
             "c.portfolio_id = $1) e ORDER BY e.timestamp"),
      Arguments().add(portfolio_id));
  std::vector<AccountMark> marks;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const Timestamp time = rows[i].timestamp(1);
    marks.push_back({{time, utc_day(time), decode_fixed<Money>(rows[i].value(2, NUMERICOID))},
                     decode_fixed<Money>(rows[i].value(3, NUMERICOID))});
  }
  return marks;
}

namespace {

/// The drawdowns from `from` on, where they are not what they were: a mark in between changes those
/// behind it.
void store_drawdowns(std::int64_t portfolio_id, Money initial_capital, Timestamp from) {
  const std::vector<AccountMark> marks = read_marks(portfolio_id);
  const std::vector<Decimal> drawdowns = account_drawdowns(initial_capital, marks);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].point.timestamp < from) continue;
    execute_write(
        "UPDATE trading.equity_curves SET drawdown = $3 WHERE portfolio_id = $1 AND timestamp = $2 "
        "AND drawdown <> $3",
        Arguments()
            .add(portfolio_id)
            .add(TIMESTAMPTZOID, time_datum(marks[i].point.timestamp))
            .add(NUMERICOID, encode_decimal(drawdowns[i])));
  }
}

/// Marks positions and totals, where the point is the last one and nothing was booked after it.
void mark_positions(std::int64_t portfolio_id, Timestamp as_of, const Valuation& valuation) {
  const Rows later = execute(
      "SELECT EXISTS (SELECT FROM trading.equity_curves c WHERE c.portfolio_id = $1 AND "
      "c.timestamp > $2) OR EXISTS (SELECT FROM trading.transactions t WHERE t.portfolio_id = $1 "
      "AND t.transaction_date > $2)",
      Arguments().add(portfolio_id).add(TIMESTAMPTZOID, time_datum(as_of)));
  if (later[0].boolean(1)) return;
  for (std::size_t i = 0; i < valuation.symbols.size(); ++i) {
    execute_write(
        "UPDATE trading.positions SET current_price = $3, market_value = round(quantity * $3, 2), "
        "unrealized_pnl = round(quantity * $3, 2) - cost_basis "
        "WHERE portfolio_id = $1 AND symbol = $2 AND is_open AND current_price IS DISTINCT FROM $3",
        Arguments()
            .add(portfolio_id)
            .add(valuation.symbols[i])
            .add(NUMERICOID, valuation.prices[i]));
  }
  execute_write(
      "UPDATE trading.portfolios p SET total_value = p.cash_balance + v.value, "
      "unrealized_pnl = p.cash_balance + v.value - p.current_capital FROM (SELECT "
      "coalesce(sum(o.market_value), 0) AS value FROM trading.positions o WHERE o.portfolio_id = "
      "$1 "
      "AND o.is_open) v WHERE p.id = $1 AND p.total_value <> p.cash_balance + v.value",
      Arguments().add(portfolio_id));
}

void store_point(std::int64_t portfolio_id, Timestamp as_of, const Valuation& valuation) {
  Arguments arguments;
  arguments.add(portfolio_id).add(TIMESTAMPTZOID, time_datum(as_of));
  for (const Money amount :
       {valuation.cash, valuation.market_value, valuation.equity(), valuation.gross}) {
    arguments.add(NUMERICOID, encode_fixed(amount));
  }
  if (execute_write(
          "INSERT INTO trading.equity_curves (portfolio_id, timestamp, cash_balance, market_value, "
          "equity, gross_exposure) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (portfolio_id, "
          "timestamp) DO UPDATE SET cash_balance = EXCLUDED.cash_balance, market_value = "
          "EXCLUDED.market_value, equity = EXCLUDED.equity, gross_exposure = "
          "EXCLUDED.gross_exposure",
          std::move(arguments)) != 1) {
    throw_missing_row();
  }
}

/// What the capital would be worth in the benchmark at each mark, by its daily total returns since
/// the first one; a mark in between or before changes those behind it.
void store_benchmark(std::int64_t portfolio_id, Money initial_capital) {
  const auto benchmark = read_benchmark_symbol(portfolio_id);
  if (!benchmark) return;
  const std::vector<AccountMark> marks = read_marks(portfolio_id);
  const Holding history = read_symbol_history(*benchmark, marks.back().point.session_day);
  const auto values = benchmark_values(initial_capital, marks, history);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    Arguments arguments =
        Arguments().add(portfolio_id).add(TIMESTAMPTZOID, time_datum(marks[i].point.timestamp));
    values[i] ? arguments.add(NUMERICOID, encode_fixed(*values[i]))
              : arguments.add_null(NUMERICOID);
    execute_write(
        "UPDATE trading.equity_curves SET benchmark_value = $3 WHERE portfolio_id = $1 AND "
        "timestamp = $2 AND benchmark_value IS DISTINCT FROM $3",
        std::move(arguments));
  }
}

/// UPDATE of the columns that the figures name.
void store_figures(const std::string& table, std::string_view condition,
                   const std::vector<RiskFigure>& figures, Arguments arguments,
                   std::string_view documents = {}) {
  std::string assignments;
  for (const RiskFigure& figure : figures) {
    if (figure.stored) {
      arguments.add(NUMERICOID, encode_decimal(*figure.stored));
    } else {
      arguments.add_null(NUMERICOID);
    }
    assignments += concat(assignments.empty() ? "" : ", ", figure.name, " = $", arguments.count());
  }
  if (!documents.empty()) assignments += concat(", ", documents);
  const std::string update = concat("UPDATE ", table, " SET ", assignments, " WHERE ", condition);
  if (execute_write(update, std::move(arguments)) != 1) throw_missing_row();
}

int periods_of(const std::vector<std::string>& symbols) {
  const Rows rows = execute(
      "SELECT coalesce(bool_and(a.asset_type = 'crypto'), false) FROM trading.assets a "
      "WHERE a.symbol = ANY ($1)",
      Arguments().add(TEXTARRAYOID, text_array(symbols)));
  return rows[0].boolean(1) ? 365 : 252;
}

std::vector<std::string> symbols_of(std::int64_t portfolio_id) {
  const Rows rows =
      execute("SELECT DISTINCT p.symbol FROM trading.positions p WHERE p.portfolio_id = $1",
              Arguments().add(portfolio_id));
  std::vector<std::string> symbols;
  for (std::uint64_t i = 0; i < rows.size(); ++i) symbols.push_back(rows[i].string(1));
  return symbols;
}

/// The parts of a composition, {"SPY": 0.6, "AGG": 0.4}, or the symbol alone.
std::vector<BenchmarkPart> read_parts(const std::string& symbol, const Row& row, Day until) {
  std::vector<BenchmarkPart> parts;
  if (row.is_null(2)) {
    parts.push_back({read_symbol_history(symbol, until), Decimal{1, 0}});
    return parts;
  }
  const Json composition = read_jsonb(row.value(2, JSONBOID), "composition");
  const JsonReader reader(composition, "composition");
  reader.expect_form(R"({"SPY": 0.6, "AGG": 0.4})");
  for (const JsonMember& member : *composition.object()) {
    parts.push_back(
        {read_symbol_history(member.name, until), reader.at(member.name).short_number()});
  }
  return parts;
}

}  // namespace

Money mark_portfolio(std::int64_t portfolio_id, Timestamp as_of, Timeframe timeframe) {
  const LedgerAccount account = lock_account(portfolio_id);
  if (account.type == "backtest") {
    throw invalid("the account of a backtest is marked by its run");
  }
  Money equity;
  with_fresh_snapshot([&] {
    const Valuation valuation = value_account(portfolio_id, account, as_of, timeframe);
    equity = valuation.equity();
    mark_positions(portfolio_id, as_of, valuation);
    store_point(portfolio_id, as_of, valuation);
  });
  with_fresh_snapshot([&] {
    store_drawdowns(portfolio_id, account.initial_capital, as_of);
    store_benchmark(portfolio_id, account.initial_capital);
  });
  return equity;
}

void update_portfolio_metrics(std::int64_t portfolio_id) {
  const LedgerAccount account = lock_account(portfolio_id);
  if (account.type == "backtest") {
    throw invalid("the figures of a backtest's account are those of its run");
  }
  with_fresh_snapshot([&] {
    const std::vector<AccountMark> marks = read_marks(portfolio_id);
    if (marks.empty()) {
      throw Error(ErrorCode::kNoData, concat("portfolio ", portfolio_id, " has no equity curve"))
          .hint("quant.mark_portfolio() writes a point of it.");
    }
    std::optional<Holding> market;
    if (const auto benchmark = read_benchmark_symbol(portfolio_id)) {
      market = read_symbol_history(*benchmark, marks.back().point.session_day);
    }
    const int periods = periods_of(symbols_of(portfolio_id));
    const std::vector<RiskFigure> figures =
        account_performance(account.initial_capital, marks, market ? &*market : nullptr, periods);
    store_figures("trading.portfolios", "id = $1", figures,
                  Arguments()
                      .add(portfolio_id)
                      .add(concat(R"({"returns": "time_weighted", "ddof": 1, "risk_free": 0, )",
                                  R"("periods_per_year": )", periods, '}'))
                      .add(figures_json(figures))
                      .add(warnings_json(figures)),
                  "metrics = $3::jsonb || jsonb_build_object('conventions', $2::jsonb), "
                  "warnings = $4::jsonb");
  });
}

void update_benchmark_metrics(const std::string& symbol) {
  const Rows rows = execute(
      "SELECT b.id, b.composition FROM trading.benchmarks b WHERE b.symbol = $1 FOR NO KEY UPDATE",
      Arguments().add(symbol), Access::kWrite);
  if (rows.empty()) {
    throw Error(ErrorCode::kNotFound, concat("benchmark \"", symbol, "\" does not exist"))
        .hint("Benchmarks are rows of trading.benchmarks.");
  }
  with_fresh_snapshot([&] {
    constexpr Day kToday = 200'000;  // no bar lies behind it
    const std::vector<BenchmarkPart> parts = read_parts(symbol, rows[0], kToday);
    std::vector<std::string> symbols;
    for (const BenchmarkPart& part : parts) symbols.push_back(part.asset.symbol);
    const auto performance = benchmark_performance(parts, periods_of(symbols));
    if (!performance) {
      throw Error(ErrorCode::kNoData, concat("benchmark \"", symbol, "\" has no daily returns"))
          .detail("It needs two days with a bar of each of its parts.")
          .hint("Load bars of timeframe 1d into trading.market_data.");
    }
    store_figures("trading.benchmarks", "id = $1", performance->figures,
                  Arguments().add(rows[0].int64(1)));
    execute_write(
        "UPDATE trading.benchmarks SET as_of_date = $2 WHERE id = $1",
        Arguments().add(rows[0].int64(1)).add(DATEOID, DateADTGetDatum(performance->as_of)));
  });
}

}  // namespace quant::pg
