// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/json.hpp"
#include "core/base/pause.hpp"
#include "core/risk/quantile.hpp"

namespace quant {

/// Periods ahead that can be asked for.
inline constexpr int kLongestHorizon = 10'000;

/// Paths of a simulation that are drawn, and that can be asked for.
inline constexpr int kDefaultPaths = 10'000;
inline constexpr int kMostPaths = 10'000'000;

/// How value at risk and expected shortfall are found.
enum class RiskMethod : std::uint8_t {
  kHistorical = 1,
  kNormal = 2,
  kStudentT = 3,
  kCornishFisher = 4,
  kEwma = 5,
  kFilteredHistorical = 6,
  kAgeWeighted = 7,
  kGarch = 8,
  kMonteCarlo = 9,
};

/// What an expected shortfall of a sample is the mean of.
enum class Tail : std::uint8_t {
  kIntegral = 1,  // exactly the worst 1 - level of the sample, the boundary value with its share
  kBelow = 2,     // the values strictly below the quantile
};

/// How an exponentially weighted variance begins.
enum class EwmaStart : std::uint8_t {
  kRecursive = 1,  // with the square of the first value
  kWindow = 2,     // the weights of the whole sample add up to 1
};

/// Degrees of freedom that the sample decides: by its kurtosis, or by maximum likelihood.
inline constexpr Decimal kDegreesByKurtosis{0, 0};
inline constexpr Decimal kDegreesByLikelihood{1, 0};

/// How value_at_risk and expected_shortfall read a sample.
struct TailRiskOptions {
  RiskMethod method = RiskMethod::kHistorical;
  int quantile_type = kDefaultQuantileType;
  Tail tail = Tail::kIntegral;
  EwmaStart init = EwmaStart::kRecursive;
  /// n - ddof divides the squares in the standard deviation of cornish_fisher.
  int ddof = 1;
  /// Periods ahead.
  int horizon = 1;
  /// Decay of a weight from one value to the one before it; 0: that of the method.
  Decimal lambda;
  /// Of Student's t: above 2, or one of the two above.
  Decimal degrees_of_freedom = kDegreesByKurtosis;
  /// Of a simulation.
  int paths = kDefaultPaths;
  std::int64_t seed = 0;
  /// Of a horizon beyond 1: compounded returns of that many periods each, in place of a scaled
  /// figure.
  bool overlapping = false;
  Pause pause = [] {};
};

/// kInvalidParameter for options that no name stands for or that are out of their range.
void check_risk_options(const TailRiskOptions& options);

/// The method of this name; kInvalidParameter for any other.
[[nodiscard]] RiskMethod parse_risk_method(std::string_view name);

/// Sets what the JSON object names: "quantile_type" (1 to 9), "tail" ("integral", "below"), "init"
/// ("recursive", "window"), "ddof" (0, 1), "horizon" (1 to 10000), "lambda" (between 0 and 1),
/// "degrees_of_freedom" (above 2, or "ml"), "paths" (100 to 10000000), "seed" (0 to 2^53),
/// "horizon_method"
/// ("sqrt", "overlapping"). kInvalidParameter for unknown keys, those that mean nothing to the
/// method, and unusable values.
void apply_risk_options(const Json& document, TailRiskOptions& options);

/// Value at risk of a sample of simple returns, oldest first, n >= 1, rounded correctly to 12
/// decimals (exact for `historical`). A loss is positive; not floored at 0. Nothing where the
/// method finds none (tail_estimators.hpp).
[[nodiscard]] std::optional<Decimal> value_at_risk(DecimalSample sample, const Decimal& level,
                                                   const TailRiskOptions& options);

/// Expected shortfall of a sample likewise; nothing also where the tail "below" is empty.
[[nodiscard]] std::optional<Decimal> expected_shortfall(DecimalSample sample, const Decimal& level,
                                                        const TailRiskOptions& options);

}  // namespace quant
