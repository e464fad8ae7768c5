// SPDX-License-Identifier: PostgreSQL
#include "adapter/bar_row.hpp"
#include "adapter/owned.hpp"
#include "adapter/spi.hpp"

extern "C" {
#include "access/htup_details.h"
#include "commands/trigger.h"
}

namespace quant::pg {

namespace {

/// quant.check_bar's arguments: the numbers in the order of BarField, then timestamp and timeframe.
constexpr int kTimestampArgument = static_cast<int>(kBarFields.size());
constexpr int kTimeframeArgument = kTimestampArgument + 1;

CheckedBar read_arguments(FunctionCallInfo fcinfo) {
  CheckedBar bar;
  for (const BarField field : kBarFields) {
    const auto argument = static_cast<int>(field);
    if (!PG_ARGISNULL(argument)) bar.numbers[field] = read_bar_number(PG_GETARG_DATUM(argument));
  }
  if (!PG_ARGISNULL(kTimestampArgument)) bar.timestamp = PG_GETARG_TIMESTAMPTZ(kTimestampArgument);
  if (!PG_ARGISNULL(kTimeframeArgument)) {
    const auto* name = call_server([&] { return PG_GETARG_TEXT_PP(kTimeframeArgument); });
    bar.timeframe = std::string_view(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
  }
  return bar;
}

/// The trigger's call, which must come before a row is written.
const TriggerData& trigger_call(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    throw Error(ErrorCode::kNotATrigger, "quant.check_bar_trigger() must be called as a trigger");
  }
  const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
  const auto event = call.tg_event;
  if (!TRIGGER_FIRED_BEFORE(event) || !TRIGGER_FIRED_FOR_ROW(event) ||
      TRIGGER_FIRED_BY_DELETE(event)) {
    throw Error(ErrorCode::kNotATrigger,
                "quant.check_bar_trigger() must fire BEFORE INSERT OR UPDATE FOR EACH ROW");
  }
  return call;
}

/// The columns, looked up at the first row of a statement and kept until its end.
BarTable& bar_table(FunctionCallInfo fcinfo, Relation relation) {
  if (fcinfo->flinfo->fn_extra == nullptr) {
    fcinfo->flinfo->fn_extra =
        make_owned<BarTable>(fcinfo->flinfo->fn_mcxt, find_bar_table(relation));
  }
  return *static_cast<BarTable*>(fcinfo->flinfo->fn_extra);
}

/// The row's tuple, with asset_id filled from symbol where a writer left it out.
HeapTuple with_asset(BarTable& table, const TriggerData& call, TupleTableSlot* row) {
  HeapTuple tuple = TRIGGER_FIRED_BY_UPDATE(call.tg_event) ? call.tg_newtuple : call.tg_trigtuple;
  if (!row->tts_isnull[table.asset_id - 1] || row->tts_isnull[table.symbol - 1]) return tuple;
  const Datum id = Int64GetDatum(find_asset(table, call.tg_relation, row));
  return call_server([&] {
    int column = table.asset_id;
    Datum value = id;
    bool null = false;
    return heap_modify_tuple_by_cols(tuple, RelationGetDescr(call.tg_relation), 1, &column, &value,
                                     &null);
  });
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_check_bar);
Datum quant_check_bar(PG_FUNCTION_ARGS) {
  return guard([&] {
    const auto names = check_bar(read_arguments(fcinfo)).names();
    return text_array(std::vector<std::string>(names.begin(), names.end()));
  });
}

PG_FUNCTION_INFO_V1(quant_check_bar_trigger);
Datum quant_check_bar_trigger(PG_FUNCTION_ARGS) {
  return guard([&] {
    const TriggerData& call = trigger_call(fcinfo);
    BarTable& table = bar_table(fcinfo, call.tg_relation);
    TupleTableSlot* row =
        TRIGGER_FIRED_BY_UPDATE(call.tg_event) ? call.tg_newslot : call.tg_trigslot;
    if (!is_plainly_valid(table, row)) check_row(table, call.tg_relation, row);
    return PointerGetDatum(with_asset(table, call, row));
  });
}

}  // extern "C"

}  // namespace quant::pg
