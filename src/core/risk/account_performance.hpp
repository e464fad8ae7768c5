// SPDX-License-Identifier: PostgreSQL
// How an account or a benchmark has done, by its time-weighted returns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/risk/historical_simulation.hpp"
#include "core/risk/portfolio_risk.hpp"

namespace quant {

/// Equity at a mark, and what was paid in less what was taken out since the mark before, counted as
/// if it had come at the start of the period.
struct AccountMark {
  EquityPoint point;
  Money flow;
};

/// Drawdown at each mark with 6 decimals, of what one unit of money that was there from the start
/// has become: deposits and withdrawals are no gains and losses.
[[nodiscard]] std::vector<Decimal> account_drawdowns(Money initial_capital,
                                                     std::span<const AccountMark> marks);

/// What the initial capital has become at each mark without anything paid in or taken out, in
/// cents; the capital itself stands first, where the curve begins. Without flows that is the
/// equity, to the cent. Empty without a mark.
[[nodiscard]] std::vector<EquityPoint> curve_without_flows(Money initial_capital,
                                                           std::span<const AccountMark> marks);

/// What the capital would be worth at each mark in the benchmark, bought at its last close up to
/// the first mark, dividends reinvested; nothing where it has no close by then.
[[nodiscard]] std::vector<std::optional<Money>> benchmark_values(Money initial_capital,
                                                                 std::span<const AccountMark> marks,
                                                                 const Holding& benchmark);

/// Where the account stands now, given its marks and one more: its drawdown, and the loss since the
/// last mark before `today` (without one since the start), with 24 decimals. 1 where nothing is
/// left that could be lost.
struct AccountLoss {
  Decimal drawdown;
  Decimal of_today;
};
[[nodiscard]] AccountLoss account_loss(Money initial_capital, std::span<const AccountMark> marks,
                                       const AccountMark& now, Timestamp today);

/// total_return, annualized_return, volatility, sharpe_ratio, sortino_ratio, max_drawdown and, with
/// a benchmark, beta: columns of trading.portfolios. Returns are of session days, with `benchmark`
/// over the same days; the drawdown is that of all marks.
[[nodiscard]] std::vector<RiskFigure> account_performance(Money initial_capital,
                                                          std::span<const AccountMark> marks,
                                                          const Holding* benchmark,
                                                          int periods_per_year);

/// One part of a benchmark: an asset with its closes and actions, and its weight.
struct BenchmarkPart {
  Holding asset;
  Decimal weight;
};
struct BenchmarkPerformance {
  Day as_of = 0;
  /// ytd_return, return_1y, return_3y, return_5y, annualized_return, volatility, sharpe_ratio,
  /// max_drawdown: columns of trading.benchmarks.
  std::vector<RiskFigure> figures;
};
/// By total returns of the days on which all parts have a close; the weights are restored every
/// day. Nothing without two such days.
[[nodiscard]] std::optional<BenchmarkPerformance> benchmark_performance(
    std::span<const BenchmarkPart> parts, int periods_per_year);

}  // namespace quant
