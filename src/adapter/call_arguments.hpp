// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/guard.hpp"

namespace quant::pg {

/// An argument of an SQL function that must not be NULL: kNullNotAllowed with its name where it is.
[[nodiscard]] inline Datum required(FunctionCallInfo fcinfo, int argument, std::string_view name) {
  if (PG_ARGISNULL(argument)) {
    throw Error(ErrorCode::kNullNotAllowed, concat("argument \"", name, "\" must not be NULL"));
  }
  return PG_GETARG_DATUM(argument);
}

}  // namespace quant::pg
