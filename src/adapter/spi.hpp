// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// Runs `body` with a connection to SPI; with SPI_OPT_NONATOMIC one that may commit. After an
/// exception the connection is left to the transaction's abort: an error may have left inner
/// connections above it.
template <typename Body>
void with_spi(Body&& body, int options = 0) {
  call_server([&] {
    if (SPI_connect_ext(options) != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  });
  body();
  call_server([] { SPI_finish(); });
}

/// Runs `body` with a snapshot of its own, which sees what this transaction has done so far and
/// what others have committed, such as the holder of a lock that was waited for.
template <typename Body>
void with_fresh_snapshot(Body&& body) {
  call_server([] {
    CommandCounterIncrement();
    PushActiveSnapshot(GetLatestSnapshot());
  });
  body();
  call_server([] { PopActiveSnapshot(); });
}

/// Values for the $1, $2 ... of a statement.
class Arguments {
 public:
  Arguments& add(Oid type, Datum value) { return append(type, value, ' '); }
  Arguments& add_null(Oid type) { return append(type, Datum{0}, 'n'); }
  Arguments& add(std::int64_t value) { return add(INT8OID, Int64GetDatum(value)); }
  Arguments& add(const std::string& value);
  Arguments& add(const std::optional<std::string>& value) {
    return value ? add(*value) : add_null(TEXTOID);
  }

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] Oid* types() { return types_.data(); }
  [[nodiscard]] Datum* values() { return values_.data(); }
  [[nodiscard]] const char* nulls() const { return nulls_.data(); }

 private:
  Arguments& append(Oid type, Datum value, char null) {
    types_.push_back(type);
    values_.push_back(value);
    nulls_.push_back(null);
    return *this;
  }

  std::vector<Oid> types_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

/// One row of a result. Columns count from 1. A getter of a NULL column is a programming error,
/// except where it returns an optional. Each getter checks the column's type first: tables belong
/// to the user, who may have altered them, and a value read as another type is a stray pointer.
class Row {
 public:
  Row(HeapTuple tuple, TupleDesc description) : tuple_(tuple), description_(description) {}

  [[nodiscard]] bool is_null(int column) const;
  /// kWrongType where the column is of another type than `type`.
  [[nodiscard]] Datum value(int column, Oid type) const;
  [[nodiscard]] std::optional<Datum> find(int column, Oid type) const;
  // Not DatumGetInt64 and its like: their casts would name these very functions.
  [[nodiscard]] std::int64_t int64(int column) const {
    return static_cast<std::int64_t>(value(column, INT8OID));
  }
  [[nodiscard]] std::int32_t int32(int column) const {
    return static_cast<std::int32_t>(value(column, INT4OID));
  }
  [[nodiscard]] Timestamp timestamp(int column) const {
    return static_cast<Timestamp>(value(column, TIMESTAMPTZOID));
  }
  [[nodiscard]] bool boolean(int column) const { return DatumGetBool(value(column, BOOLOID)); }
  [[nodiscard]] std::string string(int column) const;

 private:
  HeapTuple tuple_;
  TupleDesc description_;
};

[[noreturn]] void throw_missing_row();
/// A column that is not of type `type`.
[[nodiscard]] Error wrong_type(std::string_view column, Oid found, Oid type);

/// The rows of one statement, valid until the connection ends.
class Rows {
 public:
  Rows(SPITupleTable* table, std::uint64_t count) : table_(table), count_(count) {}

  [[nodiscard]] std::uint64_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// kNotStored where there is no such row: a RETURNING that a trigger has emptied.
  [[nodiscard]] Row operator[](std::uint64_t index) const {
    if (index >= count_) throw_missing_row();
    return {table_->vals[index], table_->tupdesc};
  }

 private:
  SPITupleTable* table_;
  std::uint64_t count_;
};

enum class Access { kRead, kWrite };

/// Executes one statement. kRead uses the caller's snapshot and refuses to write.
Rows execute(const std::string& sql, Arguments arguments = {}, Access access = Access::kRead);

/// Number of rows that a writing statement touched.
std::uint64_t execute_write(const std::string& sql, Arguments arguments = {});

[[nodiscard]] Datum text_datum(const std::string& value);
/// text[] of the strings.
[[nodiscard]] Datum text_array(std::span<const std::string> values);
/// The bytes of a text or bytea.
[[nodiscard]] std::string text_value(Datum value);
/// The elements of argument `name`, a text[]; kInvalidParameter for a NULL among them, or for none.
[[nodiscard]] std::vector<std::string> read_text_array(Datum array, std::string_view name);
[[nodiscard]] std::string hex_text(std::string_view bytes);

}  // namespace quant::pg
