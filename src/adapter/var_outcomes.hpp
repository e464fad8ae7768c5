// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <string_view>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/risk/var_backtest.hpp"

#include "adapter/guard.hpp"

namespace quant::pg {

/// What a day's P&L is of.
enum class PnlKind {
  kHypothetical,  // the holdings of the recorded day, held to the next recorded one
  kActual,        // the equity curve, deposits and withdrawals left out
};
/// "hypothetical" or "actual"; kInvalidParameter for another.
[[nodiscard]] PnlKind parse_pnl_kind(std::string_view name);

struct VarOutcomes {
  std::vector<VarOutcome> outcomes;
  std::int64_t missing = 0;  // records without a figure, or whose next day is not known
};

/// The recorded one-day value at risk of a portfolio at 0.95 or 0.99, each with the loss up to the
/// next record. Needs a connection to SPI. kInvalidParameter for another level.
[[nodiscard]] VarOutcomes read_var_outcomes(std::int64_t portfolio_id, const Decimal& level,
                                            PnlKind kind, Day from, Day to);

}  // namespace quant::pg
