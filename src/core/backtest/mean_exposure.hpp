// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>

#include "core/backtest/records.hpp"
#include "core/base/real.hpp"

namespace quant {

/// Mean over the bars of gross position value / equity. Nothing without bars, or where the equity
/// of one is not positive. Known to 54 decimals for each bar: there can be millions of them, and a
/// quotient of integers takes a tenth of the time of a decimal one.
[[nodiscard]] std::optional<LongReal> mean_exposure(std::span<const AccountPoint> equity);

}  // namespace quant
