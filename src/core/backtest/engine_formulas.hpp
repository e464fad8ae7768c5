// SPDX-License-Identifier: PostgreSQL
// What the files formulas_ENGINE.cpp share: each holds the formulas by which another engine
// computes figures of the same name, as they were read in its source.
#pragma once

#include "core/backtest/run_sample.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

using NamedFormulas = std::vector<NamedFormula>;

[[nodiscard]] NamedFormulas backtesting_py_formulas();
[[nodiscard]] NamedFormulas empyrical_formulas();
[[nodiscard]] NamedFormulas lean_formulas();
[[nodiscard]] NamedFormulas vectorbt_formulas();
[[nodiscard]] NamedFormulas backtrader_formulas();
[[nodiscard]] NamedFormulas performanceanalytics_formulas();

/// A formula that is written once converts to the functions of both arithmetics.
template <typename Written>
NamedFormula define_theirs(std::string_view name, std::string_view words, Written written) {
  return {name, {written, written}, words};
}

inline constexpr std::string_view kAnnualByPeriods = "prod(1 + r)^(A / n) - 1";
template <typename T>
std::optional<T> annual_by_periods(std::span<const T> returns, const T& periods_per_year) {
  return annual_growth(growth_of(returns), returns.size(), periods_per_year);
}

/// An annual return less the risk-free rate.
template <typename T>
std::optional<T> over_risk_free(const std::optional<T>& annual, const RunSample<T>& run) {
  if (!annual) return std::nullopt;
  return T(*annual - run.risk_free);
}

}  // namespace quant
