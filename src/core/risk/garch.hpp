// SPDX-License-Identifier: PostgreSQL
// GARCH(1,1) with normal likelihood [Bollerslev 1986]:
//   e_t = x_t - mu, h_1 = w + (A + B) m, m = mean(e^2), h_t = w + A e_(t-1)^2 + B h_(t-1).
#pragma once

#include <span>
#include <vector>

#include "core/base/pause.hpp"
#include "core/base/real.hpp"

namespace quant {

struct GarchModel {
  Real mu;
  Real omega;
  Real alpha;
  Real beta;
};

struct GarchState {
  Real log_likelihood;
  std::vector<Real> variances;  // h_1 .. h_n
  Real forecast;                // h_(n+1)
};

/// The variances that a model gives the values x_1 .. x_n, n >= 1, oldest first.
[[nodiscard]] GarchState garch_filter(std::span<const Real> values, const GarchModel& model);

/// The model of largest likelihood with w > 0, A, B >= 0, A + B < 1, to 1e-8 in each parameter, by
/// Newton's method with analytic derivatives [Fiorentini, Calzolari, Panattoni 1996] from A = 0.05,
/// B = 0.90, w = m (1 - A - B). kInvalidParameter "no convergence" where there is none: fewer than
/// 20 values, constant ones, or a likelihood that rises up to A + B = 1.
[[nodiscard]] GarchModel fit_garch(
    std::span<const Real> values, const Pause& pause = [] {});

/// Sum of the variances expected for the next `horizon` values.
[[nodiscard]] Real garch_variance(std::span<const Real> values, const GarchModel& model,
                                  int horizon);

}  // namespace quant
