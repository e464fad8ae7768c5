// SPDX-License-Identifier: PostgreSQL
#include "core/market/adjust.hpp"

#include "adapter/bar_reader.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/corporate_actions.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

struct AdjustedCall {
  std::string symbol;
  BarRequest request;
  Timestamp to = 0;
  Adjustment adjustment = Adjustment::kFull;
  std::string time_zone;
};

AdjustedCall read_call(FunctionCallInfo fcinfo) {
  AdjustedCall call;
  call.symbol = text_value(required(fcinfo, 0, "symbol"));
  call.request.timeframe = required_timeframe(fcinfo, 1, "timeframe");
  call.request.from = bound_or(fcinfo, 2, INT64_MIN);
  call.to = bound_or(fcinfo, 3, INT64_MAX);
  // What happens later adjusts the range too.
  call.request.to = INT64_MAX;
  call.request.range = call.request.volume = call.request.vwap = true;
  const std::string name = text_value(required(fcinfo, 4, "adjustment"));
  const auto adjustment = parse_adjustment(name);
  if (!adjustment)
    throw invalid(concat("unknown adjustment \"", name, '"')).hint("It is split, full or yahoo.");
  call.adjustment = *adjustment;
  call.time_zone = text_value(required(fcinfo, 5, "time_zone"));
  return call;
}

void put_bar(TupleSink& rows, const BarSeries& bars, std::size_t bar, const AdjustedSpan& span,
             const Decimal& factor) {
  const auto put = [&](Price price) { rows.put(adjusted_price(price, span)); };
  rows.put_time(bars.timestamp[bar]);
  put(bars.open[bar]);
  put(bars.high[bar]);
  put(bars.low[bar]);
  put(bars.close[bar]);
  rows.put(adjusted_volume(bars.volume[bar], span));
  if (bars.vwap[bar].is_zero()) {
    rows.put_null();
  } else {
    put(bars.vwap[bar]);
  }
  rows.put(factor);
  rows.end_row();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_adjusted_bars);
Datum quant_adjusted_bars(PG_FUNCTION_ARGS) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  guard([&] {
    const AdjustedCall call = read_call(fcinfo);
    const ZoneDays zone(call.time_zone, "It is argument \"time_zone\".");
    std::vector<BarSeries> series;
    std::vector<std::string> warnings;
    with_spi([&] {
      series = {read_symbol(call.request,
                            read_asset(call.symbol, "symbol", "It is argument \"symbol\"."))};
      apply_corporate_actions(series, Prices::kRaw, zone, warnings);
    });
    for (const std::string& warning : warnings) {
      call_server([&] { ereport(WARNING, (errmsg("%s", warning.c_str()))); });
    }
    const BarSeries& bars = series.front();
    TupleSink rows(*result);
    for (const AdjustedSpan& span : adjusted_spans(bars, call.adjustment)) {
      const Decimal factor = round_real(span.factor, kAdjustedDecimals).value.trimmed();
      for (std::size_t bar = span.begin; bar < span.end && bars.timestamp[bar] < call.to; ++bar) {
        put_bar(rows, bars, bar, span, factor);
      }
    }
  });
  return Datum{0};
}

}  // extern "C"

}  // namespace quant::pg
