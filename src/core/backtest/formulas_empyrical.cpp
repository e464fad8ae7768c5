// SPDX-License-Identifier: PostgreSQL
// empyrical-reloaded 0.7.1, empyrical/stats.py, and vectorbt 1.2.0, vectorbt/returns/nb.py, which
// took over most of it.
#include "core/backtest/engine_formulas.hpp"

namespace quant {

namespace {

/// (1 + mean(r - f - beta (b - f)))^A - 1
template <typename T>
std::optional<T> compound_alpha(const RunSample<T>& run) {
  const auto once = alpha(run.paired_view(), run.benchmark_view(), run.target, T(1));
  if (!once || *once < -1) return std::nullopt;
  return T(power(T(1 + *once), run.periods_per_year) - 1);
}

template <typename T>
std::optional<T> annual_capture(const RunSample<T>& run, Market market) {
  return capture_ratio(captured_returns(run.paired_view(), run.benchmark_view(), market),
                       run.periods_per_year);
}

template <typename T>
std::optional<T> unsigned_tail_ratio(const RunSample<T>& run) {
  const auto ratio = tail_ratio(run.view());
  if (!ratio) return std::nullopt;
  return T(abs(*ratio));
}

/// Minus the mean of the worst floor((n - 1) / 20) + 1 returns.
template <typename T>
std::optional<T> whole_tail_shortfall(const RunSample<T>& run) {
  constexpr std::size_t kTail = 20;
  if (run.returns.empty()) return std::nullopt;
  const std::vector<T> sorted = sorted_copy(run.view());
  const std::size_t worst = (sorted.size() - 1) / kTail + 1;
  return T(-*mean(std::span<const T>(sorted).first(worst)));
}

}  // namespace

NamedFormulas empyrical_formulas() {
  return {
      define_theirs(
          "annualized_return", kAnnualByPeriods,
          [](const auto& run) { return annual_by_periods(run.view(), run.periods_per_year); }),
      define_theirs("tail_ratio", "|q(0.95)| / |q(0.05)|",
                    [](const auto& run) { return unsigned_tail_ratio(run); }),
      define_theirs("expected_shortfall_95",
                    "minus the mean of the worst floor(0.05 (n - 1)) + 1 returns",
                    [](const auto& run) { return whole_tail_shortfall(run); }),
      define_theirs("alpha", "(1 + mean(x - beta y))^A - 1",
                    [](const auto& run) { return compound_alpha(run); }),
      define_theirs("up_capture", "annual growth over the benchmark's, where b > 0",
                    [](const auto& run) { return annual_capture(run, Market::kUp); }),
      define_theirs("down_capture", "annual growth over the benchmark's, where b < 0",
                    [](const auto& run) { return annual_capture(run, Market::kDown); }),
  };
}

NamedFormulas vectorbt_formulas() {
  NamedFormulas formulas = empyrical_formulas();
  formulas.push_back(
      define_theirs("information_ratio", "mean(r - b) / sd(r - b)", [](const auto& run) {
        return information_ratio(run.paired_view(), run.benchmark_view(), decltype(run.target)(1));
      }));
  formulas.push_back(
      define_theirs("martin_ratio", "(annualized_return - (1 + risk_free / A)^A + 1) / ulcer_index",
                    []<typename T>(const RunSample<T>& run) -> std::optional<T> {
                      if (!run.annualized_return) return std::nullopt;
                      const T risk_free = power(T(1 + run.target), run.periods_per_year) - 1;
                      return quotient(std::optional(T(*run.annualized_return - risk_free)),
                                      root_mean_square(std::span<const T>(run.drawdowns)));
                    }));
  return formulas;
}

}  // namespace quant
