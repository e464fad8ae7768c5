// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/risk/quantile.hpp"

namespace quant {

/// What a statistic of returns takes besides them.
enum class StatisticParameter { kPeriodsPerYear, kTarget, kTrialVariance, kTrials };

/// The arguments of a statistic in one arithmetic; those that it does not take are 0.
template <typename T>
struct StatisticInput {
  std::span<const T> returns;
  std::span<const T> benchmark;  // one for each of the returns, where the statistic is relative
  T periods_per_year = 0;
  T target = 0;
  T trial_variance = 0;  // of the Sharpe ratios of several trials, per period
  T trials = 0;
};

/// A statistic of period returns: its parameters in the order of the SQL arguments, and its formula
/// (series_statistics.hpp) in both arithmetics of round_figure().
struct ReturnStatistic {
  std::string_view name;
  std::vector<StatisticParameter> parameters;
  bool is_relative = false;
  std::optional<Real> (*figure)(const StatisticInput<Real>&);
  std::optional<LongReal> (*precise_figure)(const StatisticInput<LongReal>&);
};

/// The statistic of this name: volatility, downside_deviation, sharpe_ratio, sortino_ratio,
/// omega_ratio, skewness, excess_kurtosis, tail_ratio, probabilistic_sharpe_ratio,
/// deflated_sharpe_ratio; relative to a benchmark: beta, alpha,
/// tracking_error, information_ratio.
[[nodiscard]] const ReturnStatistic& return_statistic(std::string_view name);

/// The statistic of `sample`, which holds the returns or, for a relative one, each return followed
/// by the benchmark's, correctly rounded to 12 decimals; nothing where it is not defined.
/// kInvalidParameter for a periods_per_year that is not positive.
[[nodiscard]] std::optional<Decimal> evaluate(const ReturnStatistic& statistic,
                                              const DecimalSample& sample,
                                              std::span<const Decimal> parameters);

}  // namespace quant
