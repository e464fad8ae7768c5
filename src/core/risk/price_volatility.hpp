// SPDX-License-Identifier: PostgreSQL
// Annual volatility of a price from its bars: from closes alone, or from ranges, which say more.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/base/decimal.hpp"
#include "core/base/pause.hpp"

namespace quant {

enum class VolatilityEstimator : std::uint8_t {
  kCloseClose,      // standard deviation of ln c_t / c_(t-1), ddof 1
  kParkinson,       // [Parkinson 1980]
  kGarmanKlass,     // [Garman, Klass 1980]
  kRogersSatchell,  // [Rogers, Satchell 1991]
  kYangZhang,       // [Yang, Zhang 2000]; of the first bar only the close
};
/// "close_close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"; kInvalidParameter
/// for another.
[[nodiscard]] VolatilityEstimator parse_volatility_estimator(std::string_view name);

struct PriceBar {
  Decimal open;
  Decimal high;
  Decimal low;
  Decimal close;
};

/// The volatility of bars in order of time, a fraction with 12 decimals; nothing for too few bars
/// (close_close and yang_zhang need 3, the others 1) or a negative variance. kInvalidParameter for
/// a price that is not positive or periods_per_year that are not.
[[nodiscard]] std::optional<Decimal> price_volatility(
    std::span<const PriceBar> bars, VolatilityEstimator estimator, const Decimal& periods_per_year,
    const Pause& pause = [] {});

}  // namespace quant
