// SPDX-License-Identifier: PostgreSQL
// Student's t with the mean and standard deviation (divisor n - 1) of a sample, and the degrees of
// freedom of largest likelihood.
#pragma once

#include <optional>
#include <span>

#include "core/base/pause.hpp"
#include "core/base/real.hpp"

namespace quant {

/// The degrees of freedom, rounded to 12 decimals, from 2.01 to 1000. Nothing where the likelihood
/// still rises at 1000, where the distribution is hardly other than the normal one, and for fewer
/// than 2 values or constant ones. kInvalidParameter "no convergence" where it still rises at 2.01,
/// towards an infinite variance.
[[nodiscard]] std::optional<Decimal> student_t_degrees(
    std::span<const Real> values, const Pause& pause = [] {});

}  // namespace quant
