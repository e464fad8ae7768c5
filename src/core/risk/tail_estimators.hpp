// SPDX-License-Identifier: PostgreSQL
// Value at risk and expected shortfall of a series by each method, in decimal floating point of any
// width: T is Real or LongReal, and round_figure() decides with both. The values, returns or P&L,
// come oldest first. Losses are positive. `horizon` h: mean * h and s * sqrt(h) where a method has
// them, else the figure times sqrt(h).
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "core/risk/distribution.hpp"
#include "core/risk/exact_moments.hpp"
#include "core/risk/risk_method.hpp"
#include "core/risk/series_statistics.hpp"
#include "core/risk/student_t_fit.hpp"

namespace quant {

template <typename T>
struct TailRisk {
  std::optional<T> value_at_risk;
  std::optional<T> shortfall;
};

/// 1 - level, with all digits of T.
template <typename T>
[[nodiscard]] T tail_share(const Decimal& level) {
  return to_real<T>(tail_probability(level));
}

/// Mean and standard deviation over the horizon.
template <typename T>
struct Spread {
  T mean;
  T deviation;
};
/// Nothing for n < 2.
template <typename T>
[[nodiscard]] std::optional<Spread<T>> spread_of(const Moments<T>& moments, int ddof, int horizon) {
  if (moments.count < 2) return std::nullopt;
  return Spread<T>{T(moments.mean * horizon),
                   T(sqrt(moments.sums.squares / (moments.count - ddof) * horizon))};
}

/// Normally distributed values. Nothing for n < 2.
template <typename T>
[[nodiscard]] TailRisk<T> normal_tail(const Spread<T>& spread, const T& share) {
  const T z = normal_quantile(share);
  return {T(-(spread.mean + z * spread.deviation)),
          T(-spread.mean + spread.deviation * normal_density(z) / share)};
}

/// Student's t with v degrees of freedom, scaled to the sample's deviation; v = 4 + 6 / K by the
/// excess kurtosis K where it is not given, and normal for K <= 0.
template <typename T>
[[nodiscard]] TailRisk<T> student_t_tail(const Moments<T>& moments, const Spread<T>& spread,
                                         const T& share, const TailRiskOptions& options) {
  T degrees = to_real<T>(options.degrees_of_freedom);
  if (options.degrees_of_freedom == kDegreesByKurtosis) {
    const auto kurtosis = excess_kurtosis(moments.sums, moments.count);
    if (!kurtosis || *kurtosis <= 0) return normal_tail(spread, share);
    degrees = 4 + 6 / *kurtosis;
  }
  const T scale = spread.deviation * sqrt((degrees - 2) / degrees);
  const T t = student_t_quantile(degrees, share);
  return {T(-(spread.mean + scale * t)),
          T(-spread.mean +
            scale * student_t_density(degrees, t) / share * (degrees + t * t) / (degrees - 1))};
}

/// The quantile corrected for skewness S and excess kurtosis K [Cornish, Fisher 1938]. Nothing
/// where the correction is not increasing over all quantiles [Maillard 2012], or without variance.
template <typename T>
[[nodiscard]] TailRisk<T> cornish_fisher_tail(const Moments<T>& moments, const Spread<T>& spread,
                                              const T& share) {
  const auto skew = skewness(moments.sums, moments.count);
  const auto kurtosis = excess_kurtosis(moments.sums, moments.count);
  if (!skew || !kurtosis) return {};
  const T& s = *skew;
  const T& k = *kurtosis;
  const T a = k / 8 - s * s / 6;
  const T b = s / 3;
  const T c = 1 - k / 8 + 5 * s * s / 36;
  if (a < 0 || c <= 0 || b * b > 4 * a * c) return {};

  const T z = normal_quantile(share);
  const T square = z * z;
  const T corrected =
      z + (square - 1) * s / 6 + (square - 3) * z * k / 24 - (2 * square - 5) * z * s * s / 36;
  const T tail = 1 + z * s / 6 + (square - 1) * k / 24 - (2 * square - 1) * s * s / 36;
  return {T(-(spread.mean + spread.deviation * corrected)),
          T(-spread.mean + spread.deviation * normal_density(z) / share * tail)};
}

/// Decay of the method, if none is given.
template <typename T>
[[nodiscard]] T decay(const TailRiskOptions& options) {
  static const T kRiskMetrics("0.94");
  static const T kAgeWeighted("0.98");
  if (options.lambda.mantissa != 0) return to_real<T>(options.lambda);
  return options.method == RiskMethod::kAgeWeighted ? kAgeWeighted : kRiskMetrics;
}

/// Variances that the values before each one forecast, zero mean, and last the one that follows
/// all: s_1^2 = x_1^2, s_(t+1)^2 = L s_t^2 + (1 - L) x_t^2 [RiskMetrics 1996]. n >= 1.
template <typename T>
[[nodiscard]] std::vector<T> ewma_variances(std::span<const T> values, const T& lambda,
                                            const Pause& pause) {
  const Breath breath(pause);
  std::vector<T> variances = {values.front() * values.front()};
  variances.reserve(values.size() + 1);
  for (const T& value : values) {
    breath();
    variances.push_back(lambda * variances.back() + (1 - lambda) * value * value);
  }
  return variances;
}

/// The covariance that two series forecast, zero means, of a series with itself its variance: by
/// the recursion from the first product, or with weights over the window that add up to 1. n >= 1.
template <typename T>
[[nodiscard]] T ewma_covariance(std::span<const T> a, std::span<const T> b,
                                const TailRiskOptions& options) {
  const T lambda = decay<T>(options);
  T sum(0);
  T weights(0);
  const Breath breath(options.pause);
  for (std::size_t t = 0; t < a.size(); ++t) {
    breath();
    const bool is_whole = options.init == EwmaStart::kRecursive && t == 0;
    const T weight = is_whole ? T(1) : T(1 - lambda);
    sum = sum * lambda + weight * a[t] * b[t];
    weights = weights * lambda + weight;
  }
  return sum / weights;
}

template <typename T>
[[nodiscard]] TailRisk<T> ewma_tail(std::span<const T> values, const T& share,
                                    const TailRiskOptions& options) {
  const T variance = ewma_covariance(values, values, options);
  return normal_tail(Spread<T>{T(0), sqrt(variance * options.horizon)}, share);
}

/// How many of the values lie strictly below the quantile.
template <typename T>
[[nodiscard]] std::size_t count_below(std::span<const T> sorted, const T& quantile) {
  const auto end = std::find_if(sorted.begin(), sorted.end(),
                                [&](const T& value) { return difference(value, quantile) >= 0; });
  return static_cast<std::size_t>(end - sorted.begin());
}

/// The sample as it is.
template <typename T>
[[nodiscard]] TailRisk<T> historical_tail(std::vector<T> values, const Decimal& level,
                                          const TailRiskOptions& options) {
  if (values.empty()) return {};
  const Breath breath(options.pause);
  std::sort(values.begin(), values.end(), [&](const T& x, const T& y) {
    breath();
    return x < y;
  });
  const std::span<const T> sorted(values);
  const T lowest = quantile(sorted, tail_probability(level), options.quantile_type);
  std::optional<T> tail = options.tail == Tail::kBelow
                              ? mean(sorted.first(count_below(sorted, lowest)))
                              : std::optional<T>(tail_mean(sorted, tail_probability(level)));
  const T scale = sqrt(T(options.horizon));
  if (tail) tail = T(-*tail * scale);
  return {T(-lowest * scale), tail};
}

/// The sample with each value scaled from the variance that was forecast for it to the one that is
/// forecast now [Hull, White 1998]. Values before the first that is not 0 had no forecast and are
/// left out.
template <typename T>
[[nodiscard]] TailRisk<T> filtered_historical_tail(std::span<const T> values, const Decimal& level,
                                                   const TailRiskOptions& options) {
  const std::vector<T> variances = ewma_variances(values, decay<T>(options), options.pause);
  const Breath breath(options.pause);
  std::vector<T> scaled;
  for (std::size_t i = 0; i < values.size(); ++i) {
    breath();
    if (variances[i] == 0) continue;
    scaled.push_back(values[i] * sqrt(variances.back() / variances[i]));
  }
  return historical_tail(std::move(scaled), level, options);
}

/// The sample with weights that decay with age [Boudoukh, Richardson, Whitelaw 1998]: the smallest
/// value at which the cumulated weight reaches the tail's share.
template <typename T>
[[nodiscard]] TailRisk<T> age_weighted_tail(std::span<const T> values, const T& share,
                                            const TailRiskOptions& options) {
  const T lambda = decay<T>(options);
  std::vector<T> weights(values.size(), T(1));
  for (std::size_t i = values.size() - 1; i > 0; --i) weights[i - 1] = weights[i] * lambda;
  const T all = std::accumulate(weights.begin(), weights.end(), T(0));
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const Breath breath(options.pause);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    breath();
    return values[a] < values[b];
  });

  const T wanted = share * all;
  const T scale = sqrt(T(options.horizon));
  T before(0);
  T sum(0);
  for (const std::size_t i : order) {
    if (before + weights[i] >= wanted || i == order.back()) {
      return {T(-values[i] * scale), T(-(sum + (wanted - before) * values[i]) / wanted * scale)};
    }
    before += weights[i];
    sum += weights[i] * values[i];
  }
  return {};
}

/// Normally distributed values whose variance follows GARCH(1,1), fitted to them; the horizon's
/// variance is the sum of its forecasts. kInvalidParameter without a fit.
[[nodiscard]] TailRisk<Real> garch_tail(std::span<const Real> values, const Decimal& level,
                                        const TailRiskOptions& options);

/// Simulated draws of them, in any order.
[[nodiscard]] TailRisk<Real> simulated_tail(std::vector<double> draws, const Decimal& level,
                                            const TailRiskOptions& options);
/// Draws from the normal distribution of n >= 1 values; nothing for n < 2.
[[nodiscard]] TailRisk<Real> monte_carlo_tail(std::span<const Real> values, const Decimal& level,
                                              const TailRiskOptions& options);

/// What an algorithm defines is the same in both arithmetics.
template <typename T>
[[nodiscard]] TailRisk<T> converted(const TailRisk<Real>& risk) {
  const auto convert = [](const std::optional<Real>& figure) {
    return figure ? std::optional<T>(T(*figure)) : std::nullopt;
  };
  return {convert(risk.value_at_risk), convert(risk.shortfall)};
}

/// Compounded returns of `periods` values each, (1 + r_1) ... (1 + r_h) - 1, one for each that
/// begins one.
template <typename T>
[[nodiscard]] std::vector<T> compounded(std::span<const T> returns, int periods) {
  std::vector<T> longer;
  const auto length = static_cast<std::size_t>(periods);
  for (std::size_t i = 0; i + length <= returns.size(); ++i) {
    T growth(1);
    for (const T& value : returns.subspan(i, length)) growth *= 1 + value;
    longer.push_back(difference(growth, T(1)));
  }
  return longer;
}

/// By a method that asks for nothing but the moments.
[[nodiscard]] inline bool needs_only_moments(const TailRiskOptions& options) {
  return options.method == RiskMethod::kNormal || options.method == RiskMethod::kCornishFisher ||
         (options.method == RiskMethod::kStudentT &&
          options.degrees_of_freedom != kDegreesByLikelihood);
}
template <typename T>
[[nodiscard]] TailRisk<T> moment_tail(const Moments<T>& moments, const T& share,
                                      const TailRiskOptions& options) {
  const auto spread = spread_of(moments, options.ddof, options.horizon);
  if (!spread) return {};
  if (options.method == RiskMethod::kNormal) return normal_tail(*spread, share);
  if (options.method == RiskMethod::kStudentT) {
    return student_t_tail(moments, *spread, share, options);
  }
  return cornish_fisher_tail(moments, *spread, share);
}

/// Student's t of largest likelihood, normal where that has no end.
template <typename T>
[[nodiscard]] TailRisk<T> likeliest_student_t_tail(std::span<const T> values, const T& share,
                                                   const TailRiskOptions& options) {
  const auto degrees =
      student_t_degrees(std::vector<Real>(values.begin(), values.end()), options.pause);
  TailRiskOptions fitted = options;
  if (degrees) {
    fitted.degrees_of_freedom = *degrees;
  } else {
    fitted.method = RiskMethod::kNormal;
  }
  return moment_tail(moments_of(values), share, fitted);
}

/// Both figures of n >= 1 returns, or of n >= 1 amounts unless the options ask for overlapping
/// periods; nothing for fewer returns than the horizon then.
template <typename T>
[[nodiscard]] TailRisk<T> tail_risk(std::span<const T> values, const Decimal& level,
                                    const TailRiskOptions& options) {
  if (options.overlapping && options.horizon > 1) {
    const std::vector<T> longer = compounded(values, options.horizon);
    if (longer.empty()) return {};
    TailRiskOptions single = options;
    single.horizon = 1;
    return tail_risk(std::span<const T>(longer), level, single);
  }
  const T share = tail_share<T>(level);
  switch (options.method) {
    case RiskMethod::kHistorical:
      return historical_tail(std::vector<T>(values.begin(), values.end()), level, options);
    case RiskMethod::kEwma:
      return ewma_tail(values, share, options);
    case RiskMethod::kFilteredHistorical:
      return filtered_historical_tail(values, level, options);
    case RiskMethod::kAgeWeighted:
      return age_weighted_tail(values, share, options);
    case RiskMethod::kGarch:
    case RiskMethod::kMonteCarlo: {
      std::vector<Real> reals;
      for (const T& value : values) reals.push_back(Real(value));
      return converted<T>(options.method == RiskMethod::kGarch
                              ? garch_tail(reals, level, options)
                              : monte_carlo_tail(reals, level, options));
    }
    case RiskMethod::kStudentT:
      if (needs_only_moments(options)) break;
      return likeliest_student_t_tail(values, share, options);
    default:
      break;
  }
  return moment_tail(moments_of(values), share, options);
}

}  // namespace quant
