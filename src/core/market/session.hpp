// SPDX-License-Identifier: PostgreSQL
// Bars joined to coarser ones by the days and hours of a market: its time zone and its session.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/function_ref.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"

namespace quant {

/// The hours of a trading day, by the clock on the wall: the bars that start in [open, close). One
/// that does not end later than it begins runs over midnight, and its day is the one that it ends
/// on.
struct Session {
  Timestamp open = 0;
  Timestamp close = kDayLength;

  [[nodiscard]] bool is_overnight() const { return close <= open; }
};

/// Reads "09:30-16:00"; 24:00 may end it.
[[nodiscard]] std::optional<Session> parse_session(std::string_view text);

/// A coarser bar. The price is missing that a part with volume lacks.
struct JoinedBar {
  Timestamp start = 0;
  Price open;
  Price high;
  Price low;
  Price close;
  Volume volume;
  std::optional<Price> vwap;
};

/// The bars of `series`, of timeframe `finer`, joined to bars of `coarser`; can_resample() holds.
/// Those outside of the session are left out, and where there is none there is no coarser one
/// either.
///
/// Intraday bars of the coarser timeframe are counted from the session's open, the last one cut by
/// its close; they start at that instant. Days, weeks (from Monday) and months are of trading days,
/// and start at 00:00 UTC of their first date, as bars of a day do. `finer` bars of a day or longer
/// have their date in UTC, and no session. `local_of`: what the clock on the market's wall shows.
[[nodiscard]] std::vector<JoinedBar> join_bars(const BarSeries& series, Timeframe finer,
                                               Timeframe coarser, const Session& session,
                                               FunctionRef<Timestamp(Timestamp)> local_of);

}  // namespace quant
