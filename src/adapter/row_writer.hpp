// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/decimal.hpp"

#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

/// A memory context of its own for the values on their way; what is allocated in it goes with it.
class ScratchContext {
 public:
  ScratchContext();
  ~ScratchContext();
  ScratchContext(const ScratchContext&) = delete;
  ScratchContext& operator=(const ScratchContext&) = delete;

  void reset();

  /// Makes it the current context for a scope.
  class Use {
   public:
    explicit Use(const ScratchContext& context) : outer_(MemoryContextSwitchTo(context.inner_)) {}
    ~Use() { MemoryContextSwitchTo(outer_); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    MemoryContext outer_;
  };

 private:
  MemoryContext inner_;
};

/// Values put one after the other into a row. `Derived` takes each with put_datum() or put_null(),
/// and says what integers and JSON become with integer_datum() and json_datum().
template <typename Derived>
class RowBuilder {
 public:
  Derived& put(const std::string& value) {
    return encoded([&] { return text_datum(value); });
  }
  Derived& put(std::string_view value) { return put(std::string(value)); }
  Derived& put(std::int64_t value) { return self().put_datum(self().integer_datum(value)); }
  Derived& put_time(Timestamp value) { return self().put_datum(TimestampTzGetDatum(value)); }
  Derived& put_time(const std::optional<Timestamp>& value) {
    return value ? put_time(*value) : self().put_null();
  }
  template <typename Tag, int Scale, std::int64_t Max>
  Derived& put(Fixed<Tag, Scale, Max> value) {
    return encoded([&] { return encode_fixed(value); });
  }
  Derived& put(const Decimal& value) {
    return encoded([&] { return encode_decimal(value); });
  }
  template <typename T>
  Derived& put(const std::optional<T>& value) {
    return value ? put(*value) : self().put_null();
  }
  Derived& put_json(const std::string& json) {
    return encoded([&] { return self().json_datum(json); });
  }

 private:
  template <typename Encode>
  Derived& encoded(const Encode& encode) {
    const ScratchContext::Use use(self().scratch());
    return self().put_datum(encode());
  }
  Derived& self() { return static_cast<Derived&>(*this); }
};

/// One column of rows to insert. `cast` is the column's type where it is not the array's own.
struct WriterColumn {
  std::string_view name;
  Oid element_type;  // TEXTOID, NUMERICOID, INT8OID or TIMESTAMPTZOID
  std::string_view cast = {};
};

/// Inserts rows in bulk: one statement for thousands of rows, their columns as arrays.
/// Values of one row are given in the order of the columns, each with put(); end_row() ends it.
class RowWriter : public RowBuilder<RowWriter> {
 public:
  static constexpr std::size_t kRowsPerStatement = 10'000;

  /// `returning`: a bigint column whose values are collected, in the order of the rows.
  RowWriter(std::string table, std::vector<WriterColumn> columns, std::string returning = {});
  /// For rows that write() is to store: `on_conflict` ends the INSERT, from ON CONFLICT on.
  struct OnConflict {
    std::string clause;
  };
  RowWriter(std::string table, std::vector<WriterColumn> columns, const OnConflict& on_conflict);

  RowWriter& put_datum(Datum value);
  RowWriter& put_null();
  void end_row();
  [[nodiscard]] static Datum integer_datum(std::int64_t value) { return Int64GetDatum(value); }
  [[nodiscard]] static Datum json_datum(const std::string& json) { return text_datum(json); }
  [[nodiscard]] const ScratchContext& scratch() const { return scratch_; }

  /// Writes what is left and gives the collected ids.
  std::vector<std::int64_t> finish();
  /// Writes at most kRowsPerStatement rows, some of which may meet others in their way; what the
  /// statement returns.
  [[nodiscard]] Rows write();

 private:
  void flush();
  void clear();
  [[nodiscard]] Datum column_array(std::size_t column);

  std::string table_;
  std::string sql_;
  std::vector<WriterColumn> columns_;
  bool returns_;
  ScratchContext scratch_;
  std::vector<std::vector<Datum>> values_;
  std::vector<std::vector<char>> nulls_;
  std::size_t next_ = 0;
  std::size_t rows_ = 0;
  std::vector<std::int64_t> returned_;
};

/// Collects the rows of a set-returning function, or the one row of a composite result.
class TupleSink : public RowBuilder<TupleSink> {
 public:
  /// One row of a composite type.
  explicit TupleSink(TupleDesc description) : description_(description) {}
  /// The rows of a set-returning function, in a store that spills to disk beyond work_mem.
  explicit TupleSink(const ReturnSetInfo& result)
      : description_(result.setDesc), store_(result.setResult) {}

  TupleSink& put_datum(Datum value);
  TupleSink& put_null();
  [[nodiscard]] Datum integer_datum(std::int64_t value) const;
  [[nodiscard]] static Datum json_datum(const std::string& json);
  [[nodiscard]] const ScratchContext& scratch() const { return scratch_; }

  /// Adds the row to the set and begins the next one.
  void end_row();
  /// The row as a composite value in the current memory context.
  [[nodiscard]] Datum composite();

 private:
  void expect_whole_row() const;

  TupleDesc description_;
  Tuplestorestate* store_ = nullptr;
  ScratchContext scratch_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

/// The composite type that a function returns.
[[nodiscard]] TupleDesc result_description(FunctionCallInfo fcinfo);

/// Prepares the call of a set-returning function to give its rows as a set.
[[nodiscard]] const ReturnSetInfo& begin_result_set(FunctionCallInfo fcinfo);

}  // namespace quant::pg
