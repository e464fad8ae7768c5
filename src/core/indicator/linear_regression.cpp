// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/linear_regression.hpp"

#include <boost/math/constants/constants.hpp>

#include "core/base/real.hpp"
#include "core/indicator/fixed_trigonometry.hpp"

namespace quant {

Int128 grid_angle(Int128 y, Int128 x) {
  // In units of 10^-18 degrees off by less than 131: 2 * 180 / pi from the arc tangent, 15 from pi.
  constexpr Int128 kFiner = kTrigonometryUnit / kGrid;
  constexpr Int128 kDoubt = 200;
  const Int128 fine =
      multiply_divide(arctangent(Int256(y), Int256(x)), Int128{180} * kTrigonometryUnit, kPi);
  const Int128 rest = magnitude(fine) % kFiner;
  if (magnitude(rest - kFiner / 2) > kDoubt) return divide_rounded(fine, kFiner);
  const auto degrees = [&]<typename T>(const T&) -> std::optional<T> {
    return T(180) * atan(to_real<T>(y) / to_real<T>(x)) / boost::math::constants::pi<T>();
  };
  return round_figure(degrees, kGridDecimals)->mantissa;
}

}  // namespace quant
