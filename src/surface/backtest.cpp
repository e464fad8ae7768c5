// SPDX-License-Identifier: PostgreSQL
#include "adapter/backtest_rows.hpp"
#include "adapter/backtest_writer.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/owned.hpp"

extern "C" {
#include "tcop/utility.h"
#include "utils/snapmgr.h"
}

namespace quant::pg {

namespace {

/// The arguments of quant.simulate and its relatives.
BacktestRequest read_simulation(FunctionCallInfo fcinfo) {
  BacktestRequest request;
  request.strategy_id = DatumGetInt64(required(fcinfo, 0, "strategy_id"));
  request.universe = read_jsonb(required(fcinfo, 1, "universe"), "universe");
  request.timeframe = text_value(required(fcinfo, 2, "timeframe"));
  const Datum start = required(fcinfo, 3, "start_date");
  const Datum end = required(fcinfo, 4, "end_date");
  check_period(start, end);
  request.start = DatumGetDateADT(start);
  request.end = DatumGetDateADT(end);
  request.initial_capital = decode_capital(required(fcinfo, 5, "initial_capital"));
  request.parameters = read_jsonb(required(fcinfo, 6, "parameters"), "parameters");
  if (request.parameters.object() == nullptr) {
    throw invalid("parameters must be a JSON object")
        .detail(concat("It is ", request.parameters.kind(), "."));
  }
  return request;
}

BacktestJob* start_simulation(FunctionCallInfo fcinfo, bool wants_excursions) {
  return guard([&] {
    return make_owned<BacktestJob>(CurrentMemoryContext, read_simulation(fcinfo), wants_excursions);
  });
}

Datum metrics_row(FunctionCallInfo fcinfo, const BacktestJob& job) {
  TupleSink row(result_description(fcinfo));
  put_metrics(row, job.result());
  return row.composite();
}

/// quant.backtest_summary
Datum summary_row(FunctionCallInfo fcinfo, std::int64_t backtest_id, const BacktestJob& job) {
  const RunMetrics& metrics = job.result().metrics;
  TupleSink row(result_description(fcinfo));
  row.put(backtest_id);
  for (const std::string_view name :
       {"final_value", "total_return", "annualized_return", "sharpe_ratio", "max_drawdown"}) {
    row.put(metrics.figure(name).value);
  }
  row.put(static_cast<std::int64_t>(metrics.figure("total_trades").value->mantissa));
  row.put(metrics.figure("win_rate").value).put(metrics.figure("profit_factor").value);
  row.put_json(json_array(job.result().warnings));
  return row.composite();
}

void show_trades(const ReturnSetInfo& result, const BacktestJob& job) {
  TupleSink row(result);
  std::int64_t number = 0;
  for (const Trade& trade : job.result().records.trades) {
    put_trade(row, job, trade, ++number);
    row.end_row();
  }
}

void show_equity(const ReturnSetInfo& result, const BacktestJob& job) {
  TupleSink row(result);
  const BacktestResult& run = job.result();
  for (std::size_t i = 0; i < run.records.equity.size(); ++i) {
    const AccountPoint& point = run.records.equity[i];
    row.put_time(point.time).put(point.cash).put(point.market_value);
    row.put(point.equity()).put(run.drawdown[i]);
    row.end_row();
  }
}

/// Runs a simulation and shows it as a set of rows.
template <typename Show>
Datum simulate_rows(FunctionCallInfo fcinfo, bool wants_excursions, Show show) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  BacktestJob* job = start_simulation(fcinfo, wants_excursions);
  run_to_end(job);
  guard([&] { show(*result, *job); });
  return Datum{0};
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_simulate);
PG_FUNCTION_INFO_V1(quant_simulate_trades);
PG_FUNCTION_INFO_V1(quant_simulate_equity);
PG_FUNCTION_INFO_V1(quant_run_backtest);

Datum quant_simulate(PG_FUNCTION_ARGS) {
  BacktestJob* job = start_simulation(fcinfo, false);
  run_to_end(job);
  return guard([&] { return metrics_row(fcinfo, *job); });
}

Datum quant_simulate_trades(PG_FUNCTION_ARGS) { return simulate_rows(fcinfo, true, show_trades); }

Datum quant_simulate_equity(PG_FUNCTION_ARGS) { return simulate_rows(fcinfo, false, show_equity); }

Datum quant_run_backtest(PG_FUNCTION_ARGS) {
  const TimestampTz started = GetCurrentTimestamp();
  BacktestJob* job = guard([&] {
    const std::int64_t id = DatumGetInt64(required(fcinfo, 0, "backtest_id"));
    call_server([] { PreventCommandIfReadOnly("quant.run_backtest()"); });
    BacktestRequest request;
    with_spi([&] { request = read_backtest(id, Access::kWrite); });
    return make_owned<BacktestJob>(CurrentMemoryContext, std::move(request), true);
  });
  // Another run of it may have been waited for: read what was committed meanwhile, all at one time.
  PushActiveSnapshot(GetTransactionSnapshot());
  run_to_end(job);
  const Datum summary = guard([&] {
    const std::int64_t id = PG_GETARG_INT64(0);
    with_spi([&] { store_backtest(id, *job, started); });
    return summary_row(fcinfo, id, *job);
  });
  PopActiveSnapshot();
  return summary;
}

}  // extern "C"

}  // namespace quant::pg
