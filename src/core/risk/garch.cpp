// SPDX-License-Identifier: PostgreSQL
#include "core/risk/garch.hpp"

#include <algorithm>
#include <array>
#include <boost/math/constants/constants.hpp>

#include "core/base/error.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

namespace {

constexpr std::size_t kParameters = 4;  // mu, omega, alpha, beta
constexpr std::size_t kLeastValues = 20;
constexpr int kMostSteps = 200;

using Vector = std::array<Real, kParameters>;
using Square = std::array<Vector, kParameters>;

Error no_convergence(std::string_view why) {
  return invalid("garch: no convergence")
      .detail(std::string(why))
      .hint("Use \"ewma\", or a longer series.");
}

GarchModel model_of(const Vector& at) { return {at[0], at[1], at[2], at[3]}; }

/// Log likelihood with its first and second derivatives.
struct Likelihood {
  Real value;
  Vector gradient;
  Square hessian;
};

/// Derivatives of h_t by the parameters.
struct Variance {
  Real h;
  Vector first{};
  Square second{};
};

Real mean_square_of(std::span<const Real> values, const Real& mu) {
  Real sum(0);
  for (const Real& value : values) sum += (value - mu) * (value - mu);
  return sum / static_cast<long long>(values.size());
}

/// Of n values by the product of their variances, one logarithm for all, and sum e^2 / h.
Real log_likelihood(std::size_t n, const Real& variances, const Real& squares) {
  static const Real kTwoPi = 2 * boost::math::constants::pi<Real>();
  return -(static_cast<long long>(n) * Real(log(kTwoPi)) + Real(log(variances)) + squares) / 2;
}

class GarchLikelihood {
 public:
  GarchLikelihood(std::span<const Real> values, const Pause& pause)
      : values_(values), pause_(pause) {}

  [[nodiscard]] Real mean_square(const Real& mu) const { return mean_square_of(values_, mu); }

  [[nodiscard]] Likelihood at(const Vector& parameters) const {
    const GarchModel model = model_of(parameters);
    Likelihood likelihood;
    Variance variance = first_variance(model);
    Real product(1);
    Real squares(0);
    for (std::size_t t = 0; t < values_.size(); ++t) {
      if (t % kPauseAt == 0) pause_();
      const Real e = values_[t] - model.mu;
      add_term(variance, e, likelihood);
      product *= variance.h;
      squares += e * e / variance.h;
      if (t + 1 < values_.size()) variance = next_variance(variance, model, e);
    }
    likelihood.value = log_likelihood(values_.size(), product, squares);
    return likelihood;
  }

 private:
  [[nodiscard]] Variance first_variance(const GarchModel& model) const {
    const Real m = mean_square(model.mu);
    const Real persistence = model.alpha + model.beta;
    Real sum(0);
    for (const Real& value : values_) sum += value - model.mu;
    const Real slope = -2 * sum / static_cast<long long>(values_.size());  // dm / dmu
    Variance variance;
    variance.h = model.omega + persistence * m;
    variance.first = {persistence * slope, Real(1), m, m};
    variance.second[0][0] = 2 * persistence;
    variance.second[0][2] = variance.second[2][0] = slope;
    variance.second[0][3] = variance.second[3][0] = slope;
    return variance;
  }

  /// h = w + A e^2 + B h'
  [[nodiscard]] static Variance next_variance(const Variance& before, const GarchModel& model,
                                              const Real& e) {
    Variance next;
    next.h = model.omega + model.alpha * e * e + model.beta * before.h;
    next.first = {model.beta * before.first[0] - 2 * model.alpha * e,
                  1 + model.beta * before.first[1], e * e + model.beta * before.first[2],
                  before.h + model.beta * before.first[3]};
    for (std::size_t i = 0; i < kParameters; ++i) {
      for (std::size_t j = 0; j < kParameters; ++j) {
        next.second[i][j] = model.beta * before.second[i][j];
      }
    }
    next.second[0][0] += 2 * model.alpha;
    next.second[0][2] -= 2 * e;
    next.second[2][0] -= 2 * e;
    for (std::size_t i = 0; i < kParameters; ++i) {
      next.second[i][3] += before.first[i];
      next.second[3][i] += before.first[i];
    }
    return next;
  }

  /// Of l = -(ln h + e^2 / h) / 2, de/dmu = -1.
  static void add_term(const Variance& variance, const Real& e, Likelihood& likelihood) {
    const Real inverse = 1 / variance.h;
    const Real ratio = e * e * inverse;
    const Real by_h = (ratio - 1) * inverse / 2;                 // dl/dh
    const Real by_hh = (1 - 2 * ratio) * inverse * inverse / 2;  // d2l/dh2
    for (std::size_t i = 0; i < kParameters; ++i) {
      likelihood.gradient[i] += by_h * variance.first[i];
      for (std::size_t j = 0; j < kParameters; ++j) {
        likelihood.hessian[i][j] +=
            by_hh * variance.first[i] * variance.first[j] + by_h * variance.second[i][j];
      }
    }
    likelihood.gradient[0] += e * inverse;
    likelihood.hessian[0][0] -= inverse;
    // d2l / dh dmu of the explicit e: -e / h^2.
    const Real mixed = e * inverse * inverse;
    for (std::size_t i = 0; i < kParameters; ++i) {
      likelihood.hessian[0][i] -= mixed * variance.first[i];
      likelihood.hessian[i][0] -= mixed * variance.first[i];
    }
  }

  static constexpr std::size_t kPauseAt = 512;  // some milliseconds
  std::span<const Real> values_;
  const Pause& pause_;
};

bool is_inside(const Vector& at) {
  return at[1] > 0 && at[2] >= 0 && at[3] >= 0 && at[2] + at[3] < 1;
}

/// Solves (D - H) step = gradient for the free parameters, D a diagonal that makes it positive
/// definite; nothing where `damping` does not.
std::optional<Vector> solve(const Likelihood& likelihood, const std::array<bool, 4>& is_free,
                            const Real& damping) {
  Square lower{};
  Vector step{};
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < kParameters; ++i) {
    if (is_free[i]) free.push_back(i);
  }
  for (std::size_t a = 0; a < free.size(); ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const std::size_t i = free[a];
      const std::size_t j = free[b];
      Real sum = -likelihood.hessian[i][j];
      if (a == b) sum += damping * Real(abs(likelihood.hessian[i][i]));
      for (std::size_t c = 0; c < b; ++c) sum -= lower[a][c] * lower[b][c];
      if (a == b) {
        if (sum <= 0) return std::nullopt;
        lower[a][a] = Real(sqrt(sum));
      } else {
        lower[a][b] = sum / lower[b][b];
      }
    }
  }
  std::vector<Real> y(free.size());
  for (std::size_t a = 0; a < free.size(); ++a) {
    Real sum = likelihood.gradient[free[a]];
    for (std::size_t c = 0; c < a; ++c) sum -= lower[a][c] * y[c];
    y[a] = sum / lower[a][a];
  }
  for (std::size_t a = free.size(); a-- > 0;) {
    Real sum = y[a];
    for (std::size_t c = a + 1; c < free.size(); ++c) sum -= lower[c][a] * step[free[c]];
    step[free[a]] = sum / lower[a][a];
  }
  return step;
}

/// One climb from `at` along a damped Newton step, halved until the likelihood rises inside of the
/// bounds; a parameter that would leave through 0 stops there. Nothing where none rises.
struct Climb {
  Vector to;
  Likelihood likelihood;
};
std::optional<Climb> climb(const GarchLikelihood& function, const Vector& at,
                           const Likelihood& likelihood, const std::array<bool, 4>& is_free) {
  constexpr int kHalvings = 60;
  std::optional<Vector> step;
  Real damping(0);
  for (int attempt = 0; !step && attempt < kHalvings; ++attempt) {
    step = solve(likelihood, is_free, damping);
    damping = damping == 0 ? Real("0.001") : Real(damping * 4);
  }
  if (!step) return std::nullopt;
  Real share(1);
  for (int halving = 0; halving < kHalvings; ++halving, share /= 2) {
    Vector to = at;
    for (std::size_t i = 0; i < kParameters; ++i) to[i] += share * (*step)[i];
    for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
      if (to[i] < 0) to[i] = 0;
    }
    if (!is_inside(to)) continue;
    Likelihood found = function.at(to);
    if (found.value > likelihood.value) return Climb{to, std::move(found)};
  }
  return std::nullopt;
}

/// From `at` to a maximum inside of the bounds, or at 0 of alpha or beta.
std::optional<Climb> climb_to_top(const GarchLikelihood& function, const Vector& at) {
  static const Real kDone("1e-14");
  static const Real kEdge("1e-6");
  Climb top{at, function.at(at)};
  for (int step = 0; step < kMostSteps; ++step) {
    std::array<bool, kParameters> is_free{true, true, true, true};
    for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
      is_free[i] = top.to[i] > 0 || top.likelihood.gradient[i] > 0;
    }
    auto next = climb(function, top.to, top.likelihood, is_free);
    Real moved(0);
    if (next) {
      for (std::size_t i = 0; i < kParameters; ++i) {
        moved = std::max(moved, Real(abs(next->to[i] - top.to[i])));
      }
      top = std::move(*next);
    }
    if (1 - top.to[2] - top.to[3] < kEdge) return std::nullopt;
    if (moved <= kDone) return top;
  }
  return std::nullopt;
}

}  // namespace

GarchState garch_filter(std::span<const Real> values, const GarchModel& model) {
  GarchState state;
  const Real m = mean_square_of(values, model.mu);
  Real h = model.omega + (model.alpha + model.beta) * m;
  Real product(1);
  Real squares(0);
  for (const Real& value : values) {
    state.variances.push_back(h);
    const Real e = value - model.mu;
    product *= h;
    squares += e * e / h;
    h = model.omega + model.alpha * e * e + model.beta * h;
  }
  state.forecast = h;
  state.log_likelihood = log_likelihood(values.size(), product, squares);
  return state;
}

GarchModel fit_garch(std::span<const Real> values, const Pause& pause) {
  if (values.size() < kLeastValues) {
    throw no_convergence(
        concat("There are ", values.size(), " values; it needs ", kLeastValues, "."));
  }
  const GarchLikelihood function(values, pause);
  const Real mu = *mean(values);
  const Real m = function.mean_square(mu);
  if (central_sums(values).squares == 0) throw no_convergence("The values are constant.");
  // In units of the deviation, so that no parameter is tiny.
  const Real scale(sqrt(m));
  std::vector<Real> scaled;
  for (const Real& value : values) scaled.push_back(value / scale);
  const GarchLikelihood unit(scaled, pause);

  // The usual start, and others for series whose likelihood has its maximum elsewhere.
  for (const auto& [alpha, beta] : {std::pair("0.05", "0.90"), {"0.10", "0"}, {"0.20", "0.60"}}) {
    const Real a(alpha);
    const Real b(beta);
    const auto top = climb_to_top(unit, {mu / scale, 1 - a - b, a, b});
    if (top) return {top->to[0] * scale, top->to[1] * m, top->to[2], top->to[3]};
  }
  throw no_convergence("The likelihood rises up to alpha + beta = 1, or has no maximum.");
}

Real garch_variance(std::span<const Real> values, const GarchModel& model, int horizon) {
  Real expected = garch_filter(values, model).forecast;
  Real sum(0);
  for (int ahead = 0; ahead < horizon; ++ahead) {
    sum += expected;
    expected = model.omega + (model.alpha + model.beta) * expected;
  }
  return sum;
}

}  // namespace quant
