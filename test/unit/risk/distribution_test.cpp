// SPDX-License-Identifier: PostgreSQL
// Values of mpmath 1.3 (ncdf) with 120 digits.
#include "core/risk/distribution.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace quant {
namespace {

TEST(NormalProbability, HasFiftyDigitsBehindThePoint) {
  for (const auto& [x, wanted] : {
           std::pair{"0.5", "0.691462461274013103637704610608337739883602175554577936820776"},
           {"-1.96", "0.0249978951482204341365842690408371900224997790618833910857171"},
           {"3", "0.998650101968369905473348185232405022622170631841619350635778"},
           {"-8", "0.00000000000000062209605742717841235159951725881884224887172789"},
           {"12.25", "0.999999999999999999999999999999999916002039363665823410813867"},
           {"0.000001", "0.500000398942280401366187559879164461615554167165854470026507"},
       }) {
    EXPECT_LE(abs(normal_probability(Real(x)) - Real(wanted)), Real("1e-47")) << x;
    EXPECT_LE(abs(normal_probability(LongReal(x)) - LongReal(wanted)), LongReal("1e-59")) << x;
  }
}

TEST(NormalProbability, IsSymmetricAndEndsInZeroAndOne) {
  EXPECT_EQ(normal_probability(Real(0)), Real("0.5"));
  EXPECT_EQ(normal_probability(Real(26)), 1);
  EXPECT_LT(normal_probability(Real(-26)), Real("1e-137"));
  const Real both = normal_probability(Real("-1.5")) + normal_probability(Real("1.5"));
  EXPECT_LE(abs(both - 1), Real("1e-47")) << "each is right to the digits that are asked above";
}

}  // namespace
}  // namespace quant
