// SPDX-License-Identifier: PostgreSQL
#include "adapter/call_arguments.hpp"
#include "adapter/import_statement.hpp"
#include "adapter/owned.hpp"
#include "adapter/row_writer.hpp"

extern "C" {
#include "commands/trigger.h"
#include "utils/rel.h"
}

namespace quant::pg {

namespace {

/// Where the fields lie in the view, found by name; source behind them.
using ViewColumns = std::array<AttrNumber, kRawFields + 1>;

ViewColumns find_columns(Relation view) {
  ViewColumns columns{};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view name =
        i < kRawFields ? raw_field_name(static_cast<RawField>(i)) : "source";
    const TupleDesc description = RelationGetDescr(view);
    for (int column = 0; column < description->natts; ++column) {
      const FormData_pg_attribute& attribute = *TupleDescAttr(description, column);
      if (!attribute.attisdropped && attribute.atttypid == TEXTOID &&
          name == NameStr(attribute.attname)) {
        columns[i] = attribute.attnum;
      }
    }
    if (columns[i] != 0) continue;
    throw Error(ErrorCode::kNotFound,
                concat("the import view needs a column \"", name, "\" of type text"))
        .detail(concat("View ", RelationGetRelationName(view), " has none."));
  }
  return columns;
}

const ViewColumns& view_columns(FunctionCallInfo fcinfo, Relation view) {
  if (fcinfo->flinfo->fn_extra == nullptr) {
    fcinfo->flinfo->fn_extra = make_owned<ViewColumns>(fcinfo->flinfo->fn_mcxt, find_columns(view));
  }
  return *static_cast<ViewColumns*>(fcinfo->flinfo->fn_extra);
}

std::optional<std::string_view> text_at(TupleTableSlot* row, AttrNumber column) {
  if (row->tts_isnull[column - 1]) return std::nullopt;
  const auto* plain = call_server([&] { return DatumGetTextPP(row->tts_values[column - 1]); });
  return std::string_view(VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain));
}

void take_row(FunctionCallInfo fcinfo, const TriggerData& call) {
  const ViewColumns& columns = view_columns(fcinfo, call.tg_relation);
  TupleTableSlot* row = call.tg_trigslot;
  call_server([&] { slot_getallattrs(row); });
  RawBar raw;
  for (std::size_t i = 0; i < kRawFields; ++i) raw.fields[i] = text_at(row, columns[i]);
  const auto source = text_at(row, columns[kRawFields]);
  current_import(source).take(raw, source);
}

std::string reasons_text(const ImportCounts& counts) {
  std::string text;
  for (const auto& [reason, count] : counts.reasons)
    text += concat(text.empty() ? "" : ", ", reason, ' ', count);
  return text;
}

void notice(const FinishedImport& load) {
  const ImportCounts& counts = load.counts;
  const std::string message = concat("import ", load.batch, ": ", counts.received, " rows, ",
                                     counts.inserted, " stored, ", counts.replaced, " replaced, ",
                                     counts.skipped, " skipped, ", counts.rejected, " rejected");
  const std::string reasons = reasons_text(counts);
  const std::string hint = concat(
      "SELECT * FROM trading.market_data_rejects WHERE batch_id = ", load.batch, " shows them.");
  call_server([&] {
    ereport(NOTICE, (errmsg("%s", message.c_str()),
                     reasons.empty() ? 0 : errdetail("Rejected: %s.", reasons.c_str()),
                     reasons.empty() ? 0 : errhint("%s", hint.c_str())));
  });
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_import_trigger);
Datum quant_import_trigger(PG_FUNCTION_ARGS) {
  return guard([&] {
    if (!CALLED_AS_TRIGGER(fcinfo)) {
      throw Error(ErrorCode::kNotATrigger, "quant.import_trigger() must be called as a trigger");
    }
    const auto& call = *reinterpret_cast<const TriggerData*>(fcinfo->context);
    const auto event = call.tg_event;
    const bool is_row = TRIGGER_FIRED_FOR_ROW(event);
    if (!TRIGGER_FIRED_BY_INSERT(event) || (is_row && !TRIGGER_FIRED_INSTEAD(event))) {
      throw Error(ErrorCode::kNotATrigger,
                  "quant.import_trigger() must fire INSTEAD OF INSERT FOR EACH ROW, or BEFORE or "
                  "AFTER INSERT "
                  "FOR EACH STATEMENT");
    }
    if (is_row) {
      take_row(fcinfo, call);
      return PointerGetDatum(call.tg_trigtuple);
    }
    if (TRIGGER_FIRED_BEFORE(event)) {
      begin_import();
    } else if (const auto load = end_import()) {
      notice(*load);
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_retry_rejects);
Datum quant_retry_rejects(PG_FUNCTION_ARGS) {
  return guard([&] {
    const Datum batch = required(fcinfo, 0, "batch_id");
    TupleSink sink(result_description(fcinfo));
    const ImportCounts counts = retry_rejects(DatumGetInt64(batch));
    sink.put(counts.received)
        .put(counts.inserted)
        .put(counts.replaced)
        .put(counts.skipped)
        .put(counts.rejected);
    return sink.composite();
  });
}

}  // extern "C"

}  // namespace quant::pg
