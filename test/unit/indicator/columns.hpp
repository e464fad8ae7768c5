// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/indicator/catalog.hpp"
#include "support/values.hpp"

namespace quant {

/// A column of whole numbers by their text; "" is missing.
[[nodiscard]] inline NumberColumn column_of_units(const std::vector<std::string>& texts) {
  NumberColumn column(texts.size());
  for (std::size_t bar = 0; bar < texts.size(); ++bar) {
    if (!texts[bar].empty()) column.set(bar, Number::of(int128_of(texts[bar])));
  }
  return column;
}

/// A column of decimals as multiples of 1 / `unit`, which must hold them.
[[nodiscard]] inline NumberColumn column_of_decimals(const std::vector<std::string>& texts,
                                                     Int128 unit) {
  NumberColumn column(texts.size());
  for (std::size_t bar = 0; bar < texts.size(); ++bar) {
    if (texts[bar].empty()) continue;
    const Decimal value = decimal_of(texts[bar]);
    column.set(bar, Number::of(multiply_divide(value.mantissa, unit, value.unit())));
  }
  return column;
}

[[nodiscard]] inline NumberColumn run_indicator(std::string_view name, int period,
                                                const std::vector<const NumberColumn*>& inputs) {
  NumberColumn result(inputs.front()->size());
  find_indicator(name)->run(inputs, period, result);
  return result;
}

/// "3", or "" where the number is missing.
[[nodiscard]] inline std::string number_text(Number number) {
  return number.known ? to_text(number.value) : "";
}
[[nodiscard]] inline std::vector<std::string> column_texts(const NumberColumn& column) {
  std::vector<std::string> texts;
  for (std::size_t bar = 0; bar < column.size(); ++bar)
    texts.push_back(number_text(column.at(bar)));
  return texts;
}

}  // namespace quant
