// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/metrics.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "support/caught.hpp"
#include "support/json_text.hpp"
#include "support/table.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

/// A run of which only the equity curve and the pnl of its trades matter.
struct TestRun {
  RunRecords records;
  std::vector<Day> days;

  void point(Day day, Money equity, Money held = {}) {
    records.equity.push_back({day * kDayLength, equity - held, held, magnitude_of(held)});
    records.bars_with_position += held.is_zero() ? 0 : 1;
    days.push_back(day);
  }
  void trade(Money pnl, std::int64_t bars_held, bool closed = true) {
    Trade made;
    made.pnl = pnl;
    made.bars_held = bars_held;
    if (closed) made.exit_time = 0;
    records.trades.push_back(made);
  }
};

const MetricConventions kDaily{Decimal{252, 0}, Decimal{}, false};

std::string text(const std::optional<Decimal>& value) { return value ? value->to_text() : "NULL"; }
std::string figure(const RunMetrics& metrics, std::string_view name) {
  return text(metrics.figure(name).value);
}

TestRun run_of(const std::vector<std::string_view>& equity) {
  TestRun run;
  for (const std::string_view value : equity)
    run.point(static_cast<Day>(run.days.size()), money(value));
  return run;
}

TEST(Metrics, OfACurveThatIsComputedByHand) {
  // Returns 0.1, -0.1, 0.1, 0.1: mean 0.05, deviation 0.1, downside sqrt(0.01 / 4).
  const TestRun run = run_of({"1100", "990", "1089", "1197.90"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(metrics.periods, 4U);
  EXPECT_EQ(figure(metrics, "final_value"), "1197.90");
  EXPECT_EQ(figure(metrics, "total_return"), "0.197900");
  EXPECT_EQ(figure(metrics, "volatility"), "1.587451");          // 0.1 sqrt(252)
  EXPECT_EQ(figure(metrics, "downside_deviation"), "0.793725");  // 0.05 sqrt(252)
  EXPECT_EQ(figure(metrics, "sharpe_ratio"), "7.937254");        // 0.5 sqrt(252)
  EXPECT_EQ(figure(metrics, "sortino_ratio"), "15.874508");      // sqrt(252)
  EXPECT_EQ(figure(metrics, "max_drawdown"), "0.100000");
  EXPECT_EQ(figure(metrics, "max_drawdown_amount"), "110.00");
  EXPECT_EQ(figure(metrics, "max_drawdown_duration_days"), "3");
}

TEST(Metrics, ThatAreTooLargeForTheirColumnStayWholeBesideIt) {
  // 19.79 % in three days is 3.5 billion a year.
  const TestRun run = run_of({"1100", "990", "1089", "1197.90"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(metrics.too_large,
            (std::vector<std::string_view>{"annualized_return", "calmar_ratio"}));
  EXPECT_FALSE(metrics.figure("annualized_return").value);
  EXPECT_EQ(metrics.figure("annualized_return").precise->rounded(0).to_text().size(), 10U);
}

TEST(Metrics, OfDoublingInOneDayAreBeyondEveryDecimal) {
  const TestRun run = run_of({"1000", "2000"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  const Metric& growth = metrics.figure("annualized_return");
  EXPECT_FALSE(growth.value || growth.precise);
  // 2^365.25 - 1
  EXPECT_EQ(growth.beyond.substr(0, 12), "8.9372913578");
  EXPECT_NE(growth.beyond.find("e+109"), std::string::npos) << growth.beyond;
  EXPECT_NE(metrics_json(metrics, kDaily).find("\"annualized_return\": 8.93729"),
            std::string::npos);
}

TEST(Metrics, EqualTheTextbookFormulasOverARandomRun) {
  const std::filesystem::path here = std::filesystem::path(__FILE__).parent_path();
  const Table curve(here / "metrics_curve.csv");
  const Table trades(here / "metrics_trades.csv");
  const Table wanted(here / "metrics.csv");
  const auto cents = [](const Table& table, std::size_t row, const char* column) {
    return Money::from_units(std::stoll(table.at(row, column)));
  };
  TestRun run;
  Benchmark benchmark{"MARKET", price("100"), {}};
  for (std::size_t row = 0; row < curve.size(); ++row) {
    const Money held = cents(curve, row, "market_value");
    const Day day = std::stoi(curve.at(row, "day"));
    run.point(day, cents(curve, row, "cash") + held, held);
    benchmark.closes.push_back(
        {day * kDayLength, day, Price::from_units(std::stoll(curve.at(row, "benchmark")))});
  }
  for (std::size_t row = 0; row < trades.size(); ++row) {
    run.trade(cents(trades, row, "pnl"), std::stoi(trades.at(row, "bars_held")),
              trades.at(row, "closed") == "1");
    run.records.fills.emplace_back().value = cents(trades, row, "traded");
  }
  const MetricConventions conventions{Decimal{252, 0}, Decimal{3, 2}, false};
  const RunMetrics metrics =
      compute_metrics(run.records, money("100000"), run.days, conventions, &benchmark);
  ASSERT_GT(wanted.size(), 60U);
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    const std::string& name = wanted.at(row, "name");
    const Decimal value = decimal_of(wanted.at(row, "value"));
    if (name == "periods") {
      EXPECT_EQ(static_cast<std::int64_t>(metrics.periods),
                static_cast<std::int64_t>(value.mantissa));
      continue;
    }
    EXPECT_EQ(*metrics.figure(name).precise, value) << name;
    // The column rounds the exact value, which 12 decimals of these figures still decide.
    const Decimal& column = *metrics.figure(name).value;
    EXPECT_EQ(column, value.rounded(column.scale)) << name;
  }
}

TEST(Metrics, AreUndefinedWithoutVarianceTradesOrDays) {
  const TestRun run = run_of({"1000"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  for (const char* name : {"annualized_return",
                           "volatility",
                           "sharpe_ratio",
                           "sortino_ratio",
                           "calmar_ratio",
                           "win_rate",
                           "profit_factor",
                           "expectancy",
                           "average_win",
                           "average_loss",
                           "largest_win",
                           "largest_loss",
                           "average_bars_held",
                           "turnover",
                           "alpha",
                           "beta",
                           "benchmark_return",
                           "omega_ratio",
                           "skewness",
                           "excess_kurtosis",
                           "tail_ratio",
                           "value_at_risk_95",
                           "expected_shortfall_95",
                           "probabilistic_sharpe",
                           "average_drawdown",
                           "martin_ratio",
                           "pain_ratio",
                           "burke_ratio",
                           "sterling_ratio",
                           "recovery_factor",
                           "correlation",
                           "r_squared",
                           "treynor_ratio",
                           "up_capture",
                           "down_capture",
                           "payoff_ratio",
                           "sqn",
                           "kelly_fraction",
                           "max_bars_held"}) {
    EXPECT_EQ(figure(metrics, name), "NULL") << name;
  }
  for (const char* name :
       {"total_return", "max_drawdown", "exposure", "downside_deviation", "annual_return",
        "best_period", "worst_period", "positive_periods", "current_drawdown", "ulcer_index",
        "pain_index", "conditional_drawdown_95", "average_gross_exposure"}) {
    EXPECT_EQ(figure(metrics, name), "0.000000") << name;
  }
  for (const char* name :
       {"total_trades", "open_trades", "max_consecutive_wins", "max_drawdown_duration_days"}) {
    EXPECT_EQ(figure(metrics, name), "0") << name;
  }
  EXPECT_TRUE(metrics.too_large.empty());
}

TEST(Metrics, OfAConstantCurveHaveNoSharpeRatio) {
  const TestRun run = run_of({"1000", "1000", "1000"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(metrics, "volatility"), "0.000000");
  EXPECT_EQ(figure(metrics, "sharpe_ratio"), "NULL");
  EXPECT_EQ(figure(metrics, "annualized_return"), "0.000000");
  EXPECT_EQ(figure(metrics, "calmar_ratio"), "NULL");
}

TEST(Metrics, EndWhereTheEquityIsGone) {
  TestRun run = run_of({"500", "0", "300"});
  const RunMetrics lost = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(lost.periods, 2U);  // -0.5 and -1
  EXPECT_EQ(figure(lost, "max_drawdown"), "1.000000");
  TestRun below = run_of({"500", "-100"});
  const RunMetrics owed =
      compute_metrics(below.records, money("1000"), below.days, kDaily, nullptr);
  EXPECT_EQ(owed.periods, 1U);
  EXPECT_EQ(figure(owed, "annualized_return"), "NULL");
  EXPECT_EQ(figure(owed, "max_drawdown"), "1.100000");
  EXPECT_EQ(figure(owed, "total_return"), "-1.100000");
}

TEST(Metrics, SampleTheLastPointOfADayOrEveryBar) {
  TestRun run;
  for (const auto& [day, equity] : {std::pair{1, "900"}, {1, "1100"}, {2, "1000"}, {2, "1210"}})
    run.point(day, money(equity));
  MetricConventions every_bar = kDaily;
  every_bar.every_bar = true;
  EXPECT_EQ(compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr).periods, 2U);
  const RunMetrics metrics =
      compute_metrics(run.records, money("1000"), run.days, every_bar, nullptr);
  EXPECT_EQ(metrics.periods, 4U);
  // The drawdown sees every bar either way.
  EXPECT_EQ(figure(metrics, "max_drawdown"), "0.100000");
}

TEST(Metrics, CountTradesAsTheyEnded) {
  TestRun run = run_of({"1000", "1060"});
  for (const char* pnl : {"50", "20", "0", "-20", "-10", "-5", "25"}) run.trade(money(pnl), 4);
  run.trade(money("99"), 1, false);
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(metrics, "total_trades"), "7");
  EXPECT_EQ(figure(metrics, "winning_trades"), "3");
  EXPECT_EQ(figure(metrics, "losing_trades"), "3");
  EXPECT_EQ(figure(metrics, "open_trades"), "1");
  EXPECT_EQ(figure(metrics, "win_rate"), "0.428571");
  EXPECT_EQ(figure(metrics, "profit_factor"), "2.714286");  // 95 / 35
  EXPECT_EQ(figure(metrics, "expectancy"), "8.57");         // 60 / 7
  EXPECT_EQ(figure(metrics, "average_loss"), "11.67");
  EXPECT_EQ(figure(metrics, "largest_loss"), "20.00");
  EXPECT_EQ(figure(metrics, "max_consecutive_wins"), "2");
  EXPECT_EQ(figure(metrics, "max_consecutive_losses"), "3");
  EXPECT_EQ(figure(metrics, "average_bars_held"), "4.00");
}

TEST(Metrics, WithoutALossHaveNoProfitFactorAndWithoutAWinOneOfZero) {
  TestRun winning = run_of({"1000", "1060"});
  winning.trade(money("5"), 1);
  EXPECT_EQ(figure(compute_metrics(winning.records, money("1000"), winning.days, kDaily, nullptr),
                   "profit_factor"),
            "NULL");
  TestRun losing = run_of({"1000", "990"});
  losing.trade(money("-5"), 1);
  const RunMetrics metrics =
      compute_metrics(losing.records, money("1000"), losing.days, kDaily, nullptr);
  EXPECT_EQ(figure(metrics, "profit_factor"), "0.000000");
  EXPECT_EQ(figure(metrics, "average_win"), "NULL");
}

TEST(Metrics, SumCommissionAndSlippageOfAllFills) {
  TestRun run = run_of({"1000", "1000"});
  for (const char* cost : {"1.25", "0.75"}) {
    Fill& fill = run.records.fills.emplace_back();
    fill.commission = money(cost);
    fill.slippage = money("0.10");
  }
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(metrics, "total_commission"), "2.00");
  EXPECT_EQ(figure(metrics, "total_slippage"), "0.20");
}

TEST(Metrics, CountBorrowAndInterestPaidAsFeesAndWhatWasReceivedAsIncome) {
  TestRun run = run_of({"1000", "1000"});
  run.records.dividends = money("5");
  run.records.interest = money("-2");
  run.records.interest_paid = money("2");
  run.records.borrow = money("0.75");
  const RunMetrics paid = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(paid, "total_fees"), "2.75");
  EXPECT_EQ(figure(paid, "total_income"), "5.00");
  EXPECT_EQ(figure(paid, "total_dividends"), "5.00");
  EXPECT_EQ(figure(paid, "total_interest"), "-2.00");
  EXPECT_EQ(figure(paid, "total_borrow"), "0.75");
  run.records.interest = money("3");
  run.records.interest_paid = money("0");
  const RunMetrics got = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(got, "total_fees"), "0.75");
  EXPECT_EQ(figure(got, "total_income"), "8.00");
}

TEST(Metrics, OfATailNeedTwentyReturns) {
  std::vector<std::string_view> equity(19, "1000");
  const auto tail_of = [&] {
    const TestRun run = run_of(equity);
    const RunMetrics metrics =
        compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
    return figure(metrics, "value_at_risk_95") + ' ' + figure(metrics, "expected_shortfall_95");
  };
  EXPECT_EQ(tail_of(), "NULL NULL");
  // One fall by a tenth: the worst twentieth is that return, the quantile 0.95 of the way to it.
  equity.push_back("900");
  EXPECT_EQ(tail_of(), "0.005000 0.100000");
}

TEST(Metrics, OfExposureAreUndefinedWithoutEquity) {
  TestRun run;
  run.point(1, money("1000"), money("500"));
  run.point(2, money("1000"), money("-2000"));
  EXPECT_EQ(figure(compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr),
                   "average_gross_exposure"),
            "1.250000");
  run.point(3, money("-1"), money("5"));
  EXPECT_EQ(figure(compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr),
                   "average_gross_exposure"),
            "NULL");
}

TEST(Metrics, AgainstTheRunItselfAreOneOrNothing) {
  TestRun run;
  Benchmark benchmark{"MARKET", price("10"), {}};
  for (const char* equity : {"11", "9", "12", "12"}) {
    benchmark.closes.push_back({run.records.equity.empty() ? 0 : run.days.back() * kDayLength,
                                static_cast<Day>(run.days.size()), price(equity)});
    run.point(static_cast<Day>(run.days.size()), money(equity));
  }
  const RunMetrics metrics =
      compute_metrics(run.records, money("10"), run.days, kDaily, &benchmark);
  for (const char* name : {"beta", "correlation", "r_squared", "up_capture", "down_capture"}) {
    EXPECT_EQ(figure(metrics, name), "1.000000") << name;
  }
  EXPECT_EQ(figure(metrics, "tracking_error"), "0.000000");
  EXPECT_EQ(figure(metrics, "information_ratio"), "NULL");
}

TEST(Metrics, TellTheDeepestDrawdowns) {
  const TestRun run = run_of({"1000", "900", "1000", "990", "1000", "800", "850"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days, kDaily, nullptr);
  EXPECT_EQ(figure(metrics, "drawdown_episodes"), "3");
  EXPECT_EQ(figure(metrics, "average_drawdown"), "0.103333");
  EXPECT_EQ(figure(metrics, "current_drawdown"), "0.150000");
  const Json json = json_of(metrics_json(metrics, kDaily));
  const Json::Array& told = *json.find("deepest_drawdowns")->array();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(*told[0].find("peak")->string(), "2000-01-05");
  EXPECT_EQ(*told[0].find("trough")->string(), "2000-01-06");
  EXPECT_TRUE(told[0].find("recovery")->is_null());
  EXPECT_EQ(*told[0].find("depth")->number(), decimal_of("0.2"));
  EXPECT_EQ(*told[0].find("duration_days")->number(), decimal_of("2"));
  EXPECT_EQ(*told[1].find("recovery")->string(), "2000-01-03");
  EXPECT_EQ(*told[2].find("depth")->number(), decimal_of("0.01"));
}

TEST(DrawdownColumn, HoldsEveryPointAgainstThePeakSoFar) {
  const TestRun run = run_of({"1100", "990", "1089", "1197.90", "1197.89"});
  std::vector<std::string> column;
  for (const Decimal& value : drawdown_column(run.records, money("1000")))
    column.push_back(value.to_text());
  EXPECT_EQ(column,
            (std::vector<std::string>{"0.000000", "0.100000", "0.010000", "0.000000", "0.000008"}));
}

TEST(MetricsJson, IsJsonWithTheConventions) {
  const TestRun run = run_of({"1100", "990"});
  const RunMetrics metrics = compute_metrics(run.records, money("1000"), run.days,
                                             {Decimal{252, 0}, Decimal{3, 2}, false}, nullptr);
  const Json json = json_of(metrics_json(metrics, {Decimal{252, 0}, Decimal{3, 2}, false}));
  EXPECT_EQ(*json.find("total_return")->number(), decimal_of("-0.01"));
  EXPECT_TRUE(json.find("win_rate")->is_null());
  const Json& conventions = *json.find("conventions");
  EXPECT_EQ(*conventions.find("periods_per_year")->number(), decimal_of("252"));
  EXPECT_EQ(*conventions.find("risk_free")->number(), decimal_of("0.03"));
  EXPECT_EQ(*conventions.find("n")->number(), decimal_of("2"));
  EXPECT_EQ(*conventions.find("frequency")->string(), "day");
}

}  // namespace
}  // namespace quant
