// SPDX-License-Identifier: PostgreSQL
// The figures of one run under the conventions of other engines, against what those engines made of
// the same curve (generate_conventions.py).
#include "core/backtest/conventions.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/backtest/metrics.hpp"
#include "core/base/error.hpp"
#include "support/json_text.hpp"
#include "support/table.hpp"
#include "support/values.hpp"

namespace quant {
namespace {

const std::filesystem::path kHere = std::filesystem::path(__FILE__).parent_path();

/// The run of conventions_curve.csv and conventions_trades.csv.
struct RecordedRun {
  RunRecords records;
  std::vector<Day> days;
  Benchmark benchmark{"MARKET", price("100"), {}};

  RecordedRun() {
    const Table curve(kHere / "conventions_curve.csv");
    for (std::size_t row = 0; row < curve.size(); ++row) {
      const Day day = std::stoi(curve.at(row, "day"));
      days.push_back(day);
      const Money equity = Money::from_units(std::stoll(curve.at(row, "equity")));
      records.equity.push_back({day * kDayLength, equity, {}, {}});
      benchmark.closes.push_back(
          {day * kDayLength, day, Price::from_units(std::stoll(curve.at(row, "benchmark")))});
    }
    const Table trades(kHere / "conventions_trades.csv");
    for (std::size_t row = 0; row < trades.size(); ++row) {
      Trade& trade = records.trades.emplace_back();
      trade.exit_time = 0;
      trade.quantity = quantity(trades.at(row, "quantity"));
      trade.entry_price = Price::from_units(std::stoll(trades.at(row, "entry_price")));
      trade.pnl = Money::from_units(std::stoll(trades.at(row, "pnl")));
    }
  }
  [[nodiscard]] RunMetrics metrics(const MetricConventions& conventions) const {
    return compute_metrics(records, money("100000"), days, conventions, &benchmark);
  }
};

MetricConventions conventions_of(std::string_view name, std::string_view more) {
  const std::string json = concat("{\"execution\": {\"conventions\": \"", name, '"', more, "}}");
  std::vector<BarSeries> bars(1);
  bars[0].asset.asset_type = "stock";
  return metric_conventions(read_execution(json_of(json)), Timeframe::k1d, bars);
}

TEST(Conventions, GiveTheFiguresOfTheOtherEngine) {
  const RecordedRun run;
  const Table wanted(kHere / "conventions.csv");
  // They compute in binary floating point, through sums and powers of some 700 returns: their own
  // figures are good to about nine decimals.
  const Decimal tolerance{1, 9};
  std::set<std::string> engines;
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    const std::string& engine = wanted.at(row, "conventions");
    const std::string& name = wanted.at(row, "name");
    const RunMetrics metrics = run.metrics(conventions_of(engine, ", \"risk_free\": 0.02"));
    engines.insert(engine);
    ASSERT_TRUE(metrics.figure(name).precise) << engine << ' ' << name;
    const Decimal figure = *metrics.figure(name).precise;
    const Int128 difference =
        figure.rounded(12).mantissa - decimal_of(wanted.at(row, "value")).rounded(12).mantissa;
    EXPECT_LE((Decimal{magnitude(difference), 12}), tolerance)
        << engine << ' ' << name << ' ' << figure.to_text() << ", not " << wanted.at(row, "value");
  }
  EXPECT_EQ(engines.size(), kConventions.size());
}

TEST(Conventions, BringTheirDefaultsWhichTheRunOverrides) {
  EXPECT_EQ(conventions_of("vectorbt", "").periods_per_year.to_text(), "365");
  EXPECT_EQ(conventions_of("empyrical", "").periods_per_year.to_text(), "252");
  EXPECT_EQ(conventions_of("vectorbt", ", \"periods_per_year\": 250").periods_per_year.to_text(),
            "250");
  EXPECT_EQ(conventions_of("backtrader", "").risk_free.to_text(), "0.01");
  EXPECT_EQ(conventions_of("backtrader", ", \"risk_free\": 0").risk_free.to_text(), "0");
  EXPECT_EQ(conventions_of("lean", "").risk_free.to_text(), "0");
}

TEST(Conventions, StandBesideTheFiguresTheyGovern) {
  const RecordedRun run;
  const MetricConventions lean = conventions_of("lean", "");
  const Json json = json_of(metrics_json(run.metrics(lean), lean));
  const Json& conventions = *json.find("conventions");
  EXPECT_EQ(*conventions.find("name")->string(), "lean");
  EXPECT_EQ(*conventions.find("formulas")->find("annualized_return")->string(),
            "(E_N / E_0)^(365 / D) - 1");
  EXPECT_EQ(conventions.find("formulas")->find("volatility"), nullptr);
  MetricConventions own = lean;
  own.formulas = Conventions::kOwn;
  const Json ours = json_of(metrics_json(run.metrics(own), own));
  EXPECT_EQ(ours.find("conventions")->find("name"), nullptr);
  EXPECT_EQ(ours.find("conventions")->find("formulas"), nullptr);
}

TEST(Conventions, LeaveUndefinedWhatHasNoDenominator) {
  RunRecords records;
  std::vector<Day> days;
  for (Day day = 0; day < 3; ++day) {
    records.equity.push_back({day * kDayLength, money("1000"), {}, {}});
    days.push_back(day);
  }
  for (const auto& [name, formulas] : kConventions) {
    const MetricConventions conventions{Decimal{252, 0}, Decimal{}, false, formulas};
    const RunMetrics metrics = compute_metrics(records, money("1000"), days, conventions, nullptr);
    for (const char* figure : {"sharpe_ratio", "sortino_ratio", "calmar_ratio", "alpha", "beta",
                               "information_ratio", "up_capture", "sqn", "profit_factor"}) {
      EXPECT_FALSE(metrics.figure(figure).precise) << name << ' ' << figure;
    }
    EXPECT_EQ(metrics.figure("annualized_return").precise->to_text(), "0.000000000000") << name;
  }
}

TEST(Conventions, OfALostAccountAreDefinedOrNothing) {
  RunRecords records;
  std::vector<Day> days;
  for (const char* equity : {"1000", "400", "0"}) {
    days.push_back(static_cast<Day>(days.size()));
    records.equity.push_back({days.back() * kDayLength, money(equity), {}, {}});
  }
  for (const auto& [name, formulas] : kConventions) {
    const MetricConventions conventions{Decimal{252, 0}, Decimal{}, false, formulas};
    const RunMetrics metrics = compute_metrics(records, money("1000"), days, conventions, nullptr);
    EXPECT_EQ(metrics.figure("annualized_return").precise->to_text(), "-1.000000000000") << name;
  }
}

}  // namespace
}  // namespace quant
