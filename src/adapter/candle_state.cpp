// SPDX-License-Identifier: PostgreSQL
#include "adapter/candle_state.hpp"

#include <cstring>

namespace quant::pg {

namespace {

/// These bytes behind a varlena header.
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
    if (number.scale < 0 || number.scale > 37) return false;
    if (number.mantissa >= power_of_ten(38) || number.mantissa <= -power_of_ten(38)) return false;
  }
  return candle.trades > 0;
}

}  // namespace

Candle read_candle(Datum value) {
  const auto* bytes = call_server([&] { return PG_DETOAST_DATUM_PACKED(value); });
  CandleState state;
  const bool is_ours = VARSIZE_ANY_EXHDR(bytes) == sizeof state;
  if (is_ours) std::memcpy(static_cast<void*>(&state), VARDATA_ANY(bytes), sizeof state);
  if (!is_ours || state.magic != CandleState::kMagic || state.version != CandleState::kVersion ||
      !is_sound(state.candle)) {
    throw invalid("this is no state of candlestick")
        .hint("The functions of an aggregate are called by the aggregate.");
  }
  return state.candle;
}

Datum write_candle(FunctionCallInfo fcinfo, const Candle& candle) {
  CandleState state;
  state.candle = candle;
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

}  // namespace quant::pg
