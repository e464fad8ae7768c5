// SPDX-License-Identifier: PostgreSQL
#include "adapter/numeric_array.hpp"

#include "core/base/error.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
}

namespace quant::pg {

std::vector<std::optional<Decimal>> read_numeric_array(Datum array, std::string_view name) {
  ArrayType* values = call_server([&] { return DatumGetArrayTypeP(array); });
  if (ARR_NDIM(values) > 1) throw invalid(concat(name, " must have one dimension"));
  Datum* elements = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  call_server([&] {
    deconstruct_array(values, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
  });
  std::vector<std::optional<Decimal>> decimals(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    if (!nulls[i]) decimals[static_cast<std::size_t>(i)] = decode_decimal(elements[i], name);
  }
  return decimals;
}

std::vector<std::vector<Decimal>> read_numeric_matrix(Datum array, std::string_view name) {
  ArrayType* values = call_server([&] { return DatumGetArrayTypeP(array); });
  if (ARR_NDIM(values) > 2) throw invalid(concat(name, " must have one or two dimensions"));
  Datum* elements = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  call_server([&] {
    deconstruct_array(values, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
  });
  const std::size_t width =
      ARR_NDIM(values) == 2 ? static_cast<std::size_t>(ARR_DIMS(values)[1]) : 1;
  std::vector<std::vector<Decimal>> rows(static_cast<std::size_t>(count) / width);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (nulls[i]) {
      throw invalid(concat(name, " must not hold a NULL"))
          .detail(concat("Row ", i / width + 1, " does."))
          .hint("Leave incomplete rows out.");
    }
    rows[i / width].push_back(decode_decimal(elements[i], name));
  }
  return rows;
}

Datum encode_numeric_matrix(const std::vector<std::vector<Decimal>>& rows) {
  std::vector<Datum> values;
  for (const std::vector<Decimal>& row : rows) {
    for (const Decimal& value : row) values.push_back(encode_decimal(value));
  }
  return call_server([&] {
    int sizes[2] = {static_cast<int>(rows.size()),
                    static_cast<int>(rows.empty() ? 0 : rows.front().size())};
    int bounds[2] = {1, 1};
    return PointerGetDatum(construct_md_array(values.data(), nullptr, 2, sizes, bounds, NUMERICOID,
                                              -1, false, TYPALIGN_INT));
  });
}

}  // namespace quant::pg
