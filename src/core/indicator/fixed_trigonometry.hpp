// SPDX-License-Identifier: PostgreSQL
// Arc tangent, sine and cosine in integer arithmetic, the same on every machine. Inside, numbers
// are multiples of 2^-62; results are in units of 10^-18 and off by less than two of them, so that
// rounded to the grid of 10^-12 they are off by less than 0.500002 of its units.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/int128.hpp"
#include "core/base/int256.hpp"

namespace quant {

/// 1 in the units of the results.
inline constexpr std::int64_t kTrigonometryUnit = 1'000'000'000'000'000'000;

namespace trigonometry {

inline constexpr int kBits = 62;
inline constexpr std::int64_t kOne = std::int64_t{1} << kBits;

[[nodiscard]] constexpr std::int64_t multiplied(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>((Int128{a} * b + (kOne >> 1)) >> kBits);
}
[[nodiscard]] constexpr Int128 to_units(Int128 value) {
  return (value * kTrigonometryUnit + (kOne >> 1)) >> kBits;
}

/// atan(k / 32), 0 <= k <= 32, times 2^96, by Euler's series: the first term is x / (1 + x^2), and
/// term n is the one before times 2n / (2n + 1) x^2 / (1 + x^2).
[[nodiscard]] constexpr Int128 wide_arctangent(int k) {
  const int square = k * k;
  Int128 term = (Int128{32 * k} << 96) / (1024 + square);
  Int128 sum = 0;
  for (int n = 1; term != 0; ++n) {
    sum += term;
    term = term * (2 * n * square) / ((2 * n + 1) * (1024 + square));
  }
  return sum;
}

[[nodiscard]] constexpr std::int64_t rounded(Int128 wide, int excess) {
  return static_cast<std::int64_t>((wide + (Int128{1} << (excess - 1))) >> excess);
}

inline constexpr std::array<std::int64_t, 33> kArctangents = [] {
  std::array<std::int64_t, 33> table = {};
  for (int k = 0; k <= 32; ++k) {
    table[static_cast<std::size_t>(k)] = rounded(wide_arctangent(k), 96 - kBits);
  }
  return table;
}();
inline constexpr std::int64_t kHalfPi = rounded(2 * wide_arctangent(32), 96 - kBits);
/// A whole turn, 2 pi; it needs more than 64 bits.
inline constexpr Int128 kTurn = (8 * wide_arctangent(32) + (Int128{1} << 33)) >> 34;

/// 1 / first!, 1 / (first + 2)!, ... with alternating signs.
template <std::size_t kTerms>
[[nodiscard]] constexpr std::array<std::int64_t, kTerms> inverse_factorials(int first) {
  std::array<std::int64_t, kTerms> table = {};
  Int128 wide = Int128{1} << 96;
  int n = first;
  for (std::size_t i = 0; i < kTerms; ++i) {
    table[i] = (i % 2 == 0 ? 1 : -1) * rounded(wide, 96 - kBits);
    wide /= (n + 1) * (n + 2);
    n += 2;
  }
  return table;
}

/// Sum of table[i] x^i.
template <std::size_t kTerms>
[[nodiscard]] constexpr std::int64_t polynomial(const std::array<std::int64_t, kTerms>& table,
                                                std::int64_t x) {
  std::int64_t sum = table[kTerms - 1];
  for (std::size_t i = kTerms - 1; i-- > 0;) sum = table[i] + multiplied(sum, x);
  return sum;
}

/// Taylor's series up to x^19 and x^20, 0 <= x <= pi / 4: what they leave out is below 10^-19.
[[nodiscard]] constexpr std::int64_t short_sine(std::int64_t x) {
  constexpr auto kTable = inverse_factorials<10>(1);
  return multiplied(x, polynomial(kTable, multiplied(x, x)));
}
[[nodiscard]] constexpr std::int64_t short_cosine(std::int64_t x) {
  constexpr auto kTable = inverse_factorials<11>(0);
  return polynomial(kTable, multiplied(x, x));
}

/// atan(q), 0 <= q <= 1: with the nearest c = k / 32, atan(c) + atan((q - c) / (1 + q c)). That
/// argument is at most 1/64, and the first term left out of its series below 2^-69.
[[nodiscard]] constexpr std::int64_t short_arctangent(std::int64_t q) {
  constexpr std::array<std::int64_t, 5> kTable = {kOne, -kOne / 3, kOne / 5, -kOne / 7, kOne / 9};
  const std::int64_t k = (q + (kOne >> 6)) >> (kBits - 5);
  const std::int64_t c = k << (kBits - 5);
  const Int128 below = Int128{kOne} + multiplied(q, c);
  const auto t = static_cast<std::int64_t>(Int128{q - c} * kOne / below);
  return kArctangents[static_cast<std::size_t>(k)] +
         multiplied(t, polynomial(kTable, multiplied(t, t)));
}

/// value >> shift, or to the left where shift < 0; value >= 0, and the result has 63 bits at most.
[[nodiscard]] constexpr std::int64_t shifted(const Int256& value, int shift) {
  const auto high = static_cast<UInt128>(value.high);
  UInt128 result = 0;
  if (shift <= 0) {
    result = value.low << -shift;
  } else if (shift >= 128) {
    result = high >> (shift - 128);
  } else {
    result = (value.low >> shift) | (high << (128 - shift));
  }
  return static_cast<std::int64_t>(result);
}

}  // namespace trigonometry

/// The angle whose tangent is y / x, in radians from -pi / 2 to pi / 2; 0 where y = 0.
[[nodiscard]] constexpr Int128 arctangent(const Int256& y, const Int256& x) {
  using namespace trigonometry;
  if (y.is_zero()) return 0;
  const Int256 rise = y.is_negative() ? -y : y;
  const Int256 run = x.is_negative() ? -x : x;
  const bool steep = rise > run;
  const Int256& larger = steep ? rise : run;
  const Int256& smaller = steep ? run : rise;
  const int width = bit_width(larger);
  const std::int64_t above = shifted(smaller, width - 63);
  const std::int64_t below = shifted(larger, width - 63);
  const auto q = static_cast<std::int64_t>(Int128{above} * kOne / below);
  const std::int64_t angle = steep ? kHalfPi - short_arctangent(q) : short_arctangent(q);
  return to_units(y.is_negative() != x.is_negative() ? -Int128{angle} : Int128{angle});
}

/// The sine of n / d turns, exact at multiples of a quarter; 0 < d < 2^60.
[[nodiscard]] constexpr Int128 sine_of_turns(Int128 n, Int128 d) {
  using namespace trigonometry;
  // In eighths of 1 / d every fold below is exact.
  const Int128 turn = 8 * d;
  Int128 angle = 8 * (n % d);
  if (angle < 0) angle += turn;
  const bool negative = angle >= turn / 2;
  if (negative) angle -= turn / 2;
  if (angle > turn / 4) angle = turn / 2 - angle;
  const bool near_quarter = angle > d;
  if (near_quarter) angle = turn / 4 - angle;
  const auto radians = static_cast<std::int64_t>((angle * kTurn + turn / 2) / turn);
  const std::int64_t sine = near_quarter ? short_cosine(radians) : short_sine(radians);
  return to_units(negative ? -Int128{sine} : Int128{sine});
}

/// The cosine of n / d turns; 0 < d < 2^58.
[[nodiscard]] constexpr Int128 cosine_of_turns(Int128 n, Int128 d) {
  return sine_of_turns(4 * (n % d) + d, 4 * d);
}

/// The sine of an angle in degrees, which comes in units of the grid.
[[nodiscard]] constexpr Int128 sine_of_degrees(Int128 degrees) {
  return sine_of_turns(degrees, Int128{360} * kGrid);
}

/// pi and a whole turn in radians, in the units of arctangent().
inline constexpr Int128 kPi = trigonometry::to_units(trigonometry::kTurn / 2);
inline constexpr Int128 kTurnRadians = trigonometry::to_units(trigonometry::kTurn);

/// Radians in the units of arctangent() as degrees in units of the grid.
[[nodiscard]] inline Int128 grid_degrees(Int128 radians) {
  return multiply_divide(radians, Int128{180} * kGrid, kPi);
}

}  // namespace quant
