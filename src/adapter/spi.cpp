// SPDX-License-Identifier: PostgreSQL
#include "adapter/spi.hpp"

namespace quant::pg {

Datum text_datum(const std::string& value) {
  return call_server([&] {
    return PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
  });
}

Datum text_array(std::span<const std::string> values) {
  std::vector<Datum> items;
  items.reserve(values.size());
  for (const std::string& value : values) items.push_back(text_datum(value));
  return call_server([&] {
    return PointerGetDatum(construct_array(items.data(), static_cast<int>(items.size()), TEXTOID,
                                           -1, false, TYPALIGN_INT));
  });
}

std::string text_value(Datum value) {
  const auto* plain = call_server([&] { return DatumGetTextPP(value); });
  return {VARDATA_ANY(plain), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(plain))};
}

std::vector<std::string> read_text_array(Datum array, std::string_view name) {
  Datum* elements = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  call_server([&] {
    deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements,
                      &nulls, &count);
  });
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    if (nulls[i]) throw invalid(concat(name, " must not contain NULL"));
    texts.push_back(text_value(elements[i]));
  }
  if (texts.empty()) throw invalid(concat(name, " must not be empty"));
  return texts;
}

std::string hex_text(std::string_view bytes) {
  std::string text(2 * bytes.size(), ' ');
  call_server([&] { return hex_encode(bytes.data(), bytes.size(), text.data()); });
  return text;
}

Arguments& Arguments::add(const std::string& value) { return add(TEXTOID, text_datum(value)); }

Error wrong_type(std::string_view column, Oid found, Oid type) {
  const auto name = [](Oid oid) {
    return std::string(call_server([&] { return format_type_be(oid); }));
  };
  Error error(ErrorCode::kWrongType,
              concat("column \"", column, "\" is of type ", name(found), ", not ", name(type)));
  error.hint("A table of schema trading was altered: give the column its type back.");
  return error;
}

void throw_missing_row() {
  throw Error(ErrorCode::kNotStored, "a row was not stored")
      .hint("A trigger, rule or policy on the table kept it from being written.");
}

bool Row::is_null(int column) const {
  bool null = false;
  call_server([&] { SPI_getbinval(tuple_, description_, column, &null); });
  return null;
}

std::optional<Datum> Row::find(int column, Oid type) const {
  bool null = false;
  const auto [value, found] = call_server([&] {
    return std::pair(SPI_getbinval(tuple_, description_, column, &null),
                     SPI_gettypeid(description_, column));
  });
  if (found != type) {
    throw wrong_type(NameStr(TupleDescAttr(description_, column - 1)->attname), found, type);
  }
  return null ? std::nullopt : std::optional<Datum>(value);
}

Datum Row::value(int column, Oid type) const {
  const auto found = find(column, type);
  if (!found) throw broken_invariant(concat("column ", column, " of an internal query is NULL"));
  return *found;
}

std::string Row::string(int column) const { return text_value(value(column, TEXTOID)); }

namespace {

std::uint64_t run(const std::string& sql, Arguments& arguments, Access access) {
  return call_server([&] {
    const int status =
        SPI_execute_with_args(sql.c_str(), arguments.count(), arguments.types(), arguments.values(),
                              arguments.nulls(), access == Access::kRead, 0);
    if (status < 0) elog(ERROR, "SPI failed: %s", SPI_result_code_string(status));
    return SPI_processed;
  });
}

}  // namespace

Rows execute(const std::string& sql, Arguments arguments, Access access) {
  const std::uint64_t count = run(sql, arguments, access);
  return {SPI_tuptable, SPI_tuptable == nullptr ? 0 : count};
}

std::uint64_t execute_write(const std::string& sql, Arguments arguments) {
  return run(sql, arguments, Access::kWrite);
}

}  // namespace quant::pg
