// SPDX-License-Identifier: PostgreSQL
// Coarser bars, from finer ones or from trades.
#include "core/market/resample.hpp"
#include "core/market/candle.hpp"
#include "core/market/check_bar.hpp"
#include "core/market/session.hpp"

#include "adapter/aggregate_call.hpp"
#include "adapter/bar_reader.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/candle_state.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/session_days.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

struct ResampleCall {
  std::string symbol;
  BarRequest request;
  Timeframe target = Timeframe::k1d;
  Session session;
  std::string time_zone;
};

ResampleCall read_call(FunctionCallInfo fcinfo) {
  ResampleCall call;
  call.symbol = text_value(required(fcinfo, 0, "symbol"));
  call.request.timeframe = required_timeframe(fcinfo, 1, "source_timeframe");
  call.target = required_timeframe(fcinfo, 2, "target_timeframe");
  const Timeframe source = call.request.timeframe;
  if (!can_resample(source, call.target)) {
    throw invalid(concat("bars of ", timeframe_name(call.target), " are not made of whole bars of ",
                         timeframe_name(source)));
  }
  call.request.from = bound_or(fcinfo, 3, INT64_MIN);
  call.request.to = bound_or(fcinfo, 4, INT64_MAX);
  call.request.range = call.request.volume = call.request.vwap = true;
  call.time_zone = text_value(required(fcinfo, 5, "time_zone"));
  if (!PG_ARGISNULL(6)) {
    const std::string text = text_value(PG_GETARG_DATUM(6));
    const auto session = parse_session(text);
    if (!session) {
      throw invalid(concat("malformed session \"", text, '"'))
          .hint("It is written as 09:30-16:00.");
    }
    if (!is_intraday(source)) {
      throw invalid(concat("bars of ", timeframe_name(source), " have no hours, so no session"));
    }
    call.session = *session;
  }
  return call;
}

void put_bars(TupleSink& rows, const std::vector<JoinedBar>& bars) {
  for (const JoinedBar& bar : bars) {
    rows.put_time(bar.start)
        .put(bar.open)
        .put(bar.high)
        .put(bar.low)
        .put(bar.close)
        .put(bar.volume)
        .put(bar.vwap);
    rows.end_row();
  }
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_resample_bars);
Datum quant_resample_bars(PG_FUNCTION_ARGS) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  guard([&] {
    const ResampleCall call = read_call(fcinfo);
    const ZoneDays zone(call.time_zone, "It is argument \"time_zone\".");
    BarSeries series;
    with_spi([&] {
      series = read_symbol(call.request,
                           read_asset(call.symbol, "symbol", "It is argument \"symbol\"."));
    });
    TupleSink rows(*result);
    put_bars(rows, join_bars(series, call.request.timeframe, call.target, call.session,
                             [&](Timestamp time) { return zone.local_of(time); }));
  });
  return Datum{0};
}

PG_FUNCTION_INFO_V1(quant_candlestick_accumulate);
Datum quant_candlestick_accumulate(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&]() -> NullableDatum {
                           Candle candle;
                           if (!PG_ARGISNULL(0)) candle = read_candle(PG_GETARG_DATUM(0));
                           if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return fcinfo->args[0];
                           const Timestamp time = PG_GETARG_TIMESTAMPTZ(1);
                           if (!is_finite(time)) throw invalid("timestamp must be finite");
                           const Decimal volume =
                               PG_ARGISNULL(3) ? Decimal{}
                                               : decode_decimal(PG_GETARG_DATUM(3), "volume");
                           if (volume.mantissa < 0) throw invalid("volume must not be negative");
                           candle.add(time, decode_decimal(PG_GETARG_DATUM(2), "price"), volume);
                           return {write_candle(fcinfo, candle), false};
                         }));
}

PG_FUNCTION_INFO_V1(quant_candlestick_combine);
Datum quant_candlestick_combine(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&]() -> NullableDatum {
                           if (PG_ARGISNULL(1)) return fcinfo->args[0];
                           Candle candle;
                           if (!PG_ARGISNULL(0)) candle = read_candle(PG_GETARG_DATUM(0));
                           candle.merge(read_candle(PG_GETARG_DATUM(1)));
                           return {write_candle(fcinfo, candle), false};
                         }));
}

PG_FUNCTION_INFO_V1(quant_candlestick_final);
Datum quant_candlestick_final(PG_FUNCTION_ARGS) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        if (PG_ARGISNULL(0)) return {0, true};
        const Candle candle = read_candle(PG_GETARG_DATUM(0));
        TupleSink row(result_description(fcinfo));
        row.put(candle.open)
            .put(candle.high)
            .put(candle.low)
            .put(candle.close)
            .put(candle.volume)
            .put(candle.vwap());
        row.put(candle.trades).put_time(candle.first_time).put_time(candle.last_time);
        return {row.composite(), false};
      }));
}

}  // extern "C"

}  // namespace quant::pg
