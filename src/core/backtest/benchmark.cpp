// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/benchmark.hpp"

#include <map>

namespace quant {

Benchmark benchmark_of(const BarSeries& bars, std::span<const Day> days) {
  Benchmark benchmark;
  benchmark.symbol = bars.asset.symbol;
  benchmark.base = bars.first > 0 ? bars.close[bars.first - 1] : bars.open[bars.first];
  for (std::size_t bar = bars.first; bar < bars.size(); ++bar) {
    benchmark.closes.push_back({bars.timestamp[bar], days[bar - bars.first], bars.close[bar]});
  }
  return benchmark;
}

PairedReturns pair_returns(const Benchmark& benchmark, std::span<const EquityPoint> periods,
                           std::span<const Ratio> returns, bool by_time) {
  std::map<std::int64_t, Price> close_at;  // the last of a day wins
  for (const Benchmark::Close& close : benchmark.closes) {
    close_at[by_time ? close.time : close.session_day] = close.price;
  }
  PairedReturns pairs;
  std::optional<Price> previous = benchmark.base;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const auto found = close_at.find(by_time ? periods[i].timestamp : periods[i].session_day);
    std::optional<Price> close;
    if (found != close_at.end()) close = found->second;
    if (close && previous) {
      pairs.with_first = pairs.with_first || i == 0;
      pairs.run.push_back(returns[i]);
      pairs.benchmark.push_back({Int128{close->units()} - previous->units(), previous->units()});
    }
    previous = close;
  }
  return pairs;
}

std::vector<std::optional<Money>> benchmark_values(const Benchmark& benchmark,
                                                   Money initial_capital,
                                                   std::span<const Timestamp> times) {
  std::vector<std::optional<Money>> values;
  Price close = benchmark.base;
  std::size_t next = 0;
  for (const Timestamp time : times) {
    while (next < benchmark.closes.size() && benchmark.closes[next].time <= time) {
      close = benchmark.closes[next++].price;
    }
    const Int128 cents =
        multiply_divide(initial_capital.units(), close.units(), benchmark.base.units());
    values.push_back(cents > Money::kMax ? std::nullopt : std::optional(Money::from_units(cents)));
  }
  return values;
}

}  // namespace quant
