// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace quant {

/// Whose formulas the figures of a run follow: our own, or those of another engine, to compare with
/// what it reports.
enum class Conventions {
  kOwn,
  kBacktestingPy,
  kEmpyrical,
  kLean,
  kVectorbt,
  kBacktrader,
  kPerformanceAnalytics
};

/// The names by which "conventions" of a run asks for them.
inline constexpr std::array<std::pair<std::string_view, Conventions>, 6> kConventions = {
    {{"backtesting.py", Conventions::kBacktestingPy},
     {"empyrical", Conventions::kEmpyrical},
     {"lean", Conventions::kLean},
     {"vectorbt", Conventions::kVectorbt},
     {"backtrader", Conventions::kBacktrader},
     {"performanceanalytics", Conventions::kPerformanceAnalytics}}};

}  // namespace quant
