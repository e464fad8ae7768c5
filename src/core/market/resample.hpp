// SPDX-License-Identifier: PostgreSQL
// Bars of a timeframe joined to bars of a coarser one. All of it in UTC: intraday bars and days on
// the grid that midnight begins, weeks from Monday, calendar months.
#pragma once

#include <span>
#include <vector>

#include "core/base/number_column.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

/// `coarser` is longer than `finer`, and bars of it are whole numbers of bars of `finer`.
[[nodiscard]] bool can_resample(Timeframe finer, Timeframe coarser);

/// Bars of `finer` that `count` of `coarser` have at most: a week has 7 days, a month 31; never
/// more than 10^9, which nobody stores. can_resample(finer, coarser).
[[nodiscard]] int bars_within(int count, Timeframe coarser, Timeframe finer);

/// Where the bar of `timeframe` begins that `timestamp` lies in.
[[nodiscard]] Timestamp bucket_start(Timestamp timestamp, Timeframe timeframe);

/// A coarser bar: the finer bars [begin, end), where `start` and its timeframe say they belong. The
/// first one may have lost its beginning to the start of the series, and counts as it is.
struct Bucket {
  Timestamp start = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The coarser bars of a series, oldest first; a bucket without finer bars is none.
[[nodiscard]] std::vector<Bucket> buckets_of(const std::vector<Timestamp>& timestamps,
                                             Timeframe coarser);

/// How a column of the coarser bars comes from that of the finer ones.
enum class Aggregate { kFirst, kHighest, kLowest, kLast, kSum };

/// One value for each bucket that begins before the end of `finer`. A missing value makes a sum or
/// an extreme missing.
[[nodiscard]] NumberColumn resampled(const NumberColumn& finer, std::span<const Bucket> buckets,
                                     Aggregate aggregate);

/// The mean of `finer` weighted by `weights`, rounded half away from zero to the units of `finer`;
/// missing where a part or the whole weight is.
[[nodiscard]] NumberColumn weighted_means(const NumberColumn& finer, const NumberColumn& weights,
                                          std::span<const Bucket> buckets);

}  // namespace quant
