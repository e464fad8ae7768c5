// SPDX-License-Identifier: PostgreSQL
// What can be asked of a stored backtest: whether it reproduces, whether it looks ahead, why a
// trade.
#include "adapter/call_arguments.hpp"
#include "adapter/owned.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/stored_run.hpp"
#include "adapter/trade_explanation.hpp"

extern "C" {
#include "funcapi.h"
}

namespace quant::pg {

namespace {

constexpr std::int32_t kMostCuts = 1000;

/// A repetition of a stored backtest, at most up to `end`.
BacktestJob* repeat(std::int64_t backtest_id, std::optional<Day> end = std::nullopt) {
  return guard([&] {
    BacktestRequest request;
    with_spi([&] { request = read_backtest(backtest_id, Access::kRead); });
    if (end) request.end = std::min(request.end, *end);
    return make_owned<BacktestJob>(CurrentMemoryContext, std::move(request), true);
  });
}

void show_cut(TupleSink& row, const BacktestJob& whole, const BacktestJob& cut) {
  const Timestamp end = cut.result().records.equity.back().time;
  const std::string difference = first_difference(whole, cut, end);
  row.put_time(end).put(decisions_before(whole, end));
  row.put_datum(BoolGetDatum(difference.empty()));
  row.put(difference.empty() ? std::nullopt : std::optional(difference));
  row.end_row();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_verify_backtest);
PG_FUNCTION_INFO_V1(quant_check_lookahead);
PG_FUNCTION_INFO_V1(quant_explain_trade);

Datum quant_verify_backtest(PG_FUNCTION_ARGS) {
  const std::int64_t id = guard([&] { return DatumGetInt64(required(fcinfo, 0, "backtest_id")); });
  const StoredRun* stored = guard([&] {
    StoredRun run;
    with_spi([&] { run = read_stored_run(id); });
    return make_owned<StoredRun>(CurrentMemoryContext, std::move(run));
  });
  BacktestJob* job = repeat(id);
  run_to_end(job);
  return guard([&] {
    StoredRun now;
    bool reproduces = false;
    with_spi([&] {
      now = repeated_run(*job);
      reproduces = now.fills_hash == stored->fills_hash && has_stored_account(*job);
    });
    TupleSink row(result_description(fcinfo));
    for (const bool value : {reproduces, now.data_hash != stored->data_hash,
                             now.strategy_hash != stored->strategy_hash,
                             now.engine_version != stored->engine_version}) {
      row.put_datum(BoolGetDatum(value));
    }
    row.put(stored->engine_version);
    return row.composite();
  });
}

Datum quant_check_lookahead(PG_FUNCTION_ARGS) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  const std::int64_t id = guard([&] { return DatumGetInt64(required(fcinfo, 0, "backtest_id")); });
  const std::int32_t cuts = guard([&] {
    const std::int32_t value = DatumGetInt32(required(fcinfo, 1, "cuts"));
    if (value < 1 || value > kMostCuts) {
      throw invalid(concat("cuts must lie between 1 and ", kMostCuts, ", not ", value));
    }
    return value;
  });
  BacktestJob* whole = repeat(id);
  run_to_end(whole);
  const auto* days = guard(
      [&] { return make_owned<std::vector<Day>>(CurrentMemoryContext, cut_days(*whole, cuts)); });
  for (const Day day : *days) {
    // Each repetition goes when the next begins.
    const MemoryContext context =
        AllocSetContextCreate(CurrentMemoryContext, "look-ahead", ALLOCSET_SMALL_SIZES);
    const MemoryContext outer = MemoryContextSwitchTo(context);
    BacktestJob* cut = repeat(id, day);
    run_to_end(cut);
    MemoryContextSwitchTo(outer);
    guard([&] {
      TupleSink row(*result);
      show_cut(row, *whole, *cut);
    });
    MemoryContextDelete(context);
  }
  return Datum{0};
}

Datum quant_explain_trade(PG_FUNCTION_ARGS) {
  const StoredTrade* stored = guard([&] {
    const std::int64_t id = DatumGetInt64(required(fcinfo, 0, "trade_id"));
    StoredTrade trade;
    with_spi([&] { trade = read_stored_trade(id); });
    return make_owned<StoredTrade>(CurrentMemoryContext, std::move(trade));
  });
  BacktestJob* job = repeat(stored->backtest_id);
  run_to_end(job);
  return guard([&] {
    StrategyDocument document;
    with_spi([&] { document = read_strategy(job->request().strategy_id, std::nullopt).document; });
    return text_datum(explain_trade(*job, document, find_trade(*job, *stored)));
  });
}

}  // extern "C"

}  // namespace quant::pg
