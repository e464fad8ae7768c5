// SPDX-License-Identifier: PostgreSQL
// backtrader 1.9.78.123, backtrader/analyzers: returns, sharpe and sqn with their default settings.
#include "core/backtest/engine_formulas.hpp"

namespace quant {

namespace {

template <typename T>
std::optional<T> annual_return_of_log(const RunSample<T>& run) {
  return annual_growth(run.growth(), run.returns.size(), run.periods_per_year);
}

/// (mean(y) - f) / sd(y) of the returns y of calendar years, with divisor n.
template <typename T>
std::optional<T> yearly_sharpe(const RunSample<T>& run) {
  const std::vector<T> years = to_reals<T>(std::span<const Ratio>(run.series->year_returns));
  const std::span<const T> view(years);
  const auto deviation = standard_deviation(view);
  if (!deviation) return std::nullopt;
  const T whole = *deviation * sqrt(T(1) - 1 / real_count(view));
  return quotient(std::optional(T(*mean(view) - run.risk_free)), std::optional(whole));
}

/// S sqrt(n / (n sum x^2 - S^2)): sqrt(n) mean / sd with divisor n.
template <typename T>
std::optional<T> whole_system_quality(const RunSample<T>& run) {
  const PnlSample pnl = pnl_sample(run.series->trades);
  if (pnl.count < 2 || pnl.spread == 0) return std::nullopt;
  return T(to_real<T>(pnl.sum.units()) * sqrt(T(pnl.count) / T(pnl.spread.str())));
}

}  // namespace

NamedFormulas backtrader_formulas() {
  return {
      define_theirs("annualized_return", "(E_N / E_0)^(A / n) - 1",
                    [](const auto& run) { return annual_return_of_log(run); }),
      define_theirs("sharpe_ratio",
                    "(mean - risk_free) / sd of the calendar years' returns, ddof 0",
                    [](const auto& run) { return yearly_sharpe(run); }),
      define_theirs("sqn", "sqrt(n) mean(pnl) / sd(pnl), ddof 0",
                    [](const auto& run) { return whole_system_quality(run); }),
  };
}

}  // namespace quant
