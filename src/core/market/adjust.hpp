// SPDX-License-Identifier: PostgreSQL
// Prices as if splits, or splits and dividends, had never been: in the units of the last bar.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/real.hpp"
#include "core/market/bar_series.hpp"

namespace quant {

enum class Adjustment : std::uint8_t {
  kSplit,  // for splits alone
  kFull,   // the last price chained back with total returns, dividends reinvested at the ex-date's
           // close
  kYahoo,  // each dividend takes d / (close before) off, as the adjusted close of many vendors
};
[[nodiscard]] std::optional<Adjustment> parse_adjustment(std::string_view name);

inline constexpr int kAdjustedDecimals = 12;

/// A stretch of bars with one factor: adjusted price = price x factor.
struct AdjustedSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  Real factor;
  Int128 split_to = 1;  // new units for `split_from` old ones, by all splits since
  Int128 split_from = 1;
};

/// The spans of a series with its splits and dividends, oldest first. kInvalidParameter where a
/// dividend takes the whole price (kYahoo).
[[nodiscard]] std::vector<AdjustedSpan> adjusted_spans(const BarSeries& bars,
                                                       Adjustment adjustment);

/// price x factor, rounded half away from zero to 12 decimals.
[[nodiscard]] Decimal adjusted_price(Price price, const AdjustedSpan& span);
/// volume x split_to / split_from, rounded half away from zero to whole units.
[[nodiscard]] Volume adjusted_volume(Volume volume, const AdjustedSpan& span);

}  // namespace quant
