// SPDX-License-Identifier: PostgreSQL
#include "core/market/observed_calendar.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

namespace quant {

namespace {

/// What a series has in most of its days, or of its weeks, by some clock.
struct Habit {
  Timestamp period = kDayLength;
  std::vector<Timestamp> times;  // since the period began
  std::int64_t exceptions = 0;   // usual bars that are missing, and unusual ones
};

Timestamp period_start(Timestamp time, Timestamp period) {
  const Timestamp rest = time % period;
  return time - (rest < 0 ? rest + period : rest);
}

Habit habit_of(const BarSeries& bars, Timestamp period, const WallClock& clock) {
  std::map<Timestamp, std::int64_t> counts;
  std::int64_t periods = 0;
  std::optional<Timestamp> current;
  for (const Timestamp time : bars.timestamp) {
    const Timestamp local = clock(time);
    const Timestamp start = period_start(local, period);
    if (current != start) ++periods;
    current = start;
    ++counts[local - start];
  }
  Habit habit{period, {}, 0};
  for (const auto& [time, count] : counts) {
    const bool is_usual = 2 * count >= periods;
    if (is_usual) habit.times.push_back(time);
    habit.exceptions += is_usual ? periods - count : count;
  }
  return habit;
}

/// The instant at which the clock shows `local`.
Timestamp instant_of(Timestamp local, const WallClock& clock) {
  const Timestamp near = local - (clock(local) - local);
  return local - (clock(near) - near);
}

}  // namespace

ObservedCalendar::ObservedCalendar(std::vector<Seen> seen, const std::vector<DayRange>& spans,
                                   Timeframe timeframe)
    : seen_(std::move(seen)), timeframe_(timeframe) {
  for (const DayRange& span : spans) {
    firsts_.push_back(span.first);
    lasts_.push_back(span.last);
  }
  std::sort(firsts_.begin(), firsts_.end());
  std::sort(lasts_.begin(), lasts_.end());
}

std::int64_t ObservedCalendar::active_on(Day day) const {
  const auto begun = std::upper_bound(firsts_.begin(), firsts_.end(), day) - firsts_.begin();
  const auto ended = std::lower_bound(lasts_.begin(), lasts_.end(), day) - lasts_.begin();
  return begun - ended;
}

std::vector<Timestamp> ObservedCalendar::grid(const BarSeries& bars) const {
  std::vector<Timestamp> times;
  for (Timestamp time = bars.timestamp.front(); time <= bars.timestamp.back();
       time = bar_end(time, timeframe_)) {
    times.push_back(time);
  }
  return times;
}

std::vector<Timestamp> ObservedCalendar::expected_alone(const BarSeries& bars,
                                                        std::span<const WallClock> clocks) const {
  if (!is_daily_or_finer(timeframe_)) return grid(bars);
  const bool rests = has_weekends(bars.asset);
  const Timestamp period = rests ? kDayLength : 7 * kDayLength;
  const WallClock* clock = nullptr;
  Habit habit;
  for (const WallClock& candidate : clocks) {
    if (clock != nullptr && habit.exceptions == 0) break;
    Habit by_it = habit_of(bars, period, candidate);
    if (clock != nullptr && by_it.exceptions >= habit.exceptions) continue;
    clock = &candidate;
    habit = std::move(by_it);
  }
  std::vector<Timestamp> expected;
  const Timestamp last = (*clock)(bars.timestamp.back());
  for (Timestamp start = period_start((*clock)(bars.timestamp.front()), period); start <= last;
       start += period) {
    if (rests && is_weekend(utc_day(start))) continue;
    for (const Timestamp time : habit.times) expected.push_back(instant_of(start + time, *clock));
  }
  return expected;
}

std::vector<Timestamp> ObservedCalendar::expected(const BarSeries& bars,
                                                  std::span<const WallClock> clocks) const {
  if (bars.size() == 0) return {};
  if (bars.asset.asset_type == "crypto") return grid(bars);
  std::vector<Timestamp> times;
  for (const Seen& seen : seen_) {
    const std::int64_t active = active_on(utc_day(seen.time));
    if (active > 1 && 2 * seen.symbols >= active) times.push_back(seen.time);
  }
  std::vector<Timestamp> alone = expected_alone(bars, clocks);
  std::erase_if(alone, [&](Timestamp time) { return active_on(utc_day(time)) > 1; });
  std::vector<Timestamp> all;
  std::merge(times.begin(), times.end(), alone.begin(), alone.end(), std::back_inserter(all));
  return all;
}

}  // namespace quant
