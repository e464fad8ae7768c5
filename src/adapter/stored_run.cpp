// SPDX-License-Identifier: PostgreSQL
#include "adapter/stored_run.hpp"

#include "adapter/numeric_codec.hpp"
#include "adapter/run_hash.hpp"

namespace quant::pg {

namespace {

std::string bytes_of(Datum value) {
  const bytea* bytes = call_server([&] { return DatumGetByteaPP(value); });
  return {VARDATA_ANY(bytes), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(bytes))};
}

/// A decision as two runs can compare it: what, when, at which price.
std::string decision_text(const BacktestJob& job, const Signal& signal) {
  return concat("the decision of ", timestamp_text(signal.time), " to ",
                fill_kind_name(signal.kind), " \"", job.symbol(signal.symbol), "\" by rule \"",
                signal.rule, "\" at ", signal.price.to_text());
}

std::string fill_text(const BacktestJob& job, const Fill& fill) {
  return concat("the fill of ", timestamp_text(fill.time), ": ", fill_kind_name(fill.kind), ' ',
                fill.quantity.to_text(), " \"", job.symbol(fill.symbol), "\" at ",
                fill.price.to_text());
}

std::vector<std::string> decisions(const BacktestJob& job, Timestamp end) {
  std::vector<std::string> texts;
  for (const Signal& signal : job.result().records.signals) {
    // Whether a day is the last of its period shows in the next one only.
    if (signal.time > end || (signal.time == end && signal.rule == "rotate")) continue;
    texts.push_back(decision_text(job, signal));
  }
  return texts;
}

std::vector<std::string> fills(const BacktestJob& job, Timestamp end) {
  std::vector<std::string> texts;
  for (const Fill& fill : job.result().records.fills) {
    if (fill.time > end || fill.reason == Reason::kEndOfData) continue;
    if (fill.time == end && fill.reason == Reason::kRebalance) continue;
    texts.push_back(fill_text(job, fill));
  }
  return texts;
}

std::string difference(const std::vector<std::string>& whole, const std::vector<std::string>& cut) {
  for (std::size_t i = 0; i < std::max(whole.size(), cut.size()); ++i) {
    if (i < whole.size() && i < cut.size() && whole[i] == cut[i]) continue;
    if (i >= cut.size()) return concat(whole[i], " is missing without later bars");
    return concat(cut[i], " is there only without later bars");
  }
  return {};
}

}  // namespace

StoredRun read_stored_run(std::int64_t backtest_id) {
  const Rows rows = execute(
      "SELECT b.engine_version, b.data_hash, b.strategy_hash, b.fills_hash FROM trading.backtests "
      "b "
      "WHERE b.id OPERATOR(pg_catalog.=) $1",
      Arguments().add(backtest_id));
  if (rows.empty())
    throw Error(ErrorCode::kNotFound, concat("backtest ", backtest_id, " does not exist"));
  const Row row = rows[0];
  const auto version = row.find(1, TEXTOID);
  const auto data = row.find(2, BYTEAOID);
  const auto strategy = row.find(3, BYTEAOID);
  const auto fills_of_run = row.find(4, BYTEAOID);
  if (!version || !data || !strategy || !fills_of_run) {
    throw Error(ErrorCode::kNoData, concat("backtest ", backtest_id, " has no stored result"))
        .hint("Run it with quant.run_backtest().");
  }
  return {text_value(*version), bytes_of(*data), bytes_of(*strategy), bytes_of(*fills_of_run)};
}

StoredRun repeated_run(const BacktestJob& job) {
  return {PG_QUANT_VERSION, bytes_of(data_hash(job)), bytes_of(strategy_hash(job)),
          bytes_of(fills_hash(job))};
}

bool has_stored_account(const BacktestJob& job) {
  const std::int64_t id = *job.request().backtest_id;
  const Rows run =
      execute("SELECT b.final_value FROM trading.backtests b WHERE b.id OPERATOR(pg_catalog.=) $1",
              Arguments().add(id));
  const auto final_value = run[0].find(1, NUMERICOID);
  if (!final_value || decode_decimal(*final_value, "final_value") !=
                          job.result().metrics.figure("final_value").value) {
    return false;
  }
  const Rows stored = execute(
      "SELECT e.timestamp, e.cash_balance, e.equity FROM trading.portfolios p "
      "JOIN trading.equity_curves e ON e.portfolio_id OPERATOR(pg_catalog.=) p.id "
      "WHERE p.backtest_id OPERATOR(pg_catalog.=) $1 AND p.portfolio_type OPERATOR(pg_catalog.=) "
      "'backtest' "
      "ORDER BY e.timestamp",
      Arguments().add(id));
  const std::vector<AccountPoint>& equity = job.result().records.equity;
  if (stored.size() != equity.size()) return false;
  for (std::size_t i = 0; i < equity.size(); ++i) {
    const Row row = stored[i];
    const bool is_same = row.timestamp(1) == equity[i].time &&
                         decode_fixed<Money>(row.value(2, NUMERICOID)) == equity[i].cash &&
                         decode_fixed<Money>(row.value(3, NUMERICOID)) == equity[i].equity();
    if (!is_same) return false;
  }
  return true;
}

StoredTrade read_stored_trade(std::int64_t trade_id) {
  const Rows rows = execute(
      "SELECT t.backtest_id, t.trade_number, t.symbol, t.quantity, t.entry_date, t.entry_price, "
      "t.exit_date, "
      "t.exit_price, t.pnl, t.commission "
      "FROM trading.trades t WHERE t.id OPERATOR(pg_catalog.=) $1",
      Arguments().add(trade_id));
  if (rows.empty())
    throw Error(ErrorCode::kNotFound, concat("trade ", trade_id, " does not exist"));
  const Row row = rows[0];
  if (row.is_null(2)) {
    throw invalid(concat("trade ", trade_id, " was not written by a run"))
        .detail("It has no trade_number.");
  }
  StoredTrade trade{row.int64(1),
                    row.int32(2),
                    row.string(3),
                    decode_fixed<Quantity>(row.value(4, NUMERICOID)),
                    row.timestamp(5),
                    decode_fixed<Price>(row.value(6, NUMERICOID)),
                    {},
                    {},
                    {},
                    {}};
  if (!row.is_null(7)) trade.exit_time = row.timestamp(7);
  if (const auto price = row.find(8, NUMERICOID)) trade.exit_price = decode_fixed<Price>(*price);
  if (const auto pnl = row.find(9, NUMERICOID)) trade.pnl = decode_fixed<Money>(*pnl);
  trade.commission = decode_fixed<Money>(row.value(10, NUMERICOID));
  return trade;
}

namespace {

bool is_same_trade(const BacktestJob& job, const Trade& trade, const StoredTrade& stored) {
  return job.symbol(trade.symbol) == stored.symbol && trade.quantity == stored.quantity &&
         trade.entry_time == stored.entry_time && trade.entry_price == stored.entry_price &&
         trade.exit_time == stored.exit_time && trade.exit_price == stored.exit_price &&
         trade.pnl == stored.pnl && trade.commission == stored.commission;
}

}  // namespace

const Trade& find_trade(const BacktestJob& job, const StoredTrade& stored) {
  const auto& trades = job.result().records.trades;
  const auto place = static_cast<std::size_t>(stored.number - 1);
  if (stored.number < 1 || place >= trades.size() || !is_same_trade(job, trades[place], stored)) {
    throw Error(ErrorCode::kNoData, "the backtest no longer gives this trade")
        .detail(concat("It is trade ", stored.number, " of backtest ", stored.backtest_id, "."))
        .hint("quant.verify_backtest() says what has changed since.");
  }
  return trades[place];
}

std::vector<Day> cut_days(const BacktestJob& job, std::int32_t cuts) {
  std::vector<Day> days;
  for (const AccountPoint& point : job.result().records.equity) {
    const Day day = job.day_of(point.time);
    if (days.empty() || days.back() != day) days.push_back(day);
  }
  std::vector<Day> chosen;
  const auto most = static_cast<std::int64_t>(days.size()) - 1;
  for (std::int64_t i = 1; i <= cuts; ++i) {
    const std::int64_t place = most * i / (std::int64_t{cuts} + 1);
    if (place < most &&
        (chosen.empty() || chosen.back() != days[static_cast<std::size_t>(place)])) {
      chosen.push_back(days[static_cast<std::size_t>(place)]);
    }
  }
  return chosen;
}

std::string first_difference(const BacktestJob& whole, const BacktestJob& cut, Timestamp end) {
  std::string found = difference(decisions(whole, end), decisions(cut, end));
  return found.empty() ? difference(fills(whole, end), fills(cut, end)) : found;
}

std::int64_t decisions_before(const BacktestJob& job, Timestamp end) {
  return static_cast<std::int64_t>(decisions(job, end).size());
}

}  // namespace quant::pg
