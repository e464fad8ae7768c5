// SPDX-License-Identifier: PostgreSQL
#include "core/risk/drawdown.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

RunningDrawdown::RunningDrawdown(Int128 first) : peak_(first) {
  if (first <= 0) {
    throw invalid("drawdown needs a positive first value")
        .hint("A drawdown is a fraction of the peak so far; start with the capital.");
  }
}

Ratio RunningDrawdown::update(Int128 value) {
  peak_ = std::max(peak_, value);
  current_ = {subtract(peak_, value), peak_};
  if (current_ > max_) max_ = current_;
  return current_;
}

const DrawdownEpisode* Drawdowns::deepest() const {
  const auto found =
      std::max_element(episodes.begin(), episodes.end(),
                       [](const auto& a, const auto& b) { return a.depth < b.depth; });
  return found == episodes.end() ? nullptr : &*found;
}

Drawdowns find_drawdowns(std::span<const EquityPoint> points) {
  if (points.empty()) throw invalid("drawdown needs at least one value");
  RunningDrawdown running(points.front().equity.units());
  Drawdowns result;
  EquityPoint peak = points.front();
  bool falling = false;
  const auto close_episode = [&](const EquityPoint& end) {
    DrawdownEpisode& episode = result.episodes.back();
    episode.duration_days = end.session_day - episode.peak.session_day;
    result.max_duration_days = std::max(result.max_duration_days, episode.duration_days);
  };
  for (const EquityPoint& point : points) {
    const Ratio depth = running.update(point.equity.units());
    if (depth.numerator == 0) {
      if (falling) {
        result.episodes.back().recovery = point;
        close_episode(point);
      }
      falling = false;
      peak = point;
      continue;
    }
    if (!falling) result.episodes.push_back({peak, point, std::nullopt, depth, 0});
    falling = true;
    DrawdownEpisode& episode = result.episodes.back();
    if (point.equity < episode.trough.equity) {
      episode.trough = point;
      episode.depth = depth;
    }
    result.max_amount = std::max(result.max_amount, peak.equity - point.equity);
  }
  if (falling) close_episode(points.back());
  result.max = running.max();
  result.current = running.current();
  result.high_water_mark = peak.equity;
  return result;
}

std::vector<Ratio> drawdown_series(std::span<const EquityPoint> points) {
  std::vector<Ratio> series;
  if (points.empty()) return series;
  RunningDrawdown running(points.front().equity.units());
  series.reserve(points.size() - 1);
  for (const EquityPoint& point : points.subspan(1)) {
    series.push_back(running.update(point.equity.units()));
  }
  return series;
}

}  // namespace quant
