// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <compare>

#include "core/base/int128.hpp"

namespace quant {

/// An exact quotient numerator / denominator, denominator > 0: a return, a weight, a price.
/// Nothing is rounded before the figure that it enters.
struct Ratio {
  Int128 numerator = 0;
  Int128 denominator = 1;

  [[nodiscard]] std::strong_ordering operator<=>(const Ratio& other) const {
    return compare_products(numerator, other.denominator, other.numerator, denominator);
  }
  [[nodiscard]] bool operator==(const Ratio& other) const { return (*this <=> other) == 0; }
};

}  // namespace quant
