// SPDX-License-Identifier: PostgreSQL
#include "adapter/numeric_codec.hpp"

namespace quant::pg {

namespace {

using namespace numeric_format;

[[noreturn]] void throw_special(std::string_view name) {
  throw out_of_range(concat(name, " must be a finite number"))
      .detail("NaN and infinity are not numbers that can be computed with exactly.");
}

/// The base-10000 digits as one integer, with the power of ten that its last digit stands at.
struct Packed {
  Int128 mantissa = 0;
  int exponent = 0;
};

/// Packs all digits but the zeros that end the last group: padding is no digit of the number.
bool pack(const Parts& parts, Packed& packed) {
  packed.exponent = (parts.weight - parts.count + 1) * kDecimalsPerDigit;
  for (int i = 0; i < parts.count; ++i) {
    int digit = parts.digit(i);
    int base = kDigitBase;
    while (i + 1 == parts.count && digit != 0 && digit % 10 == 0) {
      digit /= 10;
      base /= 10;
      ++packed.exponent;
    }
    if (__builtin_mul_overflow(packed.mantissa, Int128{base}, &packed.mantissa)) return false;
    if (__builtin_add_overflow(packed.mantissa, Int128{digit}, &packed.mantissa)) return false;
  }
  if (parts.negative) packed.mantissa = -packed.mantissa;
  return true;
}

std::optional<std::int64_t> large_units(const Parts& parts, int scale) noexcept {
  Packed packed;
  if (!pack(parts, packed)) return std::nullopt;
  int shift = packed.exponent + scale;
  for (; shift > 0; --shift) {
    if (__builtin_mul_overflow(packed.mantissa, Int128{10}, &packed.mantissa)) return std::nullopt;
  }
  for (; shift < 0; ++shift) {
    if (packed.mantissa % 10 != 0) return std::nullopt;
    packed.mantissa /= 10;
  }
  if (packed.mantissa > INT64_MAX || packed.mantissa < -Int128{INT64_MAX}) return std::nullopt;
  return static_cast<std::int64_t>(packed.mantissa);
}

}  // namespace

std::optional<std::int64_t> find_units(Datum value, int scale) noexcept {
  const auto* stored = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  std::int64_t units = 0;
  if (find_short_units(stored, scale, units)) return units;
  if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) return std::nullopt;
  const Parts parts = take_apart(stored);
  if (parts.special) return std::nullopt;
  return large_units(parts, scale);
}

std::int64_t decode_units(Datum value, int scale) {
  if (const auto units = find_units(value, scale)) return *units;
  const auto* stored = reinterpret_cast<const varlena*>(DatumGetPointer(value));
  if (take_apart(stored).special) throw_special("a stored number");
  throw out_of_range(concat("a stored number does not fit ", scale, " decimals"));
}

namespace {

std::optional<Decimal> decimal_of(const Parts& parts) {
  if (parts.special) return std::nullopt;
  if (parts.count == 0) return Decimal{};
  Packed packed;
  bool fits = pack(parts, packed);
  int exponent = packed.exponent;
  for (; fits && exponent > 0; --exponent) {
    fits = !__builtin_mul_overflow(packed.mantissa, Int128{10}, &packed.mantissa);
  }
  for (; fits && exponent < 0 && packed.mantissa % 10 == 0; ++exponent) packed.mantissa /= 10;
  constexpr int kMaxScale = 37;
  constexpr Int128 kFirstTooLong = power_of_ten(38);
  if (!fits || exponent < -kMaxScale || packed.mantissa >= kFirstTooLong ||
      packed.mantissa <= -kFirstTooLong) {
    return std::nullopt;
  }
  return Decimal{packed.mantissa, -exponent};
}

Parts parts_of(Datum value) {
  const auto* plain = call_server([&] { return PG_DETOAST_DATUM_PACKED(value); });
  return take_apart(reinterpret_cast<const varlena*>(plain));
}

}  // namespace

std::optional<Decimal> find_decimal(Datum value) { return decimal_of(parts_of(value)); }

Decimal decode_decimal(Datum value, std::string_view name) {
  if (const auto decimal = find_decimal(value)) return *decimal;
  if (is_special(value)) {
    throw invalid(concat(name, " must be a finite number"))
        .detail("NaN and infinity are not numbers that can be computed with exactly.");
  }
  throw out_of_range(concat(name, " has more than 38 digits"));
}

bool is_special(Datum value) { return parts_of(value).special; }

bool is_negative(Datum value) { return parts_of(value).negative; }

Datum encode_numeric_text(const std::string& text) {
  return call_server([&] {
    return DirectFunctionCall3(numeric_in, CStringGetDatum(text.c_str()),
                               ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
  });
}

Datum encode_decimal(const Decimal& value) { return encode_numeric_text(value.to_text()); }

}  // namespace quant::pg
