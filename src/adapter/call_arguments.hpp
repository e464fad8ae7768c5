// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/market/timeframe.hpp"

#include "adapter/guard.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

/// An argument of an SQL function that must not be NULL: kNullNotAllowed with its name where it is.
[[nodiscard]] inline Datum required(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  if (PG_ARGISNULL(argument)) {
    throw Error(ErrorCode::kNullNotAllowed, concat("argument \"", name, "\" must not be NULL"));
  }
  return PG_GETARG_DATUM(argument);
}

[[nodiscard]] inline Timeframe required_timeframe(FunctionCallInfo fcinfo, int argument,
                                                  std::string_view name) {
  const std::string text = text_value(required(fcinfo, argument, name));
  if (const auto timeframe = parse_timeframe(text)) return *timeframe;
  throw invalid(concat("unknown timeframe \"", text, '"'))
      .detail(concat("It is argument \"", name, "\"."))
      .hint(
          "Timeframes are 1s, 5s, 15s, 30s, 1m, 2m, 3m, 5m, 10m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, "
          "12h, 1d, 1w and 1mo.");
}

/// A bound of a range of time: NULL leaves it open.
[[nodiscard]] inline Timestamp bound_or(FunctionCallInfo fcinfo, int argument, Timestamp open) {
  return PG_ARGISNULL(argument) ? open : PG_GETARG_TIMESTAMPTZ(argument);
}

}  // namespace quant::pg
