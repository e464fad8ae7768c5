// SPDX-License-Identifier: PostgreSQL
// backtesting.py 0.6.6, backtesting/_stats.py. Its equity begins at the close of the first period,
// so that the first of our returns is none of its own.
#include "core/backtest/engine_formulas.hpp"

namespace quant {

namespace {

template <typename T>
std::span<const T> later(std::span<const T> values) {
  return values.empty() ? values : values.subspan(1);
}

/// ln(1 + r) of the later returns that have a pair.
template <typename T>
std::optional<std::vector<T>> log_returns(std::span<const T> returns) {
  std::vector<T> logarithms;
  for (const T& value : returns) {
    if (value <= -1) return std::nullopt;
    logarithms.push_back(log(T(1 + value)));
  }
  return logarithms;
}

template <typename T>
std::optional<T> annual_from_first_close(const RunSample<T>& run) {
  return annual_by_periods(later(run.view()), run.periods_per_year);
}

/// sqrt((var(r) + (1 + g)^2)^A - (1 + g)^(2 A)), g the geometric mean of r: the deviation of a
/// compounded year.
template <typename T>
std::optional<T> compound_volatility(const RunSample<T>& run) {
  const std::span<const T> returns = later(run.view());
  const auto deviation = standard_deviation(returns);
  const auto geometric = annual_by_periods(returns, T(1));
  if (!deviation || !geometric) return std::nullopt;
  if (*deviation == 0) return T(0);
  const T square = (1 + *geometric) * (1 + *geometric);
  return T(sqrt(power(T(*deviation * *deviation + square), run.periods_per_year) -
                power(square, run.periods_per_year)));
}

template <typename T>
std::optional<T> log_beta(const RunSample<T>& run) {
  const std::size_t skipped = run.series->pairs.with_first ? 1 : 0;
  const auto ours = log_returns(run.paired_view().subspan(skipped));
  const auto theirs = log_returns(run.benchmark_view().subspan(skipped));
  if (!ours || !theirs) return std::nullopt;
  return beta(std::span<const T>(*ours), std::span<const T>(*theirs));
}

/// R - f - beta (B - f), R and B the returns of the whole run.
template <typename T>
std::optional<T> whole_alpha(const RunSample<T>& run) {
  const auto slope = log_beta(run);
  if (!slope) return std::nullopt;
  const std::size_t skipped = run.series->pairs.with_first ? 1 : 0;
  const T total = growth_of(later(run.view())) - 1;
  const T market = growth_of(run.benchmark_view().subspan(skipped)) - 1;
  return T(total - run.risk_free - *slope * (market - run.risk_free));
}

/// Sum of pnl / entry value of the winning trades over that of the losing ones.
template <typename T>
std::optional<T> profit_factor_of_returns(const RunSample<T>& run) {
  T profit(0);
  T loss(0);
  for (const Trade& trade : run.series->trades) {
    if (!trade.exit_time || trade.pnl.is_zero()) continue;
    const T value =
        to_real<T>(trade.quantity.to_decimal()) * to_real<T>(trade.entry_price.to_decimal());
    if (value <= 0) continue;
    const T result = to_real<T>(trade.pnl.to_decimal()) / value;
    (result > 0 ? profit : loss) += abs(result);
  }
  return quotient(std::optional(profit), std::optional(loss));
}

}  // namespace

NamedFormulas backtesting_py_formulas() {
  return {
      define_theirs("annualized_return",
                    "(1 + g)^A - 1, g the geometric mean of r from the second on",
                    [](const auto& run) { return annual_from_first_close(run); }),
      define_theirs("volatility", "sqrt((var(r) + (1 + g)^2)^A - (1 + g)^(2 A))",
                    [](const auto& run) { return compound_volatility(run); }),
      define_theirs("sharpe_ratio", "(annualized_return - risk_free) / volatility",
                    [](const auto& run) {
                      return quotient(over_risk_free(annual_from_first_close(run), run),
                                      compound_volatility(run));
                    }),
      define_theirs(
          "sortino_ratio", "(annualized_return - risk_free) / (sqrt(mean(min(r, 0)^2)) sqrt(A))",
          []<typename T>(const RunSample<T>& run) {
            return quotient(over_risk_free(annual_from_first_close(run), run),
                            downside_deviation(later(run.view()), T(0), run.periods_per_year));
          }),
      define_theirs("alpha", "R - risk_free - beta (B - risk_free), R and B of the whole run",
                    [](const auto& run) { return whole_alpha(run); }),
      define_theirs("beta", "of ln(1 + r) on ln(1 + b)",
                    [](const auto& run) { return log_beta(run); }),
      define_theirs("profit_factor", "sums of pnl / entry value of the trades",
                    [](const auto& run) { return profit_factor_of_returns(run); }),
  };
}

}  // namespace quant
