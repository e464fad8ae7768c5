// SPDX-License-Identifier: PostgreSQL
// When bars are to be expected, from what the symbols of a market have.
#pragma once

#include <span>
#include <vector>

#include "core/market/series_checks.hpp"

namespace quant {

class ObservedCalendar {
 public:
  /// A timestamp, and how many symbols have a bar at it.
  struct Seen {
    Timestamp time = 0;
    std::int64_t symbols = 0;
  };

  /// `seen` in order of time, over all symbols of a market; `spans`: the days from the first to the
  /// last bar of each of them.
  ObservedCalendar(std::vector<Seen> seen, const std::vector<DayRange>& spans, Timeframe timeframe);

  /// The timestamps, sorted, at which `bars` should have one between its first and its last. A
  /// crypto asset: the whole grid. Else those that at least half of the symbols active on that day
  /// have. On days when no other symbol is active, by the one of `clocks` (not empty) that its bars
  /// keep to best: Monday to Friday, the times of day that it has on at least half of its days; of
  /// what has no weekends the times of the week that it has in at least half of its weeks. For
  /// timeframes of more than a day the grid.
  [[nodiscard]] std::vector<Timestamp> expected(const BarSeries& bars,
                                                std::span<const WallClock> clocks) const;

 private:
  [[nodiscard]] std::int64_t active_on(Day day) const;
  [[nodiscard]] std::vector<Timestamp> expected_alone(const BarSeries& bars,
                                                      std::span<const WallClock> clocks) const;
  [[nodiscard]] std::vector<Timestamp> grid(const BarSeries& bars) const;

  std::vector<Seen> seen_;
  std::vector<Day> firsts_;
  std::vector<Day> lasts_;
  Timeframe timeframe_;
};

}  // namespace quant
