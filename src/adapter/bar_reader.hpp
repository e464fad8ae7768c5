// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/function_ref.hpp"
#include "core/market/bar_series.hpp"
#include "core/market/timeframe.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// Which bars to read. Columns not asked for stay empty in the series.
struct BarRequest {
  std::vector<Asset> assets;  // in byte order of symbol
  Timeframe timeframe = Timeframe::k1d;
  Timestamp from = 0;
  Timestamp to = 0;    // exclusive
  int warm_up = 0;     // bars before `from`, for lookbacks
  bool range = false;  // high and low
  bool volume = false;
  bool vwap = false;
  bool quotes = false;  // bid and ask
};

/// Bars from trading.market_data through SPI, so that privileges and row-level security hold; time,
/// open and close always, rows decoded as they arrive. One series for each asset that has a bar in
/// [from, to), each with at most `warm_up` bars before `from`, sorted by time. Needs a connection.
[[nodiscard]] std::vector<BarSeries> read_bars(const BarRequest& request);

/// The bars of one asset; a series without bars where there is none in the range. Needs a
/// connection.
[[nodiscard]] BarSeries read_symbol(BarRequest request, const Asset& asset);

/// The finest of the timeframes stored for `asset` in [from, to) that `is_wanted` takes. Needs a
/// connection.
[[nodiscard]] std::optional<Timeframe> find_finest(const Asset& asset, Timestamp from, Timestamp to,
                                                   FunctionRef<bool(Timeframe)> is_wanted);

/// The bars of the finest timeframe that is stored for `asset` within its bar that starts at
/// `start`, with high and low; empty where no finer one is. Needs a connection.
[[nodiscard]] BarSeries read_finer_bars(const Asset& asset, Timeframe timeframe, Timestamp start);

}  // namespace quant::pg
