// SPDX-License-Identifier: PostgreSQL
// The checked 128-bit arithmetic against Boost's integers of any length.
#include "core/base/int128.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <random>
#include <vector>

#include "support/caught.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

using Big = boost::multiprecision::cpp_int;

constexpr Int128 kMin = -kInt128Max - 1;

Big big(Int128 value) { return Big(to_text(value)); }
bool fits(const Big& value) { return value >= big(kMin) && value <= big(kInt128Max); }

/// n / d rounded half away from zero by the definition: floor(|n| / d + 1/2).
Big rounded_quotient(const Big& n, const Big& d) {
  const Big magnitude = (2 * abs(n) + d) / (2 * d);
  return n < 0 ? Big(-magnitude) : magnitude;
}

/// Integers of every length from 1 to 127 bits, and the edges of the type.
class Integers {
 public:
  Int128 next() {
    static constexpr std::array<Int128, 8> kEdges = {
        0, 1, -1, 2, kInt128Max, -kInt128Max, kInt128Max - 1, kGrid};
    if (bits_() % 8 == 0) return kEdges[bits_() % kEdges.size()];
    const UInt128 wide = (UInt128{bits_()} << 64) | bits_();
    const auto value = static_cast<Int128>(wide >> (1 + bits_() % 127));
    return bits_() % 2 == 0 ? value : -value;
  }
  Int128 positive() {
    Int128 value = 0;
    while (value == 0) value = next();
    return value < 0 ? -value : value;
  }

 private:
  std::mt19937_64 bits_{20240131};
};

constexpr int kRounds = 20'000;

/// `compute` gives `expected`, or raises kOutOfRange where it does not fit.
template <typename Compute>
void expect_checked(const Big& expected, const Compute& compute, bool representable) {
  if (representable) {
    ASSERT_EQ(big(compute()), expected);
  } else {
    ASSERT_EQ(caught([&] { (void)compute(); }).code(), ErrorCode::kOutOfRange);
  }
}

TEST(Int128, SumsDifferencesAndProductsAreExactOrRaise) {
  Integers integers;
  for (int round = 0; round < kRounds; ++round) {
    const Int128 a = integers.next();
    const Int128 b = integers.next();
    expect_checked(
        big(a) + big(b), [&] { return add(a, b); }, fits(big(a) + big(b)));
    expect_checked(
        big(a) - big(b), [&] { return subtract(a, b); }, fits(big(a) - big(b)));
    expect_checked(
        big(a) * big(b), [&] { return multiply(a, b); }, fits(big(a) * big(b)));
  }
}

TEST(Int128, MagnitudeOfTheLeastIntegerRaises) {
  EXPECT_EQ(magnitude(-kInt128Max), kInt128Max);
  EXPECT_EQ(caught([] { (void)magnitude(kMin); }).code(), ErrorCode::kOutOfRange);
}

TEST(Int128, DivisionsRoundAsTheirNamesSay) {
  Integers integers;
  for (int round = 0; round < kRounds; ++round) {
    const Int128 n = integers.next();
    const Int128 d = integers.positive();
    ASSERT_EQ(big(divide_rounded(n, d)), rounded_quotient(big(n), big(d)));
    const Big floor = big(divide_floor(n, d));
    ASSERT_TRUE(floor * big(d) <= big(n) && (floor + 1) * big(d) > big(n));
    const Big ceiling = big(divide_ceiling(n, d));
    ASSERT_TRUE(ceiling * big(d) >= big(n) && (ceiling - 1) * big(d) < big(n));
  }
}

TEST(Int128, EverySmallQuotientRounds) {
  for (int d = 1; d <= 12; ++d) {
    for (int n = -40; n <= 40; ++n) {
      ASSERT_EQ(big(divide_rounded(n, d)), rounded_quotient(n, d)) << n << " / " << d;
    }
  }
  EXPECT_EQ(divide_rounded(kMin, 2), kMin / 2);
  EXPECT_EQ(divide_rounded(kMin, 1), kMin);
  EXPECT_EQ(divide_floor(kMin, 1), kMin);
  EXPECT_EQ(divide_ceiling(kMin, 1), kMin);
  EXPECT_EQ(divide_ceiling(kInt128Max, 1), kInt128Max);
  EXPECT_EQ(divide_rounded(kInt128Max, kInt128Max), 1);
}

TEST(Int128, MultiplyDivideIsExactBeyond128Bits) {
  Integers integers;
  int wide = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Int128 a = integers.next();
    const Int128 b = integers.next();
    const Int128 d = integers.positive();
    const Big expected = rounded_quotient(big(a) * big(b), big(d));
    if (!fits(big(a) * big(b))) ++wide;
    expect_checked(
        expected, [&] { return multiply_divide(a, b, d); }, fits(expected));
  }
  EXPECT_GT(wide, kRounds / 10);
}

TEST(Int128, MultiplyDivideRoundsWideTiesAwayFromZero) {
  const Int128 odd = int128_of("100000000000000000000000000000000000001");
  const Int128 half = int128_of("50000000000000000000000000000000000001");
  // odd x 4 / 8 is odd / 2; the product alone needs more than 128 bits.
  EXPECT_EQ(multiply_divide(odd, 4, 8), half);
  EXPECT_EQ(multiply_divide(-odd, 4, 8), -half);
  EXPECT_EQ(multiply_divide(odd, -4, 8), -half);
}

TEST(Int128, ComparesProductsBeyond128Bits) {
  Integers integers;
  for (int round = 0; round < kRounds; ++round) {
    const Int128 a = integers.next();
    const Int128 b = integers.next();
    const bool same = round % 4 == 0;  // the same product in another order is a tie
    const Int128 c = same ? b : integers.next();
    const Int128 d = same ? a : integers.next();
    const int order = (big(a) * big(b)).compare(big(c) * big(d));
    ASSERT_EQ(compare_products(a, b, c, d), order <=> 0);
  }
  EXPECT_EQ(compare_products(kInt128Max, kInt128Max, kInt128Max, kInt128Max),
            std::strong_ordering::equal);
  EXPECT_EQ(compare_products(kInt128Max, kInt128Max, kInt128Max, kInt128Max - 1),
            std::strong_ordering::greater);
  EXPECT_EQ(compare_products(-kInt128Max, kInt128Max, 0, 1), std::strong_ordering::less);
}

/// r is the root on the grid exactly if (2r - 1)^2 d <= 4 n 10^24 < (2r + 1)^2 d.
void expect_root(Int128 n, Int128 d) {
  const Big root = big(grid_root(n, d));
  const Big target = 4 * big(n) * big(kGrid) * big(kGrid);
  const Big below = root == 0 ? Big(0) : Big((2 * root - 1) * (2 * root - 1) * big(d));
  const Big above = (2 * root + 1) * (2 * root + 1) * big(d);
  ASSERT_TRUE(below <= target && target < above) << to_text(n) << " / " << to_text(d);
}

TEST(GridRoot, IsTheNearestMultipleOfTheGrid) {
  Integers integers;
  for (int round = 0; round < 5'000; ++round) {
    const Int128 n = magnitude(integers.next());
    const Int128 d = integers.positive();
    expect_root(n, d);
  }
  for (int n = 0; n <= 200; ++n) expect_root(n, 1);
}

TEST(GridRoot, RoundsTiesUpAndTheirNeighboursToTheirSides) {
  // sqrt(n / (4 x 10^24)) is (k + 1/2) on the grid exactly for n = (2k + 1)^2.
  const Int128 d = multiply(4, multiply(kGrid, kGrid));
  for (const Int128 k : {Int128{0}, Int128{1}, Int128{7}, Int128{123'456'789}, Int128{kGrid}}) {
    const Int128 n = multiply(2 * k + 1, 2 * k + 1);
    EXPECT_EQ(grid_root(n, d), k + 1);
    EXPECT_EQ(grid_root(n - 1, d), k);
    EXPECT_EQ(grid_root(n + 1, d), k + 1);
  }
}

TEST(GridRoot, OfASquareIsExact) {
  EXPECT_EQ(grid_root(0, 5), 0);
  EXPECT_EQ(grid_root(4, 9), divide_rounded(Int128{2} * kGrid, 3));
  EXPECT_EQ(grid_root(multiply(12'345, 12'345), 1), Int128{12'345} * kGrid);
  EXPECT_EQ(grid_root(2, 1), int128_of("1414213562373"));
}

TEST(Int128, CommonDivisorsAndMultiples) {
  EXPECT_EQ(greatest_common_divisor(12, 18), 6);
  EXPECT_EQ(greatest_common_divisor(-12, 18), 6);
  EXPECT_EQ(greatest_common_divisor(0, 5), 5);
  EXPECT_EQ(least_common_multiple(4, 6), 12);
  EXPECT_EQ(least_common_multiple(70'000, 130'000), 910'000);
  EXPECT_EQ(caught([] { (void)least_common_multiple(kInt128Max, kInt128Max - 1); }).code(),
            ErrorCode::kOutOfRange);
}

TEST(Int128, PowersOfTenReach38) {
  EXPECT_EQ(to_text(power_of_ten(0)), "1");
  EXPECT_EQ(to_text(power_of_ten(38)), "100000000000000000000000000000000000000");
  EXPECT_EQ(caught([] { (void)power_of_ten(39); }).code(), ErrorCode::kOutOfRange);
}

TEST(Int128, PrintsItsWholeRange) {
  EXPECT_EQ(to_text(0), "0");
  EXPECT_EQ(to_text(kInt128Max), "170141183460469231731687303715884105727");
  EXPECT_EQ(to_text(kMin), "-170141183460469231731687303715884105728");
}

}  // namespace
}  // namespace quant
