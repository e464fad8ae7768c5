// SPDX-License-Identifier: PostgreSQL
#include "adapter/market_data_check.hpp"

#include "core/market/observed_calendar.hpp"
#include "core/market/resample.hpp"

#include "adapter/corporate_actions.hpp"
#include "adapter/session_days.hpp"
#include "adapter/universe_reader.hpp"

namespace quant::pg {

namespace {

/// Returns before the range that the first bars in it are judged by.
constexpr int kWarmUp = 101;

struct CheckRequest {
  Timeframe timeframe = Timeframe::k1d;
  Timestamp from = 0;
  Timestamp to = 0;

  [[nodiscard]] Arguments arguments() const {
    return Arguments()
        .add(std::string(timeframe_name(timeframe)))
        .add(TIMESTAMPTZOID, TimestampTzGetDatum(from))
        .add(TIMESTAMPTZOID, TimestampTzGetDatum(to));
  }
};

constexpr const char* kInRange =
    " m.timeframe OPERATOR(pg_catalog.=) $1 AND m.\"timestamp\" OPERATOR(pg_catalog.>=) $2 AND "
    "m.\"timestamp\" "
    "OPERATOR(pg_catalog.<) $3 ";

/// Clocks that markets keep to: none that changes, and those that change as North America, Europe
/// and Australia do.
std::vector<WallClock> market_clocks() {
  std::vector<WallClock> clocks;
  for (const char* zone : {"UTC", "America/New_York", "Europe/London", "Australia/Sydney"}) {
    clocks.emplace_back([days = ZoneDays(zone)](Timestamp time) { return days.local_of(time); });
  }
  return clocks;
}

/// Symbols of one market share days and hours: those of one exchange, or of one type where none is
/// named.
struct Market {
  std::optional<std::string> exchange;
  std::string asset_type;
  std::vector<std::string> symbols;
};

std::vector<Market> read_markets(const CheckRequest& request,
                                 const std::optional<std::string>& symbol) {
  Arguments arguments = request.arguments();
  std::string condition;
  if (symbol) {
    arguments.add(*symbol);
    condition = " AND a.symbol OPERATOR(pg_catalog.=) $4";
  }
  const Rows rows = execute(
      concat("SELECT a.exchange, a.symbol, a.asset_type FROM trading.assets a WHERE EXISTS (SELECT "
             "FROM "
             "trading.market_data m WHERE",
             kInRange, "AND m.symbol OPERATOR(pg_catalog.=) a.symbol)", condition,
             " ORDER BY a.exchange COLLATE \"C\" NULLS FIRST, CASE WHEN a.exchange IS NULL THEN "
             "a.asset_type COLLATE \"C\" END, a.symbol COLLATE \"C\""),
      std::move(arguments));
  std::vector<Market> markets;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const auto exchange = rows[i].is_null(1) ? std::nullopt : std::optional(rows[i].string(1));
    const std::string type = rows[i].string(3);
    if (markets.empty() || markets.back().exchange != exchange ||
        (!exchange && markets.back().asset_type != type)) {
      markets.push_back({exchange, type, {}});
    }
    markets.back().symbols.push_back(rows[i].string(2));
  }
  return markets;
}

ObservedCalendar read_calendar(const CheckRequest& request, const Market& market) {
  const std::string peers = concat(
      " FROM trading.market_data m JOIN trading.assets a ON a.id OPERATOR(pg_catalog.=) m.asset_id "
      "WHERE",
      kInRange, "AND a.asset_type OPERATOR(pg_catalog.<>) 'crypto' AND a.exchange ",
      market.exchange ? "OPERATOR(pg_catalog.=) $4 "
                      : "IS NULL AND a.asset_type OPERATOR(pg_catalog.=) $4 ");
  const auto arguments = [&] {
    Arguments all = request.arguments();
    return all.add(market.exchange ? *market.exchange : market.asset_type);
  };
  std::vector<ObservedCalendar::Seen> seen;
  const Rows times =
      execute(concat("SELECT m.\"timestamp\", pg_catalog.count(*)", peers, "GROUP BY 1 ORDER BY 1"),
              arguments());
  for (std::uint64_t i = 0; i < times.size(); ++i)
    seen.push_back({times[i].timestamp(1), times[i].int64(2)});
  std::vector<DayRange> spans;
  const Rows ends =
      execute(concat("SELECT pg_catalog.min(m.\"timestamp\"), pg_catalog.max(m.\"timestamp\")",
                     peers, "GROUP BY m.asset_id"),
              arguments());
  for (std::uint64_t i = 0; i < ends.size(); ++i)
    spans.push_back({utc_day(ends[i].timestamp(1)), utc_day(ends[i].timestamp(2))});
  return {std::move(seen), spans, request.timeframe};
}

BarSeries read_series(const CheckRequest& request, const Asset& asset, Timeframe timeframe,
                      int warm_up) {
  BarRequest bars;
  bars.timeframe = timeframe;
  bars.from = request.from;
  bars.to = request.to;
  bars.warm_up = warm_up;
  bars.range = bars.volume = bars.vwap = true;
  return read_symbol(bars, asset);
}

std::vector<Day> read_split_days(const Asset& asset) {
  const Rows rows = execute(
      "SELECT c.ex_date FROM trading.corporate_actions c WHERE c.asset_id OPERATOR(pg_catalog.=) "
      "$1 AND c.split_to IS NOT NULL",
      Arguments().add(asset.id));
  std::vector<Day> days;
  for (std::uint64_t i = 0; i < rows.size(); ++i)
    days.push_back(DatumGetDateADT(rows[i].value(1, DATEOID)));
  return days;
}

std::vector<Finding> check_symbol(const CheckRequest& request, const Asset& asset,
                                  const ObservedCalendar& calendar,
                                  std::span<const WallClock> clocks) {
  std::vector<Finding> findings;
  with_spi([&] {
    std::vector<BarSeries> series = {read_series(request, asset, request.timeframe, kWarmUp)};
    std::vector<std::string> warnings;
    apply_corporate_actions(series, Prices::kRaw, ZoneDays("UTC"), warnings);
    const BarSeries& bars = series.front();
    const auto add = [&](std::vector<Finding> more) {
      std::erase_if(more, [&](const Finding& finding) { return finding.to < request.from; });
      findings.insert(findings.end(), more.begin(), more.end());
    };
    add(find_gaps(bars, calendar.expected(bars, clocks)));
    add(find_odd_moves(bars, read_split_days(asset)));
    add(find_stale_runs(bars, request.timeframe));
    add(find_duplicates(bars, request.timeframe));
    add(find_weekend_bars(bars, clocks));
    add(find_unseen_splits(bars));
    const auto makes_it = [&](Timeframe found) { return can_resample(found, request.timeframe); };
    if (const auto finer = find_finest(asset, request.from, request.to, makes_it)) {
      // The last bar is made of finer ones up to its end, which may lie behind that of the request.
      CheckRequest whole = request;
      if (bars.size() != 0) {
        whole.to = std::max(whole.to, bar_end(bars.timestamp.back(), request.timeframe));
      }
      add(find_mismatches(bars, request.timeframe, read_series(whole, asset, *finer, 0), *finer));
    }
  });
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.from < b.from; });
  return findings;
}

}  // namespace

void check_market_data(const std::optional<std::string>& symbol, Timeframe timeframe,
                       Timestamp from, Timestamp to,
                       FunctionRef<void(const Asset&, const Finding&)> report) {
  const CheckRequest request{timeframe, from, to};
  std::vector<Market> markets;
  with_spi([&] {
    if (symbol) (void)read_asset(*symbol, "symbol", "It is argument \"symbol\".");
    markets = read_markets(request, symbol);
  });
  const std::vector<WallClock> clocks = market_clocks();
  for (const Market& market : markets) {
    std::optional<ObservedCalendar> calendar;
    with_spi([&] { calendar = read_calendar(request, market); });
    for (const std::string& name : market.symbols) {
      call_server([] { CHECK_FOR_INTERRUPTS(); });
      Asset asset;
      with_spi([&] { asset = read_asset(name, "symbol", ""); });
      for (const Finding& finding : check_symbol(request, asset, *calendar, clocks)) {
        report(asset, finding);
      }
    }
  }
}

}  // namespace quant::pg
