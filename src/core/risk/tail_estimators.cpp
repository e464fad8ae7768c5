// SPDX-License-Identifier: PostgreSQL
#include "core/risk/tail_estimators.hpp"

#include "core/risk/garch.hpp"
#include "core/risk/monte_carlo.hpp"

namespace quant {

TailRisk<Real> garch_tail(std::span<const Real> values, const Decimal& level,
                          const TailRiskOptions& options) {
  const GarchModel model = fit_garch(values, options.pause);
  const int horizon = options.horizon;
  const Spread<Real> spread{model.mu * horizon, Real(sqrt(garch_variance(values, model, horizon)))};
  return normal_tail(spread, tail_share<Real>(level));
}

TailRisk<Real> simulated_tail(std::vector<double> draws, const Decimal& level,
                              const TailRiskOptions& options) {
  // Only the lower tail is needed in order: up to the quantile, and up to the tail's boundary.
  const Decimal share = tail_probability(level);
  const std::size_t needed =
      std::max(quantile_position(draws.size(), share, options.quantile_type).lower + 1,
               tail_weights(draws.size(), share).whole + 1);
  const auto middle = draws.begin() + static_cast<std::ptrdiff_t>(std::min(needed, draws.size()));
  std::partial_sort(draws.begin(), middle, draws.end());
  const std::span<const double> sorted(draws);
  const double lowest = quantile(sorted, share, options.quantile_type);
  const Real scale(sqrt(Real(options.horizon)));
  TailRisk<Real> risk{Real(-Real(lowest) * scale), std::nullopt};
  if (options.tail == Tail::kIntegral) {
    risk.shortfall = Real(-Real(tail_mean(sorted, share)) * scale);
  } else {
    const auto below = std::lower_bound(draws.begin(), middle, lowest) - draws.begin();
    if (below == 0) return risk;
    const double sum = std::accumulate(draws.begin(), draws.begin() + below, 0.0);
    risk.shortfall = Real(-Real(sum) / static_cast<long long>(below) * scale);
  }
  return risk;
}

TailRisk<Real> monte_carlo_tail(std::span<const Real> values, const Decimal& level,
                                const TailRiskOptions& options) {
  const auto spread = spread_of(moments_of(values), 1, 1);
  if (!spread) return {};
  Matrix<Real> lower(1);
  lower.at(0, 0) = spread->deviation;
  const std::vector<Real> unit = {Real(1)};
  const std::vector<Real> means = {spread->mean};
  return simulated_tail(simulate_pnl(means, unit, lower, static_cast<std::uint64_t>(options.seed),
                                     static_cast<std::size_t>(options.paths), options.pause),
                        level, options);
}

}  // namespace quant
