// SPDX-License-Identifier: PostgreSQL
// Prices and volumes across splits, in the units of a later bar.
#pragma once

#include <span>
#include <vector>

#include "core/base/number_column.hpp"
#include "core/market/bar_series.hpp"

namespace quant {

/// Bars [begin, end) that no split parts. At `begin`, `to` new units came to stand for `from` old
/// ones, in lowest terms.
struct Segment {
  std::size_t begin = 0;
  std::size_t end = 0;
  Int128 to = 1;
  Int128 from = 1;
};

/// The segments of a series, oldest first: one where it has no split. There is always one.
[[nodiscard]] std::vector<Segment> segments_of(const BarSeries& bars);

/// A price multiple beyond this would leave the exact arithmetic too little room.
inline constexpr Int128 kLargestPriceMultiple = 1'000'000'000;

/// The product of the `to` of all segments: over Price::kUnit times this denominator a price is
/// exact in the units of every later bar. 1 without splits; kOutOfRange, with the symbol, beyond
/// kLargestPriceMultiple.
[[nodiscard]] Int128 price_multiple(const BarSeries& bars);

/// The prices before the end of the last of `segments`, in the units of its bars: price x from / to
/// of every split since. Numerators over Price::kUnit x `multiple`, which price_multiple() divides.
/// `segments` are the first ones of the series.
[[nodiscard]] NumberColumn adjusted_prices(const std::vector<Price>& prices,
                                           std::span<const Segment> segments, Int128 multiple);

/// Likewise the volumes, x to / from, rounded half away from zero to whole units.
[[nodiscard]] NumberColumn adjusted_volumes(const std::vector<Volume>& volumes,
                                            std::span<const Segment> segments);

}  // namespace quant
