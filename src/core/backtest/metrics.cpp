// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/metrics.hpp"

#include <algorithm>
#include <type_traits>

#include "core/base/error.hpp"
#include "core/risk/drawdown.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

constexpr int kPreciseDecimals = 12;
/// Values worked on between two chances to stop.
constexpr std::size_t kValuesPerPause = 16'384;
constexpr std::streamsize kBeyondDigits = 30;

/// A column type: numeric(precision, decimals), or a count with no decimals.
struct ColumnType {
  int precision;
  int decimals;
};
constexpr ColumnType kMoney{15, 2};
constexpr ColumnType kRatio{12, 6};
constexpr ColumnType kTurnover{14, 6};
constexpr ColumnType kBars{12, 2};
constexpr ColumnType kCount{18, 0};

/// Collects figures in the order of the columns.
class Sheet {
 public:
  explicit Sheet(const Pause& pause) : pause_(pause) {}

  void exact(std::string_view name, ColumnType type, const std::optional<Ratio>& value) {
    store(name, type, [&](int decimals) {
      return value ? std::optional(rounded(*value, decimals)) : std::nullopt;
    });
  }
  void count(std::string_view name, std::optional<std::int64_t> value) {
    exact(name, kCount, value ? std::optional(Ratio{*value, 1}) : std::nullopt);
  }
  void money(std::string_view name, std::optional<Money> value) {
    exact(name, kMoney, value ? std::optional(Ratio{value->units(), Money::kUnit}) : std::nullopt);
  }
  /// `figure(T{})` computes the value in decimal floating point of type T.
  template <typename Figure>
  void computed(std::string_view name, const Figure& figure) {
    // From here on a value with 12 decimals has more than 38 digits.
    static const Real kBeyondDecimal("1e24");
    const std::optional<Real> value = figure(Real{});
    if (value && abs(*value) >= kBeyondDecimal) {
      metrics_.too_large.push_back(name);
      metrics_.figures.push_back({name, std::nullopt, std::nullopt, value->str(kBeyondDigits)});
      return;
    }
    store(name, kRatio, [&](int decimals) { return round_value(value, figure, decimals); });
  }
  RunMetrics& metrics() { return metrics_; }

 private:
  template <typename Round>
  void store(std::string_view name, ColumnType type, const Round& round) {
    pause_();
    Metric metric{name, round(type.decimals), round(std::max(type.decimals, kPreciseDecimals)), {}};
    const Int128 limit = power_of_ten(type.precision);
    if (metric.value && magnitude(metric.value->mantissa) >= limit) {
      if (type.decimals == kMoney.decimals && type.precision == kMoney.precision) {
        throw out_of_range(concat("figure ", name, " out of range"));
      }
      metric.value.reset();
      metrics_.too_large.push_back(name);
    }
    metrics_.figures.push_back(std::move(metric));
  }

  const Pause& pause_;
  RunMetrics metrics_;
};

std::vector<EquityPoint> equity_points(const RunRecords& records, Money initial_capital,
                                       std::span<const Day> days) {
  std::vector<EquityPoint> points;
  points.push_back({records.equity.front().time, days.front(), initial_capital});
  for (std::size_t i = 0; i < records.equity.size(); ++i) {
    points.push_back({records.equity[i].time, days[i], records.equity[i].equity()});
  }
  return points;
}

/// (E_N / E_0)^(365.25 / D) - 1, D calendar days. Nothing where D is 0 or the equity negative.
template <typename T>
std::optional<T> compound_growth(Money last, Money first, int days) {
  if (days <= 0 || last < Money{}) return std::nullopt;
  if (last.is_zero()) return T(-1);
  if (last == first) return T(0);
  const T ratio = to_real<T>(last.units()) / to_real<T>(first.units());
  return T(exp(log(ratio) * 36525 / (100 * T(days))) - 1);
}

/// What the statistics of returns are computed from.
struct Returns {
  std::vector<Ratio> series;
  Decimal periods_per_year;
  Decimal risk_free;
  std::vector<Real> values;  // of the series

  template <typename T>
  [[nodiscard]] std::vector<T> converted() const {
    return to_reals<T>(std::span<const Ratio>(series));
  }
  /// Calls `statistic` with the returns in the arithmetic of T; 50 digits are computed once.
  template <typename T, typename Statistic>
  [[nodiscard]] std::optional<T> apply(const Statistic& statistic) const {
    if constexpr (std::is_same_v<T, Real>) {
      return statistic(std::span<const Real>(values));
    } else {
      const std::vector<T> precise = converted<T>();
      return statistic(std::span<const T>(precise));
    }
  }
  template <typename T>
  [[nodiscard]] T annual() const {
    return to_real<T>(periods_per_year);
  }
  template <typename T>
  [[nodiscard]] T target() const {
    return to_real<T>(risk_free) / annual<T>();
  }
};

void add_performance(Sheet& sheet, const Returns& returns, const Drawdowns& drawdowns, Money first,
                     Money last, int days) {
  sheet.money("final_value", last);
  sheet.exact("total_return", kRatio, Ratio{Int128{last.units()} - first.units(), first.units()});
  const auto growth = [&](auto tag) { return compound_growth<decltype(tag)>(last, first, days); };
  sheet.computed("annualized_return", growth);
  sheet.computed("volatility", [&](auto tag) {
    using T = decltype(tag);
    return returns.apply<T>([&](std::span<const T> values) { return volatility(values, returns.annual<T>()); });
  });
  sheet.computed("downside_deviation", [&](auto tag) {
    using T = decltype(tag);
    return returns.apply<T>([&](std::span<const T> values) { return downside_deviation(values, returns.target<T>(), returns.annual<T>()); });
  });
  sheet.computed("sharpe_ratio", [&](auto tag) {
    using T = decltype(tag);
    return returns.apply<T>([&](std::span<const T> values) { return sharpe_ratio(values, returns.target<T>(), returns.annual<T>()); });
  });
  sheet.computed("sortino_ratio", [&](auto tag) {
    using T = decltype(tag);
    return returns.apply<T>([&](std::span<const T> values) { return sortino_ratio(values, returns.target<T>(), returns.annual<T>()); });
  });
  // Young 1991, over the whole run.
  sheet.computed("calmar_ratio", [&](auto tag) -> std::optional<decltype(tag)> {
    using T = decltype(tag);
    const auto annual = growth(tag);
    if (!annual || drawdowns.max.numerator == 0) return std::nullopt;
    return T(*annual / to_real<T>(drawdowns.max));
  });
  sheet.exact("max_drawdown", kRatio, drawdowns.max);
  sheet.money("max_drawdown_amount", drawdowns.max_amount);
  sheet.count("max_drawdown_duration_days", drawdowns.max_duration_days);
}

/// The figures relative to a benchmark; all undefined without one.
void add_comparison(Sheet& sheet, const Returns& returns, std::span<const EquityPoint> periods,
                    bool by_time, const Benchmark* benchmark) {
  PairedReturns pairs;
  std::optional<Ratio> total;
  if (benchmark != nullptr) {
    pairs = pair_returns(*benchmark, periods, returns.series, by_time);
    total = Ratio{Int128{benchmark->closes.back().price.units()} - benchmark->base.units(),
                  benchmark->base.units()};
  }
  const auto relative = [&](std::string_view name, const auto& figure) {
    sheet.computed(name, [&](auto tag) {
      using T = decltype(tag);
      const auto run = to_reals<T>(std::span<const Ratio>(pairs.run));
      const auto other = to_reals<T>(std::span<const Ratio>(pairs.benchmark));
      return figure(std::span<const T>(run), std::span<const T>(other), returns.target<T>(), returns.annual<T>());
    });
  };
  sheet.exact("benchmark_return", kRatio, total);
  relative("alpha", [](auto run, auto other, auto target, auto annual) { return alpha(run, other, target, annual); });
  relative("beta", [](auto run, auto other, auto, auto) { return beta(run, other); });
  relative("tracking_error", [](auto run, auto other, auto, auto annual) { return tracking_error(run, other, annual); });
  relative("information_ratio",
           [](auto run, auto other, auto, auto annual) { return information_ratio(run, other, annual); });
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
};

TradeSums sum_trades(const std::vector<Trade>& trades) {
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

/// Mean of `total` over `count`, or nothing where there is none.
std::optional<Ratio> mean_money(Money total, std::int64_t count) {
  if (count == 0) return std::nullopt;
  return Ratio{total.units(), Int128{Money::kUnit} * count};
}

void add_trades(Sheet& sheet, const TradeSums& sums) {
  const auto if_any = [](std::int64_t count, auto value) {
    return count == 0 ? std::nullopt : std::optional(value);
  };
  sheet.count("total_trades", sums.closed);
  sheet.count("winning_trades", sums.wins);
  sheet.count("losing_trades", sums.losses);
  sheet.count("open_trades", sums.open);
  sheet.exact("win_rate", kRatio, if_any(sums.closed, Ratio{sums.wins, std::max<std::int64_t>(sums.closed, 1)}));
  sheet.exact("profit_factor", kRatio,
              if_any(sums.losses, Ratio{sums.profit.units(), std::max<std::int64_t>(sums.loss.units(), 1)}));
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

void add_totals(Sheet& sheet, const RunRecords& records) {
  Money commission;
  Money slippage;
  for (const Fill& fill : records.fills) {
    commission += fill.commission;
    slippage += fill.slippage;
  }
  sheet.money("total_commission", commission);
  sheet.money("total_fees", Money{});
  sheet.money("total_slippage", slippage);
  sheet.money("total_income", Money{});
  sheet.count("bars_processed", records.bars_processed);
  sheet.count("ambiguous_bars", records.ambiguous_bars);
}

}  // namespace

const Metric& RunMetrics::figure(std::string_view name) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Metric& metric) { return metric.name == name; });
  if (found == figures.end()) throw broken_invariant(concat("no figure ", name));
  return *found;
}

MetricConventions metric_conventions(const Execution& execution, Timeframe timeframe,
                                     const std::vector<BarSeries>& bars) {
  MetricConventions conventions;
  conventions.risk_free = execution.risk_free;
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
  const int periods = timeframe == Timeframe::k1w    ? 52
                      : timeframe == Timeframe::k1mo ? 12
                      : every_day                    ? 365
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
  const ReturnSeries series = simple_returns(initial_capital, periods);
  Returns returns{series.returns, conventions.periods_per_year, conventions.risk_free, {}};
  for (std::size_t i = 0; i < returns.series.size(); ++i) {
    if (i % kValuesPerPause == 0) pause();
    returns.values.push_back(to_real<Real>(returns.series[i]));
  }
  const int calendar_days = days.back() - days.front();
  pause();
  const Drawdowns drawdowns = find_drawdowns(points);

  Sheet sheet(pause);
  add_performance(sheet, returns, drawdowns, initial_capital,
                  records.equity.back().equity(), calendar_days);
  add_comparison(sheet, returns, periods, conventions.every_bar, benchmark);
  sheet.exact("exposure", kRatio,
              Ratio{records.bars_with_position, static_cast<std::int64_t>(records.equity.size())});
  sheet.exact("turnover", kTurnover, turnover(records, calendar_days));
  add_trades(sheet, sum_trades(records.trades));
  add_totals(sheet, records);
  sheet.metrics().periods = series.returns.size();
  return std::move(sheet.metrics());
}

std::vector<Decimal> drawdown_column(const RunRecords& records, Money initial_capital) {
  std::vector<Decimal> column;
  RunningDrawdown running(initial_capital.units());
  column.reserve(records.equity.size());
  for (const AccountPoint& point : records.equity) {
    const Ratio drawdown = running.update(point.equity().units());
    column.push_back({multiply_divide(drawdown.numerator, power_of_ten(kRatio.decimals), drawdown.denominator),
                      kRatio.decimals});
  }
  return column;
}

std::string metrics_json(const RunMetrics& metrics, const MetricConventions& conventions) {
  std::string json = "{";
  for (const Metric& metric : metrics.figures) {
    json += concat('"', metric.name, "\": ",
                   metric.precise          ? metric.precise->trimmed().to_text()
                   : metric.beyond.empty() ? "null"
                                           : metric.beyond,
                   ", ");
  }
  json += concat("\"conventions\": {\"ddof\": 1, \"periods_per_year\": ",
                 conventions.periods_per_year.to_text(), ", \"risk_free\": ",
                 conventions.risk_free.to_text(), ", \"frequency\": \"",
                 conventions.every_bar ? "bar" : "day", "\", \"n\": ", metrics.periods, "}}");
  return json;
}

}  // namespace quant
