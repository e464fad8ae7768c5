// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/trade_figures.hpp"

#include <algorithm>

namespace quant {

namespace {

/// Mean of `total` over `count`, or nothing where there is none.
std::optional<Ratio> mean_money(Money total, std::int64_t count) {
  if (count == 0) return std::nullopt;
  return Ratio{total.units(), Int128{Money::kUnit} * count};
}

/// (gross profit / wins) / (gross loss / losses)
std::optional<Ratio> payoff_ratio(const TradeSums& sums) {
  if (sums.wins == 0 || sums.losses == 0) return std::nullopt;
  return Ratio{multiply(sums.profit.units(), sums.losses), multiply(sums.loss.units(), sums.wins)};
}

/// w - (1 - w) / payoff, w the win rate, flat trades in its divisor [Kelly 1956].
std::optional<Ratio> kelly_fraction(const TradeSums& sums) {
  if (sums.wins == 0 || sums.losses == 0) return std::nullopt;
  const Int128 weighted = multiply(sums.profit.units(), sums.losses);
  const Int128 rest = multiply(sums.loss.units(), sums.closed - sums.wins);
  return Ratio{multiply(sums.wins, subtract(weighted, rest)), multiply(sums.closed, weighted)};
}

}  // namespace

TradeSums sum_trades(std::span<const Trade> trades) {
  TradeSums sums;
  std::int64_t winning = 0;
  std::int64_t losing = 0;
  for (const Trade& trade : trades) {
    if (!trade.exit_time) {
      ++sums.open;
      continue;
    }
    ++sums.closed;
    sums.bars_held += trade.bars_held;
    sums.longest_held = std::max(sums.longest_held, trade.bars_held);
    winning = trade.pnl > Money{} ? winning + 1 : 0;
    losing = trade.pnl < Money{} ? losing + 1 : 0;
    sums.longest_wins = std::max(sums.longest_wins, winning);
    sums.longest_losses = std::max(sums.longest_losses, losing);
    if (trade.pnl > Money{}) {
      ++sums.wins;
      sums.profit += trade.pnl;
      sums.largest_win = std::max(sums.largest_win, trade.pnl);
    } else if (trade.pnl < Money{}) {
      ++sums.losses;
      sums.loss -= trade.pnl;
      sums.largest_loss = std::max(sums.largest_loss, -trade.pnl);
    }
  }
  return sums;
}

void add_trade_columns(MetricSheet& sheet, const TradeSums& sums) {
  const auto if_any = [](std::int64_t count, auto value) {
    return count == 0 ? std::nullopt : std::optional(value);
  };
  sheet.count("total_trades", sums.closed);
  sheet.count("winning_trades", sums.wins);
  sheet.count("losing_trades", sums.losses);
  sheet.count("open_trades", sums.open);
  sheet.exact("win_rate", kRatio,
              if_any(sums.closed, Ratio{sums.wins, std::max<std::int64_t>(sums.closed, 1)}));
  sheet.exact("profit_factor", kRatio,
              if_any(sums.losses,
                     Ratio{sums.profit.units(), std::max<std::int64_t>(sums.loss.units(), 1)}));
  sheet.exact("expectancy", kMoney, mean_money(sums.profit - sums.loss, sums.closed));
  sheet.money("gross_profit", sums.profit);
  sheet.money("gross_loss", sums.loss);
  sheet.exact("average_win", kMoney, mean_money(sums.profit, sums.wins));
  sheet.exact("average_loss", kMoney, mean_money(sums.loss, sums.losses));
  sheet.money("largest_win", if_any(sums.wins, sums.largest_win));
  sheet.money("largest_loss", if_any(sums.losses, sums.largest_loss));
  sheet.count("max_consecutive_wins", sums.longest_wins);
  sheet.count("max_consecutive_losses", sums.longest_losses);
  sheet.exact("average_bars_held", kBars,
              if_any(sums.closed, Ratio{sums.bars_held, std::max<std::int64_t>(sums.closed, 1)}));
}

void add_further_trade_figures(MetricSheet& sheet, const TradeSums& sums) {
  sheet.exact("payoff_ratio", kRatio, payoff_ratio(sums));
  sheet.computed("sqn");
  sheet.exact("kelly_fraction", kRatio, kelly_fraction(sums));
  sheet.count("max_bars_held", sums.closed == 0 ? std::nullopt : std::optional(sums.longest_held));
}

}  // namespace quant
