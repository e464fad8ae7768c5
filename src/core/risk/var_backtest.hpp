// SPDX-License-Identifier: PostgreSQL
// Whether forecasts of value at risk have held.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/decimal.hpp"

namespace quant {

/// A day's loss, positive, and the value at risk that was known before it.
struct VarOutcome {
  Decimal loss;
  Decimal forecast;

  /// The loss was larger.
  [[nodiscard]] bool is_exception() const { return loss > forecast; }
};

/// A likelihood ratio and the probability of one as large where the model is right.
struct LikelihoodRatio {
  Decimal statistic;
  Decimal p_value;
};

/// A day's P&L is minus its loss; `shortfall` was known before it.
struct ShortfallOutcome {
  Decimal loss;
  Decimal value_at_risk;
  Decimal shortfall;
};
/// Tests of expected shortfall [Acerbi, Szekely 2014], with 12 decimals; 0 where the model is
/// right, negative where the shortfall is too small.
struct ShortfallBacktest {
  std::int64_t exceptions = 0;
  std::optional<Decimal> z1;  // mean over the exceptions of P&L / ES, plus 1; nothing without one
  Decimal z2;                 // sum over them / (n (1 - level)), plus 1
};
/// kNoData without a day, kInvalidParameter for a shortfall that is not positive on an exception.
[[nodiscard]] ShortfallBacktest backtest_shortfall(std::span<const ShortfallOutcome> outcomes,
                                                   const Decimal& level);

struct VarBacktest {
  std::int64_t exceptions = 0;
  LikelihoodRatio kupiec;                // as many exceptions as the level promises [Kupiec 1995]
  LikelihoodRatio independence;          // not one after the other [Christoffersen 1998]
  LikelihoodRatio conditional_coverage;  // both
  /// Basel's zone by the probability of no more exceptions: green below 0.95, yellow below 0.9999,
  /// else red.
  std::string_view zone;
  /// Of capital in MAR99; only for 250 days at 0.99, which it is defined for.
  std::optional<Decimal> multiplier;
};

/// The tests of `outcomes` at a confidence level, in the order of time, rounded correctly to 12
/// decimals. kNoData without an outcome; kInvalidParameter for a level not between 0 and 1.
[[nodiscard]] VarBacktest backtest_var(std::span<const VarOutcome> outcomes, const Decimal& level);

}  // namespace quant
