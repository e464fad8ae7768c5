// SPDX-License-Identifier: PostgreSQL
// The figures of a run that are computed in decimal floating point, as docs/formulas has them.
#include <algorithm>

#include "core/backtest/run_sample.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

/// A formula that is written once converts to the functions of both arithmetics.
template <typename Written>
NamedFormula define(std::string_view name, Written written) {
  return {name, {written, written}, {}};
}

/// Fewer returns say nothing about a tail of 5 percent.
constexpr std::size_t kTailReturns = 20;
constexpr Decimal kTailLevel{95, 2};

template <typename T>
std::vector<T> sorted_returns(const RunSample<T>& run) {
  return sorted_copy(run.view());
}

/// (E_N / E_0)^(365.25 / D) - 1, D calendar days. Nothing where D is 0 or the equity negative.
template <typename T>
std::optional<T> compound_growth(const RunSample<T>& run) {
  const RunSeries& series = *run.series;
  if (series.days <= 0 || series.last < Money{}) return std::nullopt;
  if (series.last.is_zero()) return T(-1);
  if (series.last == series.first) return T(0);
  return T(exp(log(run.growth()) * 36525 / (100 * T(series.days))) - 1);
}

/// The annual return over the risk-free rate.
template <typename T>
std::optional<T> excess_growth(const RunSample<T>& run) {
  if (!run.annualized_return) return std::nullopt;
  return T(*run.annualized_return - run.risk_free);
}

template <typename T>
std::optional<T> mean_of(std::span<const Ratio> ratios) {
  const std::vector<T> values = to_reals<T>(ratios);
  return mean(std::span<const T>(values));
}

/// Mean of the largest drawdowns of the calendar years, and a tenth [Sterling].
template <typename T>
std::optional<T> sterling_risk(const RunSample<T>& run) {
  const auto average = mean_of<T>(run.series->year_drawdowns);
  if (!average) return std::nullopt;
  return T(*average + T(1) / 10);
}

template <typename T>
std::optional<T> capture(const RunSample<T>& run, Market market) {
  return capture_ratio(captured_returns(run.paired_view(), run.benchmark_view(), market), T(1));
}

/// sqrt(n) mean(pnl) / sd(pnl) = S sqrt((n - 1) / (n sum x^2 - S^2)), S the sum [Tharp].
template <typename T>
std::optional<T> system_quality(const RunSample<T>& run) {
  const PnlSample pnl = pnl_sample(run.series->trades);
  if (pnl.count < 2 || pnl.spread == 0) return std::nullopt;
  return T(to_real<T>(pnl.sum.units()) * sqrt(T(pnl.count - 1) / T(pnl.spread.str())));
}

/// The probability that the true Sharpe ratio is above 0.
template <typename T>
std::optional<T> sharpe_above_zero(const RunSample<T>& run) {
  if (run.returns.size() < 2 || run.moments().squares == 0) return std::nullopt;
  const T count = real_count(run.view());
  const T deviation = sqrt(run.moments().squares / (count - 1));
  const T sharpe = (*mean(run.view()) - run.target) / deviation;
  const auto third = skewness(run.moments(), count);
  const auto fourth = excess_kurtosis(run.moments(), count);
  return probabilistic_sharpe(SharpeSample<T>{sharpe, *third, T(*fourth + 3), run.returns.size()},
                              T(0));
}

std::vector<NamedFormula> return_formulas() {
  return {
      define("annualized_return", [](const auto& run) { return compound_growth(run); }),
      define("annual_return",
             [](const auto& run) { return annual_return(run.view(), run.periods_per_year); }),
      define("volatility",
             [](const auto& run) { return volatility(run.view(), run.periods_per_year); }),
      define("downside_deviation",
             [](const auto& run) {
               return downside_deviation(run.view(), run.target, run.periods_per_year);
             }),
      define("sharpe_ratio",
             [](const auto& run) {
               return sharpe_ratio(run.view(), run.target, run.periods_per_year);
             }),
      define("sortino_ratio",
             [](const auto& run) {
               return sortino_ratio(run.view(), run.target, run.periods_per_year);
             }),
      define("omega_ratio", [](const auto& run) { return omega_ratio(run.view(), run.target); }),
      define("skewness",
             []<typename T>(const RunSample<T>& run) -> std::optional<T> {
               if (run.returns.empty()) return std::nullopt;
               return skewness(run.moments(), real_count(run.view()));
             }),
      define("excess_kurtosis",
             []<typename T>(const RunSample<T>& run) -> std::optional<T> {
               if (run.returns.empty()) return std::nullopt;
               return excess_kurtosis(run.moments(), real_count(run.view()));
             }),
      define("tail_ratio", [](const auto& run) { return tail_ratio(run.view()); }),
      define("probabilistic_sharpe", [](const auto& run) { return sharpe_above_zero(run); }),
      define("value_at_risk_95",
             []<typename T>(const RunSample<T>& run) -> std::optional<T> {
               if (run.returns.size() < kTailReturns) return std::nullopt;
               const std::vector<T> sorted = sorted_returns(run);
               return value_at_risk(std::span<const T>(sorted), kTailLevel);
             }),
      define("expected_shortfall_95",
             []<typename T>(const RunSample<T>& run) -> std::optional<T> {
               if (run.returns.size() < kTailReturns) return std::nullopt;
               const std::vector<T> sorted = sorted_returns(run);
               return expected_shortfall(std::span<const T>(sorted), kTailLevel);
             }),
      define("sqn", [](const auto& run) { return system_quality(run); }),
  };
}

std::vector<NamedFormula> drawdown_formulas() {
  return {
      // Young 1991, over the whole run.
      define("calmar_ratio",
             []<typename T>(const RunSample<T>& run) {
               return quotient(run.annualized_return,
                               std::optional(to_real<T>(run.series->max_drawdown)));
             }),
      define("average_drawdown",
             []<typename T>(const RunSample<T>& run) {
               return mean_of<T>(run.series->episode_depths);
             }),
      define("ulcer_index",
             []<typename T>(const RunSample<T>& run) {
               return root_mean_square(std::span<const T>(run.drawdowns));
             }),
      define("pain_index",
             []<typename T>(const RunSample<T>& run) {
               return mean(std::span<const T>(run.drawdowns));
             }),
      define("conditional_drawdown_95",
             []<typename T>(const RunSample<T>& run) {
               return upper_tail_mean(std::span<const T>(run.drawdowns), kTailLevel);
             }),
      define("martin_ratio",
             []<typename T>(const RunSample<T>& run) {
               return quotient(excess_growth(run),
                               root_mean_square(std::span<const T>(run.drawdowns)));
             }),
      define("pain_ratio",
             []<typename T>(const RunSample<T>& run) {
               return quotient(excess_growth(run), mean(std::span<const T>(run.drawdowns)));
             }),
      define("burke_ratio",
             []<typename T>(const RunSample<T>& run) {
               const auto depths = to_reals<T>(std::span<const Ratio>(run.series->episode_depths));
               return quotient(excess_growth(run),
                               std::optional(root_sum_square(std::span<const T>(depths))));
             }),
      define("sterling_ratio",
             [](const auto& run) { return quotient(run.annualized_return, sterling_risk(run)); }),
  };
}

std::vector<NamedFormula> relative_formulas() {
  return {
      define("alpha",
             [](const auto& run) {
               return alpha(run.paired_view(), run.benchmark_view(), run.target,
                            run.periods_per_year);
             }),
      define("beta", [](const auto& run) { return beta(run.paired_view(), run.benchmark_view()); }),
      define("tracking_error",
             [](const auto& run) {
               return tracking_error(run.paired_view(), run.benchmark_view(), run.periods_per_year);
             }),
      define("information_ratio",
             [](const auto& run) {
               return information_ratio(run.paired_view(), run.benchmark_view(),
                                        run.periods_per_year);
             }),
      define("correlation",
             [](const auto& run) { return correlation(run.paired_view(), run.benchmark_view()); }),
      define("r_squared",
             []<typename T>(const RunSample<T>& run) -> std::optional<T> {
               const auto related = correlation(run.paired_view(), run.benchmark_view());
               if (!related) return std::nullopt;
               return T(*related * *related);
             }),
      define("treynor_ratio",
             [](const auto& run) {
               return treynor_ratio(run.paired_view(), run.benchmark_view(), run.target,
                                    run.periods_per_year);
             }),
      define("up_capture", [](const auto& run) { return capture(run, Market::kUp); }),
      define("down_capture", [](const auto& run) { return capture(run, Market::kDown); }),
  };
}

}  // namespace

const NamedFormula* own_formula(std::string_view name) {
  static const std::vector<NamedFormula> kFormulas = [] {
    std::vector<NamedFormula> all = return_formulas();
    for (const auto& more : {drawdown_formulas(), relative_formulas()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  const auto found =
      std::find_if(kFormulas.begin(), kFormulas.end(),
                   [&](const NamedFormula& formula) { return formula.name == name; });
  return found == kFormulas.end() ? nullptr : &*found;
}

}  // namespace quant
