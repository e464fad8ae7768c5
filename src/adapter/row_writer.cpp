// SPDX-License-Identifier: PostgreSQL
#include "adapter/row_writer.hpp"

namespace quant::pg {

namespace {

std::string_view array_type(Oid element) {
  switch (element) {
    case TEXTOID:
      return "pg_catalog.text[]";
    case NUMERICOID:
      return "pg_catalog.numeric[]";
    case INT8OID:
      return "pg_catalog.int8[]";
    default:
      return "pg_catalog.timestamptz[]";
  }
}

Oid array_oid(Oid element) {
  switch (element) {
    case TEXTOID:
      return TEXTARRAYOID;
    case NUMERICOID:
      return NUMERICARRAYOID;
    case INT8OID:
      return INT8ARRAYOID;
    default:
      return TIMESTAMPTZARRAYOID;
  }
}

std::string insert_statement(const std::string& table, const std::vector<WriterColumn>& columns,
                             const std::string& ending) {
  std::string names;
  std::string values;
  std::string arrays;
  std::string aliases;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string comma = i == 0 ? "" : ", ";
    names += concat(comma, '"', columns[i].name, '"');
    values += concat(comma, "u.c", i, columns[i].cast.empty() ? "" : "::", columns[i].cast);
    arrays +=
        concat(comma, "pg_catalog.unnest($", i + 1, "::", array_type(columns[i].element_type), ')');
    aliases += concat(comma, 'c', i);
  }
  return concat("INSERT INTO ", table, " (", names, ") SELECT ", values, " FROM ROWS FROM (",
                arrays, ") WITH ORDINALITY u(", aliases, ", ordinal) ORDER BY u.ordinal", ending);
}

}  // namespace

ScratchContext::ScratchContext()
    : inner_(call_server([] {
        return AllocSetContextCreate(CurrentMemoryContext, "quant rows", ALLOCSET_DEFAULT_SIZES);
      })) {}

ScratchContext::~ScratchContext() { MemoryContextDelete(inner_); }

void ScratchContext::reset() { MemoryContextReset(inner_); }

RowWriter::RowWriter(std::string table, std::vector<WriterColumn> columns, std::string returning)
    : table_(table),
      sql_(insert_statement(table, columns,
                            returning.empty() ? "" : concat(" RETURNING ", returning))),
      columns_(std::move(columns)),
      returns_(!returning.empty()),
      values_(columns_.size()),
      nulls_(columns_.size()) {}

RowWriter::RowWriter(std::string table, std::vector<WriterColumn> columns,
                     const OnConflict& on_conflict)
    : RowWriter(std::move(table), std::move(columns)) {
  sql_ = insert_statement(table_, columns_, " " + on_conflict.clause);
}

RowWriter& RowWriter::put_datum(Datum value) {
  values_[next_].push_back(value);
  nulls_[next_].push_back(0);
  ++next_;
  return *this;
}

RowWriter& RowWriter::put_null() {
  values_[next_].push_back(Datum{0});
  nulls_[next_].push_back(1);
  ++next_;
  return *this;
}

void RowWriter::end_row() {
  if (next_ != columns_.size()) throw broken_invariant("a row to insert has too few values");
  next_ = 0;
  if (++rows_ == kRowsPerStatement) flush();
}

Datum RowWriter::column_array(std::size_t column) {
  const Oid element = columns_[column].element_type;
  return call_server([&] {
    int16 length = 0;
    bool by_value = false;
    char alignment = 0;
    get_typlenbyvalalign(element, &length, &by_value, &alignment);
    int size = static_cast<int>(rows_);
    int lower_bound = 1;
    static_assert(sizeof(bool) == sizeof(char));
    return PointerGetDatum(
        construct_md_array(values_[column].data(), reinterpret_cast<bool*>(nulls_[column].data()),
                           1, &size, &lower_bound, element, length, by_value, alignment));
  });
}

Rows RowWriter::write() {
  Arguments arguments;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const ScratchContext::Use use(scratch_);
    arguments.add(array_oid(columns_[column].element_type), column_array(column));
  }
  return execute(sql_, std::move(arguments), Access::kWrite);
}

void RowWriter::clear() {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    values_[column].clear();
    nulls_[column].clear();
  }
  rows_ = 0;
  scratch_.reset();
}

void RowWriter::flush() {
  if (rows_ == 0) return;
  const Rows rows = write();
  if (SPI_processed != rows_) {
    throw Error(ErrorCode::kNotStored, concat("rows of ", table_, " were not stored"))
        .detail(concat("Of ", rows_, " rows ", std::uint64_t{SPI_processed}, " were written."))
        .hint("A trigger, rule or policy on the table kept the others from being written.");
  }
  for (std::uint64_t i = 0; returns_ && i < rows.size(); ++i) returned_.push_back(rows[i].int64(1));
  clear();
}

std::vector<std::int64_t> RowWriter::finish() {
  flush();
  return std::move(returned_);
}

}  // namespace quant::pg
