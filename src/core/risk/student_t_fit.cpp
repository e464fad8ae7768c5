// SPDX-License-Identifier: PostgreSQL
#include "core/risk/student_t_fit.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/minima.hpp>
#include <vector>

#include "core/base/error.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

namespace {

constexpr int kDegreesDecimals = 12;
/// Where the search is bracketed before it begins: the ends and the points between them, at equal
/// distances of log(v - 2).
constexpr int kGridSteps = 24;
/// Of the minimum's place; half of the digits are all that a minimum shows.
constexpr int kBits = 60;

/// Minus the log likelihood, by y = log(v - 2), without the terms that do not depend on it.
class MinusLikelihood {
 public:
  MinusLikelihood(std::span<const Real> values, const Real& deviation, const Pause& pause)
      : pause_(pause) {
    const Real centre = *mean(values);
    for (const Real& value : values) {
      const Real z = difference(value, centre) / deviation;
      squares_.push_back(z * z);
    }
  }

  Real operator()(const Real& y) const {
    const Real beyond = exp(y);  // v - 2
    const Real degrees = beyond + 2;
    const Real each = boost::math::lgamma(Real((degrees + 1) / 2)) -
                      boost::math::lgamma(Real(degrees / 2)) - log(beyond) / 2;
    return (degrees + 1) / 2 * sum_of_logarithms(Real(1 / beyond)) -
           each * static_cast<long long>(squares_.size());
  }

 private:
  /// sum log(1 + z^2 scale), by a logarithm for every so many factors.
  [[nodiscard]] Real sum_of_logarithms(const Real& scale) const {
    constexpr std::size_t kFactors = 256;
    Real sum(0);
    for (std::size_t begin = 0; begin < squares_.size(); begin += kFactors) {
      pause_();
      const std::size_t end = std::min(begin + kFactors, squares_.size());
      Real product(1);
      for (std::size_t i = begin; i < end; ++i) product *= 1 + squares_[i] * scale;
      sum += log(product);
    }
    return sum;
  }

  const Pause& pause_;
  std::vector<Real> squares_;
};

}  // namespace

std::optional<Decimal> student_t_degrees(std::span<const Real> values, const Pause& pause) {
  const auto deviation = standard_deviation(values);
  if (!deviation || *deviation == 0) return std::nullopt;
  const MinusLikelihood minus(values, *deviation, pause);
  const Real lowest = log(Real("0.01"));
  const Real highest = log(Real(998));
  const Real step = (highest - lowest) / kGridSteps;
  const auto place = [&](int i) { return Real(lowest + step * i); };
  int best = 0;
  Real least = minus(lowest);
  for (int i = 1; i <= kGridSteps; ++i) {
    if (const Real value = minus(place(i)); value < least) {
      best = i;
      least = value;
    }
  }
  if (best == kGridSteps) return std::nullopt;
  if (best == 0) {
    throw invalid("student_t: no convergence")
        .detail("The likelihood rises up to 2 degrees of freedom, where the variance is infinite.")
        .hint("Give \"degrees_of_freedom\", or use \"historical\".");
  }
  const auto found =
      boost::math::tools::brent_find_minima(minus, place(best - 1), place(best + 1), kBits);
  return round_real(Real(exp(found.first) + 2), kDegreesDecimals).value;
}

}  // namespace quant
