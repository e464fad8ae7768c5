// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/int128.hpp"

namespace quant {

/// A numerator whose denominator the reader knows, or nothing known: a missing operand, a window
/// not yet full, a division by zero.
struct Number {
  Int128 value = 0;
  bool known = false;

  [[nodiscard]] static constexpr Number of(Int128 value) { return {value, true}; }
};

/// One Number for each bar of a symbol; all share one denominator.
struct NumberColumn {
  std::vector<Int128> values;
  std::vector<std::uint8_t> known;

  explicit NumberColumn(std::size_t size = 0) : values(size), known(size) {}

  [[nodiscard]] std::size_t size() const { return values.size(); }
  [[nodiscard]] Number at(std::size_t bar) const { return {values[bar], known[bar] != 0}; }
  void set(std::size_t bar, Number number) {
    values[bar] = number.value;
    known[bar] = number.known ? 1 : 0;
  }
};

}  // namespace quant
