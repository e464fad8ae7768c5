// SPDX-License-Identifier: PostgreSQL
#include "core/risk/exact_moments.hpp"

#include <gtest/gtest.h>

namespace quant {
namespace {

constexpr Int128 kTwo64 = Int128{1} << 64;
constexpr Int128 kLarge = kTwo64 * (kTwo64 / 4);

void expect_near(const LongReal& value, const LongReal& wanted) {
  EXPECT_LE(abs(LongReal(value - wanted)), LongReal("1e-80") * abs(wanted) + LongReal("1e-150"))
      << value << " is not " << wanted;
}

void expect_moments(const std::vector<Int128>& mantissas) {
  const ExactMoments moments({mantissas, 20}, [] {});
  std::vector<LongReal> values;
  for (const Int128 mantissa : mantissas)
    values.push_back(to_real<LongReal>(Decimal{mantissa, 20}));
  const auto wanted = moments_of(std::span<const LongReal>(values));
  const auto found = moments.in<LongReal>();
  EXPECT_EQ(found.count, wanted.count);
  expect_near(found.mean, wanted.mean);
  expect_near(found.sums.squares, wanted.sums.squares);
  expect_near(found.sums.cubes, wanted.sums.cubes);
  expect_near(found.sums.fourths, wanted.sums.fourths);
}

TEST(ExactMoments, OfShortAndOfLongNumbers) {
  expect_moments({5});
  expect_moments({1, -2, 4});
  expect_moments({kTwo64 - 1, -(kTwo64 - 1), kTwo64 - 1, 7});
  expect_moments({kTwo64, -kTwo64, kTwo64 + 1, 3});
  expect_moments({kTwo64 - 1, kTwo64, -kLarge, kLarge - 1, kLarge, -12, 0, 0});
}

TEST(ExactMoments, OfManyLargestShortNumbers) {
  std::vector<Int128> mantissas(5000, kTwo64 - 1);
  for (std::size_t i = 0; i < mantissas.size(); i += 3) mantissas[i] = -(kTwo64 - 1 - Int128(i));
  expect_moments(mantissas);
}

// Equal values have no deviation, not one of the last digit.
TEST(ExactMoments, OfEqualNumbersAreZero) {
  const ExactMoments moments({{kTwo64 - 3, kTwo64 - 3, kTwo64 - 3}, 20}, [] {});
  EXPECT_EQ(moments.in<Real>().sums.squares, 0);
  EXPECT_EQ(moments.in<Real>().sums.cubes, 0);
  EXPECT_EQ(moments.in<Real>().sums.fourths, 0);
}

}  // namespace
}  // namespace quant
