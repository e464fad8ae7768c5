// SPDX-License-Identifier: PostgreSQL
// LEAN, Common/Statistics/PortfolioStatistics.cs and Statistics.cs, at commit 00670342 and later.
#include "core/backtest/engine_formulas.hpp"

namespace quant {

namespace {

/// (1 + mean(r))^A - 1
template <typename T>
std::optional<T> annual_performance(std::span<const T> returns, const T& periods_per_year) {
  const auto average = mean(returns);
  if (!average || *average < -1) return std::nullopt;
  return T(power(T(1 + *average), periods_per_year) - 1);
}

template <typename T>
std::optional<T> annual_by_years_of_365_days(const RunSample<T>& run) {
  if (run.series->days <= 0 || run.series->last < Money{}) return std::nullopt;
  return T(power(run.growth(), T(T(365) / run.series->days)) - 1);
}

/// sd(r) sqrt(A) of the negative returns alone.
template <typename T>
std::optional<T> deviation_of_losses(const RunSample<T>& run) {
  std::vector<T> losses;
  for (const T& value : run.returns) {
    if (value < 0) losses.push_back(value);
  }
  return volatility(std::span<const T>(losses), run.periods_per_year);
}

template <typename T>
std::optional<T> lean_excess(const RunSample<T>& run) {
  return over_risk_free(annual_performance(run.view(), run.periods_per_year), run);
}

template <typename T>
std::optional<T> lean_alpha(const RunSample<T>& run) {
  const auto slope = beta(run.paired_view(), run.benchmark_view());
  const auto ours = annual_performance(run.paired_view(), run.periods_per_year);
  const auto theirs = annual_performance(run.benchmark_view(), run.periods_per_year);
  if (!slope || *slope == 0 || !ours || !theirs) return std::nullopt;
  return T(*ours - run.risk_free - *slope * (*theirs - run.risk_free));
}

template <typename T>
std::optional<T> lean_information_ratio(const RunSample<T>& run) {
  const auto ours = annual_performance(run.paired_view(), run.periods_per_year);
  const auto theirs = annual_performance(run.benchmark_view(), run.periods_per_year);
  if (!ours || !theirs) return std::nullopt;
  return quotient(std::optional(T(*ours - *theirs)),
                  tracking_error(run.paired_view(), run.benchmark_view(), run.periods_per_year));
}

/// With the moments corrected for the size of the sample, and the excess kurtosis where the
/// literature has the kurtosis; against a Sharpe ratio of 1 a year.
template <typename T>
std::optional<T> lean_probabilistic_sharpe(const RunSample<T>& run) {
  const auto sharpe = sharpe_ratio(run.view(), T(0), T(1));
  const auto third = skewness(run.view());
  const auto fourth = excess_kurtosis(run.view());
  const std::size_t size = run.returns.size();
  if (!sharpe || !third || !fourth || size < 4) return std::nullopt;
  const T n = T(static_cast<long long>(size));
  const T corrected_third = *third * sqrt(n * (n - 1)) / (n - 2);
  const T corrected_fourth = ((n + 1) * *fourth + 6) * (n - 1) / ((n - 2) * (n - 3));
  return probabilistic_sharpe(SharpeSample<T>{*sharpe, corrected_third, corrected_fourth, size},
                              T(1 / sqrt(run.periods_per_year)));
}

}  // namespace

NamedFormulas lean_formulas() {
  return {
      define_theirs("annualized_return", "(E_N / E_0)^(365 / D) - 1",
                    [](const auto& run) { return annual_by_years_of_365_days(run); }),
      define_theirs("downside_deviation", "sd of the negative r * sqrt(A)",
                    [](const auto& run) { return deviation_of_losses(run); }),
      define_theirs("sharpe_ratio", "((1 + mean(r))^A - 1 - risk_free) / volatility",
                    [](const auto& run) {
                      return quotient(lean_excess(run),
                                      volatility(run.view(), run.periods_per_year));
                    }),
      define_theirs(
          "sortino_ratio", "((1 + mean(r))^A - 1 - risk_free) / downside_deviation",
          [](const auto& run) { return quotient(lean_excess(run), deviation_of_losses(run)); }),
      define_theirs("probabilistic_sharpe",
                    "against 1 a year; corrected skewness and excess kurtosis, r without risk_free",
                    [](const auto& run) { return lean_probabilistic_sharpe(run); }),
      define_theirs("alpha",
                    "(1 + mean(r))^A - 1 - risk_free - beta ((1 + mean(b))^A - 1 - risk_free)",
                    [](const auto& run) { return lean_alpha(run); }),
      define_theirs("information_ratio", "((1 + mean(r))^A - (1 + mean(b))^A) / tracking_error",
                    [](const auto& run) { return lean_information_ratio(run); }),
      define_theirs("treynor_ratio", "((1 + mean(r))^A - 1 - risk_free) / beta",
                    [](const auto& run) {
                      return quotient(
                          over_risk_free(
                              annual_performance(run.paired_view(), run.periods_per_year), run),
                          beta(run.paired_view(), run.benchmark_view()));
                    }),
  };
}

}  // namespace quant
