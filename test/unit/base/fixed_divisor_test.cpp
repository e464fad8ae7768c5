// SPDX-License-Identifier: PostgreSQL
#include "core/base/fixed_divisor.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace quant {
namespace {

TEST(FixedDivisor, RoundsAsADivisionDoes) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t state = 1;
  const auto next = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>(state);
  };
  for (const int d : {1, 2, 3, 4, 5, 7, 8, 9, 14, 15, 21, 255, 256, 257, 99'999, 100'001,
                      2'147'483'646, 2'147'483'647}) {
    const FixedDivisor divide(d);
    std::vector<Int128> numerators = {0, 1, -1, kMost, -kMost, kMost - d, Int128{kMost} + 1};
    for (int i = 0; i < 2000; ++i) {
      const std::int64_t n = next() >> (i % 62);
      numerators.push_back(n);
      // Ties, and their neighbours.
      const Int128 tie = Int128{n / d} * d + d / 2;
      numerators.insert(numerators.end(), {tie, tie + 1, -tie, -tie - 1, tie * d});
    }
    for (const Int128 n : numerators) {
      ASSERT_EQ(divide(n), divide_rounded(n, d)) << to_text(n) << " / " << d;
    }
  }
}

}  // namespace
}  // namespace quant
