// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>

#include "core/backtest/execution.hpp"
#include "core/base/number_column.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

/// The price of a fill: `reference` worsened by slippage (but for its share of the volume) and half
/// of `spread`, rounded to `tick` against the trader, and at least one tick.
[[nodiscard]] Price worsened_price(Price reference, bool buying, const Slippage& slippage,
                                   Price tick, Price spread = {});

/// What a fill costs per unit, depending on its quantity where slippage goes by share of volume.
class FillPrice {
 public:
  /// A price that stands.
  explicit FillPrice(Price fixed) : reference_(fixed), base_(fixed) {}
  /// `slippage` nullptr: the fill of a limit, only rounded to the tick.
  FillPrice(Price reference, bool buying, const Slippage* slippage, Price spread,
            std::optional<Volume> volume, Price tick);

  [[nodiscard]] Price of(Quantity quantity) const;
  /// The lowest price that any quantity may have.
  [[nodiscard]] Price lowest() const {
    return of(buying_ ? Quantity{} : Quantity::from_units(Quantity::kMax));
  }
  /// A larger quantity may have a lower price.
  [[nodiscard]] bool may_fall() const { return volume_ && !buying_; }

 private:
  Price reference_;
  bool buying_ = true;
  const Slippage* slippage_ = nullptr;
  Price spread_;
  std::optional<Volume> volume_;
  Price tick_;
  Price base_;  // without the share of volume
};

/// numerator / denominator rounded half away from zero to a multiple of `tick`, nothing where that
/// is beyond every price. No bar reaches a level of zero or below.
[[nodiscard]] std::optional<Price> level_price(Int128 numerator, Int128 denominator, Price tick);

/// Level of a stop or target of a lot filled at `fill`. `rule_value` is the value of the rule's
/// expression on the deciding bar over `denominator`; a fraction needs none.
/// Stops lie against the position's direction, targets along it.
[[nodiscard]] std::optional<Price> level_of(const LevelRule& rule, bool is_stop, Side side,
                                            Price fill, Int128 rule_value, Int128 denominator,
                                            Price tick);

/// What a purchase may cost: value x value_weight + commission x fee_weight <= total, in cents.
struct Budget {
  Int128 total = 0;
  Int128 value_weight = 1;
  Int128 fee_weight = 1;

  [[nodiscard]] bool covers(Money value, Money fee) const {
    return add(multiply(value.units(), value_weight), multiply(fee.units(), fee_weight)) <= total;
  }
};

/// The largest multiple of `step`, at most `limit`, for which `fits` holds; `fits` is true for
/// nothing and, once false, stays so.
template <typename Fits>
[[nodiscard]] Quantity largest_fitting(Quantity step, Quantity limit, Fits fits) {
  Int128 low = 0;
  Int128 high = limit.units() / step.units();
  const auto quantity = [&](Int128 steps) { return Quantity::from_units(steps * step.units()); };
  if (high > 0 && fits(quantity(high))) return quantity(high);
  while (low + 1 < high) {
    const Int128 middle = low + (high - low) / 2;
    (fits(quantity(middle)) ? low : high) = middle;
  }
  return quantity(low);
}

/// The largest multiple of `step`, at most `limit`, for which `fits(quantity, its price)` holds.
template <typename Fits>
[[nodiscard]] Quantity largest_fitting(Quantity step, Quantity limit, const FillPrice& price,
                                       Fits fits) {
  if (!price.may_fall()) {
    return largest_fitting(step, limit,
                           [&](Quantity quantity) { return fits(quantity, price.of(quantity)); });
  }
  // What does not fit at the price of a larger quantity does not at its own, which is no lower.
  while (true) {
    const Price at = price.of(limit);
    const Quantity fitting =
        largest_fitting(step, limit, [&](Quantity quantity) { return fits(quantity, at); });
    if (fitting == limit) return fitting;
    limit = fitting;
  }
}

/// Whether quantity x price is an amount that an account can hold at all.
[[nodiscard]] bool has_value(Quantity quantity, Price price);

/// The largest multiple of `step` whose rounded value plus commission `budget` covers, at most
/// `limit`.
[[nodiscard]] Quantity largest_quantity(const Budget& budget, const FillPrice& price, Quantity step,
                                        Quantity limit, const Commission& commission);

/// `quantity` rounded down to a multiple of `step`.
[[nodiscard]] Quantity floor_to_step(Quantity quantity, Quantity step);

}  // namespace quant
