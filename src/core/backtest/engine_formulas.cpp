// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/engine_formulas.hpp"

namespace quant {

std::span<const NamedFormula> formulas_of(Conventions conventions) {
  static const NamedFormulas kBacktestingPy = backtesting_py_formulas();
  static const NamedFormulas kEmpyrical = empyrical_formulas();
  static const NamedFormulas kLean = lean_formulas();
  static const NamedFormulas kVectorbt = vectorbt_formulas();
  static const NamedFormulas kBacktrader = backtrader_formulas();
  static const NamedFormulas kPerformanceAnalytics = performanceanalytics_formulas();
  switch (conventions) {
    case Conventions::kOwn:
      return {};
    case Conventions::kBacktestingPy:
      return kBacktestingPy;
    case Conventions::kEmpyrical:
      return kEmpyrical;
    case Conventions::kLean:
      return kLean;
    case Conventions::kVectorbt:
      return kVectorbt;
    case Conventions::kBacktrader:
      return kBacktrader;
    case Conventions::kPerformanceAnalytics:
      return kPerformanceAnalytics;
  }
  return {};
}

}  // namespace quant
