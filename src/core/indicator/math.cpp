// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"
#include "core/indicator/math_operator.hpp"
#include "core/indicator/math_transform.hpp"

namespace quant {

namespace {

constexpr std::string_view kGroup = "math";

/// A function of one series.
struct Transform {
  std::string_view name;
  std::string_view title;
  std::string_view formula;
  std::string_view peers;
  IndicatorRunner runner;
};

template <typename Function>
inline constexpr IndicatorRunner kReal = kRunner<MathTransform<RealFunction<Function>>>;

constexpr Transform kTransforms[] = {
    {"acos", "Arc cosine", "arc cosine of x in radians, x from -1 to 1",
     "TA-Lib ACOS; NULL, not NaN, outside -1 to 1", kReal<ArcCosine>},
    {"asin", "Arc sine", "arc sine of x in radians, x from -1 to 1",
     "TA-Lib ASIN; NULL, not NaN, outside -1 to 1", kReal<ArcSine>},
    {"atan", "Arc tangent", "arc tangent of x in radians", "TA-Lib ATAN", kReal<ArcTangent>},
    {"ceil", "Ceiling", "smallest whole number >= x", "TA-Lib CEIL",
     kRunner<MathTransform<Ceiling>>},
    {"cos", "Cosine", "cosine of x, x in radians", "TA-Lib COS", kReal<Cosine>},
    {"cosh", "Hyperbolic cosine", "(e^x + e^-x) / 2", "TA-Lib COSH", kReal<HyperbolicCosine>},
    {"exp", "Exponential", "e^x", "TA-Lib EXP; an error, not infinity, from 10^26 on",
     kReal<Exponential>},
    {"floor", "Floor", "largest whole number <= x", "TA-Lib FLOOR", kRunner<MathTransform<Floor>>},
    {"ln", "Natural logarithm", "logarithm of x to base e, x > 0",
     "TA-Lib LN; NULL, not -infinity or NaN, where x <= 0", kReal<NaturalLogarithm>},
    {"log10", "Common logarithm", "logarithm of x to base 10, x > 0",
     "TA-Lib LOG10; NULL, not -infinity or NaN, where x <= 0", kReal<CommonLogarithm>},
    {"sin", "Sine", "sine of x, x in radians", "TA-Lib SIN", kReal<Sine>},
    {"sinh", "Hyperbolic sine", "(e^x - e^-x) / 2", "TA-Lib SINH", kReal<HyperbolicSine>},
    {"sqrt", "Square root", "square root of x, x >= 0", "TA-Lib SQRT; NULL, not NaN, where x < 0",
     kRunner<MathTransform<SquareRoot>>},
    {"tan", "Tangent", "sin(x) / cos(x), x in radians", "TA-Lib TAN", kReal<Tangent>},
    {"tanh", "Hyperbolic tangent", "(e^x - e^-x) / (e^x + e^-x)", "TA-Lib TANH",
     kReal<HyperbolicTangent>},
};

Indicator entry(const Transform& transform) {
  return {.name = transform.name,
          .group = kGroup,
          .title = transform.title,
          .formula = transform.formula,
          .source = "",
          .peers = transform.peers,
          .inputs = {kX},
          .arguments = {},
          .outputs = {{transform.name, at_once}},
          .runner = transform.runner};
}

template <typename Operation>
Indicator operation(std::string_view name, std::string_view title, std::string_view formula,
                    std::string_view peers) {
  return {.name = name,
          .group = kGroup,
          .title = title,
          .formula = formula,
          .source = "",
          .peers = peers,
          .inputs = {kX, kY},
          .arguments = {},
          .outputs = {{name, at_once}},
          .runner = kRunner<MathOperator<Operation>>};
}

}  // namespace

const std::vector<Indicator>& math_indicators() {
  static const std::vector<Indicator> kIndicators = [] {
    std::vector<Indicator> all;
    for (const Transform& transform : kTransforms) all.push_back(entry(transform));
    all.push_back(operation<Addition>("add", "Sum", "x + y", "TA-Lib ADD"));
    all.push_back(operation<Subtraction>("sub", "Difference", "x - y", "TA-Lib SUB"));
    all.push_back(operation<Multiplication>("mult", "Product", "x y", "TA-Lib MULT"));
    all.push_back(operation<Division>("div", "Quotient", "x / y",
                                      "TA-Lib DIV; NULL, not infinity or NaN, where y = 0"));
    return all;
  }();
  return kIndicators;
}

}  // namespace quant
