// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/root.hpp"

#include <gtest/gtest.h>

#include "core/base/wide_integer.hpp"

namespace quant {
namespace {

/// Numbers of all lengths up to 127 bits.
std::vector<Int128> numbers() {
  std::vector<Int128> all = {0, 1, 2, 3, kGrid, kInt128Max};
  UInt128 state = 1;
  for (int shift = 1; shift < 127; ++shift) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    all.push_back(static_cast<Int128>(state >> shift));
  }
  return all;
}

TEST(Root, IsExactOfSquaresAndOneLessBelowThem) {
  for (const Int128 a : numbers()) {
    const Int256 square = product(a, a);
    EXPECT_EQ(floor_root(square).floor, a);
    EXPECT_TRUE(floor_root(square).exact);
    if (a < 2) continue;
    const Root below = floor_root(square - Int256(1));
    EXPECT_EQ(below.floor, a - 1);
    EXPECT_FALSE(below.exact);
  }
}

TEST(Root, IsRoundedAsTheWideOneIs) {
  for (const Int128 v : numbers()) {
    for (const Int128 a : {Int128{1}, Int128{7}, Int128{kGrid}}) {
      for (const Int128 d : {Int128{1}, Int128{20}, Int128{99'999}}) {
        const WideInteger twice = sqrt(WideInteger(4 * widen(v) * widen(a) * widen(a))) / widen(d);
        ASSERT_EQ(rounded_root(Int256(v), a, d), narrow((twice + 1) / 2));
      }
    }
  }
}

TEST(Root, OfAQuotientIsItsFloor) {
  for (const Int128 a : {Int128{5}, Int128{kGrid} * 300, kInt128Max / 1000}) {
    for (const Int128 v : numbers()) {
      if (v == 0) continue;
      const WideInteger wide = sqrt(WideInteger(widen(a) * widen(a) / widen(v)));
      ASSERT_EQ(floor_over_root(Int256(a), 1, Int256(v)).floor, narrow(wide));
    }
  }
}

}  // namespace
}  // namespace quant
