// SPDX-License-Identifier: PostgreSQL
// A published run: an SMA 10/30 reversal on daily bars of GOOG, whose 66 trades and final equity
// come from another engine's own tests.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/backtest/metrics.hpp"
#include "support/runs.hpp"
#include "support/table.hpp"

namespace quant {
namespace {

Day day_of(const std::string& text) {
  using namespace std::chrono;
  return day_number(year{std::stoi(text.substr(0, 4))} / std::stoi(text.substr(5, 2)) /
                    std::stoi(text.substr(8, 2)));
}

BarSeries goog_bars(const Table& table) {
  BarSeries bars;
  bars.asset.symbol = "GOOG";
  bars.asset.asset_type = "stock";
  bars.asset.tick_size = price("0.01");
  bars.asset.lot_size = quantity("1");
  for (std::size_t row = 0; row < table.size(); ++row) {
    bars.timestamp.push_back(day_of(table.at(row, "")) * kDayLength);
    bars.open.push_back(price(table.at(row, "Open")));
    bars.high.push_back(price(table.at(row, "High")));
    bars.low.push_back(price(table.at(row, "Low")));
    bars.close.push_back(price(table.at(row, "Close")));
    bars.volume.push_back(fixed_of<Volume>(table.at(row, "Volume")));
  }
  return bars;
}

class GoogReference : public testing::Test {
 protected:
  void SetUp() override {
    const auto directory = reference_file(".");
    if (!directory) GTEST_SKIP() << kNoReference;
    bars_ = {goog_bars(Table(*directory / ".." / "data" / "goog_daily.csv"))};
    ASSERT_EQ(bars_[0].size(), 2'148U);
  }
  [[nodiscard]] RunRecords run_with(std::string_view more) const {
    const std::string execution =
        R"({"crossover": "strict", "finalize": "last_open", "on_opposite": "reverse")" +
        std::string(more) + "}";
    return run({.risk = R"({"size": {"percent_equity": 100}})",
                .execution = execution,
                .entry = R"j({"long": {"when": "crosses_above(sma(close, 10), sma(close, 30))"},
                              "short": {"when": "crosses_below(sma(close, 10), sma(close, 30))"}})j",
                .exit = "[]"},
               bars_);
  }

  std::vector<BarSeries> bars_;
};

TEST_F(GoogReference, MakesThePublishedTrades) {
  const Table wanted(*reference_file("goog_sma_10_30_trades.csv"));
  const RunRecords records = run_with("");
  ASSERT_EQ(records.trades.size(), wanted.size());
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    const Trade& trade = records.trades[row];
    const Quantity size = trade.side == Side::kLong ? trade.quantity : -trade.quantity;
    EXPECT_EQ(size, quantity(wanted.at(row, "size"))) << row;
    EXPECT_EQ(trade.entry_price, price(wanted.at(row, "entry_price"))) << row;
    EXPECT_EQ(trade.exit_price, price(wanted.at(row, "exit_price"))) << row;
    EXPECT_EQ(trade.pnl, money(wanted.at(row, "pnl"))) << row;
    EXPECT_EQ(day_text(utc_day(trade.entry_time)), wanted.at(row, "entry_date")) << row;
    EXPECT_EQ(day_text(utc_day(*trade.exit_time)), wanted.at(row, "exit_date")) << row;
    EXPECT_EQ(trade.bars_held,
              std::stoi(wanted.at(row, "exit_bar")) - std::stoi(wanted.at(row, "entry_bar")));
  }
  EXPECT_EQ(records.equity.back().equity(), money("51422.99"));
}

TEST_F(GoogReference, HasThePublishedFigures) {
  const RunRecords records = run_with("");
  std::vector<Day> days;
  for (const AccountPoint& point : records.equity) days.push_back(utc_day(point.time));
  const RunMetrics metrics = compute_metrics(
      records, money("10000"), days, metric_conventions({}, Timeframe::k1d, bars_), nullptr);
  const std::map<std::string, std::string> wanted = {{"final_value", "51422.99"},
                                                     {"total_return", "4.142299"},
                                                     {"annualized_return", "0.211602457060"},
                                                     {"volatility", "0.294823575683"},
                                                     {"sharpe_ratio", "0.798165322998"},
                                                     {"sortino_ratio", "1.205507395947"},
                                                     {"max_drawdown", "0.479801270501"},
                                                     {"calmar_ratio", "0.441021043647"},
                                                     {"total_trades", "66"},
                                                     {"winning_trades", "31"},
                                                     {"losing_trades", "35"},
                                                     {"profit_factor", "1.477841002097"},
                                                     {"win_rate", "0.469696969697"},
                                                     {"ulcer_index", "0.193446960457"},
                                                     {"sqn", "1.076618735670"},
                                                     {"payoff_ratio", "1.668530163658"},
                                                     {"skewness", "0.659394009771"},
                                                     {"excess_kurtosis", "10.399753292908"},
                                                     {"value_at_risk_95", "0.027420161517"}};
  for (const auto& [name, value] : wanted) {
    EXPECT_EQ(*metrics.figure(name).precise, decimal_of(value))
        << name << ' ' << metrics.figure(name).precise->to_text();
  }
  EXPECT_EQ(metrics.figure("expectancy").value->to_text(), "627.62");
}

TEST_F(GoogReference, HasTheFiguresThatTheOtherEnginePrints) {
  const RunRecords records = run_with("");
  std::vector<Day> days;
  for (const AccountPoint& point : records.equity) days.push_back(utc_day(point.time));
  Execution execution;
  execution.conventions = Conventions::kBacktestingPy;
  const RunMetrics metrics = compute_metrics(
      records, money("10000"), days, metric_conventions(execution, Timeframe::k1d, bars_), nullptr);
  const auto figure = [&](std::string_view name) {
    return metrics.figure(name).precise->rounded(4).to_text();
  };
  EXPECT_EQ(figure("sharpe_ratio"), "0.5806");
  EXPECT_EQ(figure("profit_factor"), "2.1679");
}

TEST_F(GoogReference, WithCommissionEndsWhereFeesRoundedToCentsLeaveIt) {
  const RunRecords records = run_with(R"(, "commission": {"percent": 0.2})");
  EXPECT_EQ(records.trades.size(), 66U);
  // 39,280.74 without any rounding; 132 fees round by at most half a cent each.
  const Money difference = magnitude_of(records.equity.back().equity() - money("39280.74"));
  EXPECT_LE(difference, money("0.66")) << records.equity.back().equity().to_text();
}

}  // namespace
}  // namespace quant
