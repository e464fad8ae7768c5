// SPDX-License-Identifier: PostgreSQL
#include "core/base/real.hpp"

#include <gtest/gtest.h>

#include "support/caught.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

/// A figure that is `tie` plus `beside`, and the number of times it is computed.
struct Figure {
  std::string tie;
  std::string beside;
  int& computed;

  template <typename T>
  std::optional<T> operator()(T) const {
    ++computed;
    return T(tie) + T(beside);
  }
};

std::string rounded_text(const std::string& tie, const std::string& beside, int decimals,
                         int& computed) {
  computed = 0;
  return round_figure(Figure{tie, beside, computed}, decimals)->to_text();
}

TEST(RoundFigure, FiftyDigitsDecideAwayFromTies) {
  int computed = 0;
  EXPECT_EQ(rounded_text("0.12345", "1e-28", 4, computed), "0.1235");
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(rounded_text("0.12345", "-1e-25", 4, computed), "0.1234");
  EXPECT_EQ(computed, 1);
}

TEST(RoundFigure, HundredDigitsDecideWithin1eMinus31OfATie) {
  int computed = 0;
  EXPECT_EQ(rounded_text("0.5", "-1e-31", 0, computed), "0");
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(rounded_text("0.5", "1e-31", 0, computed), "1");
  EXPECT_EQ(computed, 2);
  // 50 digits do not even see these.
  EXPECT_EQ(rounded_text("0.5", "-1e-79", 0, computed), "0");
  EXPECT_EQ(rounded_text("2.5", "-1e-75", 0, computed), "2");
  EXPECT_EQ(rounded_text("-2.5", "1e-75", 0, computed), "-2");
  EXPECT_EQ(rounded_text("-2.5", "-1e-75", 0, computed), "-3");
}

TEST(RoundFigure, WhatIsWithin1eMinus81IsATieAndGoesAwayFromZero) {
  int computed = 0;
  EXPECT_EQ(rounded_text("0.5", "-1e-81", 0, computed), "1");
  EXPECT_EQ(rounded_text("-0.5", "1e-81", 0, computed), "-1");
  EXPECT_EQ(rounded_text("1.0000005", "0", 6, computed), "1.000001");
  EXPECT_EQ(rounded_text("-1.0000005", "0", 6, computed), "-1.000001");
  EXPECT_EQ(computed, 2);
}

TEST(RoundFigure, NothingStaysNothing) {
  const auto nothing = [](auto zero) { return std::optional<decltype(zero)>(); };
  EXPECT_FALSE(round_figure(nothing, 4));
}

TEST(RoundFigure, RoundsWholeNumbersAndZero) {
  int computed = 0;
  EXPECT_EQ(rounded_text("0", "0", 4, computed), "0.0000");
  EXPECT_EQ(rounded_text("-7", "0", 2, computed), "-7.00");
  EXPECT_EQ(rounded_text("0", "-1e-40", 4, computed), "0.0000");
}

TEST(RoundReal, RaisesBeyond38Digits) {
  EXPECT_EQ(round_real(Real("9.9e37"), 0).value.to_text(),
            "99000000000000000000000000000000000000");
  EXPECT_EQ(caught([] { (void)round_real(Real("1e38"), 0); }).code(), ErrorCode::kOutOfRange);
  EXPECT_EQ(caught([] { (void)round_real(Real("-1e34"), 4); }).code(), ErrorCode::kOutOfRange);
}

TEST(RoundReal, KeepsEveryDigitOfALargeNumber) {
  const Real large("1234567890123456789012345678901234567");
  EXPECT_EQ(round_real(large, 0).value.to_text(), "1234567890123456789012345678901234567");
}

TEST(ToReal, IsExactFor128Bits) {
  const Int128 value = int128_of("-170141183460469231731687303715884105727");
  EXPECT_EQ(to_real<Real>(value), Real("-170141183460469231731687303715884105727"));
  EXPECT_EQ(to_real<Real>(decimal_of("-0.125")), Real("-0.125"));
}

TEST(Real, FailedAssertionIsAnError) {
  const volatile bool holds = false;
  try {
    BOOST_ASSERT(holds);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_EQ(error.message(), "assertion holds fails");
  }
}

}  // namespace
}  // namespace quant
