// SPDX-License-Identifier: PostgreSQL
#include "core/base/int256.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/error.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {
namespace {

WideInteger value_of(const Int256& number) {
  const Int256 size = number.is_negative() ? -number : number;
  WideInteger wide = static_cast<UInt128>(size.high);
  wide <<= 128;
  wide += WideInteger(size.low);
  return number.is_negative() ? WideInteger(-wide) : wide;
}

std::vector<Int128> numbers() {
  std::vector<Int128> all = {0, 1, -1, kGrid, -Int128{kGrid}, kInt128Max, -kInt128Max};
  UInt128 state = 1;
  for (int i = 0; i < 40; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    all.push_back(static_cast<Int128>(state) >> (i * 3));
  }
  return all;
}

Int128 rounded(const WideInteger& n, const WideInteger& d) {
  const WideInteger twice = 2 * abs(n) + abs(d);
  const WideInteger quotient = twice / (2 * abs(d));
  return narrow((n < 0) != (d < 0) ? WideInteger(-quotient) : quotient);
}

TEST(Int256, AddsAndMultipliesAsIntegersOf512Bits) {
  for (const Int128 a : numbers()) {
    for (const Int128 b : numbers()) {
      const Int256 found = product(a, b);
      ASSERT_EQ(value_of(found), widen(a) * widen(b));
      const Int256 half = product(a / 2, b);
      ASSERT_EQ(value_of(half + half), 2 * widen(a / 2) * widen(b));
      ASSERT_EQ(value_of(half - found), widen(a / 2) * widen(b) - widen(a) * widen(b));
      ASSERT_EQ(found < half, widen(a) * widen(b) < widen(a / 2) * widen(b));
      ASSERT_EQ(found.fits_int128(), found == Int256(static_cast<Int128>(found.low)));
    }
  }
}

TEST(Int256, DividesRoundedHalfAwayFromZero) {
  for (const Int128 a : numbers()) {
    for (const Int128 b : numbers()) {
      const Int256 n = product(a, 1'000'003);
      const Int256 d = product(b, 999'999'937);
      if (d.is_zero()) continue;
      const WideInteger wide = abs(value_of(n)) * 100 / abs(value_of(d));
      if (wide > widen(kInt128Max) - 1) {
        EXPECT_THROW((void)ratio(n, d, 100), Error);
      } else {
        ASSERT_EQ(ratio(n, d, 100), rounded(value_of(n) * 100, value_of(d)));
      }
    }
  }
}

TEST(Int256, SaysWhereASumDoesNotFit) {
  const Int256 large = product(kInt128Max, kInt128Max);
  const Int256 sum = large + large;
  EXPECT_THROW((void)(sum + sum), Error);
  EXPECT_THROW((void)(-sum - sum), Error);
  EXPECT_THROW((void)large.to_int128(), Error);
  EXPECT_THROW((void)product(large, kInt128Max), Error);
}

}  // namespace
}  // namespace quant
