// SPDX-License-Identifier: PostgreSQL
// Coarser bars, from finer ones or from trades.
#include <cstring>

#include "core/market/candle.hpp"
#include "core/market/check_bar.hpp"
#include "core/market/resample.hpp"
#include "core/market/session.hpp"

#include "adapter/aggregate_call.hpp"
#include "adapter/bar_reader.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/session_days.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

struct ResampleCall {
  BarRequest request;
  Timeframe target = Timeframe::k1d;
  Session session;
  std::string time_zone;
};

ResampleCall read_call(FunctionCallInfo fcinfo) {
  ResampleCall call;
  const std::string symbol = text_value(required(fcinfo, 0, "symbol"));
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
  with_spi(
      [&] { call.request.assets = {read_asset(symbol, "symbol", "It is argument \"symbol\".")}; });
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

/// The transition state of candlestick: these bytes behind a varlena header.
struct CandleState {
  static constexpr std::uint32_t kMagic = 0x71636e64;  // "qcnd"
  static constexpr std::uint32_t kVersion = 1;

  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  Candle candle;
};
static_assert(std::is_trivially_copyable_v<CandleState>);

bool is_sound(const Candle& candle) {
  for (const Decimal& number :
       {candle.open, candle.high, candle.low, candle.close, candle.volume, candle.turnover}) {
    if (number.scale < 0 || number.scale > 37 || magnitude(number.mantissa) >= power_of_ten(38))
      return false;
  }
  return candle.trades > 0;
}

CandleState read_state(Datum value) {
  const auto* bytes = call_server([&] { return PG_DETOAST_DATUM_PACKED(value); });
  CandleState state;
  const bool is_ours = VARSIZE_ANY_EXHDR(bytes) == sizeof state;
  if (is_ours) std::memcpy(static_cast<void*>(&state), VARDATA_ANY(bytes), sizeof state);
  if (!is_ours || state.magic != CandleState::kMagic || state.version != CandleState::kVersion ||
      !is_sound(state.candle)) {
    throw invalid("this is no state of candlestick")
        .hint("The functions of an aggregate are called by the aggregate.");
  }
  return state;
}

/// Into the bytes that the aggregate owns, or into new ones.
Datum write_state(FunctionCallInfo fcinfo, const CandleState& state) {
  char* bytes = nullptr;
  if (!PG_ARGISNULL(0) && AggCheckCallContext(fcinfo, nullptr) != 0) {
    char* given = DatumGetPointer(PG_GETARG_DATUM(0));
    if (VARATT_IS_4B_U(given)) bytes = given;
  }
  if (bytes == nullptr) {
    bytes = call_server([] { return static_cast<char*>(palloc(VARHDRSZ + sizeof(CandleState))); });
    SET_VARSIZE(bytes, VARHDRSZ + sizeof(CandleState));
  }
  std::memcpy(VARDATA(bytes), &state, sizeof state);
  return PointerGetDatum(bytes);
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_resample_bars);
Datum quant_resample_bars(PG_FUNCTION_ARGS) {
  const ReturnSetInfo* result = guard([&] { return &begin_result_set(fcinfo); });
  guard([&] {
    const ResampleCall call = read_call(fcinfo);
    const ZoneDays zone(call.time_zone, "It is argument \"time_zone\".");
    std::vector<BarSeries> series;
    with_spi([&] { series = read_bars(call.request); });
    TupleSink rows(*result);
    if (series.empty()) return;
    put_bars(rows, join_bars(series.front(), call.request.timeframe, call.target, call.session,
                             [&](Timestamp time) { return zone.local_of(time); }));
  });
  return Datum{0};
}

PG_FUNCTION_INFO_V1(quant_candlestick_accumulate);
Datum quant_candlestick_accumulate(PG_FUNCTION_ARGS) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        CandleState state;
        if (!PG_ARGISNULL(0)) state = read_state(PG_GETARG_DATUM(0));
        const bool missing = PG_ARGISNULL(1) || PG_ARGISNULL(2);
        if (missing) return {PG_ARGISNULL(0) ? Datum{0} : PG_GETARG_DATUM(0), PG_ARGISNULL(0)};
        const Timestamp time = PG_GETARG_TIMESTAMPTZ(1);
        if (!is_finite(time)) throw invalid("timestamp must be finite");
        const Decimal volume =
            PG_ARGISNULL(3) ? Decimal{} : decode_decimal(PG_GETARG_DATUM(3), "volume");
        if (volume.mantissa < 0) throw invalid("volume must not be negative");
        state.candle.add(time, decode_decimal(PG_GETARG_DATUM(2), "price"), volume);
        return {write_state(fcinfo, state), false};
      }));
}

PG_FUNCTION_INFO_V1(quant_candlestick_combine);
Datum quant_candlestick_combine(PG_FUNCTION_ARGS) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        if (PG_ARGISNULL(1))
          return {PG_ARGISNULL(0) ? Datum{0} : PG_GETARG_DATUM(0), PG_ARGISNULL(0)};
        CandleState state = read_state(PG_GETARG_DATUM(1));
        if (!PG_ARGISNULL(0)) {
          const CandleState later = state;
          state = read_state(PG_GETARG_DATUM(0));
          state.candle.merge(later.candle);
        }
        return {write_state(fcinfo, state), false};
      }));
}

PG_FUNCTION_INFO_V1(quant_candlestick_final);
Datum quant_candlestick_final(PG_FUNCTION_ARGS) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        if (PG_ARGISNULL(0)) return {0, true};
        const Candle candle = read_state(PG_GETARG_DATUM(0)).candle;
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
