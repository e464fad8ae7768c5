// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>

#include "core/base/decimal.hpp"

namespace quant {

struct SplitRatio {
  int to = 1;
  int from = 1;
};

/// Vendors write a split as one number, 7 or 1.5 or, rounded somewhere, 7.000007: the fraction
/// nearest to it whose denominator is at most 1,000. Nothing where there is no positive one that
/// fits.
[[nodiscard]] std::optional<SplitRatio> nearest_split_ratio(const Decimal& value);

}  // namespace quant
