// SPDX-License-Identifier: PostgreSQL
#include "core/market/series_checks.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/market/resample.hpp"
#include "core/market/session.hpp"

namespace quant {

namespace {

/// Returns are whole numbers of 10^-12.
constexpr std::int64_t kReturnUnit = 1'000'000'000'000;
constexpr std::size_t kWindow = 100;
constexpr std::size_t kLeastWindow = 20;
constexpr int kShownDecimals = 6;

/// What one bar's close is against the one before, in the units of today's, rounded to 10^-12.
std::int64_t return_of(Int128 close, Int128 before_numerator, Int128 before_denominator) {
  constexpr std::int64_t kMost = 1'000'000 * kReturnUnit;
  const Int128 grown =
      multiply_divide(multiply(close, before_denominator), kReturnUnit, before_numerator);
  return static_cast<std::int64_t>(std::min<Int128>(grown - kReturnUnit, kMost));
}

/// The last returns, and where the middle of them lies.
class ReturnWindow {
 public:
  [[nodiscard]] std::size_t size() const { return sorted_.size(); }

  void push(std::int64_t value) {
    if (recent_.size() == kWindow) {
      const std::int64_t oldest = recent_[next_];
      sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), oldest));
      recent_[next_] = value;
    } else {
      recent_.push_back(value);
    }
    next_ = (next_ + 1) % kWindow;
    sorted_.insert(std::lower_bound(sorted_.begin(), sorted_.end(), value), value);
  }
  /// Twice the median: a whole number.
  [[nodiscard]] std::int64_t twice_median() const {
    const std::size_t half = sorted_.size() / 2;
    return sorted_.size() % 2 == 1 ? 2 * sorted_[half] : sorted_[half - 1] + sorted_[half];
  }
  /// Twice the distances from the median, sorted.
  [[nodiscard]] std::vector<std::int64_t> twice_deviations() const {
    std::vector<std::int64_t> deviations;
    deviations.reserve(sorted_.size());
    const std::int64_t middle = twice_median();
    for (const std::int64_t value : sorted_) deviations.push_back(std::abs(2 * value - middle));
    std::sort(deviations.begin(), deviations.end());
    return deviations;
  }

 private:
  std::vector<std::int64_t> recent_;  // a ring
  std::size_t next_ = 0;
  std::vector<std::int64_t> sorted_;
};

/// |r - M| against the spread of the window before: the score where it is over the limit of 8.
std::optional<Decimal> outlier_score(const ReturnWindow& window, std::int64_t value) {
  constexpr std::int64_t kLeastMove = kReturnUnit / 50;
  constexpr std::int64_t kLeastMoveWithoutSpread = kReturnUnit / 10;
  constexpr int kLimit = 8;
  constexpr int kScale = 10'000;
  const Int128 distance = std::abs(2 * value - window.twice_median());
  if (distance <= 2 * kLeastMove) return std::nullopt;
  const std::vector<std::int64_t> deviations = window.twice_deviations();
  const std::size_t half = deviations.size() / 2;
  // Four times the median deviation, or the mean one times the size: the spread is n / d.
  Int128 spread = deviations.size() % 2 == 1 ? Int128{2} * deviations[half]
                                             : Int128{deviations[half - 1]} + deviations[half];
  Int128 parts = 2;
  Int128 factor = 14'826;  // of a normal distribution: sigma = 1.4826 MAD
  if (spread == 0) {
    for (const std::int64_t deviation : deviations) spread += deviation;
    parts = static_cast<Int128>(deviations.size());
    factor = 12'533;  // sigma = 1.2533 times the mean absolute deviation
  }
  if (spread == 0) {
    return std::abs(value) > kLeastMoveWithoutSpread ? std::optional(Decimal{}) : std::nullopt;
  }
  const Int128 numerator = distance * parts * kScale;
  const Int128 denominator = spread * factor;
  if (numerator <= kLimit * denominator) return std::nullopt;
  return Decimal{multiply_divide(numerator, power_of_ten(2), denominator), 2};
}

std::string percent(std::int64_t value) {
  return Decimal{divide_rounded(Int128{value} * 100, power_of_ten(12 - 2)), 2}.to_text() + " %";
}

/// A ratio of small whole numbers that splits have, within 3 percent of a / b or its inverse.
std::optional<std::string> near_split(Int128 a, Int128 b) {
  static constexpr std::array<std::array<int, 2>, 15> kRatios = {{{3, 2},
                                                                  {2, 1},
                                                                  {3, 1},
                                                                  {4, 1},
                                                                  {5, 1},
                                                                  {6, 1},
                                                                  {7, 1},
                                                                  {8, 1},
                                                                  {10, 1},
                                                                  {15, 1},
                                                                  {20, 1},
                                                                  {25, 1},
                                                                  {30, 1},
                                                                  {50, 1},
                                                                  {100, 1}}};
  const auto is_near = [](Int128 numerator, Int128 denominator, int to, int from) {
    const Int128 off = magnitude(numerator * from - denominator * to);
    return off * 100 <= 3 * denominator * to;
  };
  for (const auto& [to, from] : kRatios) {
    if (is_near(a, b, to, from)) return concat(to, ":", from);
    if (is_near(b, a, to, from)) return concat(from, ":", to);
  }
  return std::nullopt;
}

/// The close of the bar before, as numerator over denominator in the units of `bar`.
struct Before {
  Int128 numerator = 0;
  Int128 denominator = 1;
};

Before before_of(const BarSeries& bars, std::size_t bar) {
  Before before{bars.close[bar - 1].units(), 1};
  for (const Split& split : bars.splits) {
    if (split.bar != bar) continue;
    before.numerator *= split.from;
    before.denominator *= split.to;
  }
  return before;
}

/// The change of the close to `bar`, over the denominator of the one before.
struct Move {
  Int128 size = 0;
  Int128 denominator = 1;
};

Move move_to(const BarSeries& bars, std::size_t bar) {
  const Before before = before_of(bars, bar);
  return {bars.close[bar].units() * before.denominator - before.numerator, before.denominator};
}

/// `second` goes the other way, by at least 80 percent of `first`.
bool takes_back(const Move& second, const Move& first) {
  if (first.size == 0 || second.size == 0 || (first.size > 0) == (second.size > 0)) return false;
  return 10 * magnitude(second.size) * first.denominator >=
         8 * magnitude(first.size) * second.denominator;
}

bool is_taken_back(const BarSeries& bars, std::size_t bar) {
  return bar + 1 < bars.size() && takes_back(move_to(bars, bar + 1), move_to(bars, bar));
}

/// The close returns to about where it was two bars ago, from a move of about this size.
bool is_way_back(const BarSeries& bars, std::size_t bar) {
  if (bar < 2) return false;
  const Move here = move_to(bars, bar);
  const Move before = move_to(bars, bar - 1);
  return takes_back(here, before) && takes_back(before, here);
}

bool is_near_known(std::span<const Day> splits, Day day) {
  constexpr Day kNear = 3;
  return std::any_of(splits.begin(), splits.end(),
                     [&](Day split) { return std::abs(split - day) <= kNear; });
}

std::optional<Finding> reused_ticker(const BarSeries& bars, std::size_t bar, const Before& before) {
  constexpr Timestamp kLongGap = 180 * kDayLength;
  if (bars.timestamp[bar] - bars.timestamp[bar - 1] <= kLongGap) return std::nullopt;
  const std::int64_t change =
      return_of(bars.open[bar].units(), before.numerator, before.denominator);
  if (std::abs(change) <= kReturnUnit / 2) return std::nullopt;
  const auto days = (bars.timestamp[bar] - bars.timestamp[bar - 1]) / kDayLength;
  return Finding{FindingKind::kTickerReuse,
                 bars.timestamp[bar - 1],
                 bars.timestamp[bar],
                 2,
                 Decimal{change, 12}.rounded(kShownDecimals),
                 concat("after ", days, " days the price is another by ", percent(change))};
}

std::optional<Finding> suspected_split(const BarSeries& bars, std::size_t bar,
                                       std::span<const Day> known_splits) {
  const Int128 before = bars.close[bar - 1].units();
  const Int128 open = bars.open[bar].units();
  if (4 * magnitude(open - before) < before ||
      is_near_known(known_splits, utc_day(bars.timestamp[bar])))
    return std::nullopt;
  const auto ratio = near_split(before, open);
  if (!ratio || is_taken_back(bars, bar) || is_way_back(bars, bar)) return std::nullopt;
  return Finding{
      FindingKind::kSplitSuspect,
      bars.timestamp[bar],
      bars.timestamp[bar],
      1,
      Decimal{multiply_divide(before, power_of_ten(kShownDecimals), open), kShownDecimals},
      concat("close before over open is near ", *ratio, ", and no split is recorded")};
}

}  // namespace

std::string_view finding_name(FindingKind kind) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "gap",          "outlier",   "spike",          "stale",          "split_suspect",
      "ticker_reuse", "duplicate", "out_of_session", "jump_at_action", "timeframe_mismatch"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::vector<Finding> find_gaps(const BarSeries& bars, std::span<const Timestamp> expected) {
  std::vector<Finding> gaps;
  if (bars.size() == 0) return gaps;
  std::size_t bar = 0;
  bool open = false;
  for (const Timestamp time : expected) {
    if (time < bars.timestamp.front() || time > bars.timestamp.back()) continue;
    while (bars.timestamp[bar] < time) ++bar;
    if (bars.timestamp[bar] == time) {
      open = false;
    } else if (open) {
      gaps.back().to = time;
      ++gaps.back().bars;
    } else {
      gaps.push_back({FindingKind::kGap, time, time, 1, {}, {}});
      open = true;
    }
  }
  for (Finding& gap : gaps) {
    gap.value = Decimal{gap.bars, 0};
    gap.detail = concat(gap.bars, gap.bars == 1 ? " bar is missing" : " bars are missing");
  }
  return gaps;
}

std::vector<Finding> find_odd_moves(const BarSeries& bars, std::span<const Day> known_splits) {
  std::vector<Finding> findings;
  ReturnWindow window;
  for (std::size_t bar = 1; bar < bars.size(); ++bar) {
    const Before before = before_of(bars, bar);
    const std::int64_t change =
        return_of(bars.close[bar].units(), before.numerator, before.denominator);
    if (auto reuse = reused_ticker(bars, bar, before)) {
      findings.push_back(std::move(*reuse));
    } else if (auto split = suspected_split(bars, bar, known_splits)) {
      findings.push_back(std::move(*split));
    }
    if (window.size() >= kLeastWindow) {
      if (const auto score = outlier_score(window, change)) {
        const bool spike = is_taken_back(bars, bar);
        findings.push_back({spike ? FindingKind::kSpike : FindingKind::kOutlier,
                            bars.timestamp[bar], bars.timestamp[bar], 1, *score,
                            concat("a return of ", percent(change),
                                   spike                    ? ", taken back by the next"
                                   : is_way_back(bars, bar) ? ", which takes the one before back"
                                                            : "")});
      }
    }
    window.push(change);
  }
  return findings;
}

std::vector<Finding> find_stale_runs(const BarSeries& bars, Timeframe timeframe) {
  const std::size_t least = is_intraday(timeframe) ? 30 : 5;
  const bool has_volume =
      std::any_of(bars.volume.begin(), bars.volume.end(), [](Volume v) { return !v.is_zero(); });
  std::vector<Finding> runs;
  std::size_t flat_from = 0;
  std::size_t idle_from = 0;
  const auto end_run = [&](std::size_t from, std::size_t end, std::string_view what) {
    if (end - from < least) return;
    const auto count = static_cast<std::int64_t>(end - from);
    runs.push_back({FindingKind::kStale, bars.timestamp[from], bars.timestamp[end - 1], count,
                    Decimal{count, 0}, concat(count, " bars ", what)});
  };
  const auto is_flat = [&](std::size_t bar) { return bars.high[bar] == bars.low[bar]; };
  for (std::size_t bar = 0; bar <= bars.size(); ++bar) {
    const bool at_end = bar == bars.size();
    if (at_end || !is_flat(bar) || (bar > flat_from && bars.close[bar] != bars.close[flat_from])) {
      end_run(flat_from, bar, "at one price");
      flat_from = !at_end && is_flat(bar) ? bar : bar + 1;
    }
    if (at_end || !bars.volume[bar].is_zero()) {
      if (has_volume && bar > idle_from) end_run(idle_from, bar, "without volume");
      idle_from = bar + 1;
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Finding& a, const Finding& b) { return a.from < b.from; });
  return runs;
}

std::vector<Finding> find_duplicates(const BarSeries& bars, Timeframe timeframe) {
  std::vector<Finding> findings;
  for (const Bucket& bucket : buckets_of(bars.timestamp, timeframe)) {
    const auto count = static_cast<std::int64_t>(bucket.end - bucket.begin);
    if (count == 1) continue;
    findings.push_back({FindingKind::kDuplicate, bars.timestamp[bucket.begin],
                        bars.timestamp[bucket.end - 1], count, Decimal{count, 0},
                        concat(count, " bars in one period")});
  }
  return findings;
}

bool has_weekends(const Asset& asset) {
  return asset.asset_type != "crypto" && asset.asset_type != "forex" &&
         asset.asset_type != "future";
}

std::vector<Finding> find_weekend_bars(const BarSeries& bars, std::span<const WallClock> clocks) {
  std::vector<Finding> fewest;
  if (!has_weekends(bars.asset)) return fewest;
  for (const WallClock& clock : clocks) {
    std::vector<Finding> findings;
    for (const Timestamp time : bars.timestamp) {
      const Day date = utc_day(clock(time));
      if (!is_weekend(date)) continue;
      const std::chrono::weekday day{std::chrono::sys_days{civil_date(date)}};
      findings.push_back(
          {FindingKind::kOutOfSession, time, time, 1, Decimal{day.c_encoding(), 0},
           day == std::chrono::Saturday ? "a bar of a Saturday" : "a bar of a Sunday"});
    }
    if (&clock == clocks.data() || findings.size() < fewest.size()) fewest = std::move(findings);
    if (fewest.empty()) break;
  }
  return fewest;
}

bool looks_adjusted(const BarSeries& series, const Split& split) {
  const Int128 before = series.close[split.bar - 1].units();
  const Int128 after = series.open[split.bar].units();
  const auto [to, from] = std::pair<Int128, Int128>(split.to, split.from);
  if (4 * to <= 5 * from && 4 * from <= 5 * to) return false;  // too small to tell
  // |after / before - 1| < |after / before - from / to|
  return magnitude(after - before) * to < magnitude(after * to - before * from);
}

std::vector<Finding> find_unseen_splits(const BarSeries& bars) {
  std::vector<Finding> findings;
  for (const Split& split : bars.splits) {
    if (!looks_adjusted(bars, split)) continue;
    const Timestamp time = bars.timestamp[split.bar];
    const Decimal moved{multiply_divide(bars.open[split.bar].units(), power_of_ten(kShownDecimals),
                                        bars.close[split.bar - 1].units()),
                        kShownDecimals};
    findings.push_back(
        {FindingKind::kJumpAtAction, time, time, 1, moved,
         concat("the price does not move with the split ", split.to, ":", split.from)});
  }
  return findings;
}

std::vector<Finding> find_mismatches(const BarSeries& bars, Timeframe timeframe,
                                     const BarSeries& finer, Timeframe finer_timeframe) {
  std::vector<Finding> findings;
  const auto joined =
      join_bars(finer, finer_timeframe, timeframe, Session{}, [](Timestamp time) { return time; });
  std::size_t bar = 0;
  std::size_t compared = 0;
  for (const JoinedBar& want : joined) {
    while (bar < bars.size() && bars.timestamp[bar] < want.start) ++bar;
    if (bar == bars.size()) break;
    if (bars.timestamp[bar] != want.start) continue;
    ++compared;
    std::string differing;
    const auto compare = [&](std::string_view name, const auto& have, const auto& wanted) {
      if (have == wanted) return;
      differing += concat(differing.empty() ? "" : ", ", name, " ", have.to_text(), " against ",
                          wanted.to_text());
    };
    compare("open", bars.open[bar], want.open);
    compare("high", bars.high[bar], want.high);
    compare("low", bars.low[bar], want.low);
    compare("close", bars.close[bar], want.close);
    compare("volume", bars.volume[bar], want.volume);
    if (differing.empty()) continue;
    findings.push_back({FindingKind::kTimeframeMismatch, want.start, want.start, 1, Decimal{},
                        concat(differing, " of its ", timeframe_name(finer_timeframe), " bars")});
  }
  constexpr std::size_t kFew = 3;
  if (findings.size() < kFew || 2 * findings.size() <= compared) return findings;
  const auto count = static_cast<std::int64_t>(findings.size());
  return {
      {FindingKind::kTimeframeMismatch, findings.front().from, findings.back().to, count, Decimal{},
       concat(count, " of ", compared, " bars are not what their ", timeframe_name(finer_timeframe),
              " bars join to: perhaps of another session or time zone")}};
}

}  // namespace quant
