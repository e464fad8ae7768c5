// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <span>

#include "core/indicator/catalog.hpp"
#include "core/market/splits.hpp"

namespace quant {

/// One column of the bars before the end of the last of `segments`, in the units of its bars.
/// Prices are numerators over Price::kUnit x `multiple`, volumes and calendar parts whole numbers.
[[nodiscard]] NumberColumn bar_column(const BarSeries& bars, std::span<const Segment> segments,
                                      BarColumn which, Int128 multiple);

}  // namespace quant
