// SPDX-License-Identifier: PostgreSQL
// The rows that a run consists of, for the tables and for the functions that only show them.
#pragma once

#include "adapter/backtest_job.hpp"
#include "adapter/row_writer.hpp"

namespace quant::pg {

/// The strings as a JSON array.
[[nodiscard]] std::string json_array(const std::vector<std::string>& strings);
/// Why a trade was opened and closed, and the levels that guarded it.
[[nodiscard]] std::string trade_conditions(const Trade& trade);
/// pnl / (entry value + entry commission) with 6 decimals; nothing where it does not fit.
[[nodiscard]] std::optional<Decimal> trade_return(const Trade& trade);

/// The columns of trading.trades from trade_number to conditions.
template <typename Row>
void put_trade(Row& row, const BacktestJob& job, const Trade& trade, std::int64_t number) {
  row.put(number);
  row.put(job.symbol(trade.symbol));
  row.put(side_name(trade.side));
  row.put(trade.quantity);
  row.put_time(trade.entry_time);
  row.put(trade.entry_price);
  if (trade.exit_time) {
    row.put_time(*trade.exit_time);
  } else {
    row.put_null();
  }
  row.put(trade.exit_price);
  row.put(trade.exit_reason ? std::optional(reason_name(*trade.exit_reason)) : std::nullopt);
  row.put(trade.pnl);
  row.put(trade_return(trade));
  row.put(trade.commission);
  row.put(Money{});  // fees
  row.put(trade.slippage);
  row.put(trade.income);
  row.put(trade.bars_held);
  row.put(trade.adverse_excursion);
  row.put(trade.favourable_excursion);
  row.put_json(trade_conditions(trade));
}

/// The result columns of trading.backtests: figures, warnings, metrics.
template <typename Row>
void put_metrics(Row& row, const BacktestResult& result) {
  for (const Metric& metric : result.metrics.figures) {
    if (metric.value && metric.value->scale == 0) {
      row.put(static_cast<std::int64_t>(metric.value->mantissa));
    } else {
      row.put(metric.value);
    }
  }
  row.put_json(json_array(result.warnings));
  row.put_json(metrics_json(result.metrics, result.conventions));
}

}  // namespace quant::pg
