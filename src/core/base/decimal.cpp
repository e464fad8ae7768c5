// SPDX-License-Identifier: PostgreSQL
#include "core/base/decimal.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kMaxScale = 37;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

/// Takes a sign from the front; whether it was a minus.
bool take_sign(std::string_view& text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return negative;
}

/// The exponent behind an 'e', or nothing where it is malformed.
std::optional<int> parse_exponent(std::string_view text) {
  constexpr int kFar = 1'000'000;
  const bool negative = take_sign(text);
  if (text.empty() || !all_digits(text)) return std::nullopt;
  int exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), kFar);
  return negative ? -exponent : exponent;
}

}  // namespace

std::optional<NumberText> split_number(std::string_view text) {
  NumberText number;
  number.negative = take_sign(text);
  if (const auto mark = text.find_first_of("eE"); mark != std::string_view::npos) {
    const auto exponent = parse_exponent(text.substr(mark + 1));
    if (!exponent) return std::nullopt;
    number.exponent = *exponent;
    text = text.substr(0, mark);
  }
  const auto point = text.find('.');
  number.whole = text.substr(0, point);
  if (point != std::string_view::npos) number.fraction = text.substr(point + 1);
  const bool has_digit = !number.whole.empty() || !number.fraction.empty();
  if (!has_digit || !all_digits(number.whole) || !all_digits(number.fraction)) return std::nullopt;
  return number;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const auto number = split_number(text);
  if (!number) return std::nullopt;
  Decimal value;
  for (const std::string_view digits : {number->whole, number->fraction}) {
    for (const char c : digits) {
      if (__builtin_mul_overflow(value.mantissa, Int128{10}, &value.mantissa) ||
          __builtin_add_overflow(value.mantissa, Int128{c - '0'}, &value.mantissa)) {
        return std::nullopt;
      }
    }
  }
  constexpr Int128 kFirstTooLong = power_of_ten(38);
  if (value.mantissa >= kFirstTooLong) return std::nullopt;
  if (number->negative) value.mantissa = -value.mantissa;

  value.scale = static_cast<int>(number->fraction.size()) - number->exponent;
  if (value.mantissa == 0) return Decimal{};
  for (; value.scale < 0; ++value.scale) {
    if (__builtin_mul_overflow(value.mantissa, Int128{10}, &value.mantissa)) return std::nullopt;
    if (magnitude(value.mantissa) >= kFirstTooLong) return std::nullopt;
  }
  for (; value.scale > 0 && value.mantissa % 10 == 0; --value.scale) value.mantissa /= 10;
  if (value.scale > kMaxScale) return std::nullopt;
  return value;
}

Decimal Decimal::rounded(int decimals) const {
  if (decimals >= scale) return {multiply(mantissa, power_of_ten(decimals - scale)), decimals};
  return {divide_rounded(mantissa, power_of_ten(scale - decimals)), decimals};
}

Decimal Decimal::trimmed() const {
  Decimal value = *this;
  for (; value.scale > 0 && value.mantissa % 10 == 0; --value.scale) value.mantissa /= 10;
  return value;
}

std::string Decimal::to_text() const { return decimal_text(mantissa, scale); }

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  return compare_products(mantissa, other.unit(), other.mantissa, unit());
}

std::string decimal_text(Int128 mantissa, int scale) {
  std::string digits = to_text(mantissa);
  if (scale == 0) return digits;
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  const auto decimals = static_cast<std::size_t>(scale);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimals, 1, '.');
  return negative ? "-" + digits : digits;
}

void throw_not_representable(std::string_view type, std::string_view value) {
  throw out_of_range(concat(type, " out of range")).detail(concat("The value is ", value, "."));
}

}  // namespace quant
