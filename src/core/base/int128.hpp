// SPDX-License-Identifier: PostgreSQL
// Checked 128-bit integers: every product and running sum of the exact arithmetic passes through
// here. A result that does not fit raises kOutOfRange; nothing wraps and nothing is cut off.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <string>
#include <type_traits>

namespace quant {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

inline constexpr Int128 kInt128Max = static_cast<Int128>(~UInt128{0} >> 1);

/// The unit of the grid on which recursions, quotients and roots live: 10^-12.
inline constexpr int kGridDecimals = 12;
inline constexpr std::int64_t kGrid = 1'000'000'000'000;

[[noreturn]] void throw_overflow();

/// It is the value of a 64-bit integer.
[[nodiscard]] constexpr bool fits_int64(Int128 value) {
  return value == static_cast<std::int64_t>(value);
}

[[nodiscard]] constexpr Int128 add(Int128 a, Int128 b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw_overflow();
  return sum;
}
[[nodiscard]] constexpr Int128 subtract(Int128 a, Int128 b) {
  Int128 difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) throw_overflow();
  return difference;
}
[[nodiscard]] constexpr Int128 multiply(Int128 a, Int128 b) {
  // Most factors are small, and then one instruction does it.
  if (fits_int64(a) && fits_int64(b))
    return Int128{static_cast<std::int64_t>(a)} * static_cast<std::int64_t>(b);
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) throw_overflow();
  return product;
}
[[nodiscard]] constexpr Int128 magnitude(Int128 a) { return a < 0 ? subtract(0, a) : a; }

/// a where it is above 0, else 0, without a jump.
[[nodiscard]] constexpr Int128 positive_part(Int128 a) { return a & ~(a >> 127); }

/// The size of a number, which fits even where its negation does not.
[[nodiscard]] constexpr UInt128 size_of(Int128 a) {
  const Int128 sign = a >> 127;
  return static_cast<UInt128>(a ^ sign) - static_cast<UInt128>(sign);
}

/// The number of that size and the sign of `signed_like`; the least number has its size, too.
[[nodiscard]] constexpr Int128 with_sign_of(Int128 signed_like, UInt128 size) {
  const auto sign = static_cast<UInt128>(signed_like >> 127);
  return static_cast<Int128>((size ^ sign) - sign);
}

struct QuotientAndRest {
  UInt128 quotient = 0;
  UInt128 rest = 0;
};

/// n / d of sizes, d > 0.
[[nodiscard]] constexpr QuotientAndRest divide(UInt128 n, UInt128 d) {
  const auto high = static_cast<std::uint64_t>(n >> 64);
  const auto divisor = static_cast<std::uint64_t>(d);
  if (d == divisor && high < divisor) {
    // The usual case: one instruction where the processor has it.
    const auto low = static_cast<std::uint64_t>(n);
#if defined(__x86_64__)
    if (!std::is_constant_evaluated()) {
      std::uint64_t quotient = 0;
      std::uint64_t rest = 0;
      __asm__("divq %4" : "=a"(quotient), "=d"(rest) : "0"(low), "1"(high), "r"(divisor) : "cc");
      return {quotient, rest};
    }
#endif
    if (high == 0) return {low / divisor, low % divisor};
  }
  const UInt128 quotient = n / d;
  return {quotient, n - quotient * d};
}

/// n / d rounded half away from zero, as PostgreSQL's numeric rounds. d > 0.
[[nodiscard]] constexpr Int128 divide_rounded(Int128 n, Int128 d) {
  // No jump depends on signs and digits, which nothing predicts.
  const auto [quotient, rest] = divide(size_of(n), static_cast<UInt128>(d));
  return with_sign_of(n, quotient + (rest >= static_cast<UInt128>(d) - rest));
}

/// n / d rounded towards minus infinity, d > 0.
[[nodiscard]] constexpr Int128 divide_floor(Int128 n, Int128 d) {
  // Below zero, -1 - n is one nearer, and the floor is -1 minus its floor.
  const Int128 sign = n >> 127;
  const UInt128 size = divide(static_cast<UInt128>(n ^ sign), static_cast<UInt128>(d)).quotient;
  return static_cast<Int128>(size) ^ sign;
}

/// n / d rounded towards plus infinity, d > 0.
[[nodiscard]] constexpr Int128 divide_ceiling(Int128 n, Int128 d) {
  const auto [quotient, rest] = divide(size_of(n), static_cast<UInt128>(d));
  // Below zero the division of sizes has cut the rest off already.
  return with_sign_of(n, n < 0 ? quotient : quotient + (rest != 0));
}

[[nodiscard]] Int128 multiply_divide_wide(Int128 a, Int128 b, Int128 d);

/// a * b / d rounded half away from zero; the product may need 256 bits. d > 0.
[[nodiscard]] inline Int128 multiply_divide(Int128 a, Int128 b, Int128 d) {
  if (fits_int64(a) && fits_int64(b)) return divide_rounded(multiply(a, b), d);
  Int128 product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return divide_rounded(product, d);
  return multiply_divide_wide(a, b, d);
}

[[nodiscard]] std::strong_ordering compare_wide_products(Int128 a, Int128 b, Int128 c, Int128 d);

/// Order of a * b and c * d, whatever their size.
[[nodiscard]] inline std::strong_ordering compare_products(Int128 a, Int128 b, Int128 c, Int128 d) {
  Int128 left = 0;
  Int128 right = 0;
  if (__builtin_mul_overflow(a, b, &left) || __builtin_mul_overflow(c, d, &right)) {
    return compare_wide_products(a, b, c, d);
  }
  return left <=> right;
}

/// The square root of n / d in units of the grid, rounded half up. n >= 0, d > 0.
[[nodiscard]] Int128 grid_root(Int128 n, Int128 d);

[[nodiscard]] constexpr Int128 greatest_common_divisor(Int128 a, Int128 b) {
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}
[[nodiscard]] constexpr Int128 least_common_multiple(Int128 a, Int128 b) {
  return multiply(a / greatest_common_divisor(a, b), b);
}

/// 10^exponent, 0 <= exponent <= 38.
[[nodiscard]] constexpr Int128 power_of_ten(int exponent) {
  Int128 power = 1;
  for (; exponent > 0; --exponent) power = multiply(power, 10);
  return power;
}

/// The bits of a number without its leading zeros.
[[nodiscard]] constexpr int bit_width(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high)
                                    : std::bit_width(static_cast<std::uint64_t>(value)));
}

[[nodiscard]] std::string to_text(Int128 value);

}  // namespace quant
