// SPDX-License-Identifier: PostgreSQL
#include "adapter/candle_state.hpp"

#include <cstring>

namespace quant::pg {

namespace {

constexpr std::array kNumbers = {&Candle::open,  &Candle::high,   &Candle::low,
                                 &Candle::close, &Candle::volume, &Candle::turnover};

/// These bytes behind a varlena header.
struct CandleState {
  static constexpr std::uint32_t kMagic = 0x71636e64;  // "qcnd"
  static constexpr std::uint32_t kVersion = 1;

  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::int64_t trades = 0;
  Timestamp first_time = 0;
  Timestamp last_time = 0;
  std::array<Int128, kNumbers.size()> mantissas{};
  std::array<std::int32_t, kNumbers.size()> scales{};
  std::int64_t reserved = 0;
};
// Bytes that are no member's would show what lay there before.
static_assert(std::has_unique_object_representations_v<CandleState>);

bool is_sound(const CandleState& state) {
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    if (state.scales[i] < 0 || state.scales[i] > 37) return false;
    if (state.mantissas[i] >= power_of_ten(38) || state.mantissas[i] <= -power_of_ten(38)) {
      return false;
    }
  }
  return state.trades > 0 && IS_VALID_TIMESTAMP(state.first_time) &&
         IS_VALID_TIMESTAMP(state.last_time) && state.first_time <= state.last_time;
}

}  // namespace

Candle read_candle(Datum value) {
  const auto* bytes = call_server([&] { return PG_DETOAST_DATUM_PACKED(value); });
  CandleState state;
  const bool is_ours = VARSIZE_ANY_EXHDR(bytes) == sizeof state;
  if (is_ours) std::memcpy(static_cast<void*>(&state), VARDATA_ANY(bytes), sizeof state);
  if (!is_ours || state.magic != CandleState::kMagic || state.version != CandleState::kVersion ||
      !is_sound(state)) {
    throw invalid("this is no state of candlestick")
        .hint("The functions of an aggregate are called by the aggregate.");
  }
  Candle candle{state.trades, state.first_time, state.last_time, {}, {}, {}, {}, {}, {}};
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    candle.*kNumbers[i] = {state.mantissas[i], state.scales[i]};
  }
  return candle;
}

Datum write_candle(FunctionCallInfo fcinfo, const Candle& candle) {
  CandleState state;
  state.trades = candle.trades;
  state.first_time = candle.first_time;
  state.last_time = candle.last_time;
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    state.mantissas[i] = (candle.*kNumbers[i]).mantissa;
    state.scales[i] = (candle.*kNumbers[i]).scale;
  }
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
