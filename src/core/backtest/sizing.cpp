// SPDX-License-Identifier: PostgreSQL
// How much an entry buys or sells short (rule 16).
#include <algorithm>

#include "core/backtest/engine.hpp"
#include "core/base/error.hpp"

namespace quant {

namespace {

/// budget / distance in whole steps. `percent` of `equity`, over a distance in price units.
Quantity risk_quantity(Money equity, const Decimal& percent, const Ratio& distance, Quantity step) {
  if (equity <= Money{} || distance.numerator <= 0) return {};
  // (equity / 100 x percent / 100) / (n / d) in units of 10^-6, then in steps.
  constexpr Int128 kPerCent = power_of_ten(Quantity::kScale - Money::kScale);
  const Int128 money = multiply(multiply(equity.units(), percent.mantissa), kPerCent);
  const Int128 divisor =
      multiply(multiply(100, percent.unit()), multiply(distance.numerator, step.units()));
  // Rounded down: a rounded quotient may be one too high.
  Int128 steps = multiply_divide(money, distance.denominator, divisor);
  if (compare_products(steps, divisor, money, distance.denominator) > 0) --steps;
  if (steps > Quantity::kMax / step.units()) steps = Quantity::kMax / step.units();
  return Quantity::from_units(steps * step.units());
}

}  // namespace

/// What the size rule allows an entry to cost, where it speaks of money.
std::optional<Budget> Engine::budget_of(const SizeRule& size, const std::optional<Ratio>& value,
                                        Money equity) const {
  switch (size.mode) {
    case SizeRule::Mode::kUnits:
    case SizeRule::Mode::kRiskPercent:
      return std::nullopt;
    case SizeRule::Mode::kCash:
      return Budget{Money::from_decimal(size.amount)->units()};
    case SizeRule::Mode::kPercentEquity: {
      const Int128 weight = multiply(100, size.amount.unit());
      return Budget{multiply(equity.units(), size.amount.mantissa), weight, weight};
    }
    case SizeRule::Mode::kWeight:
      return Budget{multiply(equity.units(), value->numerator), value->denominator,
                    value->denominator};
    case SizeRule::Mode::kVolatilityTarget: {
      const Int128 weight = multiply(multiply(100, size.amount.unit()), value->numerator);
      return Budget{multiply(multiply(equity.units(), size.amount.mantissa), value->denominator),
                    weight, weight};
    }
  }
  return std::nullopt;
}

Quantity Engine::wanted_quantity(std::size_t symbol, const EntryOrder& order,
                                 const FillPrice& price, Money equity) const {
  const SymbolState& state = symbols_[symbol];
  const SizeRule& size = order.size;
  if (size.mode == SizeRule::Mode::kUnits) {
    return floor_to_step(*Quantity::from_decimal(size.amount), state.step);
  }
  if (size.mode == SizeRule::Mode::kRiskPercent)
    return risked_quantity(symbol, order, price, equity);
  const Quantity most = Quantity::from_units(Quantity::kMax);
  return largest_quantity(*budget_of(size, order.size_value, equity), price, state.step, most,
                          execution_.commission);
}

/// How often the legs' ratios are bought, where the size does not speak of money.
Quantity Engine::leg_units(const EntryOrder& order, Money equity) {
  if (order.size.mode == SizeRule::Mode::kUnits) return *Quantity::from_decimal(order.size.amount);
  return risk_quantity(equity, order.size.amount, *order.size_value, Quantity::from_units(1));
}

/// Equity at risk over what one unit loses at the stop, which the price of the fill may change.
Quantity Engine::risked_quantity(std::size_t symbol, const EntryOrder& order,
                                 const FillPrice& price, Money equity) const {
  const Quantity step = symbols_[symbol].step;
  const auto most = [&](Quantity quantity) {
    return risk_quantity(equity, order.size.amount,
                         risk_distance(symbol, order, price.of(quantity)), step);
  };
  // The impact of a purchase moves its stop away; that of a short sale brings it nearer, which is
  // not counted on.
  const Quantity first = most(step);
  if (order.size_value) return first;
  return largest_fitting(step, first,
                         [&](Quantity quantity) { return quantity <= most(quantity); });
}

/// What one unit loses at the stop: the rule's distance, or that from the fill to the stop loss.
Ratio Engine::risk_distance(std::size_t symbol, const EntryOrder& order, Price fill) const {
  if (order.size_value) return *order.size_value;
  const auto& rule = rules_of(symbol).stop_loss;
  if (!rule) return {};
  const Ratio value = order.stop_value.value_or(Ratio{});
  const auto stop = level_of(*rule, true, order.side, fill, value.numerator, value.denominator,
                             symbols_[symbol].tick);
  if (!stop) return {};
  return {magnitude(Int128{fill.units()} - stop->units()), Price::kUnit};
}

/// What a size needs of the deciding bar `bar`: nothing where it is missing or not positive.
std::optional<Ratio> Engine::size_value(std::size_t symbol, const SizeRule& size, std::size_t bar,
                                        const AccountState& account) const {
  if (size.mode == SizeRule::Mode::kVolatilityTarget)
    return annual_volatility(symbol, size.lookback, bar);
  const auto value = value_of_rule(*size.expression, symbol, bar, account);
  return value && value->numerator > 0 ? value : std::nullopt;
}

/// Standard deviation of the last `lookback` returns up to `bar`, times the root of the periods in
/// a year; nothing where a return is missing or all are equal.
std::optional<Ratio> Engine::annual_volatility(std::size_t symbol, int lookback,
                                               std::size_t bar) const {
  const auto count = static_cast<std::size_t>(lookback);
  if (bar < count) return std::nullopt;
  const NodeId ratio = *rules_of(symbol).close_ratio;
  Int128 sum = 0;
  Int128 squares = 0;
  for (std::size_t i = bar + 1 - count; i <= bar; ++i) {
    const Number value = values_[symbol].number(ratio, i, {});
    if (!value.known) return std::nullopt;
    const Int128 change = value.value - kGrid;
    sum = add(sum, change);
    squares = add(squares, multiply(change, change));
  }
  // (n squares - sum^2) / (n (n - 1)) in units of the grid squared.
  const Int128 spread = subtract(multiply(lookback, squares), multiply(sum, sum));
  if (spread <= 0) return std::nullopt;
  const Int128 deviation =
      grid_root(spread, multiply(multiply(lookback, lookback - 1), multiply(kGrid, kGrid)));
  const Decimal& periods = context_.periods_per_year;
  const Int128 annual =
      multiply_divide(deviation, grid_root(periods.mantissa, periods.unit()), kGrid);
  if (annual <= 0) return std::nullopt;
  return Ratio{annual, kGrid};
}

}  // namespace quant
