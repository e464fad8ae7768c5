// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/mean_exposure.hpp"

#include <array>

namespace quant {

std::optional<LongReal> mean_exposure(std::span<const AccountPoint> equity) {
  constexpr int kDigits = 18;  // of one step of the long division
  constexpr Int128 kStep = power_of_ten(kDigits);
  if (equity.empty()) return std::nullopt;
  std::array<Int128, 4> sums{};  // of the whole parts and of three groups of decimals
  for (const AccountPoint& point : equity) {
    const Int128 divisor = point.equity().units();
    if (divisor <= 0) return std::nullopt;
    Int128 rest = point.gross.units();
    for (Int128& sum : sums) {
      if (rest == 0) break;
      sum = add(sum, rest / divisor);
      rest = multiply(rest % divisor, kStep);
    }
  }
  const LongReal step = to_real<LongReal>(kStep);
  LongReal total(0);
  for (std::size_t i = sums.size(); i-- > 0;) total = total / step + to_real<LongReal>(sums[i]);
  return LongReal(total / static_cast<long long>(equity.size()));
}

}  // namespace quant
