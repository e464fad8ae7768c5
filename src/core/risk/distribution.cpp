// SPDX-License-Identifier: PostgreSQL
#include "core/risk/distribution.hpp"

#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace quant {

namespace {

using boost::math::binomial_distribution;
using boost::math::chi_squared_distribution;
using boost::math::complement;
using boost::math::normal_distribution;
using boost::math::students_t_distribution;

template <typename T>
T chi_squared_tail_of(int degrees, const T& x) {
  return cdf(complement(chi_squared_distribution<T>(T(degrees)), x));
}

/// The quantiles that were asked for last: each takes a millisecond, and a query asks for the same
/// few for every group.
template <typename T>
const T& remembered_quantile(const T& p) {
  struct Known {
    T probability{-1};
    T quantile;
  };
  constexpr std::size_t kKnown = 8;
  static thread_local std::array<Known, kKnown> known;
  static thread_local std::size_t next = 0;
  for (const Known& one : known) {
    if (one.probability == p) return one.quantile;
  }
  Known& one = known[next++ % kKnown];
  one = {p, quantile(normal_distribution<T>(), p)};
  return one.quantile;
}

}  // namespace

Real normal_density(const Real& x) { return pdf(normal_distribution<Real>(), x); }
LongReal normal_density(const LongReal& x) { return pdf(normal_distribution<LongReal>(), x); }

Real normal_probability(const Real& x) { return cdf(normal_distribution<Real>(), x); }
LongReal normal_probability(const LongReal& x) { return cdf(normal_distribution<LongReal>(), x); }

Real normal_quantile(const Real& p) { return remembered_quantile(p); }
LongReal normal_quantile(const LongReal& p) { return remembered_quantile(p); }

Real student_t_density(const Real& degrees, const Real& x) {
  return pdf(students_t_distribution<Real>(degrees), x);
}
LongReal student_t_density(const LongReal& degrees, const LongReal& x) {
  return pdf(students_t_distribution<LongReal>(degrees), x);
}

Real student_t_quantile(const Real& degrees, const Real& p) {
  return quantile(students_t_distribution<Real>(degrees), p);
}
LongReal student_t_quantile(const LongReal& degrees, const LongReal& p) {
  return quantile(students_t_distribution<LongReal>(degrees), p);
}

Real student_t_tail_probability(const Real& degrees, const Real& x) {
  return cdf(complement(students_t_distribution<Real>(degrees), x));
}
LongReal student_t_tail_probability(const LongReal& degrees, const LongReal& x) {
  return cdf(complement(students_t_distribution<LongReal>(degrees), x));
}

Real chi_squared_tail(int degrees, const Real& x) { return chi_squared_tail_of(degrees, x); }
LongReal chi_squared_tail(int degrees, const LongReal& x) {
  return chi_squared_tail_of(degrees, x);
}

Real binomial_probability(std::int64_t trials, std::int64_t successes, const Real& p) {
  return cdf(binomial_distribution<Real>(Real(trials), p), Real(successes));
}

}  // namespace quant
