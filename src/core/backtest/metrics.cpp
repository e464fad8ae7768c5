// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/metrics.hpp"

#include <algorithm>

#include "core/backtest/mean_exposure.hpp"
#include "core/backtest/trade_figures.hpp"
#include "core/base/error.hpp"
#include "core/risk/drawdown.hpp"

namespace quant {

namespace {

/// Drawdowns that are told one by one.
constexpr std::size_t kToldDrawdowns = 5;

std::vector<EquityPoint> equity_points(const RunRecords& records, Money initial_capital,
                                       std::span<const Day> days) {
  std::vector<EquityPoint> points;
  points.push_back({records.equity.front().time, days.front(), initial_capital});
  for (std::size_t i = 0; i < records.equity.size(); ++i) {
    points.push_back({records.equity[i].time, days[i], records.equity[i].equity()});
  }
  return points;
}

/// The drawdown at the end of each metric period.
std::vector<Ratio> period_drawdowns(const EquityPoint& start,
                                    std::span<const EquityPoint> periods) {
  std::vector<EquityPoint> points(periods.begin(), periods.end());
  points.insert(points.begin(), start);
  return drawdown_series(points);
}

void add_performance(MetricSheet& sheet, const Drawdowns& drawdowns) {
  const Money first = sheet.series().first;
  const Money last = sheet.series().last;
  sheet.money("final_value", last);
  sheet.exact("total_return", kRatio, Ratio{Int128{last.units()} - first.units(), first.units()});
  for (const std::string_view name : {"annualized_return", "volatility", "downside_deviation",
                                      "sharpe_ratio", "sortino_ratio", "calmar_ratio"}) {
    sheet.computed(name);
  }
  sheet.exact("max_drawdown", kRatio, drawdowns.max);
  sheet.money("max_drawdown_amount", drawdowns.max_amount);
  sheet.count("max_drawdown_duration_days", drawdowns.max_duration_days);
}

/// The figures relative to a benchmark; all undefined without one.
void add_comparison(MetricSheet& sheet, const Benchmark* benchmark) {
  std::optional<Ratio> total;
  if (benchmark != nullptr) {
    total = Ratio{Int128{benchmark->closes.back().price.units()} - benchmark->base.units(),
                  benchmark->base.units()};
  }
  sheet.exact("benchmark_return", kRatio, total);
  for (const std::string_view name : {"alpha", "beta", "tracking_error", "information_ratio"}) {
    sheet.computed(name);
  }
}

/// Sum of |fill value| / 2 / mean equity, a year.
std::optional<Ratio> turnover(const RunRecords& records, int days) {
  Int128 traded = 0;
  for (const Fill& fill : records.fills) traded += fill.value.units();
  Int128 equity = 0;
  for (const AccountPoint& point : records.equity) equity += point.equity().units();
  if (days == 0 || equity <= 0) return std::nullopt;
  const auto bars = static_cast<std::int64_t>(records.equity.size());
  return Ratio{multiply(traded, Int128{36525} * bars), multiply(equity, Int128{200} * days)};
}

void add_totals(MetricSheet& sheet, const RunRecords& records) {
  Money commission;
  Money slippage;
  for (const Fill& fill : records.fills) {
    commission += fill.commission;
    slippage += fill.slippage;
  }
  // Interest counts as income where it was received, as a cost where it was paid.
  const Money paid = records.interest_paid;
  const Money received = records.interest + paid;
  sheet.money("total_commission", commission);
  sheet.money("total_fees", records.borrow + paid);
  sheet.money("total_slippage", slippage);
  sheet.money("total_income", records.dividends + received);
  sheet.count("bars_processed", records.bars_processed);
  sheet.count("ambiguous_bars", records.ambiguous_bars);
}

void add_further_returns(MetricSheet& sheet) {
  const std::vector<Ratio>& returns = sheet.series().returns;
  std::optional<Ratio> best;
  std::optional<Ratio> worst;
  std::optional<Ratio> positive;
  if (!returns.empty()) {
    best = *std::max_element(returns.begin(), returns.end());
    worst = *std::min_element(returns.begin(), returns.end());
    const auto gains = std::count_if(returns.begin(), returns.end(),
                                     [](const Ratio& value) { return value.numerator > 0; });
    positive = Ratio{gains, static_cast<std::int64_t>(returns.size())};
  }
  for (const std::string_view name :
       {"annual_return", "omega_ratio", "skewness", "excess_kurtosis", "tail_ratio"}) {
    sheet.computed(name);
  }
  sheet.exact("best_period", kRatio, best);
  sheet.exact("worst_period", kRatio, worst);
  sheet.exact("positive_periods", kRatio, positive);
  for (const std::string_view name :
       {"value_at_risk_95", "expected_shortfall_95", "probabilistic_sharpe"}) {
    sheet.computed(name);
  }
}

void add_further_drawdowns(MetricSheet& sheet, const Drawdowns& drawdowns) {
  std::optional<Ratio> recovery;
  if (!drawdowns.max_amount.is_zero()) {
    recovery = Ratio{Int128{sheet.series().last.units()} - sheet.series().first.units(),
                     drawdowns.max_amount.units()};
  }
  sheet.exact("current_drawdown", kRatio, drawdowns.current);
  sheet.count("drawdown_episodes", static_cast<std::int64_t>(drawdowns.episodes.size()));
  for (const std::string_view name :
       {"average_drawdown", "ulcer_index", "pain_index", "conditional_drawdown_95", "martin_ratio",
        "pain_ratio", "burke_ratio", "sterling_ratio"}) {
    sheet.computed(name);
  }
  sheet.exact("recovery_factor", kRatio, recovery);
}

void add_further_figures(MetricSheet& sheet, const RunRecords& records, const Drawdowns& drawdowns,
                         const TradeSums& trades) {
  sheet.go_to(MetricSheet::Place::kFurther);
  add_further_returns(sheet);
  add_further_drawdowns(sheet, drawdowns);
  for (const std::string_view name :
       {"correlation", "r_squared", "treynor_ratio", "up_capture", "down_capture"}) {
    sheet.computed(name);
  }
  add_further_trade_figures(sheet, trades);
  sheet.known("average_gross_exposure", mean_exposure(records.equity));
  sheet.money("total_dividends", records.dividends);
  sheet.money("total_interest", records.interest);
  sheet.money("total_borrow", records.borrow);
  sheet.count("stale_marks", records.stale_marks);
}

/// The deepest episodes, the deepest first, the earliest of equals.
std::vector<DrawdownEpisode> deepest_episodes(std::vector<DrawdownEpisode> episodes) {
  std::stable_sort(episodes.begin(), episodes.end(),
                   [](const auto& a, const auto& b) { return a.depth > b.depth; });
  if (episodes.size() > kToldDrawdowns) episodes.resize(kToldDrawdowns);
  return episodes;
}

}  // namespace

const Metric& RunMetrics::figure(std::string_view name) const {
  for (const std::vector<Metric>* list : {&figures, &further}) {
    const auto found = std::find_if(list->begin(), list->end(),
                                    [&](const Metric& metric) { return metric.name == name; });
    if (found != list->end()) return *found;
  }
  throw broken_invariant(concat("no figure ", name));
}

MetricConventions metric_conventions(const Execution& execution, Timeframe timeframe,
                                     const std::vector<BarSeries>& bars) {
  MetricConventions conventions;
  conventions.formulas = execution.conventions;
  // backtrader's default is 1 percent, everybody else's 0.
  const Decimal usual =
      conventions.formulas == Conventions::kBacktrader ? Decimal{1, 2} : Decimal{};
  conventions.risk_free = execution.risk_free.value_or(usual);
  conventions.every_bar = execution.every_bar || !is_daily_or_finer(timeframe);
  if (execution.periods_per_year) {
    conventions.periods_per_year = *execution.periods_per_year;
    return conventions;
  }
  if (execution.every_bar && is_intraday(timeframe)) {
    throw invalid("periods_per_year is missing")
        .detail("Metrics by intraday bar have no usual number of periods in a year.")
        .hint("Give \"periods_per_year\" in \"execution\", or leave out \"frequency\".");
  }
  const bool every_day = std::all_of(bars.begin(), bars.end(), [](const BarSeries& series) {
    return series.asset.asset_type == "crypto";
  });
  // vectorbt counts calendar days, of whatever asset.
  const bool calendar = every_day || conventions.formulas == Conventions::kVectorbt;
  const int periods = timeframe == Timeframe::k1w    ? 52
                      : timeframe == Timeframe::k1mo ? 12
                      : calendar                     ? 365
                                                     : 252;
  conventions.periods_per_year = Decimal{periods, 0};
  return conventions;
}

RunMetrics compute_metrics(const RunRecords& records, Money initial_capital,
                           std::span<const Day> days, const MetricConventions& conventions,
                           const Benchmark* benchmark, const Pause& pause) {
  const std::vector<EquityPoint> points = equity_points(records, initial_capital, days);
  pause();
  const std::span<const EquityPoint> curve = std::span(points).subspan(1);
  const std::vector<EquityPoint> daily = last_of_each_day(curve);
  const std::span<const EquityPoint> periods = conventions.every_bar ? curve : std::span(daily);
  const Drawdowns drawdowns = find_drawdowns(points);
  pause();

  RunSeries series;
  series.returns = simple_returns(initial_capital, periods).returns;
  series.year_returns = calendar_year_returns(initial_capital, periods);
  series.drawdowns = period_drawdowns(points.front(), periods);
  series.year_drawdowns = largest_of_years(periods, series.drawdowns);
  for (const DrawdownEpisode& episode : drawdowns.episodes) {
    series.episode_depths.push_back(episode.depth);
  }
  if (benchmark != nullptr) {
    series.pairs = pair_returns(*benchmark, periods, series.returns, conventions.every_bar);
  }
  series.trades = records.trades;
  series.first = initial_capital;
  series.last = records.equity.back().equity();
  series.days = days.back() - days.front();
  series.max_drawdown = drawdowns.max;
  series.periods_per_year = conventions.periods_per_year;
  series.risk_free = conventions.risk_free;
  pause();

  MetricSheet sheet(series, conventions.formulas, pause);
  const TradeSums trades = sum_trades(records.trades);
  add_performance(sheet, drawdowns);
  add_comparison(sheet, benchmark);
  sheet.exact("exposure", kRatio,
              Ratio{records.bars_with_position, static_cast<std::int64_t>(records.equity.size())});
  sheet.exact("turnover", kTurnover, turnover(records, series.days));
  add_trade_columns(sheet, trades);
  add_totals(sheet, records);
  add_further_figures(sheet, records, drawdowns, trades);
  sheet.metrics().periods = series.returns.size();
  sheet.metrics().deepest_drawdowns = deepest_episodes(drawdowns.episodes);
  return std::move(sheet.metrics());
}

std::vector<Decimal> drawdown_column(const RunRecords& records, Money initial_capital) {
  std::vector<Decimal> column;
  RunningDrawdown running(initial_capital.units());
  column.reserve(records.equity.size());
  for (const AccountPoint& point : records.equity) {
    const Ratio drawdown = running.update(point.equity().units());
    column.push_back(
        {multiply_divide(drawdown.numerator, power_of_ten(kRatio.decimals), drawdown.denominator),
         kRatio.decimals});
  }
  return column;
}

}  // namespace quant
