// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/execution.hpp"
#include "core/base/number_column.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

/// The price of a fill: `reference` worsened by slippage, rounded to `tick` against the trader, and
/// at least one tick.
[[nodiscard]] Price worsened_price(Price reference, bool buying, const Slippage& slippage, Price tick);

/// numerator / denominator rounded half away from zero to a multiple of `tick`; zero where that is
/// not positive, nothing where it is beyond every price: levels that are never reached.
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

/// The largest multiple of `step` whose rounded value plus commission `budget` covers, at most
/// `limit`.
[[nodiscard]] Quantity largest_quantity(const Budget& budget, Price price, Quantity step,
                                        Quantity limit, const Commission& commission);

/// `quantity` rounded down to a multiple of `step`.
[[nodiscard]] Quantity floor_to_step(Quantity quantity, Quantity step);

}  // namespace quant
