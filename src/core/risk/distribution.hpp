// SPDX-License-Identifier: PostgreSQL
// Distributions in decimal floating point, by Boost.Math, to the digits of the type.
#pragma once

#include <cstdint>

#include "core/base/real.hpp"

namespace quant {

/// The standard normal density.
[[nodiscard]] Real normal_density(const Real& x);
[[nodiscard]] LongReal normal_density(const LongReal& x);

/// P(X <= x) for a standard normal X.
[[nodiscard]] Real normal_probability(const Real& x);
[[nodiscard]] LongReal normal_probability(const LongReal& x);

/// x with P(X <= x) = p for a standard normal X, 0 < p < 1.
[[nodiscard]] Real normal_quantile(const Real& p);
[[nodiscard]] LongReal normal_quantile(const LongReal& p);

/// Density and quantile of Student's t with `degrees` > 0 of freedom, not only whole ones.
[[nodiscard]] Real student_t_density(const Real& degrees, const Real& x);
[[nodiscard]] LongReal student_t_density(const LongReal& degrees, const LongReal& x);
[[nodiscard]] Real student_t_quantile(const Real& degrees, const Real& p);
[[nodiscard]] LongReal student_t_quantile(const LongReal& degrees, const LongReal& p);

/// P(X > x) for Student's t.
[[nodiscard]] Real student_t_tail_probability(const Real& degrees, const Real& x);
[[nodiscard]] LongReal student_t_tail_probability(const LongReal& degrees, const LongReal& x);

/// P(X > x) for a chi-squared X, x >= 0.
[[nodiscard]] Real chi_squared_tail(int degrees, const Real& x);
[[nodiscard]] LongReal chi_squared_tail(int degrees, const LongReal& x);

/// P(X <= successes) of `trials` that each succeed with probability p, 0 < p < 1.
[[nodiscard]] Real binomial_probability(std::int64_t trials, std::int64_t successes, const Real& p);

}  // namespace quant
