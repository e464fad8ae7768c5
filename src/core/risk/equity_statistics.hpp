// SPDX-License-Identifier: PostgreSQL
// Statistics of a series of equity by itself, with 12 decimals. The first value is the capital,
// positive: kInvalidParameter else.
#pragma once

#include <optional>
#include <vector>

#include "core/base/decimal.hpp"

namespace quant {

struct EquitySample {
  std::vector<Int128> values;  // n >= 1, in order of time, in any one unit
  int days = 0;                // calendar days from the first to the last
};

/// Largest drawdown, a positive fraction.
[[nodiscard]] std::optional<Decimal> max_drawdown(const EquitySample& equity);

/// (E_N / E_0)^(365.25 / D) - 1 over the largest drawdown, D calendar days [Young 1991]. Nothing
/// where one of them is 0, or the last value is negative.
[[nodiscard]] std::optional<Decimal> calmar_ratio(const EquitySample& equity);

/// sqrt(mean d^2) over the points after the first [Martin, McCann 1989]; nothing without one.
[[nodiscard]] std::optional<Decimal> ulcer_index(const EquitySample& equity);

}  // namespace quant
