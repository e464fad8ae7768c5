// SPDX-License-Identifier: PostgreSQL
#include "core/market/splits.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

namespace {

/// What the units of one segment are worth in those of a later one.
struct Ratio {
  Int128 to = 1;
  Int128 from = 1;
};

NumberColumn known_column(std::size_t size) {
  NumberColumn column(size);
  std::fill(column.known.begin(), column.known.end(), std::uint8_t{1});
  return column;
}

Ratio ratio_between(std::span<const Segment> segments, std::size_t earlier) {
  Ratio ratio;
  for (std::size_t i = earlier + 1; i < segments.size(); ++i) {
    ratio.to = multiply(ratio.to, segments[i].to);
    ratio.from = multiply(ratio.from, segments[i].from);
  }
  return ratio;
}

void apply(Segment& segment, const Split& split) {
  const Int128 to = multiply(segment.to, split.to);
  const Int128 from = multiply(segment.from, split.from);
  const Int128 shared = greatest_common_divisor(to, from);
  segment.to = to / shared;
  segment.from = from / shared;
}

}  // namespace

std::vector<Segment> segments_of(const BarSeries& bars) {
  std::vector<Segment> segments = {{0, bars.size()}};
  for (const Split& split : bars.splits) {
    if (split.bar == 0 || split.bar >= bars.size()) continue;
    if (segments.back().begin != split.bar) {
      segments.back().end = split.bar;
      segments.push_back({split.bar, bars.size()});
    }
    apply(segments.back(), split);
  }
  return segments;
}

Int128 price_multiple(const BarSeries& bars) {
  Int128 multiple = 1;
  for (const Segment& segment : segments_of(bars)) {
    if (segment.to > kLargestPriceMultiple / multiple) {
      throw out_of_range(
          concat("the splits of \"", bars.asset.symbol, "\" are too many for exact prices"))
          .detail(concat("The product of their new units exceeds ", to_text(kLargestPriceMultiple),
                         "."));
    }
    multiple *= segment.to;
  }
  return multiple;
}

NumberColumn adjusted_prices(const std::vector<Price>& prices, std::span<const Segment> segments,
                             Int128 multiple) {
  NumberColumn column = known_column(segments.back().end);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Ratio ratio = ratio_between(segments, i);
    if (multiple % ratio.to != 0)
      throw broken_invariant("the rules were compiled for other splits");
    const Int128 factor = multiply(multiple / ratio.to, ratio.from);
    for (std::size_t bar = segments[i].begin; bar < segments[i].end; ++bar) {
      column.values[bar] =
          factor == 1 ? prices[bar].units() : multiply(prices[bar].units(), factor);
    }
  }
  return column;
}

NumberColumn adjusted_volumes(const std::vector<Volume>& volumes,
                              std::span<const Segment> segments) {
  NumberColumn column = known_column(segments.back().end);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Ratio ratio = ratio_between(segments, i);
    const bool as_it_is = ratio.to == ratio.from;
    for (std::size_t bar = segments[i].begin; bar < segments[i].end; ++bar) {
      const Int128 units = volumes[bar].units();
      column.values[bar] = as_it_is ? units : multiply_divide(units, ratio.to, ratio.from);
    }
  }
  return column;
}

}  // namespace quant
