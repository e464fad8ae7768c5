// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/series_bars.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/strategy/bar_columns.hpp"
#include "core/strategy/other_series.hpp"
#include "core/strategy/vocabulary.hpp"

namespace quant {

namespace {

/// How a column of a coarser bar comes about, except its vwap.
Aggregate aggregate_of(BarColumn which) {
  switch (which) {
    case BarColumn::kHigh:
      return Aggregate::kHighest;
    case BarColumn::kLow:
      return Aggregate::kLowest;
    case BarColumn::kClose:
      return Aggregate::kLast;
    case BarColumn::kVolume:
      return Aggregate::kSum;
    default:  // the open, and the parts of its start
      return Aggregate::kFirst;
  }
}

}  // namespace

Timeframe SeriesBars::timeframe() const {
  if (!place_.timeframe) throw broken_invariant("the timeframe of the bars is not known");
  return *place_.timeframe;
}

std::span<const Bucket> SeriesBars::buckets(Timeframe coarser) {
  const auto known = buckets_.find(coarser);
  if (known != buckets_.end()) return known->second;
  if (!can_resample(timeframe(), coarser)) {
    throw broken_invariant("the rules were compiled for another timeframe");
  }
  return buckets_.emplace(coarser, buckets_of(bars().timestamp, coarser)).first->second;
}

std::size_t SeriesBars::size(int series, std::size_t segment) {
  const std::size_t end = segments_[segment].end;
  const SeriesKey& key = program_->series(series);
  if (!key.timeframe) return end;
  const auto all = buckets(*key.timeframe);
  const auto last = std::partition_point(all.begin(), all.end(),
                                         [&](const Bucket& bucket) { return bucket.begin < end; });
  return static_cast<std::size_t>(last - all.begin());
}

NumberColumn SeriesBars::own_column(BarColumn which, Int128 multiple, std::size_t segment) const {
  return bar_column(bars(), segments().first(segment + 1), which, multiple);
}

NumberColumn SeriesBars::column(const ProgramNode& node, std::size_t segment) {
  const auto which = static_cast<BarColumn>(node.detail);
  NumberColumn own = own_column(which, node.denominator / variable_of(which).denominator, segment);
  const SeriesKey& key = program_->series(node.series);
  if (!key.timeframe) return own;
  const auto coarser = buckets(*key.timeframe);
  if (which != BarColumn::kVwap) return resampled(own, coarser, aggregate_of(which));
  return weighted_means(own, own_column(BarColumn::kVolume, 1, segment), coarser);
}

const std::vector<std::size_t>& SeriesBars::visible(int series) {
  const auto known = visible_.find(series);
  if (known != visible_.end()) return known->second;
  return visible_.emplace(series, find_visible(program_->series(series))).first->second;
}

std::vector<std::size_t> SeriesBars::find_visible(const SeriesKey& key) {
  const std::vector<Timestamp>& deciding = bars().timestamp;
  if (key.symbol == place_.symbol) {
    return ended_buckets(deciding, timeframe(), buckets(*key.timeframe), *key.timeframe);
  }
  if (place_.others == nullptr) throw broken_invariant("other symbols cannot be read here");
  return latest_bars(deciding, place_.others->bars(key.symbol).timestamp,
                     place_.others->context().max_age);
}

}  // namespace quant
