// SPDX-License-Identifier: PostgreSQL
#include "core/base/decimal.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr int kMaxScale = 37;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The exponent behind an 'e', or nothing where it is malformed or absurdly large.
std::optional<int> parse_exponent(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 4 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  int exponent = 0;
  for (const char c : text) exponent = exponent * 10 + (c - '0');
  return negative ? -exponent : exponent;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);

  int exponent = 0;
  if (const auto mark = text.find_first_of("eE"); mark != std::string_view::npos) {
    const auto parsed = parse_exponent(text.substr(mark + 1));
    if (!parsed) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, mark);
  }

  Decimal value;
  bool any_digit = false;
  bool behind_point = false;
  for (const char c : text) {
    if (c == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    any_digit = true;
    Int128 next = 0;
    if (__builtin_mul_overflow(value.mantissa, Int128{10}, &next) ||
        __builtin_add_overflow(next, Int128{c - '0'}, &next)) {
      return std::nullopt;
    }
    value.mantissa = next;
    if (behind_point) ++value.scale;
  }
  constexpr Int128 kFirstTooLong = power_of_ten(38);
  if (!any_digit || value.mantissa >= kFirstTooLong) return std::nullopt;
  if (negative) value.mantissa = -value.mantissa;

  value.scale -= exponent;
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
