// SPDX-License-Identifier: PostgreSQL
#include "core/market/resample.hpp"

#include <algorithm>

namespace quant {

namespace {

/// 2000-01-03, the first Monday.
constexpr Timestamp kMonday = 2 * kDayLength;

Timestamp grid_start(Timestamp timestamp, Timestamp origin, Timestamp length) {
  return origin + static_cast<Timestamp>(divide_floor(timestamp - origin, length)) * length;
}

/// The buckets that begin before the end of `finer`, cut there.
template <typename Fill>
NumberColumn each_bucket(const NumberColumn& finer, std::span<const Bucket> buckets, Fill fill) {
  const auto last = std::partition_point(buckets.begin(), buckets.end(), [&](const Bucket& bucket) {
    return bucket.begin < finer.size();
  });
  NumberColumn column(static_cast<std::size_t>(last - buckets.begin()));
  for (std::size_t i = 0; i < column.size(); ++i) {
    column.set(i, fill(buckets[i].begin, std::min(buckets[i].end, finer.size())));
  }
  return column;
}

/// Joins the values [begin, end), all of which must be known.
template <typename Join>
Number joined(const NumberColumn& finer, std::size_t begin, std::size_t end, Join join) {
  Number result = finer.at(begin);
  for (std::size_t bar = begin + 1; bar < end && result.known; ++bar) {
    result = {join(result.value, finer.values[bar]), finer.known[bar] != 0};
  }
  return result;
}

}  // namespace

Timestamp bucket_start(Timestamp timestamp, Timeframe timeframe) {
  if (timeframe == Timeframe::k1mo) {
    const auto date = civil_date(utc_day(timestamp));
    return midnight(day_number(date.year() / date.month() / std::chrono::day{1}));
  }
  const Timestamp origin = timeframe == Timeframe::k1w ? kMonday : 0;
  return grid_start(timestamp, origin, bar_end(0, timeframe));
}

bool can_resample(Timeframe finer, Timeframe coarser) {
  if (coarser <= finer) return false;
  // A week and a month are whole days, and every shorter timeframe divides the day.
  if (!is_daily_or_finer(coarser)) return is_daily_or_finer(finer);
  return bar_end(0, coarser) % bar_end(0, finer) == 0;
}

int bars_within(int count, Timeframe coarser, Timeframe finer) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const Timestamp length = coarser == Timeframe::k1mo ? 31 * kDayLength : bar_end(0, coarser);
  return static_cast<int>(std::min(kMost, count * (length / bar_end(0, finer))));
}

std::vector<Bucket> buckets_of(const std::vector<Timestamp>& timestamps, Timeframe coarser) {
  std::vector<Bucket> buckets;
  for (std::size_t bar = 0; bar < timestamps.size(); ++bar) {
    const bool belongs =
        !buckets.empty() && timestamps[bar] < bar_end(buckets.back().start, coarser);
    if (!belongs) buckets.push_back({bucket_start(timestamps[bar], coarser), bar, bar});
    buckets.back().end = bar + 1;
  }
  return buckets;
}

NumberColumn resampled(const NumberColumn& finer, std::span<const Bucket> buckets,
                       Aggregate aggregate) {
  return each_bucket(finer, buckets, [&](std::size_t begin, std::size_t end) {
    switch (aggregate) {
      case Aggregate::kFirst:
        return finer.at(begin);
      case Aggregate::kLast:
        return finer.at(end - 1);
      case Aggregate::kHighest:
        return joined(finer, begin, end, [](Int128 a, Int128 b) { return std::max(a, b); });
      case Aggregate::kLowest:
        return joined(finer, begin, end, [](Int128 a, Int128 b) { return std::min(a, b); });
      case Aggregate::kSum:
        return joined(finer, begin, end, [](Int128 a, Int128 b) { return add(a, b); });
    }
    return Number{};
  });
}

NumberColumn weighted_means(const NumberColumn& finer, const NumberColumn& weights,
                            std::span<const Bucket> buckets) {
  return each_bucket(finer, buckets, [&](std::size_t begin, std::size_t end) {
    Int128 sum = 0;
    Int128 weight = 0;
    for (std::size_t bar = begin; bar < end; ++bar) {
      if (finer.known[bar] == 0 || weights.known[bar] == 0) return Number{};
      sum = add(sum, multiply(finer.values[bar], weights.values[bar]));
      weight = add(weight, weights.values[bar]);
    }
    return weight == 0 ? Number{} : Number::of(divide_rounded(sum, weight));
  });
}

}  // namespace quant
