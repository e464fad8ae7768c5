// SPDX-License-Identifier: PostgreSQL
// Functions of the value of one row, correctly rounded (half away from zero) to 12 decimals.
#pragma once

#include "core/base/real.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// `Function::of(x)` takes and gives grid units; nothing where x is outside its domain, kOutOfRange
/// where the result does not fit 38 digits.
template <typename Function>
class MathTransform {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit MathTransform(const IndicatorArguments&) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    if (!row[0].known) return {};
    return {Function::of(row[0].value)};
  }
};

struct Floor {
  static Number of(Int128 x) { return Number::of(multiply(divide_floor(x, kGrid), kGrid)); }
};
struct Ceiling {
  static Number of(Int128 x) { return Number::of(multiply(divide_ceiling(x, kGrid), kGrid)); }
};
struct SquareRoot {
  static Number of(Int128 x) { return x < 0 ? Number{} : Number::of(grid_root(x, kGrid)); }
};

/// `Function::compute(x)` in the arithmetic of Real or LongReal, where `Function::defined(x)`.
template <typename Function>
struct RealFunction {
  static Number of(Int128 x) {
    if (!Function::defined(x)) return {};
    const auto figure = [x](auto zero) {
      using T = decltype(zero);
      return std::optional<T>(Function::compute(to_real<T>(x) / kGrid));
    };
    return Number::of(round_figure(figure, kGridDecimals)->mantissa);
  }
};

struct Everywhere {
  static bool defined(Int128) { return true; }
};
struct FromMinusOneToOne {
  static bool defined(Int128 x) { return x >= -kGrid && x <= kGrid; }
};
struct AboveZero {
  static bool defined(Int128 x) { return x > 0; }
};

struct ArcCosine : FromMinusOneToOne {
  template <typename T>
  static T compute(const T& x) {
    // atan2 of the sine: near 1 the arc cosine would lose digits.
    return atan2(sqrt(T((1 - x) * (1 + x))), x);
  }
};
struct ArcSine : FromMinusOneToOne {
  template <typename T>
  static T compute(const T& x) {
    return atan2(x, sqrt(T((1 - x) * (1 + x))));
  }
};
struct ArcTangent : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return atan(x);
  }
};
struct Cosine : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return cos(x);
  }
};
struct Sine : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return sin(x);
  }
};
struct Tangent : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return sin(x) / cos(x);
  }
};

/// e^x with x held within -200 to 200: beyond lies nothing but 0 and what is out of range.
template <typename T>
[[nodiscard]] T bounded_exp(const T& x) {
  const T kMost = 200;
  return exp(x > kMost ? kMost : (x < -kMost ? T(-kMost) : x));
}

struct Exponential : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return bounded_exp(x);
  }
};
struct HyperbolicSine : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return (bounded_exp(x) - bounded_exp(T(-x))) / 2;
  }
};
struct HyperbolicCosine : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    return (bounded_exp(x) + bounded_exp(T(-x))) / 2;
  }
};
struct HyperbolicTangent : Everywhere {
  template <typename T>
  static T compute(const T& x) {
    const T up = bounded_exp(x);
    const T down = bounded_exp(T(-x));
    return (up - down) / (up + down);
  }
};
struct NaturalLogarithm : AboveZero {
  template <typename T>
  static T compute(const T& x) {
    return log(x);
  }
};
struct CommonLogarithm : AboveZero {
  template <typename T>
  static T compute(const T& x) {
    return log10(x);
  }
};

}  // namespace quant
