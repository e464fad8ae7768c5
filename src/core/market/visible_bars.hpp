// SPDX-License-Identifier: PostgreSQL
// Which bar of another series has closed when a bar decides.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "core/market/resample.hpp"

namespace quant {

/// No bar is visible.
inline constexpr std::size_t kNoBar = std::numeric_limits<std::size_t>::max();

/// For each bar of `deciding`, the last bar of `other`, of the same timeframe, that starts no later
/// and no more than `max_age` before; kNoBar where there is none.
[[nodiscard]] std::vector<std::size_t> latest_bars(const std::vector<Timestamp>& deciding,
                                                   const std::vector<Timestamp>& other,
                                                   Timestamp max_age);

/// For each bar of `deciding`, the last of its own coarser bars that has ended when it ends.
[[nodiscard]] std::vector<std::size_t> ended_buckets(const std::vector<Timestamp>& deciding,
                                                     Timeframe timeframe,
                                                     std::span<const Bucket> buckets,
                                                     Timeframe coarser);

}  // namespace quant
