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

}  // namespace quant::pg
