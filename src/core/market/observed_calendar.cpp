// SPDX-License-Identifier: PostgreSQL
#include "core/market/observed_calendar.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "core/market/series_checks.hpp"

namespace quant {

namespace {

/// The times of day that at least half of the series' days have.
std::vector<Timestamp> usual_times(const BarSeries& bars) {
  std::map<Timestamp, std::int64_t> counts;
  std::int64_t days = 0;
  for (std::size_t bar = 0; bar < bars.size(); ++bar) {
    const Day day = utc_day(bars.timestamp[bar]);
    if (bar == 0 || day != utc_day(bars.timestamp[bar - 1])) ++days;
    ++counts[bars.timestamp[bar] - day * kDayLength];
  }
  std::vector<Timestamp> times;
  for (const auto& [time, count] : counts) {
    if (2 * count >= days) times.push_back(time);
  }
  return times;
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

std::vector<Timestamp> ObservedCalendar::expected_alone(const BarSeries& bars) const {
  if (!is_daily_or_finer(timeframe_)) return grid(bars);
  const bool rests = has_weekends(bars.asset);
  const std::vector<Timestamp> times =
      is_intraday(timeframe_) ? usual_times(bars) : std::vector<Timestamp>{0};
  std::vector<Timestamp> expected;
  for (Day day = utc_day(bars.timestamp.front()); day <= utc_day(bars.timestamp.back()); ++day) {
    if (rests && is_weekend(day)) continue;
    for (const Timestamp time : times) expected.push_back(day * kDayLength + time);
  }
  return expected;
}

std::vector<Timestamp> ObservedCalendar::expected(const BarSeries& bars) const {
  if (bars.size() == 0) return {};
  if (bars.asset.asset_type == "crypto") return grid(bars);
  std::vector<Timestamp> times;
  for (const Seen& seen : seen_) {
    const std::int64_t active = active_on(utc_day(seen.time));
    if (active > 1 && 2 * seen.symbols >= active) times.push_back(seen.time);
  }
  std::vector<Timestamp> alone = expected_alone(bars);
  std::erase_if(alone, [&](Timestamp time) { return active_on(utc_day(time)) > 1; });
  std::vector<Timestamp> all;
  std::merge(times.begin(), times.end(), alone.begin(), alone.end(), std::back_inserter(all));
  return all;
}

}  // namespace quant
