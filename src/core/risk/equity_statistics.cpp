// SPDX-License-Identifier: PostgreSQL
#include "core/risk/equity_statistics.hpp"

#include "core/risk/drawdown.hpp"
#include "core/risk/performance_statistics.hpp"

namespace quant {

namespace {

constexpr int kDecimals = 12;

Ratio deepest_of(const EquitySample& equity) {
  RunningDrawdown running(equity.values.front());
  for (const Int128 value : equity.values) (void)running.update(value);
  return running.max();
}

}  // namespace

std::optional<Decimal> max_drawdown(const EquitySample& equity) {
  return rounded(deepest_of(equity), kDecimals);
}

std::optional<Decimal> calmar_ratio(const EquitySample& equity) {
  const Ratio deepest = deepest_of(equity);
  return round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        const T growth = to_real<T>(equity.values.back()) / to_real<T>(equity.values.front());
        return quotient(annual_growth(growth, equity.days), std::optional(to_real<T>(deepest)));
      },
      kDecimals);
}

std::optional<Decimal> ulcer_index(const EquitySample& equity) {
  RunningDrawdown running(equity.values.front());
  std::vector<Ratio> depths;
  for (std::size_t i = 1; i < equity.values.size(); ++i) {
    depths.push_back(running.update(equity.values[i]));
  }
  return round_figure(
      [&](auto zero) {
        const auto reals = to_reals<decltype(zero)>(depths);
        return root_mean_square(std::span(reals));
      },
      kDecimals);
}

}  // namespace quant
