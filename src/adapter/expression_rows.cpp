// SPDX-License-Identifier: PostgreSQL
#include "adapter/expression_rows.hpp"

#include "core/strategy/column_set.hpp"
#include "core/strategy/other_series.hpp"

#include "adapter/grid_codec.hpp"
#include "adapter/guard.hpp"
#include "adapter/row_writer.hpp"

namespace quant::pg {

namespace {

/// Rows between two chances to cancel.
constexpr std::size_t kRowsPerBatch = 4096;

void check_columns(TupleDesc row, std::size_t expressions) {
  bool fits = row != nullptr && static_cast<std::size_t>(row->natts) == expressions + 1 &&
              TupleDescAttr(row, 0)->atttypid == TIMESTAMPTZOID;
  for (int i = 1; fits && i < row->natts; ++i) fits = TupleDescAttr(row, i)->atttypid == NUMERICOID;
  if (fits) return;
  throw Error(ErrorCode::kWrongType, "the columns of the result do not fit the expressions")
      .detail(concat("There are ", expressions, " expressions."))
      .hint(
          "Name a timestamptz, then a numeric for each expression: AS s (\"timestamp\" "
          "timestamptz, rsi numeric).");
}

/// A value of each expression at a bar, in units of the grid.
class ValueColumn {
 public:
  ValueColumn(const Program& program, const Columns& columns, NodeId id)
      : denominator_(program[id].denominator) {
    if (program[id].is_condition) {
      truths_ = &columns.truth(id);
    } else {
      numbers_ = &columns.number(id);
    }
    is_multiple_ = kGrid % denominator_ == 0;
    factor_ = is_multiple_ ? kGrid / denominator_ : 0;
  }

  [[nodiscard]] Number at(std::size_t bar) const {
    if (truths_ != nullptr) {
      const Truth truth = (*truths_)[bar];
      return {truth == Truth::kTrue ? Int128{kGrid} : Int128{0}, truth != Truth::kUnknown};
    }
    const Number number = numbers_->at(bar);
    if (!number.known) return {};
    return Number::of(is_multiple_ ? multiply(number.value, factor_)
                                   : multiply_divide(number.value, kGrid, denominator_));
  }

 private:
  const NumberColumn* numbers_ = nullptr;
  const TruthColumn* truths_ = nullptr;
  Int128 denominator_;
  Int128 factor_ = 0;
  bool is_multiple_ = false;
};

/// One batch of rows, whose values are allocated in `memory` and go with it.
void store_batch(const ReturnSetInfo& result, std::span<const Timestamp> times,
                 std::span<const Number> values, std::size_t width, MemoryContext memory) {
  call_server([&] {
    MemoryContext outer = MemoryContextSwitchTo(memory);
    auto* datums = static_cast<Datum*>(palloc((width + 1) * sizeof(Datum)));
    auto* nulls = static_cast<bool*>(palloc((width + 1) * sizeof(bool)));
    auto* fields = static_cast<char*>(palloc(width * kMostGridBytes));
    for (std::size_t row = 0; row < times.size(); ++row) {
      datums[0] = TimestampTzGetDatum(times[row]);
      nulls[0] = false;
      for (std::size_t i = 0; i < width; ++i) {
        const Number& value = values[row * width + i];
        char* field = fields + i * kMostGridBytes;
        nulls[i + 1] = !value.known;
        datums[i + 1] = PointerGetDatum(field);
        if (value.known) write_grid(field, value.value);
      }
      tuplestore_putvalues(result.setResult, result.setDesc, datums, nulls);
    }
    MemoryContextSwitchTo(outer);
    MemoryContextReset(memory);
    CHECK_FOR_INTERRUPTS();
  });
}

}  // namespace

void put_expression_rows(const ReturnSetInfo& result, const ExpressionSeries& series) {
  const std::size_t width = series.roots.size();
  check_columns(result.setDesc, width);
  OtherSeries others(series.program, series.roots, series.context);
  while (!others.compute_step()) serve_interrupts();
  ColumnSet set(series.program,
                {&series.bars, {}, series.context.timeframe, &others, series.context.pause},
                series.roots);
  while (!set.compute_step()) serve_interrupts();
  std::vector<ValueColumn> columns;
  for (const NodeId root : series.roots) columns.emplace_back(series.program, set.columns(), root);

  MemoryContext memory = call_server([] {
    return AllocSetContextCreate(CurrentMemoryContext, "rows of expressions",
                                 ALLOCSET_DEFAULT_SIZES);
  });
  std::vector<Number> values;
  const std::span<const Timestamp> times = series.bars.timestamp;
  for (std::size_t first = series.bars.first; first < times.size(); first += kRowsPerBatch) {
    const std::size_t count = std::min(kRowsPerBatch, times.size() - first);
    values.clear();
    for (std::size_t bar = first; bar < first + count; ++bar) {
      for (const ValueColumn& column : columns) values.push_back(column.at(bar));
    }
    store_batch(result, times.subspan(first, count), values, width, memory);
  }
  call_server([&] { MemoryContextDelete(memory); });
}

}  // namespace quant::pg
