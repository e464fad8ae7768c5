// SPDX-License-Identifier: PostgreSQL
#include "core/market/candle.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {

namespace {

constexpr int kMostDecimals = 37;

/// What a state may hold: a decimal of at most 38 digits.
Decimal checked(const Decimal& value) {
  if (magnitude(value.mantissa) < power_of_ten(38)) return value;
  throw out_of_range("a candle needs more than 38 digits for its volume or its price x volume")
      .detail("Both are summed exactly, with all decimals of the trades.")
      .hint("Round prices and volumes, for example to 8 decimals.");
}

Decimal sum(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale, b.scale);
  return checked(
      Decimal{quant::add(a.rounded(scale).mantissa, b.rounded(scale).mantissa), scale}.trimmed());
}

Decimal product(const Decimal& a, const Decimal& b) {
  const Decimal left = a.trimmed();
  const Decimal right = b.trimmed();
  if (left.scale + right.scale > kMostDecimals) {
    throw out_of_range("price x volume has more than 37 decimals");
  }
  return checked({multiply(left.mantissa, right.mantissa), left.scale + right.scale});
}

}  // namespace

void Candle::add(Timestamp time, const Decimal& price, const Decimal& trade_volume) {
  merge({1, time, time, price, price, price, price, trade_volume, product(price, trade_volume)});
}

void Candle::merge(const Candle& other) {
  if (other.trades == 0) return;
  if (trades == 0) {
    *this = other;
    return;
  }
  trades += other.trades;
  if (other.first_time < first_time) {
    first_time = other.first_time;
    open = other.open;
  }
  if (other.last_time >= last_time) {
    last_time = other.last_time;
    close = other.close;
  }
  high = std::max(high, other.high);
  low = std::min(low, other.low);
  volume = sum(volume, other.volume);
  turnover = sum(turnover, other.turnover);
}

std::optional<Decimal> Candle::vwap() const {
  if (volume.mantissa <= 0) return std::nullopt;
  const WideInteger numerator =
      widen(turnover.mantissa) * widen(volume.unit()) * widen(power_of_ten(kVwapDecimals));
  const WideInteger denominator = widen(volume.mantissa) * widen(turnover.unit());
  // Half away from zero: the quotient is cut towards it.
  const WideInteger half = numerator < 0 ? WideInteger(-denominator) : denominator;
  return Decimal{narrow((2 * numerator + half) / (2 * denominator)), kVwapDecimals}.trimmed();
}

}  // namespace quant
