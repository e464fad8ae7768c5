// SPDX-License-Identifier: PostgreSQL
// What looks wrong in a series of valid bars. docs/market-data.md says what each finding means.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

enum class FindingKind : std::uint8_t {
  kGap,
  kOutlier,
  kSpike,
  kStale,
  kSplitSuspect,
  kTickerReuse,
  kDuplicate,
  kOutOfSession,
  kJumpAtAction,
  kTimeframeMismatch,
};
[[nodiscard]] std::string_view finding_name(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::kGap;
  Timestamp from = 0;
  Timestamp to = 0;  // of the last bar, or the last missing one
  std::int64_t bars = 1;
  Decimal value;       // of the figure that the kind is judged by
  std::string detail;  // what the value is, with its parts
};

/// Runs of `expected` timestamps, sorted, that the series lacks between its first and its last bar.
[[nodiscard]] std::vector<Finding> find_gaps(const BarSeries& bars,
                                             std::span<const Timestamp> expected);

/// Moves that stand out: kOutlier, kSpike, kSplitSuspect, kTickerReuse. `known_splits`: days of all
/// recorded splits, sorted; those that the series has are taken out of its moves.
[[nodiscard]] std::vector<Finding> find_odd_moves(const BarSeries& bars,
                                                  std::span<const Day> known_splits);

/// Prices that stand still, or no volume, for 5 bars of a day or longer, 30 of less.
[[nodiscard]] std::vector<Finding> find_stale_runs(const BarSeries& bars, Timeframe timeframe);

/// Bars of one period of the timeframe, which begins once.
[[nodiscard]] std::vector<Finding> find_duplicates(const BarSeries& bars, Timeframe timeframe);

/// Bars of a Saturday or Sunday (UTC) of an asset that is traded at an exchange.
[[nodiscard]] std::vector<Finding> find_weekend_bars(const BarSeries& bars);
/// It is traded at an exchange, which has weekends: neither crypto nor forex.
[[nodiscard]] bool has_weekends(const Asset& asset);

/// Splits that the prices do not show: adjusted already.
[[nodiscard]] std::vector<Finding> find_unseen_splits(const BarSeries& bars);
/// The price moved less than halfway to where the split should have taken it.
[[nodiscard]] bool looks_adjusted(const BarSeries& series, const Split& split);

/// Bars that are not what their `finer` bars join to, where there are any.
[[nodiscard]] std::vector<Finding> find_mismatches(const BarSeries& bars, Timeframe timeframe,
                                                   const BarSeries& finer,
                                                   Timeframe finer_timeframe);

}  // namespace quant
