// SPDX-License-Identifier: PostgreSQL
// What looks wrong in a series of valid bars. docs/market-data.md says what each finding means.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

/// What a clock on some wall shows at an instant.
using WallClock = std::function<Timestamp(Timestamp)>;

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

/// Bars of a Saturday or Sunday of an asset that is traded at an exchange, by the one of `clocks`
/// (not empty) that shows the fewest.
[[nodiscard]] std::vector<Finding> find_weekend_bars(const BarSeries& bars,
                                                     std::span<const WallClock> clocks);
/// It is traded from Monday to Friday of some place: neither crypto, nor what is traded on Sunday
/// evenings already (forex, futures).
[[nodiscard]] bool has_weekends(const Asset& asset);

/// Splits that the prices do not show: adjusted already.
[[nodiscard]] std::vector<Finding> find_unseen_splits(const BarSeries& bars);
/// The price moved less than halfway to where the split should have taken it.
[[nodiscard]] bool looks_adjusted(const BarSeries& series, const Split& split);

/// Bars that are not what their `finer` bars join to, where there are any. Where most of them are
/// not, they were made otherwise, of another session or by another clock: one finding for all.
[[nodiscard]] std::vector<Finding> find_mismatches(const BarSeries& bars, Timeframe timeframe,
                                                   const BarSeries& finer,
                                                   Timeframe finer_timeframe);

}  // namespace quant
