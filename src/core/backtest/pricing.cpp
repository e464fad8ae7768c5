// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/pricing.hpp"

#include <algorithm>

namespace quant {

Price worsened_price(Price reference, bool buying, const Slippage& slippage, Price tick) {
  // reference x (100 +- percent) / 100 +- ticks, over one denominator, then to the tick.
  const Int128 denominator = multiply(100, slippage.percent.unit());
  const Int128 percent = buying ? slippage.percent.mantissa : -slippage.percent.mantissa;
  const Int128 ticks = multiply(slippage.ticks, tick.units());
  const Int128 worsened = add(multiply(reference.units(), denominator + percent),
                              multiply(buying ? ticks : -ticks, denominator));
  const Int128 tick_size = multiply(tick.units(), denominator);
  const Int128 count = buying ? divide_ceiling(worsened, tick_size) : divide_floor(worsened, tick_size);
  return Price::from_units(multiply(std::max<Int128>(count, 1), tick.units()));
}

std::optional<Price> level_price(Int128 numerator, Int128 denominator, Price tick) {
  const Int128 count =
      multiply_divide(numerator, Price::kUnit, multiply(denominator, tick.units()));
  if (count <= 0) return Price{};
  if (count > Price::kMax / tick.units()) return std::nullopt;
  return Price::from_units(count * tick.units());
}

std::optional<Price> level_of(const LevelRule& rule, bool is_stop, Side side, Price fill, Int128 rule_value,
               Int128 denominator, Price tick) {
  const int sign = is_stop ? -direction(side) : direction(side);
  switch (rule.kind) {
    case LevelRule::Kind::kFraction: {
      const Int128 unit = rule.fraction.unit();
      const Int128 factor = unit + sign * rule.fraction.mantissa;
      return level_price(multiply(fill.units(), factor), multiply(unit, Price::kUnit), tick);
    }
    case LevelRule::Kind::kDistance: {
      const Int128 from_fill = multiply(fill.units(), denominator);
      const Int128 distance = multiply(rule_value, Price::kUnit);
      return level_price(add(from_fill, sign * distance), multiply(denominator, Price::kUnit), tick);
    }
    case LevelRule::Kind::kPrice:
      return level_price(rule_value, denominator, tick);
  }
  return std::nullopt;
}

Quantity floor_to_step(Quantity quantity, Quantity step) {
  return Quantity::from_units(quantity.units() - quantity.units() % step.units());
}

Quantity largest_quantity(const Budget& budget, Price price, Quantity step, Quantity limit,
                          const Commission& commission) {
  constexpr Int128 kUnitsPerCent = power_of_ten(Quantity::kScale + Price::kScale - Money::kScale);
  if (budget.total <= 0) return {};
  const auto covered = [&](Int128 steps) {
    const Quantity quantity = Quantity::from_units(steps * step.units());
    // What no amount of money can hold does not fit.
    const Int128 units = Int128{quantity.units()} * price.units();
    if (divide_rounded(units, kUnitsPerCent) > Money::kMax) return false;
    const Money value = value_of(quantity, price);
    return budget.covers(value, commission.of(quantity, value));
  };
  // Rounding forgives less than a cent, so the answer lies at most a cent's worth beyond the quotient.
  const Int128 cents = divide_floor(budget.total, budget.value_weight) + 1;
  const Int128 per_step = multiply(price.units(), step.units());
  Int128 high = std::min<Int128>(multiply_divide(cents, kUnitsPerCent, per_step) + 1,
                                 limit.units() / step.units());
  Int128 low = 0;
  while (low < high) {
    const Int128 middle = low + (high - low + 1) / 2;
    if (covered(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return Quantity::from_units(low * step.units());
}

}  // namespace quant
