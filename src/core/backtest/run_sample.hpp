// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/backtest/benchmark.hpp"
#include "core/backtest/conventions.hpp"
#include "core/backtest/records.hpp"
#include "core/base/pause.hpp"
#include "core/risk/drawdown.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

/// What the figures of a run are computed from, exactly.
struct RunSeries {
  std::vector<Ratio> returns;         // of the metric periods
  std::vector<Ratio> year_returns;    // of the calendar years that the run touches
  std::vector<Ratio> drawdowns;       // at the end of each metric period
  std::vector<Ratio> year_drawdowns;  // the largest of them in each calendar year
  std::vector<Ratio> episode_depths;  // of the drawdown episodes
  PairedReturns pairs;                // with the benchmark; empty without one
  std::span<const Trade> trades;
  Money first;   // E_0
  Money last;    // E_N
  int days = 0;  // calendar days from the first to the last
  Ratio max_drawdown;
  Decimal periods_per_year;
  Decimal risk_free;  // annual
};

/// How much the pnl of the closed trades varies: their number n, sum S, and n sum x^2 - S^2.
struct PnlSample {
  std::int64_t count = 0;
  Money sum;
  WideInteger spread = 0;
};
[[nodiscard]] PnlSample pnl_sample(std::span<const Trade> trades);

/// Returns of calendar years: the last equity of each over that of the year before,
/// `initial_capital` before the first. Ends as simple_returns() does.
[[nodiscard]] std::vector<Ratio> calendar_year_returns(Money initial_capital,
                                                       std::span<const EquityPoint> periods);
/// The largest of `values`, one for each period, in each calendar year.
[[nodiscard]] std::vector<Ratio> largest_of_years(std::span<const EquityPoint> periods,
                                                  std::span<const Ratio> values);

template <typename T>
[[nodiscard]] std::vector<T> reals_of(const std::vector<Ratio>& ratios, const Breath& breath) {
  std::vector<T> values;
  values.reserve(ratios.size());
  for (const Ratio& ratio : ratios) {
    breath();
    values.push_back(to_real<T>(ratio));
  }
  return values;
}

/// The same in decimal floating point. `pause` is called now and then, and outlives it.
template <typename T>
struct RunSample {
  RunSample(const RunSeries& from, const Pause& pause)
      : series(&from),
        breath(pause),
        returns(reals_of<T>(from.returns, breath)),
        drawdowns(reals_of<T>(from.drawdowns, breath)),
        paired(reals_of<T>(from.pairs.run, breath)),
        benchmark(reals_of<T>(from.pairs.benchmark, breath)),
        periods_per_year(to_real<T>(from.periods_per_year)),
        risk_free(to_real<T>(from.risk_free)),
        target(risk_free / periods_per_year) {}

  [[nodiscard]] std::span<const T> view() const { return returns; }
  [[nodiscard]] std::span<const T> paired_view() const { return paired; }
  [[nodiscard]] std::span<const T> benchmark_view() const { return benchmark; }
  /// Central sums of the returns, n >= 1: several figures need them, and they take a while.
  [[nodiscard]] const CentralSums<T>& moments() const {
    if (!moments_) moments_ = central_sums(view(), breath);
    return *moments_;
  }
  /// E_N / E_0
  [[nodiscard]] T growth() const {
    return to_real<T>(series->last.units()) / to_real<T>(series->first.units());
  }

  const RunSeries* series;
  Breath breath;
  std::vector<T> returns;
  std::vector<T> drawdowns;
  std::vector<T> paired;
  std::vector<T> benchmark;
  T periods_per_year;
  T risk_free;  // annual
  T target;     // risk-free return of a period
  /// As the conventions of the run have it; ratios of it relate to this one.
  std::optional<T> annualized_return = {};

 private:
  mutable std::optional<CentralSums<T>> moments_ = {};
};

/// A formula in both arithmetics of round_figure().
struct Formula {
  std::optional<Real> (*figure)(const RunSample<Real>&);
  std::optional<LongReal> (*precise_figure)(const RunSample<LongReal>&);

  [[nodiscard]] std::optional<Real> operator()(const RunSample<Real>& run) const {
    return figure(run);
  }
  [[nodiscard]] std::optional<LongReal> operator()(const RunSample<LongReal>& run) const {
    return precise_figure(run);
  }
};

struct NamedFormula {
  std::string_view name;
  Formula formula;
  std::string_view words;  // the formula to read, where it is another engine's
};

/// Our own formula of the figure; nullptr where it has none, being counted exactly.
[[nodiscard]] const NamedFormula* own_formula(std::string_view name);
/// The figures for which an engine has formulas of its own; none for Conventions::kOwn.
[[nodiscard]] std::span<const NamedFormula> formulas_of(Conventions conventions);
/// The formula of a figure under `conventions`; nullptr where it is counted exactly.
[[nodiscard]] const NamedFormula* formula_of(std::string_view name, Conventions conventions);

}  // namespace quant
