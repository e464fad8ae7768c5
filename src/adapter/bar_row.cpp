// SPDX-License-Identifier: PostgreSQL
#include "adapter/bar_row.hpp"

#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

constexpr PerBarField<std::string_view> kColumnNames = {{"open_price", "high_price", "low_price",
                                                         "close_price", "volume", "bid_price",
                                                         "ask_price", "vwap"}};

bool is_null(TupleTableSlot* row, AttrNumber column) { return row->tts_isnull[column - 1]; }
Datum value_of(TupleTableSlot* row, AttrNumber column) { return row->tts_values[column - 1]; }

AttrNumber find_column(Relation relation, std::string_view name, Oid type) {
  const TupleDesc description = RelationGetDescr(relation);
  for (int i = 0; i < description->natts; ++i) {
    const FormData_pg_attribute& column = *TupleDescAttr(description, i);
    if (column.attisdropped || name != NameStr(column.attname)) continue;
    if (column.atttypid == type || (type == TEXTOID && column.atttypid == VARCHAROID)) {
      return column.attnum;
    }
    const char* wanted = call_server([&] { return format_type_be(type); });
    throw invalid(concat("column \"", name, "\" of a bar must be of type ", wanted))
        .detail(concat("It belongs to table ", RelationGetRelationName(relation), "."));
  }
  throw Error(ErrorCode::kNotFound, concat("a table of bars needs a column \"", name, "\""))
      .detail(concat("Table ", RelationGetRelationName(relation), " has none."))
      .hint("quant.check_bar_trigger() serves tables with the columns of trading.market_data.");
}

/// The text of a short value in place, or nothing where it would have to be unpacked.
std::optional<std::string_view> plain_text(Datum value) {
  const auto* stored = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) return std::nullopt;
  return std::string_view(VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored));
}

std::string text_of(TupleTableSlot* row, AttrNumber column) {
  return is_null(row, column) ? "(no symbol)" : text_value(value_of(row, column));
}

/// "AAPL 1d 2024-01-02 00:00:00+00", in UTC whatever the session's zone.
std::string bar_name(const BarTable& table, TupleTableSlot* row) {
  std::string name = text_of(row, table.symbol);
  if (!is_null(row, table.timeframe)) name += " " + text_value(value_of(row, table.timeframe));
  if (is_null(row, table.timestamp)) return name;
  const Timestamp timestamp = DatumGetTimestampTz(value_of(row, table.timestamp));
  return name + " " + (is_finite(timestamp) ? timestamp_text(timestamp) : "infinity");
}

std::string bar_values(const BarTable& table, TupleTableSlot* row) {
  std::string out;
  for (const BarField field : kBarFields) {
    const AttrNumber column = table.numbers[field];
    if (is_null(row, column)) continue;
    const char* number = call_server(
        [&] { return DatumGetCString(DirectFunctionCall1(numeric_out, value_of(row, column))); });
    out += concat(out.empty() ? "" : ", ", bar_field_name(field), " ", number);
  }
  return out;
}

/// What an error on a row of `relation` says; the server adds the names of schema and table.
struct Violation {
  int sqlstate;
  std::string constraint;
  std::string message;
  std::string detail;
  std::string hint;
};

[[noreturn]] void raise_violation(Relation relation, const Violation& violation) {
  call_server([&] {
    ereport(ERROR,
            (errcode(violation.sqlstate), errmsg("%s", violation.message.c_str()),
             errdetail("%s", violation.detail.c_str()), errhint("%s", violation.hint.c_str()),
             errtableconstraint(relation, violation.constraint.c_str())));
  });
  throw broken_invariant("an error report returned");
}

CheckedBar read_bar(const BarTable& table, TupleTableSlot* row, std::string& timeframe) {
  CheckedBar bar;
  for (const BarField field : kBarFields) {
    const AttrNumber column = table.numbers[field];
    if (!is_null(row, column)) bar.numbers[field] = read_bar_number(value_of(row, column));
  }
  if (!is_null(row, table.timestamp)) {
    bar.timestamp = DatumGetTimestampTz(value_of(row, table.timestamp));
  }
  if (!is_null(row, table.timeframe)) {
    timeframe = text_value(value_of(row, table.timeframe));
    bar.timeframe = timeframe;
  }
  return bar;
}

/// Saved for the life of the backend: a statement that inserts one row must not plan it again.
SPIPlanPtr asset_plan() {
  static SPIPlanPtr plan = nullptr;
  if (plan == nullptr) {
    plan = call_server([] {
      Oid type = TEXTOID;
      SPIPlanPtr prepared = SPI_prepare(
          "SELECT id FROM trading.assets WHERE symbol OPERATOR(pg_catalog.=) $1", 1, &type);
      if (prepared == nullptr) elog(ERROR, "SPI_prepare failed");
      SPI_keepplan(prepared);
      return prepared;
    });
  }
  return plan;
}

}  // namespace

BarTable find_bar_table(Relation relation) {
  BarTable table;
  const auto find = [&](std::string_view name, Oid type) {
    const AttrNumber column = find_column(relation, name, type);
    table.last = std::max(table.last, column);
    return column;
  };
  for (const BarField field : kBarFields) {
    table.numbers[field] = find(kColumnNames[field], NUMERICOID);
  }
  table.symbol = find("symbol", TEXTOID);
  table.timestamp = find("timestamp", TIMESTAMPTZOID);
  table.timeframe = find("timeframe", TEXTOID);
  table.asset_id = find("asset_id", INT8OID);
  return table;
}

bool is_plainly_valid(const BarTable& table, TupleTableSlot* row) {
  slot_getsomeattrs(row, table.last);
  PerBarField<std::optional<std::int64_t>> units;
  for (const BarField field : kBarFields) {
    const AttrNumber column = table.numbers[field];
    if (is_null(row, column)) continue;
    units[field] =
        find_units(value_of(row, column), is_price(field) ? Price::kScale : Volume::kScale);
    if (!units[field]) return false;
  }
  if (!check_numbers(units).empty()) return false;
  if (is_null(row, table.timestamp) || is_null(row, table.timeframe)) return false;
  if (!is_finite(DatumGetTimestampTz(value_of(row, table.timestamp)))) return false;
  const auto timeframe = plain_text(value_of(row, table.timeframe));
  return timeframe && parse_timeframe(*timeframe);
}

void check_row(const BarTable& table, Relation relation, TupleTableSlot* row) {
  std::string timeframe;
  BarRules broken;
  for (const BarRule rule : check_bar(read_bar(table, row, timeframe)).list()) {
    broken.add_if(!describe(rule).constraint.empty(), rule);
  }
  if (broken.empty()) return;

  std::string names;
  std::string texts;
  for (const std::string_view name : broken.names()) {
    names += concat(names.empty() ? "" : ", ", name);
  }
  for (const BarRule rule : broken.list()) {
    texts += concat(texts.empty() ? "" : "; ", describe(rule).text);
  }
  raise_violation(
      relation, {.sqlstate = ERRCODE_CHECK_VIOLATION,
                 .constraint = std::string(describe(broken.list().front()).constraint),
                 .message = "invalid bar: " + names,
                 .detail = concat("In the bar ", bar_name(table, row), " (", bar_values(table, row),
                                  ") ", texts, "."),
                 .hint = "Correct the bar at its source; quant.check_bar() names the rules that "
                         "a bar breaks without storing it."});
}

std::int64_t find_asset(BarTable& table, Relation relation, TupleTableSlot* row) {
  std::string symbol = text_value(value_of(row, table.symbol));
  if (const auto known = table.assets.find(symbol); known != table.assets.end()) {
    return known->second;
  }
  const auto id = look_up_asset(symbol);
  if (!id) {
    raise_violation(relation,
                    {.sqlstate = ERRCODE_FOREIGN_KEY_VIOLATION,
                     .constraint = "fk_market_data_asset",
                     .message = concat("symbol \"", symbol, "\" is not in trading.assets"),
                     .detail = concat("The bar is ", bar_name(table, row), "."),
                     .hint = "Insert the instrument into trading.assets first."});
  }
  table.assets.emplace(std::move(symbol), *id);
  return *id;
}

std::optional<std::int64_t> look_up_asset(const std::string& symbol) {
  std::optional<std::int64_t> id;
  with_spi([&] {
    Datum argument = text_datum(symbol);
    SPIPlanPtr plan = asset_plan();
    // Not read-only: an asset that this very statement has inserted must be seen.
    call_server([&] {
      if (SPI_execute_plan(plan, &argument, nullptr, false, 1) != SPI_OK_SELECT) {
        elog(ERROR, "SPI_execute_plan failed");
      }
    });
    const Rows rows(SPI_tuptable, SPI_processed);
    if (!rows.empty()) id = rows[0].int64(1);
  });
  return id;
}

BarNumber read_bar_number(Datum value) {
  if (is_special(value)) return {BarNumber::State::kNotFinite, {}};
  if (const auto decimal = find_decimal(value)) return {BarNumber::State::kValue, *decimal};
  // More than 38 digits: too large, or more decimals than any rule looks at. Cut, not rounded: it
  // stays on its side of every bound.
  const Datum shorter =
      call_server([&] { return DirectFunctionCall2(numeric_trunc, value, Int32GetDatum(20)); });
  const auto decimal = find_decimal(shorter);
  if (!decimal) return {BarNumber::State::kTooLarge, {}};
  if (decimal->mantissa != 0) return {BarNumber::State::kValue, *decimal};
  return {BarNumber::State::kValue, {is_negative(value) ? -1 : 1, 37}};
}

}  // namespace quant::pg
