// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/backtest/metric_sheet.hpp"

namespace quant {

/// What the closed trades add up to.
struct TradeSums {
  std::int64_t closed = 0;
  std::int64_t open = 0;
  std::int64_t wins = 0;
  std::int64_t losses = 0;
  Money profit;
  Money loss;
  Money largest_win;
  Money largest_loss;
  std::int64_t longest_wins = 0;
  std::int64_t longest_losses = 0;
  std::int64_t bars_held = 0;
  std::int64_t longest_held = 0;
};

[[nodiscard]] TradeSums sum_trades(std::span<const Trade> trades);

/// The figures of the closed trades that have a column.
void add_trade_columns(MetricSheet& sheet, const TradeSums& sums);
/// Payoff ratio, system quality number, Kelly fraction, longest holding time.
void add_further_trade_figures(MetricSheet& sheet, const TradeSums& sums);

}  // namespace quant
