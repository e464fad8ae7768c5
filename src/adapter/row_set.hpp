// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string>
#include <vector>

#include "adapter/spi.hpp"

namespace quant::pg {

/// The result of a set-returning function, built value by value, row by row. It lies in a tuple
/// store, which spills to disk beyond work_mem.
class RowSet {
 public:
  explicit RowSet(FunctionCallInfo fcinfo)
      : result_(reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo)) {
    call_server([&] { InitMaterializedSRF(fcinfo, 0); });
  }

  RowSet& add(Datum value) { return append(value, false); }
  RowSet& add(const std::string& value) { return append(text_datum(value), false); }
  RowSet& add_null() { return append(Datum{0}, true); }

  void end_row() {
    if (static_cast<int>(values_.size()) != result_->setDesc->natts) {
      throw broken_invariant("a row of a result has the wrong number of columns");
    }
    call_server([&] {
      tuplestore_putvalues(result_->setResult, result_->setDesc, values_.data(),
                           reinterpret_cast<bool*>(nulls_.data()));
    });
    values_.clear();
    nulls_.clear();
  }

 private:
  RowSet& append(Datum value, bool null) {
    values_.push_back(value);
    nulls_.push_back(null ? 1 : 0);
    return *this;
  }

  ReturnSetInfo* result_;
  std::vector<Datum> values_;
  // Not vector<bool>, which has no array that the server could read.
  std::vector<char> nulls_;
};

}  // namespace quant::pg
