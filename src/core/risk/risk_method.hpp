// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/json.hpp"
#include "core/risk/quantile.hpp"

namespace quant {

/// How value at risk and expected shortfall are found.
enum class RiskMethod : std::uint8_t { kHistorical = 1 };

/// What an expected shortfall is the mean of.
enum class Tail : std::uint8_t {
  kIntegral = 1,  // exactly the worst 1 - level of the sample, the boundary value with its share
  kBelow = 2,     // the values strictly below the quantile
};

/// How value_at_risk and expected_shortfall read a sample.
struct TailRiskOptions {
  RiskMethod method = RiskMethod::kHistorical;
  int quantile_type = kDefaultQuantileType;
  Tail tail = Tail::kIntegral;

  [[nodiscard]] bool operator==(const TailRiskOptions&) const = default;
};

/// The method of this name. kNotSupported for one that is defined but not built, kInvalidParameter
/// for any other.
[[nodiscard]] RiskMethod parse_risk_method(std::string_view name);

/// Sets what the JSON object names: "quantile_type" (1 to 9), "tail" ("integral" or "below").
/// kInvalidParameter for unknown keys and unusable values.
void apply_risk_options(const Json& document, TailRiskOptions& options);

/// Historical value at risk of a sample of simple returns, n >= 1: minus its quantile at 1 - level,
/// exact. A loss is positive; not floored at 0.
[[nodiscard]] Decimal value_at_risk(DecimalSample sample, const Decimal& level,
                                    const TailRiskOptions& options);

/// Historical expected shortfall of a sample, n >= 1: minus the mean of its tail. Nothing where the
/// tail "below" is empty.
[[nodiscard]] std::optional<Decimal> expected_shortfall(DecimalSample sample, const Decimal& level,
                                                        const TailRiskOptions& options);

}  // namespace quant
