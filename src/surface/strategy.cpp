// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/strategy.hpp"

#include "adapter/jsonb_reader.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace quant::pg {

namespace {

/// A jsonb column of the row that is about to be stored. NULL is left to the table's NOT NULL.
Json read_column(const TriggerData& call, HeapTuple row, const char* name) {
  const TupleDesc description = RelationGetDescr(call.tg_relation);
  const int column = call_server([&] { return SPI_fnumber(description, name); });
  if (column <= 0) {
    throw Error(ErrorCode::kNotATrigger, concat("the table of quant.check_strategy_trigger() has no column \"", name, '"'));
  }
  const Oid type = TupleDescAttr(description, column - 1)->atttypid;
  if (type != JSONBOID) throw wrong_type(name, type, JSONBOID);
  bool null = false;
  const Datum value = call_server([&] { return SPI_getbinval(row, description, column, &null); });
  return null ? Json{} : read_jsonb(value);
}

/// The row as it will be stored, after checking how the trigger is attached.
HeapTuple new_row(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    throw Error(ErrorCode::kNotATrigger, "quant.check_strategy_trigger() must be called as a trigger");
  }
  const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
  if (!TRIGGER_FIRED_BEFORE(call.tg_event) || !TRIGGER_FIRED_FOR_ROW(call.tg_event) ||
      TRIGGER_FIRED_BY_DELETE(call.tg_event)) {
    throw Error(ErrorCode::kNotATrigger, "quant.check_strategy_trigger() must fire BEFORE INSERT OR UPDATE FOR EACH ROW");
  }
  return TRIGGER_FIRED_BY_UPDATE(call.tg_event) ? call.tg_newtuple : call.tg_trigtuple;
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_check_strategy_trigger);

Datum quant_check_strategy_trigger(PG_FUNCTION_ARGS) {
  return guard([&] {
    HeapTuple row = new_row(fcinfo);
    const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
    const StrategyDocument document{read_column(call, row, "parameters"), read_column(call, row, "entry_rules"),
                                    read_column(call, row, "exit_rules"), read_column(call, row, "risk_rules")};
    (void)compile_strategy(document, Json{}, false);
    return PointerGetDatum(row);
  });
}

}  // extern "C"

}  // namespace quant::pg
