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

/// A date whose end is a timestamp.
[[nodiscard]] inline DateADT date_argument(FunctionCallInfo fcinfo, int argument,
                                           std::string_view name) {
  constexpr DateADT kLast = TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE - 2;
  constexpr DateADT kFirst = DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE + 1;
  const DateADT date = DatumGetDateADT(required(fcinfo, argument, name));
  if (date >= kFirst && date <= kLast) return date;
  throw invalid("date must be finite and within the range of timestamps");
}

/// A number from 1 to `most`.
[[nodiscard]] inline int whole_argument(FunctionCallInfo fcinfo, int argument,
                                        std::string_view name, int most) {
  const std::int32_t value = DatumGetInt32(required(fcinfo, argument, name));
  if (value >= 1 && value <= most) return value;
  throw invalid(concat(name, " must lie between 1 and ", most))
      .detail(concat("It is ", value, "."));
}

/// A bound of a range of time: NULL leaves it open.
[[nodiscard]] inline Timestamp bound_or(FunctionCallInfo fcinfo, int argument, Timestamp open) {
  return PG_ARGISNULL(argument) ? open : PG_GETARG_TIMESTAMPTZ(argument);
}

}  // namespace quant::pg
