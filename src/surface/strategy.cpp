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

/// What is told of a document before it is stored: kInvalidParameter, as by compile_strategy.
void check_document(const StrategyDocument& document) {
  refuse_null(document);
  (void)compile_strategy(document, Json{}, false);
}

/// A jsonb column of the row that is about to be stored.
std::optional<Json> read_column(const TriggerData& call, HeapTuple row, const char* name) {
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
  return null ? std::nullopt : std::optional(read_jsonb(value, name));
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

template <typename Read>
std::optional<Error> fault_of(const Read& read) {
  try {
    check_document(read());
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

/// A row for the fault that keeps what `read` gives from being stored, none where there is none.
template <typename Read>
void show_fault(FunctionCallInfo fcinfo, const Read& read) {
  TupleSink row(begin_result_set(fcinfo));
  const std::optional<Error> fault = fault_of(read);
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
    const auto parameters = read_column(call, row, "parameters");
    const auto entry = read_column(call, row, "entry_rules");
    const auto exit = read_column(call, row, "exit_rules");
    const auto risk = read_column(call, row, "risk_rules");
    // NULL is left to the table's NOT NULL.
    if (parameters && entry && exit && risk) check_document({*parameters, *entry, *exit, *risk});
    return PointerGetDatum(row);
  });
}

Datum quant_validate_strategy(PG_FUNCTION_ARGS) {
  guard([&] {
    static constexpr std::array kNames = {"entry_rules", "exit_rules", "risk_rules", "parameters"};
    std::array<Datum, kNames.size()> values{};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      values[i] = required(fcinfo, static_cast<int>(i), kNames[i]);
    }
    show_fault(fcinfo, [&]() -> StrategyDocument {
      const auto document = [&](std::size_t i) { return read_jsonb(values[i], kNames[i]); };
      return {document(3), document(0), document(1), document(2)};
    });
  });
  return Datum{0};
}

Datum quant_validate_stored_strategy(PG_FUNCTION_ARGS) {
  guard([&] {
    const StrategyDocument document = stored_document(fcinfo);
    show_fault(fcinfo, [&]() -> const StrategyDocument& { return document; });
  });
  return Datum{0};
}

Datum quant_explain_strategy(PG_FUNCTION_ARGS) {
  return guard([&] { return text_datum(explain_strategy(stored_document(fcinfo))); });
}

}  // extern "C"

}  // namespace quant::pg
