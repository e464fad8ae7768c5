// SPDX-License-Identifier: PostgreSQL
// Exact decimals.
//
// Fixed<> holds one column type of the tables as a scaled 64-bit integer: Price is numeric(10,4),
// Quantity numeric(15,6), Money numeric(15,2), Volume numeric(15,0). Each is a type of its own, so
// adding a price to a quantity does not compile. Invariant: a value always fits its column; an
// operation whose result does not raises kOutOfRange.
//
// Decimal holds any decimal number of up to 38 digits: literals, settings, statistics.
//
// Rounding is half away from zero everywhere, as PostgreSQL's numeric rounds.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/int128.hpp"

namespace quant {

/// The text of a decimal number taken apart: sign, digits before and behind the point, exponent.
struct NumberText {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int exponent = 0;  // within a million of 0: no number that is written for use lies beyond
};
/// Nothing where the text is no number such as "12", "-0.02", "1e-4".
[[nodiscard]] std::optional<NumberText> split_number(std::string_view text);

/// A decimal number mantissa * 10^-scale, 0 <= scale <= 37.
struct Decimal {
  Int128 mantissa = 0;
  int scale = 0;

  /// 10^scale, the denominator.
  [[nodiscard]] Int128 unit() const { return power_of_ten(scale); }
  /// Reads "12", "-0.02", "1e-4"; nothing where the text is no decimal number of 38 digits or less.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);
  /// The value rounded (half away from zero) or extended to `decimals` places.
  [[nodiscard]] Decimal rounded(int decimals) const;
  /// The same value without trailing zeros behind the point.
  [[nodiscard]] Decimal trimmed() const;
  [[nodiscard]] std::string to_text() const;

  [[nodiscard]] std::strong_ordering operator<=>(const Decimal& other) const;
  [[nodiscard]] bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }
};

[[nodiscard]] std::string decimal_text(Int128 mantissa, int scale);
[[noreturn]] void throw_not_representable(std::string_view type, std::string_view value);

/// One column type: `Tag` names it (kName), `Scale` decimals, magnitude at most `Max` units.
template <typename Tag, int Scale, std::int64_t Max>
class Fixed {
 public:
  static constexpr int kScale = Scale;
  static constexpr std::int64_t kUnit = static_cast<std::int64_t>(power_of_ten(Scale));
  static constexpr std::int64_t kMax = Max;

  constexpr Fixed() = default;

  /// The value units * 10^-Scale; kOutOfRange where the column could not hold it.
  [[nodiscard]] static constexpr Fixed from_units(Int128 units) {
    if (units > Max || units < -Int128{Max}) {
      throw_not_representable(Tag::kName, decimal_text(units, Scale));
    }
    Fixed value;
    value.units_ = static_cast<std::int64_t>(units);
    return value;
  }
  /// `decimal`, which must not have more decimals than the type; nothing where it has.
  [[nodiscard]] static std::optional<Fixed> from_decimal(const Decimal& decimal) {
    const Decimal scaled = decimal.rounded(Scale);
    if (scaled != decimal) return std::nullopt;
    return from_units(scaled.mantissa);
  }

  [[nodiscard]] constexpr std::int64_t units() const { return units_; }
  [[nodiscard]] constexpr bool is_zero() const { return units_ == 0; }
  [[nodiscard]] Decimal to_decimal() const { return {units_, Scale}; }
  [[nodiscard]] std::string to_text() const { return decimal_text(units_, Scale); }

  [[nodiscard]] constexpr Fixed operator-() const { return from_units(-Int128{units_}); }
  [[nodiscard]] constexpr Fixed operator+(Fixed other) const {
    return from_units(Int128{units_} + other.units_);
  }
  [[nodiscard]] constexpr Fixed operator-(Fixed other) const {
    return from_units(Int128{units_} - other.units_);
  }
  constexpr Fixed& operator+=(Fixed other) { return *this = *this + other; }
  constexpr Fixed& operator-=(Fixed other) { return *this = *this - other; }
  [[nodiscard]] constexpr auto operator<=>(const Fixed&) const = default;

 private:
  std::int64_t units_ = 0;
};

struct PriceTag {
  static constexpr std::string_view kName = "price (numeric(10,4))";
};
struct QuantityTag {
  static constexpr std::string_view kName = "quantity (numeric(15,6))";
};
struct MoneyTag {
  static constexpr std::string_view kName = "money (numeric(15,2))";
};
struct VolumeTag {
  static constexpr std::string_view kName = "volume (numeric(15,0))";
};

using Price = Fixed<PriceTag, 4, 9'999'999'999>;
using Quantity = Fixed<QuantityTag, 6, 999'999'999'999'999>;
using Money = Fixed<MoneyTag, 2, 999'999'999'999'999>;
using Volume = Fixed<VolumeTag, 0, 999'999'999'999'999>;

template <typename T>
[[nodiscard]] constexpr T magnitude_of(T value) {
  return value.units() < 0 ? -value : value;
}

/// Units of quantity x price that make a cent.
inline constexpr Int128 kUnitsPerCent =
    power_of_ten(Quantity::kScale + Price::kScale - Money::kScale);

/// Value of a fill or a holding: quantity x price, rounded to cents.
[[nodiscard]] constexpr Money value_of(Quantity quantity, Price price) {
  // Every mark asks for it, and most fit 64 bits, whose division is several times faster.
  std::int64_t product = 0;
  if (__builtin_mul_overflow(quantity.units(), price.units(), &product)) {
    return Money::from_units(
        divide_rounded(Int128{quantity.units()} * price.units(), kUnitsPerCent));
  }
  constexpr auto kUnit = static_cast<std::int64_t>(kUnitsPerCent);
  const std::int64_t cents = product / kUnit;
  const std::int64_t rest = product % kUnit;
  return Money::from_units(cents + (rest >= kUnit / 2) - (rest <= -kUnit / 2));
}

/// total x part / whole, rounded to cents. whole > 0.
[[nodiscard]] constexpr Money share_of(Money total, Quantity part, Quantity whole) {
  return Money::from_units(divide_rounded(Int128{total.units()} * part.units(), whole.units()));
}

/// Money x a decimal factor, rounded to cents.
[[nodiscard]] inline Money scaled(Money money, const Decimal& factor) {
  return Money::from_units(multiply_divide(money.units(), factor.mantissa, factor.unit()));
}

}  // namespace quant
