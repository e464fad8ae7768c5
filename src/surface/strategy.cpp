// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/explain.hpp"

#include "adapter/backtest_reader.hpp"
#include "adapter/call_arguments.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/row_writer.hpp"

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
    throw Error(ErrorCode::kNotATrigger,
                concat("the table of quant.check_strategy_trigger() has no column \"", name, '"'));
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
    throw Error(ErrorCode::kNotATrigger,
                "quant.check_strategy_trigger() must be called as a trigger");
  }
  const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
  if (!TRIGGER_FIRED_BEFORE(call.tg_event) || !TRIGGER_FIRED_FOR_ROW(call.tg_event) ||
      TRIGGER_FIRED_BY_DELETE(call.tg_event)) {
    throw Error(ErrorCode::kNotATrigger,
                "quant.check_strategy_trigger() must fire BEFORE INSERT OR UPDATE FOR EACH ROW");
  }
  return TRIGGER_FIRED_BY_UPDATE(call.tg_event) ? call.tg_newtuple : call.tg_trigtuple;
}

/// The stored documents of a strategy.
StrategyDocument stored_document(FunctionCallInfo fcinfo) {
  const std::int64_t id = DatumGetInt64(required(fcinfo, 0, "strategy_id"));
  StrategyDocument document;
  with_spi([&] { document = read_strategy(id, std::nullopt).document; });
  return document;
}

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<Error> fault_of(const StrategyDocument& document) {
  try {
    (void)compile_strategy(document, Json{}, false);
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

/// A row for the fault that keeps the rules from being stored, none where there is none.
void show_fault(FunctionCallInfo fcinfo, const StrategyDocument& document) {
  TupleSink row(begin_result_set(fcinfo));
  const std::optional<Error> fault = fault_of(document);
  if (!fault) return;
  row.put(std::string_view(unpack_sql_state(sqlstate_of(fault->code())))).put(fault->message());
  row.put(text_or_null(fault->detail())).put(text_or_null(fault->hint()));
  row.end_row();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_check_strategy_trigger);
PG_FUNCTION_INFO_V1(quant_validate_strategy);
PG_FUNCTION_INFO_V1(quant_validate_stored_strategy);
PG_FUNCTION_INFO_V1(quant_explain_strategy);

Datum quant_check_strategy_trigger(PG_FUNCTION_ARGS) {
  return guard([&] {
    HeapTuple row = new_row(fcinfo);
    const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
    const StrategyDocument document{
        read_column(call, row, "parameters"), read_column(call, row, "entry_rules"),
        read_column(call, row, "exit_rules"), read_column(call, row, "risk_rules")};
    (void)compile_strategy(document, Json{}, false);
    return PointerGetDatum(row);
  });
}

Datum quant_validate_strategy(PG_FUNCTION_ARGS) {
  guard([&] {
    const Json entry = read_jsonb(required(fcinfo, 0, "entry_rules"));
    const Json exit = read_jsonb(required(fcinfo, 1, "exit_rules"));
    const Json risk = read_jsonb(required(fcinfo, 2, "risk_rules"));
    show_fault(fcinfo, {read_jsonb(required(fcinfo, 3, "parameters")), entry, exit, risk});
  });
  return Datum{0};
}

Datum quant_validate_stored_strategy(PG_FUNCTION_ARGS) {
  guard([&] { show_fault(fcinfo, stored_document(fcinfo)); });
  return Datum{0};
}

Datum quant_explain_strategy(PG_FUNCTION_ARGS) {
  return guard([&] { return text_datum(explain_strategy(stored_document(fcinfo))); });
}

}  // extern "C"

}  // namespace quant::pg
