// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/benchmark.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/backtest/metrics.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

BarSeries index_bars(const std::vector<std::string_view>& closes, std::size_t first) {
  BarSeries bars;
  bars.asset.symbol = "INDEX";
  bars.first = first;
  for (const std::string_view close : closes) {
    bars.timestamp.push_back(static_cast<Timestamp>(bars.timestamp.size()) * kDayLength);
    bars.open.push_back(price("90"));
    bars.close.push_back(price(close));
  }
  return bars;
}

TEST(Benchmark, StartsFromTheLastCloseBeforeTheRunOrTheFirstOpen) {
  const std::vector<Day> days = {1, 2};
  const Benchmark before = benchmark_of(index_bars({"100", "110", "121"}, 1), days);
  EXPECT_EQ(before.symbol, "INDEX");
  EXPECT_EQ(before.base, price("100"));
  ASSERT_EQ(before.closes.size(), 2U);
  EXPECT_EQ(before.closes[0].session_day, 1);
  EXPECT_EQ(before.closes[1].price, price("121"));
  EXPECT_EQ(benchmark_of(index_bars({"100", "110"}, 0), days).base, price("90"));
}

Benchmark benchmark_on(const std::vector<Day>& days, const std::vector<std::string_view>& closes) {
  Benchmark benchmark{"INDEX", price("100"), {}};
  for (std::size_t i = 0; i < days.size(); ++i) {
    benchmark.closes.push_back({days[i] * kDayLength, days[i], price(closes[i])});
  }
  return benchmark;
}

std::vector<EquityPoint> periods_on(const std::vector<Day>& days) {
  std::vector<EquityPoint> periods;
  for (const Day day : days) periods.push_back({day * kDayLength, day, money("1000")});
  return periods;
}

std::vector<std::string> texts(const std::vector<Ratio>& ratios) {
  std::vector<std::string> found;
  for (const Ratio& ratio : ratios) found.push_back(rounded(ratio, 4).to_text());
  return found;
}

using Texts = std::vector<std::string>;

TEST(PairReturns, KeepsPeriodsAtWhoseEndsBothHaveAClose) {
  const std::vector<Ratio> returns = {{1, 100}, {2, 100}, {3, 100}, {4, 100}};
  const PairedReturns all = pair_returns(benchmark_on({1, 2, 3, 4}, {"110", "121", "121", "60.5"}),
                                         periods_on({1, 2, 3, 4}), returns, false);
  EXPECT_EQ(texts(all.run), (Texts{"0.0100", "0.0200", "0.0300", "0.0400"}));
  EXPECT_EQ(texts(all.benchmark), (Texts{"0.1000", "0.1000", "0.0000", "-0.5000"}));
  // Day 2 is missing, so neither the period to it nor the one from it counts.
  const PairedReturns some = pair_returns(benchmark_on({1, 3, 4}, {"110", "121", "60.5"}),
                                          periods_on({1, 2, 3, 4}), returns, false);
  EXPECT_EQ(texts(some.run), (Texts{"0.0100", "0.0400"}));
  EXPECT_EQ(texts(some.benchmark), (Texts{"0.1000", "-0.5000"}));
}

TEST(PairReturns, TakesTheLastCloseOfADayOrTheExactTime) {
  Benchmark benchmark = benchmark_on({1, 1}, {"105", "110"});
  benchmark.closes[1].time += 1;
  const std::vector<Ratio> returns = {{1, 100}};
  EXPECT_EQ(texts(pair_returns(benchmark, periods_on({1}), returns, false).benchmark),
            (Texts{"0.1000"}));
  EXPECT_EQ(texts(pair_returns(benchmark, periods_on({1}), returns, true).benchmark),
            (Texts{"0.0500"}));
}

TEST(BenchmarkValues, FollowTheLastCloseAtEachTime) {
  const Benchmark benchmark = benchmark_on({2, 4}, {"110", "33.3333"});
  const std::vector<Timestamp> times = {kDayLength, 2 * kDayLength, 3 * kDayLength, 4 * kDayLength};
  const auto values = benchmark_values(benchmark, money("1000"), times);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[0], money("1000"));
  EXPECT_EQ(values[1], money("1100"));
  EXPECT_EQ(values[2], money("1100"));
  EXPECT_EQ(values[3], money("333.33"));
}

TEST(BenchmarkValues, AreMissingBeyondTheColumn) {
  const Benchmark benchmark{"INDEX", price("0.0001"), {{0, 0, price("999999")}}};
  EXPECT_EQ(benchmark_values(benchmark, money("9999999999"), std::vector<Timestamp>{0}).at(0),
            std::nullopt);
}

TEST(Metrics, RelativeToABenchmarkThatIsComputedByHand) {
  // Run 0.1, -0.1, 0.1, 0.1; benchmark 0.2, 0, 0.2, 0: means 0.05 and 0.1.
  RunRecords records;
  const std::vector<Day> days = {1, 2, 3, 4};
  const std::vector<std::string_view> equity = {"1100", "990", "1089", "1197.90"};
  for (std::size_t i = 0; i < days.size(); ++i) {
    records.equity.push_back({days[i] * kDayLength, money(equity[i]), Money{}, Money{}});
  }
  const Benchmark benchmark = benchmark_on(days, {"120", "120", "144", "144"});
  const RunMetrics metrics = compute_metrics(records, money("1000"), days,
                                             {Decimal{252, 0}, Decimal{}, false}, &benchmark);
  const auto figure = [&](std::string_view name) { return metrics.figure(name).value->to_text(); };
  EXPECT_EQ(figure("benchmark_return"), "0.440000");
  // cov = (0.05 0.1 + 0.15 0.1 + 0.05 0.1 - 0.05 0.1) / 3 = 0.02 / 3; var = 0.04 / 3.
  EXPECT_EQ(figure("beta"), "0.500000");
  EXPECT_EQ(figure("alpha"), "0.000000");
  // Differences -0.1, -0.1, -0.1, 0.1: mean -0.05, deviation 0.1.
  EXPECT_EQ(figure("tracking_error"), "1.587451");
  EXPECT_EQ(figure("information_ratio"), "-7.937254");
}

}  // namespace
}  // namespace quant
