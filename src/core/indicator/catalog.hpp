// SPDX-License-Identifier: PostgreSQL
// All indicators, by name.
#pragma once

#include <string_view>
#include <vector>

#include "core/indicator/indicator.hpp"

namespace quant {

// The groups, in the order of the reference.
[[nodiscard]] const std::vector<Indicator>& overlap_indicators();
[[nodiscard]] const std::vector<Indicator>& momentum_indicators();
[[nodiscard]] const std::vector<Indicator>& volume_indicators();
[[nodiscard]] const std::vector<Indicator>& volatility_indicators();
[[nodiscard]] const std::vector<Indicator>& statistic_indicators();
[[nodiscard]] const std::vector<Indicator>& price_indicators();
[[nodiscard]] const std::vector<Indicator>& cycle_indicators();
[[nodiscard]] const std::vector<Indicator>& math_indicators();
[[nodiscard]] const std::vector<Indicator>& pattern_indicators();

/// In the order of the groups.
[[nodiscard]] const std::vector<const Indicator*>& all_indicators();
/// nullptr where there is none of that name.
[[nodiscard]] const Indicator* find_indicator(std::string_view name);
[[nodiscard]] std::vector<std::string_view> indicator_names();

/// "bollinger(close, 20, 2)": how the language calls it, with the defaults; words at the end are
/// left out.
[[nodiscard]] std::string call_example(const Indicator& indicator);

}  // namespace quant
