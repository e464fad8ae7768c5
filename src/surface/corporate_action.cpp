// SPDX-License-Identifier: PostgreSQL
#include "adapter/call_arguments.hpp"
#include "adapter/corporate_actions.hpp"
#include "adapter/numeric_codec.hpp"

namespace quant::pg {

extern "C" {

PG_FUNCTION_INFO_V1(quant_record_corporate_action);
Datum quant_record_corporate_action(PG_FUNCTION_ARGS) {
  return guard([&] {
    VendorAction action;
    action.symbol = text_value(required(fcinfo, 0, "symbol"));
    action.ex_date = DatumGetDateADT(required(fcinfo, 1, "ex_date"));
    action.type = text_value(required(fcinfo, 2, "action_type"));
    if (!PG_ARGISNULL(3)) action.value = decode_decimal(PG_GETARG_DATUM(3), "value");
    if (!PG_ARGISNULL(4)) action.currency = text_value(PG_GETARG_DATUM(4));
    std::int64_t id = 0;
    with_spi([&] { id = record_corporate_action(action); });
    return Int64GetDatum(id);
  });
}

}  // extern "C"

}  // namespace quant::pg
