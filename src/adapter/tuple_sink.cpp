// SPDX-License-Identifier: PostgreSQL
#include "adapter/jsonb_reader.hpp"
#include "adapter/row_writer.hpp"

namespace quant::pg {

const ReturnSetInfo& begin_result_set(FunctionCallInfo fcinfo) {
  call_server([&] { InitMaterializedSRF(fcinfo, 0); });
  return *reinterpret_cast<const ReturnSetInfo*>(fcinfo->resultinfo);
}

TupleSink& TupleSink::put_datum(Datum value) {
  values_.push_back(value);
  nulls_.push_back(0);
  return *this;
}

TupleSink& TupleSink::put_null() {
  values_.push_back(Datum{0});
  nulls_.push_back(1);
  return *this;
}

Datum TupleSink::integer_datum(std::int64_t value) const {
  const auto column = static_cast<int>(values_.size());
  if (column < description_->natts && TupleDescAttr(description_, column)->atttypid == INT4OID) {
    return Int32GetDatum(static_cast<std::int32_t>(value));
  }
  return Int64GetDatum(value);
}

Datum TupleSink::json_datum(const std::string& json) { return encode_jsonb(json); }

void TupleSink::expect_whole_row() const {
  if (values_.size() != static_cast<std::size_t>(description_->natts)) {
    throw broken_invariant(
        concat("a row of ", values_.size(), " values for ", description_->natts, " columns"));
  }
}

void TupleSink::end_row() {
  expect_whole_row();
  call_server([&] {
    CHECK_FOR_INTERRUPTS();
    tuplestore_putvalues(store_, description_, values_.data(),
                         reinterpret_cast<bool*>(nulls_.data()));
  });
  values_.clear();
  nulls_.clear();
  scratch_.reset();
}

Datum TupleSink::composite() {
  expect_whole_row();
  return call_server([&] {
    return HeapTupleGetDatum(
        heap_form_tuple(description_, values_.data(), reinterpret_cast<bool*>(nulls_.data())));
  });
}

TupleDesc result_description(FunctionCallInfo fcinfo) {
  return call_server([&] {
    TupleDesc description = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE) {
      elog(ERROR, "the result is no composite type");
    }
    return BlessTupleDesc(description);
  });
}

}  // namespace quant::pg
