// SPDX-License-Identifier: PostgreSQL
#include "core/market/visible_bars.hpp"

namespace quant {

std::vector<std::size_t> latest_bars(const std::vector<Timestamp>& deciding,
                                     const std::vector<Timestamp>& other, Timestamp max_age) {
  std::vector<std::size_t> visible(deciding.size(), kNoBar);
  std::size_t next = 0;  // the first that starts later
  for (std::size_t bar = 0; bar < deciding.size(); ++bar) {
    while (next < other.size() && other[next] <= deciding[bar]) ++next;
    if (next > 0 && deciding[bar] - other[next - 1] <= max_age) visible[bar] = next - 1;
  }
  return visible;
}

std::vector<std::size_t> ended_buckets(const std::vector<Timestamp>& deciding, Timeframe timeframe,
                                       std::span<const Bucket> buckets, Timeframe coarser) {
  std::vector<std::size_t> visible(deciding.size(), kNoBar);
  std::size_t next = 0;  // the first that has not ended
  for (std::size_t bar = 0; bar < deciding.size(); ++bar) {
    const Timestamp now = bar_end(deciding[bar], timeframe);
    // Its last finer bar must be there too: daily bars may begin in one week and end in the next.
    while (next < buckets.size() && buckets[next].end <= bar + 1 &&
           bar_end(buckets[next].start, coarser) <= now) {
      ++next;
    }
    if (next > 0) visible[bar] = next - 1;
  }
  return visible;
}

}  // namespace quant
