// SPDX-License-Identifier: PostgreSQL
#include "core/market/session.hpp"

#include <algorithm>

#include "core/base/int128.hpp"
#include "core/market/resample.hpp"

namespace quant {

namespace {

/// Where the bars of one coarser bar begin, or nothing outside of the session.
class Grid {
 public:
  Grid(Timeframe finer, Timeframe coarser, const Session& session,
       FunctionRef<Timestamp(Timestamp)> local_of)
      : has_clock_(is_intraday(finer)), coarser_(coarser), session_(session), local_of_(local_of) {}

  [[nodiscard]] std::optional<Timestamp> start_of(Timestamp time) const {
    if (!has_clock_) return bucket_start(time, coarser_);
    const Timestamp local = local_of_(time);
    const Day date = utc_day(local);
    const Timestamp clock = local - date * kDayLength;
    const bool overnight = session_.is_overnight();
    const bool after_open = clock >= session_.open;
    if (overnight ? !after_open && clock >= session_.close : !after_open || clock >= session_.close)
      return std::nullopt;
    if (!is_intraday(coarser_))
      return bucket_start((overnight && after_open ? date + 1 : date) * kDayLength, coarser_);
    const Day opened_on = overnight && !after_open ? date - 1 : date;
    return start_of_intraday(time, local, opened_on * kDayLength + session_.open);
  }

 private:
  /// Counted in time that passes, so that a bar is as long as it says when clocks are changed.
  [[nodiscard]] Timestamp start_of_intraday(Timestamp time, Timestamp local,
                                            Timestamp local_open) const {
    Timestamp open = time - (local - local_open);
    open += local_open - local_of_(open);
    const Timestamp length = bar_end(0, coarser_);
    return open + static_cast<Timestamp>(divide_floor(time - open, length)) * length;
  }

  bool has_clock_;
  Timeframe coarser_;
  const Session& session_;
  FunctionRef<Timestamp(Timestamp)> local_of_;
};

/// The mean weighted by volume, of the parts that have volume.
class MeanPrice {
 public:
  void add(Volume volume, const std::optional<Price>& vwap) {
    if (volume.is_zero()) return;
    is_known_ = is_known_ && vwap.has_value();
    if (vwap) value_ = quant::add(value_, multiply(vwap->units(), volume.units()));
    volume_ = quant::add(volume_, volume.units());
  }
  [[nodiscard]] std::optional<Price> mean() const {
    if (!is_known_ || volume_ == 0) return std::nullopt;
    return Price::from_units(divide_rounded(value_, volume_));
  }

 private:
  bool is_known_ = true;
  Int128 value_ = 0;
  Int128 volume_ = 0;
};

}  // namespace

std::optional<Session> parse_session(std::string_view text) {
  constexpr std::size_t kClock = 5;  // "09:30"
  if (text.size() != 2 * kClock + 1 || text[kClock] != '-') return std::nullopt;
  const auto open = parse_time_of_day(text.substr(0, kClock));
  const auto close = parse_time_of_day(text.substr(kClock + 1));
  if (!open || !close || *open == kDayLength) return std::nullopt;
  return Session{*open, *close};
}

std::vector<JoinedBar> join_bars(const BarSeries& series, Timeframe finer, Timeframe coarser,
                                 const Session& session,
                                 FunctionRef<Timestamp(Timestamp)> local_of) {
  const Grid grid(finer, coarser, session, local_of);
  std::vector<JoinedBar> joined;
  MeanPrice mean;
  for (std::size_t bar = 0; bar < series.size(); ++bar) {
    const auto start = grid.start_of(series.timestamp[bar]);
    if (!start) continue;
    if (joined.empty() || joined.back().start != *start) {
      if (!joined.empty()) joined.back().vwap = mean.mean();
      mean = MeanPrice{};
      joined.push_back(
          {*start, series.open[bar], series.high[bar], series.low[bar], series.close[bar], {}, {}});
    }
    JoinedBar& last = joined.back();
    last.high = std::max(last.high, series.high[bar]);
    last.low = std::min(last.low, series.low[bar]);
    last.close = series.close[bar];
    last.volume += series.volume[bar];
    const Price vwap = series.vwap[bar];
    mean.add(series.volume[bar], vwap.is_zero() ? std::nullopt : std::optional(vwap));
  }
  if (!joined.empty()) joined.back().vwap = mean.mean();
  return joined;
}

}  // namespace quant
