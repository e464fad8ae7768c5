// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/pricing.hpp"

#include <algorithm>

#include "core/base/ratio.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {

namespace {

/// How far slippage and the spread move a price, not rounded: percent of the reference, ticks and
/// half the spread.
Ratio move_of(Price reference, const Slippage& slippage, Price tick, Price spread) {
  const Int128 halves = spread.is_zero() ? 1 : 2;
  const Int128 denominator = multiply(multiply(100, slippage.percent.unit()), halves);
  const Int128 percent = multiply(multiply(reference.units(), slippage.percent.mantissa), halves);
  const Int128 ticks = multiply(multiply(slippage.ticks, tick.units()), denominator);
  return {add(add(percent, ticks), multiply(spread.units(), denominator / 2)), denominator};
}

Price ticks_of(Int128 count, Price tick) {
  return Price::from_units(multiply(std::max<Int128>(count, 1), tick.units()));
}

}  // namespace

Price worsened_price(Price reference, bool buying, const Slippage& slippage, Price tick,
                     Price spread) {
  const Ratio move = move_of(reference, slippage, tick, spread);
  const Int128 at_reference = multiply(reference.units(), move.denominator);
  const Int128 one_tick = multiply(tick.units(), move.denominator);
  const Int128 count = buying ? divide_ceiling(add(at_reference, move.numerator), one_tick)
                              : divide_floor(subtract(at_reference, move.numerator), one_tick);
  return ticks_of(count, tick);
}

FillPrice::FillPrice(Price reference, bool buying, const Slippage* slippage, Price spread,
                     std::optional<Volume> volume, Price tick)
    : reference_(reference), buying_(buying), slippage_(slippage), tick_(tick) {
  if (slippage != nullptr) {
    spread_ = spread;
    if (slippage->volume_share.mantissa != 0) volume_ = volume;
  }
  base_ = worsened_price(reference, buying, slippage != nullptr ? *slippage : Slippage{}, tick,
                         spread_);
}

Price FillPrice::of(Quantity quantity) const {
  if (!volume_) return base_;
  // With the reference x rate x (quantity / volume)^2 the terms outgrow 128 bits.
  WideInteger part = quantity.units();
  WideInteger whole = widen(multiply(volume_->units(), Quantity::kUnit));
  if (part > whole || whole == 0) part = whole = 1;
  const Decimal& rate = slippage_->volume_share;
  const WideInteger impact = widen(multiply(reference_.units(), rate.mantissa)) * part * part;
  const WideInteger share_unit = widen(rate.unit()) * whole * whole;
  const Ratio move = move_of(reference_, *slippage_, tick_, spread_);
  const WideInteger at_reference =
      widen(multiply(reference_.units(), move.denominator)) * share_unit;
  const WideInteger worse = widen(move.numerator) * share_unit + impact * widen(move.denominator);
  const WideInteger one_tick = widen(multiply(tick_.units(), move.denominator)) * share_unit;
  const WideInteger worsened = buying_ ? WideInteger(at_reference + worse + one_tick - 1)
                                       : WideInteger(at_reference - worse);
  return ticks_of(narrow(worsened / one_tick), tick_);
}

std::optional<Price> level_price(Int128 numerator, Int128 denominator, Price tick) {
  const Int128 count =
      multiply_divide(numerator, Price::kUnit, multiply(denominator, tick.units()));
  if (magnitude(count) > Price::kMax / tick.units()) return std::nullopt;
  return Price::from_units(count * tick.units());
}

std::optional<Price> level_of(const LevelRule& rule, bool is_stop, Side side, Price fill,
                              Int128 rule_value, Int128 denominator, Price tick) {
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
      return level_price(add(from_fill, sign * distance), multiply(denominator, Price::kUnit),
                         tick);
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

Quantity largest_quantity(const Budget& budget, const FillPrice& price, Quantity step,
                          Quantity limit, const Commission& commission) {
  if (budget.total <= 0) return {};
  const auto covered = [&](Quantity quantity, Price at) {
    if (!has_value(quantity, at)) return false;
    const Money value = value_of(quantity, at);
    return budget.covers(value, commission.of(quantity, value));
  };
  // Rounding forgives less than a cent, so the answer lies at most a cent's worth beyond the
  // quotient.
  const Int128 cents = divide_floor(budget.total, budget.value_weight) + 1;
  const Int128 per_step = multiply(price.lowest().units(), step.units());
  const Int128 steps = std::min<Int128>(multiply_divide(cents, kUnitsPerCent, per_step) + 1,
                                        limit.units() / step.units());
  return largest_fitting(step, Quantity::from_units(steps * step.units()), price, covered);
}

}  // namespace quant
