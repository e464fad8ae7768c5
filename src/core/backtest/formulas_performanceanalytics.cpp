// SPDX-License-Identifier: PostgreSQL
// PerformanceAnalytics 2.0 for R, with geometric = TRUE and scale = A: Return.annualized,
// SharpeRatio.annualized, DownsideDeviation, SortinoRatio, CAPM.jensenAlpha, InformationRatio,
// TreynorRatio, UpDownRatios.
#include "core/backtest/engine_formulas.hpp"

namespace quant {

namespace {

/// The annual growth of the returns less the risk-free one of each period.
template <typename T>
std::optional<T> annual_excess(std::span<const T> returns, const RunSample<T>& run) {
  std::vector<T> excess;
  for (const T& value : returns) excess.push_back(value - run.target);
  return annual_by_periods(std::span<const T>(excess), run.periods_per_year);
}

template <typename T>
std::optional<T> geometric_alpha(const RunSample<T>& run) {
  const auto slope = beta(run.paired_view(), run.benchmark_view());
  const auto ours = annual_by_periods(run.paired_view(), run.periods_per_year);
  const auto theirs = annual_by_periods(run.benchmark_view(), run.periods_per_year);
  if (!slope || !ours || !theirs) return std::nullopt;
  return T(*ours - run.risk_free - *slope * (*theirs - run.risk_free));
}

template <typename T>
std::optional<T> active_premium(const RunSample<T>& run) {
  const auto ours = annual_by_periods(run.paired_view(), run.periods_per_year);
  const auto theirs = annual_by_periods(run.benchmark_view(), run.periods_per_year);
  if (!ours || !theirs) return std::nullopt;
  return T(*ours - *theirs);
}

/// Compound returns of the whole of such periods, not for each of them.
template <typename T>
std::optional<T> cumulative_capture(const RunSample<T>& run, Market market) {
  const auto captured = captured_returns(run.paired_view(), run.benchmark_view(), market);
  return capture_ratio(captured, T(static_cast<long long>(captured.run.size())));
}

}  // namespace

NamedFormulas performanceanalytics_formulas() {
  return {
      define_theirs(
          "annualized_return", kAnnualByPeriods,
          [](const auto& run) { return annual_by_periods(run.view(), run.periods_per_year); }),
      define_theirs("downside_deviation", "sqrt(sum min(r - m, 0)^2 / n), not annual",
                    []<typename T>(const RunSample<T>& run) {
                      return downside_deviation(run.view(), run.target, T(1));
                    }),
      define_theirs("sharpe_ratio", "(prod(1 + r - m)^(A / n) - 1) / volatility",
                    [](const auto& run) {
                      return quotient(annual_excess(run.view(), run),
                                      volatility(run.view(), run.periods_per_year));
                    }),
      define_theirs("sortino_ratio", "mean(r - m) / downside_deviation, not annual",
                    []<typename T>(const RunSample<T>& run) {
                      return sortino_ratio(run.view(), run.target, T(1));
                    }),
      define_theirs("alpha",
                    "C(r) - risk_free - beta (C(b) - risk_free), C(x) = prod(1 + x)^(A / n) - 1",
                    [](const auto& run) { return geometric_alpha(run); }),
      define_theirs(
          "information_ratio", "(C(r) - C(b)) / tracking_error, C(x) = prod(1 + x)^(A / n) - 1",
          [](const auto& run) {
            return quotient(
                active_premium(run),
                tracking_error(run.paired_view(), run.benchmark_view(), run.periods_per_year));
          }),
      define_theirs("treynor_ratio", "(prod(1 + r - m)^(A / n) - 1) / beta",
                    [](const auto& run) {
                      return quotient(annual_excess(run.paired_view(), run),
                                      beta(run.paired_view(), run.benchmark_view()));
                    }),
      define_theirs("up_capture", "(prod(1 + r) - 1) / (prod(1 + b) - 1), where b > 0",
                    [](const auto& run) { return cumulative_capture(run, Market::kUp); }),
      define_theirs("down_capture", "(prod(1 + r) - 1) / (prod(1 + b) - 1), where b <= 0",
                    [](const auto& run) { return cumulative_capture(run, Market::kNotUp); }),
  };
}

}  // namespace quant
