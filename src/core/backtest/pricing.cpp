// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/pricing.hpp"

#include <algorithm>

namespace quant {

Price worsened_price(Price reference, bool buying, const Slippage& slippage, Price tick, Price spread,
                     Int128 impact) {
  // reference x (100 +- percent) / 100 +- ticks +- spread / 2 +- impact, over one denominator, then
  // to the tick.
  const Int128 per_unit = multiply(100, slippage.percent.unit());
  const bool has_extras = !spread.is_zero() || impact != 0;
  const Int128 scale = has_extras ? 2 * Int128{kGrid / Price::kUnit} : 1;
  const Int128 denominator = multiply(per_unit, scale);
  Int128 worse = multiply(multiply(reference.units(), slippage.percent.mantissa), scale);
  worse = add(worse, multiply(multiply(slippage.ticks, tick.units()), denominator));
  if (has_extras) {
    worse = add(worse, multiply(multiply(spread.units(), kGrid / Price::kUnit), per_unit));
    worse = add(worse, multiply(multiply(2, impact), per_unit));
  }
  const Int128 at_reference = multiply(reference.units(), denominator);
  const Int128 worsened = buying ? add(at_reference, worse) : subtract(at_reference, worse);
  const Int128 tick_size = multiply(tick.units(), denominator);
  const Int128 count = buying ? divide_ceiling(worsened, tick_size) : divide_floor(worsened, tick_size);
  return Price::from_units(multiply(std::max<Int128>(count, 1), tick.units()));
}

FillPrice::FillPrice(Price reference, bool buying, const Slippage* slippage, Price spread,
                     std::optional<Volume> volume, Price tick)
    : reference_(reference), buying_(buying), slippage_(slippage), tick_(tick) {
  if (slippage != nullptr) {
    spread_ = spread;
    if (slippage->volume_share.mantissa != 0) volume_ = volume;
  }
  base_ = worsened_price(reference, buying, slippage != nullptr ? *slippage : Slippage{}, tick, spread_);
}

Price FillPrice::of(Quantity quantity) const {
  if (!volume_) return base_;
  Int128 share = kGrid;
  if (!volume_->is_zero()) {
    const Int128 volume = multiply(volume_->units(), Quantity::kUnit);
    share = std::min<Int128>(multiply_divide(quantity.units(), kGrid, volume), kGrid);
  }
  const Decimal& rate = slippage_->volume_share;
  const Int128 square = multiply_divide(share, share, kGrid);
  const Int128 most = multiply(multiply(reference_.units(), kGrid / Price::kUnit), rate.mantissa);
  // What there is moves a price that stands on the tick, however little it is.
  const Int128 least = quantity.is_zero() ? 0 : 1;
  const Int128 impact = std::max(least, multiply_divide(most, square, multiply(kGrid, rate.unit())));
  return worsened_price(reference_, buying_, *slippage_, tick_, spread_, impact);
}

std::optional<Price> level_price(Int128 numerator, Int128 denominator, Price tick) {
  const Int128 count =
      multiply_divide(numerator, Price::kUnit, multiply(denominator, tick.units()));
  if (magnitude(count) > Price::kMax / tick.units()) return std::nullopt;
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

bool has_value(Quantity quantity, Price price) {
  const Int128 units = Int128{quantity.units()} * price.units();
  return divide_rounded(units, kUnitsPerCent) <= Money::kMax;
}

Quantity largest_quantity(const Budget& budget, const FillPrice& price, Quantity step, Quantity limit,
                          const Commission& commission) {
  if (budget.total <= 0) return {};
  const auto covered = [&](Quantity quantity) {
    const Price at = price.of(quantity);
    if (!has_value(quantity, at)) return false;
    const Money value = value_of(quantity, at);
    return budget.covers(value, commission.of(quantity, value));
  };
  // Rounding forgives less than a cent, so the answer lies at most a cent's worth beyond the quotient.
  const Int128 cents = divide_floor(budget.total, budget.value_weight) + 1;
  const Int128 per_step = multiply(price.lowest().units(), step.units());
  const Int128 steps = std::min<Int128>(multiply_divide(cents, kUnitsPerCent, per_step) + 1,
                                        limit.units() / step.units());
  return largest_fitting(step, Quantity::from_units(steps * step.units()), covered);
}

}  // namespace quant
