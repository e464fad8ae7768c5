// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_writer.hpp"

#include <map>

#include "adapter/backtest_rows.hpp"
#include "adapter/order_check.hpp"
#include "adapter/run_hash.hpp"

namespace quant::pg {

namespace {

void remove_stored_run(std::int64_t backtest_id) {
  const Arguments id = Arguments().add(backtest_id);
  // The ledger protects its portfolio, so it goes first; the rest of the account goes with it.
  execute_write(
      "DELETE FROM trading.transactions t USING trading.portfolios p "
      "WHERE t.portfolio_id OPERATOR(pg_catalog.=) p.id AND p.backtest_id OPERATOR(pg_catalog.=) "
      "$1 "
      "AND p.portfolio_type OPERATOR(pg_catalog.=) 'backtest'",
      id);
  execute_write(
      "DELETE FROM trading.portfolios p WHERE p.backtest_id OPERATOR(pg_catalog.=) $1 "
      "AND p.portfolio_type OPERATOR(pg_catalog.=) 'backtest'",
      id);
  execute_write("DELETE FROM trading.trades t WHERE t.backtest_id OPERATOR(pg_catalog.=) $1", id);
  execute_write(
      "DELETE FROM trading.signals s WHERE s.backtest_id OPERATOR(pg_catalog.=) $1 "
      "AND s.source OPERATOR(pg_catalog.=) 'engine'",
      id);
  const Rows left = execute(
      "SELECT 1 FROM trading.portfolios p WHERE p.backtest_id OPERATOR(pg_catalog.=) $1 "
      "AND p.portfolio_type OPERATOR(pg_catalog.=) 'backtest'",
      id, Access::kWrite);
  if (!left.empty()) {
    throw Error(ErrorCode::kNotStored, "the account of an earlier run could not be removed")
        .hint("A trigger, rule or policy on trading.portfolios kept it.");
  }
}

Money cost_basis(const PositionRecord& position) { return signed_by(position.side, position.cost); }

Money market_value(const PositionRecord& position) {
  return signed_by(position.side, value_of(position.quantity, position.mark));
}

/// A figure of the run as portfolios hold it: numeric(8,4), nothing where it does not fit.
std::optional<Decimal> portfolio_figure(const RunMetrics& metrics, std::string_view name) {
  const auto& precise = metrics.figure(name).precise;
  if (!precise) return std::nullopt;
  const Decimal rounded = precise->rounded(4);
  if (magnitude(rounded.mantissa) >= power_of_ten(8)) return std::nullopt;
  return rounded;
}

std::int64_t write_portfolio(std::int64_t backtest_id, const BacktestJob& job) {
  const BacktestResult& result = job.result();
  Money realized;
  Money unrealized;
  for (const PositionRecord& position : result.records.positions) {
    realized += position.realized_pnl;
    if (!position.closed) unrealized += market_value(position) - cost_basis(position);
  }
  const AccountPoint& last = result.records.equity.back();
  RowWriter writer("trading.portfolios",
                   {{"user_id", INT8OID},
                    {"backtest_id", INT8OID},
                    {"benchmark_id", INT8OID},
                    {"name", TEXTOID},
                    {"portfolio_type", TEXTOID},
                    {"currency", TEXTOID},
                    {"initial_capital", NUMERICOID},
                    {"current_capital", NUMERICOID},
                    {"cash_balance", NUMERICOID},
                    {"total_value", NUMERICOID},
                    {"realized_pnl", NUMERICOID},
                    {"unrealized_pnl", NUMERICOID},
                    {"total_return", NUMERICOID},
                    {"annualized_return", NUMERICOID},
                    {"volatility", NUMERICOID},
                    {"sharpe_ratio", NUMERICOID},
                    {"sortino_ratio", NUMERICOID},
                    {"max_drawdown", NUMERICOID},
                    {"beta", NUMERICOID},
                    {"metrics", TEXTOID, "pg_catalog.jsonb"},
                    {"warnings", TEXTOID, "pg_catalog.jsonb"}},
                   "id");
  writer.put(*job.request().user_id).put(backtest_id).put(job.request().benchmark_id);
  writer.put(concat("Backtest ", backtest_id));
  writer.put(std::string_view("backtest")).put(*job.request().currency);
  writer.put(job.request().initial_capital).put(last.equity() - unrealized).put(last.cash);
  writer.put(last.equity()).put(realized).put(unrealized);
  for (const std::string_view name : {"total_return", "annualized_return", "volatility",
                                      "sharpe_ratio", "sortino_ratio", "max_drawdown", "beta"}) {
    writer.put(portfolio_figure(result.metrics, name));
  }
  writer.put_json(metrics_json(result.metrics, result.conventions))
      .put_json(json_array(result.warnings));
  writer.end_row();
  return writer.finish().front();
}

std::vector<std::int64_t> write_positions(std::int64_t portfolio_id, const BacktestJob& job) {
  RowWriter writer("trading.positions",
                   {{"portfolio_id", INT8OID},
                    {"symbol", TEXTOID},
                    {"quantity", NUMERICOID},
                    {"avg_entry_price", NUMERICOID},
                    {"current_price", NUMERICOID},
                    {"market_value", NUMERICOID},
                    {"cost_basis", NUMERICOID},
                    {"realized_pnl", NUMERICOID},
                    {"unrealized_pnl", NUMERICOID},
                    {"income", NUMERICOID},
                    {"is_open", TEXTOID, "pg_catalog.bool"},
                    {"opened_at", TIMESTAMPTZOID},
                    {"closed_at", TIMESTAMPTZOID}},
                   "id");
  for (const PositionRecord& position : job.result().records.positions) {
    writer.put(portfolio_id).put(job.symbol(position.symbol));
    writer.put(position.side == Side::kLong ? position.quantity : -position.quantity);
    writer.put(position.entry_price).put(position.mark);
    writer.put(market_value(position)).put(cost_basis(position)).put(position.realized_pnl);
    writer.put(market_value(position) - cost_basis(position)).put(position.income);
    writer.put(std::string_view(position.closed ? "false" : "true")).put_time(position.opened);
    writer.put_time(position.closed);
    writer.end_row();
  }
  return writer.finish();
}

void put_fill(RowWriter& writer, const Fill& fill, std::int64_t position,
              const std::string& symbol) {
  writer.put(position).put(symbol);
  writer.put(fill_kind_name(fill.kind)).put_time(fill.time).put(fill.quantity).put(fill.price);
  writer.put(fill.value).put(fill.commission).put(fill.slippage).put(fill.realized_pnl);
  writer.put_json(concat("{\"reason\": ", json_string(reason_name(fill.reason)),
                         ", \"rule\": ", json_string(fill.rule), "}"));
}

/// The signed amount of what a dividend, a split or interest moves; a fee is positive where it is
/// paid.
void put_cash_event(RowWriter& writer, const CashEvent& event,
                    const std::vector<std::int64_t>& positions, const BacktestJob& job) {
  writer.put(event.position ? std::optional(positions[*event.position]) : std::nullopt);
  writer.put(event.symbol ? std::optional(job.symbol(*event.symbol)) : std::nullopt);
  writer.put(cash_event_name(event.kind)).put_time(event.time);
  writer.put(event.kind == CashEventKind::kSplit ? std::optional(event.change) : std::nullopt)
      .put_null();
  writer.put(event.kind == CashEventKind::kBorrowFee ? -event.amount : event.amount);
  writer.put(Money{}).put(Money{}).put_null().put_json("{}");
}

void write_transactions(std::int64_t portfolio_id, const std::vector<std::int64_t>& positions,
                        const BacktestJob& job) {
  RowWriter writer("trading.transactions", {{"portfolio_id", INT8OID},
                                            {"position_id", INT8OID},
                                            {"symbol", TEXTOID},
                                            {"transaction_type", TEXTOID},
                                            {"transaction_date", TIMESTAMPTZOID},
                                            {"quantity", NUMERICOID},
                                            {"price", NUMERICOID},
                                            {"total_value", NUMERICOID},
                                            {"commission", NUMERICOID},
                                            {"slippage", NUMERICOID},
                                            {"realized_pnl", NUMERICOID},
                                            {"metadata", TEXTOID, "pg_catalog.jsonb"}});
  const RunRecords& records = job.result().records;
  std::size_t event = 0;
  for (std::size_t i = 0; i <= records.fills.size(); ++i) {
    for (; event < records.cash_events.size() && records.cash_events[event].fills_before == i;
         ++event) {
      writer.put(portfolio_id);
      put_cash_event(writer, records.cash_events[event], positions, job);
      writer.end_row();
    }
    if (i == records.fills.size()) break;
    const Fill& fill = records.fills[i];
    writer.put(portfolio_id);
    put_fill(writer, fill, positions[records.fill_positions[i]], job.symbol(fill.symbol));
    writer.end_row();
  }
  writer.finish();
}

void write_trades(std::int64_t backtest_id, const BacktestJob& job) {
  RowWriter writer("trading.trades",
                   {{"backtest_id", INT8OID},    {"trade_number", INT8OID},
                    {"symbol", TEXTOID},         {"side", TEXTOID},
                    {"quantity", NUMERICOID},    {"entry_date", TIMESTAMPTZOID},
                    {"entry_price", NUMERICOID}, {"exit_date", TIMESTAMPTZOID},
                    {"exit_price", NUMERICOID},  {"exit_reason", TEXTOID},
                    {"pnl", NUMERICOID},         {"trade_return", NUMERICOID},
                    {"commission", NUMERICOID},  {"fees", NUMERICOID},
                    {"slippage", NUMERICOID},    {"income", NUMERICOID},
                    {"bars_held", INT8OID},      {"mae", NUMERICOID},
                    {"mfe", NUMERICOID},         {"conditions", TEXTOID, "pg_catalog.jsonb"}});
  std::int64_t number = 0;
  for (const Trade& trade : job.result().records.trades) {
    writer.put(backtest_id);
    put_trade(writer, job, trade, ++number);
    writer.end_row();
  }
  writer.finish();
}

void write_signals(std::int64_t backtest_id, const BacktestJob& job) {
  RowWriter writer("trading.signals", {{"backtest_id", INT8OID},
                                       {"source", TEXTOID},
                                       {"symbol", TEXTOID},
                                       {"signal_type", TEXTOID},
                                       {"signal_date", TIMESTAMPTZOID},
                                       {"signal_price", NUMERICOID},
                                       {"confidence", NUMERICOID},
                                       {"strength", NUMERICOID},
                                       {"status", TEXTOID},
                                       {"status_reason", TEXTOID},
                                       {"conditions", TEXTOID, "pg_catalog.jsonb"}});
  const Decimal one{1, 0};
  for (const Signal& signal : job.result().records.signals) {
    if (signal.user_row) continue;
    writer.put(backtest_id).put(std::string_view("engine")).put(job.symbol(signal.symbol));
    writer.put(fill_kind_name(signal.kind)).put_time(signal.time).put(signal.price).put(one);
    writer.put(Decimal{signal.strength, 0});
    writer.put(signal_status_name(signal.status));
    writer.put(signal.status_reason.empty() ? std::nullopt : std::optional(signal.status_reason));
    writer.put_json(concat("{\"rule\": ", json_string(signal.rule), "}"));
    writer.end_row();
  }
  writer.finish();
}

/// What became of the decisions from outside.
void update_user_signals(std::int64_t backtest_id, const BacktestJob& job) {
  std::map<std::pair<SignalStatus, std::string>, std::vector<std::string>> rows;
  for (const Signal& signal : job.result().records.signals) {
    if (!signal.user_row) continue;
    rows[{signal.status, signal.status_reason}].push_back(std::to_string(*signal.user_row));
  }
  for (const auto& [outcome, ids] : rows) {
    Arguments arguments;
    arguments.add(std::string(signal_status_name(outcome.first)));
    if (outcome.second.empty()) {
      arguments.add_null(TEXTOID);
    } else {
      arguments.add(outcome.second);
    }
    arguments.add(TEXTARRAYOID, text_array(ids)).add(backtest_id);
    const std::uint64_t updated = execute_write(
        "UPDATE trading.signals s SET status = $1, status_reason = $2 WHERE s.id "
        "OPERATOR(pg_catalog.=) "
        "ANY ($3::pg_catalog.int8[]) AND s.backtest_id OPERATOR(pg_catalog.=) $4",
        std::move(arguments));
    if (updated != ids.size()) throw_missing_row();
  }
}

void write_equity(std::int64_t portfolio_id, const BacktestJob& job) {
  RowWriter writer("trading.equity_curves", {{"portfolio_id", INT8OID},
                                             {"timestamp", TIMESTAMPTZOID},
                                             {"cash_balance", NUMERICOID},
                                             {"market_value", NUMERICOID},
                                             {"equity", NUMERICOID},
                                             {"gross_exposure", NUMERICOID},
                                             {"drawdown", NUMERICOID},
                                             {"benchmark_value", NUMERICOID}});
  const BacktestResult& result = job.result();
  for (std::size_t i = 0; i < result.records.equity.size(); ++i) {
    const AccountPoint& point = result.records.equity[i];
    writer.put(portfolio_id).put_time(point.time).put(point.cash).put(point.market_value);
    writer.put(point.equity()).put(point.gross).put(result.drawdown[i]);
    writer.put(result.benchmark_values.empty() ? std::nullopt : result.benchmark_values[i]);
    writer.end_row();
  }
  writer.finish();
}

/// Figures and provenance into the backtest's own row.
void write_result(std::int64_t backtest_id, const BacktestJob& job, TimestampTz started) {
  const BacktestResult& result = job.result();
  std::string assignments;
  Arguments arguments;
  const auto assign = [&](std::string_view column, Oid type, std::optional<Datum> value) {
    if (value) {
      arguments.add(type, *value);
    } else {
      arguments.add_null(type);
    }
    assignments += concat(assignments.empty() ? "" : ", ", column, " = $", arguments.count());
  };
  for (const Metric& metric : result.metrics.figures) {
    assign(metric.name, NUMERICOID,
           metric.value ? std::optional(encode_decimal(*metric.value)) : std::nullopt);
  }
  assign("warnings", JSONBOID, TupleSink::json_datum(json_array(result.warnings)));
  assign("metrics", JSONBOID,
         TupleSink::json_datum(metrics_json(result.metrics, result.conventions)));
  assign("started_at", TIMESTAMPTZOID, TimestampTzGetDatum(started));
  assign("completed_at", TIMESTAMPTZOID, TimestampTzGetDatum(GetCurrentTimestamp()));
  assign("engine_version", TEXTOID, text_datum(PG_QUANT_VERSION));
  assign("data_hash", BYTEAOID, data_hash(job));
  assign("strategy_hash", BYTEAOID, strategy_hash(job));
  assign("fills_hash", BYTEAOID, fills_hash(job));
  arguments.add(backtest_id);
  // The text first: the order in which arguments are evaluated is free, and one is moved from.
  const std::string update =
      concat("UPDATE trading.backtests SET status = 'completed', error_message = NULL, ",
             assignments, " WHERE id OPERATOR(pg_catalog.=) $", arguments.count());
  if (execute_write(update, std::move(arguments)) != 1) throw_missing_row();
}

}  // namespace

void store_backtest(std::int64_t backtest_id, const BacktestJob& job, TimestampTz started) {
  remove_stored_run(backtest_id);
  const std::int64_t portfolio_id = write_portfolio(backtest_id, job);
  const auto positions = write_positions(portfolio_id, job);
  const OrdersJudged judged(portfolio_id);
  write_transactions(portfolio_id, positions, job);
  write_trades(backtest_id, job);
  write_signals(backtest_id, job);
  update_user_signals(backtest_id, job);
  write_equity(portfolio_id, job);
  write_result(backtest_id, job, started);
}

}  // namespace quant::pg
