// SPDX-License-Identifier: PostgreSQL
// Values by their text, so that a test shows the figures as a person writes them.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "core/base/decimal.hpp"

namespace quant {

[[nodiscard]] inline Decimal decimal_of(std::string_view text) {
  return Decimal::parse(text).value();
}

template <typename T>
[[nodiscard]] T fixed_of(std::string_view text) {
  return T::from_decimal(decimal_of(text)).value();
}
[[nodiscard]] inline Price price(std::string_view text) { return fixed_of<Price>(text); }
[[nodiscard]] inline Quantity quantity(std::string_view text) { return fixed_of<Quantity>(text); }
[[nodiscard]] inline Money money(std::string_view text) { return fixed_of<Money>(text); }

/// The 128-bit integer that `text` writes out.
[[nodiscard]] inline Int128 int128_of(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  Int128 value = 0;
  for (const char digit : text) {
    value = multiply(value, 10);
    value = negative ? subtract(value, digit - '0') : add(value, digit - '0');
  }
  return value;
}

// How GoogleTest prints them when they differ.
inline void PrintTo(const Decimal& value, std::ostream* out) { *out << value.to_text(); }
template <typename Tag, int Scale, std::int64_t Max>
void PrintTo(const Fixed<Tag, Scale, Max>& value, std::ostream* out) {
  *out << value.to_text();
}

}  // namespace quant
