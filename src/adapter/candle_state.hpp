// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/market/candle.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// The transition state of candlestick, a bytea of fixed size. SQL users can call the functions of
/// an aggregate with any bytes: kInvalidParameter where they are none of its states.
[[nodiscard]] Candle read_candle(Datum state);

/// The state with `candle` in it: the bytes of argument 0 where the aggregate owns them, else new
/// ones.
[[nodiscard]] Datum write_candle(FunctionCallInfo fcinfo, const Candle& candle);

}  // namespace quant::pg
