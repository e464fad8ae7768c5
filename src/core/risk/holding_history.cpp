// SPDX-License-Identifier: PostgreSQL
#include "core/risk/holding_history.hpp"

#include <algorithm>

#include "core/base/real.hpp"

namespace quant {

const DailyClose* close_until(const Holding& asset, Day day) {
  const auto after =
      std::upper_bound(asset.closes.begin(), asset.closes.end(), day,
                       [](Day wanted, const DailyClose& close) { return wanted < close.day; });
  return after == asset.closes.begin() ? nullptr : &*std::prev(after);
}

std::optional<Money> holding_gain(const Holding& history, Quantity quantity, Day from, Day to) {
  const DailyClose* before = close_until(history, from);
  const DailyClose* after = close_until(history, to);
  if (before == nullptr) return std::nullopt;
  if (after == before) return Money{};
  const Ratio moved =
      total_return(before->close, after->close, actions_between(history, before->day, after->day));
  const auto gain = round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        return std::optional(T(to_real<T>(quantity.to_decimal()) *
                               to_real<T>(before->close.to_decimal()) * to_real<T>(moved)));
      },
      Money::kScale);
  return Money::from_units(gain->mantissa);
}

}  // namespace quant
