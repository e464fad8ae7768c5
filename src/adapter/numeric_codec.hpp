// SPDX-License-Identifier: PostgreSQL
// Between the server's numeric and core's exact decimals, straight from and to its digits.
#pragma once

#include "core/base/decimal.hpp"

#include "adapter/guard.hpp"
#include "adapter/numeric_format.hpp"

namespace quant::pg {

/// The value of a column declared numeric(p, scale) in units of 10^-scale, p <= 18. Detoasted
/// inline values only, which is what such columns always hold. NaN, infinity and values with more
/// decimals raise kOutOfRange.
[[nodiscard]] std::int64_t decode_units(Datum value, int scale);

/// The same, with nothing in place of an error, also for compressed or out-of-line values. Never
/// allocates and never raises, so that it may run once for every row that is written.
[[nodiscard]] std::optional<std::int64_t> find_units(Datum value, int scale) noexcept;

template <typename T>
[[nodiscard]] T decode_fixed(Datum value) {
  std::int64_t units = 0;
  const auto* stored = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  if (!numeric_format::find_short_units(stored, T::kScale, units))
    units = decode_units(value, T::kScale);
  return T::from_units(units);
}

/// Any numeric as a Decimal. `name` is what the message calls it; NaN, infinity and values of more
/// than 38 digits are refused.
[[nodiscard]] Decimal decode_decimal(Datum value, std::string_view name);

/// The same, with nothing in place of an error.
[[nodiscard]] std::optional<Decimal> find_decimal(Datum value);

/// NaN or an infinity.
[[nodiscard]] bool is_special(Datum value);

[[nodiscard]] bool is_negative(Datum value);

[[nodiscard]] Datum encode_decimal(const Decimal& value);

template <typename T>
[[nodiscard]] Datum encode_fixed(T value) {
  return call_server(
      [&] { return NumericGetDatum(int64_div_fast_to_numeric(value.units(), T::kScale)); });
}

/// The numeric that stands in `text`.
[[nodiscard]] Datum encode_numeric_text(const std::string& text);

}  // namespace quant::pg
