// SPDX-License-Identifier: PostgreSQL
#include "core/risk/portfolio_risk.hpp"

#include <algorithm>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/risk/drawdown.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

namespace {

constexpr int kWholeDecimals = RiskFigure::kWholeDecimals;
constexpr int kHorizonDays = 10;
constexpr Decimal kLevel95 = {95, 2};
constexpr Decimal kLevel99 = {99, 2};

/// The scenarios in one arithmetic.
template <typename T>
struct ScenarioValues {
  std::vector<T> pnl;
  std::vector<T> sorted;
  std::vector<T> returns;  // P&L / portfolio value; empty where that is not positive
};

/// The scenarios in both arithmetics; the longer one is worked out only if a rounding needs it.
class ScenarioResults {
 public:
  ScenarioResults(const PortfolioHistory& history, Money value)
      : scenarios_(joint_scenarios(history.holdings, kRiskWindow)),
        holdings_(history.holdings),
        value_(value),
        real_(compute<Real>()) {}

  [[nodiscard]] const Scenarios& scenarios() const { return scenarios_; }
  [[nodiscard]] std::size_t size() const { return scenarios_.days.size(); }

  template <typename T>
  [[nodiscard]] const ScenarioValues<T>& in() const {
    if constexpr (std::is_same_v<T, Real>) {
      return real_;
    } else {
      if (!precise_) precise_ = compute<T>();
      return *precise_;
    }
  }

  /// The days of the worst scenarios that form the tail at `level`, the worst first.
  [[nodiscard]] std::vector<Day> tail_days(const Decimal& level) const {
    const TailWeights tail = tail_weights(size(), tail_probability(level));
    std::vector<std::size_t> order(size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return real_.pnl[a] < real_.pnl[b]; });
    order.resize(tail.whole + (tail.boundary != 0 ? 1 : 0));
    std::vector<Day> days;
    for (const std::size_t index : order) days.push_back(scenarios_.days[index]);
    return days;
  }

 private:
  template <typename T>
  [[nodiscard]] ScenarioValues<T> compute() const {
    ScenarioValues<T> values;
    values.pnl = pnl_series<T>(holdings_, scenarios_).all;
    values.sorted = sorted_copy(std::span<const T>(values.pnl));
    if (value_ <= Money{}) return values;
    const T whole = to_real<T>(value_.to_decimal());
    for (const T& pnl : values.pnl) values.returns.push_back(pnl / whole);
    return values;
  }

  Scenarios scenarios_;
  std::span<const Holding> holdings_;
  Money value_;
  ScenarioValues<Real> real_;
  mutable std::optional<ScenarioValues<LongReal>> precise_;
};

/// A figure in money; one that does not fit is an error.
template <typename Figure>
RiskFigure money_figure(std::string_view name, const Figure& figure) {
  const auto stored = round_figure(figure, Money::kScale);
  if (stored) (void)Money::from_units(stored->mantissa);
  return {name, stored, round_figure(figure, kWholeDecimals)};
}

RiskFigure exact_figure(std::string_view name, Money value) {
  return {name, value.to_decimal(), value.to_decimal()};
}

RiskFigure exact_figure(std::string_view name, const Ratio& ratio) {
  return ratio_figure(name,
                      [&](auto zero) { return std::optional(to_real<decltype(zero)>(ratio)); });
}

using Figures = std::vector<RiskFigure>;

/// VaR and expected shortfall at one level, under the names of their columns.
struct TailColumns {
  Decimal level;
  std::size_t min_observations;
  std::string_view var_1d;
  std::string_view var_10d;
  std::string_view shortfall_1d;
};
constexpr TailColumns kTails[] = {
    {kLevel95, kMinObservations95, "var_1d_95", "var_10d_95", "expected_shortfall_1d_95"},
    {kLevel99, kMinObservations99, "var_1d_99", "var_10d_99", "expected_shortfall_1d_99"},
};

void add_tail(const ScenarioResults& results, const TailColumns& columns, Figures& figures) {
  const bool enough = results.size() >= columns.min_observations;
  const auto add = [&](std::string_view name, const auto& measure) {
    figures.push_back(money_figure(name, [&](auto zero) {
      using T = decltype(zero);
      if (!enough) return std::optional<T>();
      return std::optional<T>(measure(std::span<const T>(results.in<T>().sorted)));
    }));
  };
  add(columns.var_1d, [&](auto sorted) { return value_at_risk(sorted, columns.level); });
  add(columns.var_10d, [&](auto sorted) {
    const auto one_day = value_at_risk(sorted, columns.level);
    return decltype(one_day)(one_day * sqrt(decltype(one_day)(kHorizonDays)));
  });
  add(columns.shortfall_1d, [&](auto sorted) { return expected_shortfall(sorted, columns.level); });
}

void add_moments(const ScenarioResults& results, int periods_per_year, Figures& figures) {
  const auto add = [&](std::string_view name, const auto& statistic) {
    figures.push_back(ratio_figure(name, [&](auto zero) {
      using T = decltype(zero);
      return statistic(std::span<const T>(results.in<T>().returns), T(periods_per_year));
    }));
  };
  add("volatility", [](auto returns, const auto& periods) { return volatility(returns, periods); });
  add("downside_deviation", [](auto returns, const auto& periods) {
    return downside_deviation(returns, std::decay_t<decltype(periods)>(0), periods);
  });
  add("skewness", [](auto returns, const auto&) { return skewness(returns); });
  add("excess_kurtosis", [](auto returns, const auto&) { return excess_kurtosis(returns); });
}

/// A portfolio that holds nothing cannot lose anything.
void add_zero_risk(Figures& figures) {
  for (const TailColumns& columns : kTails) {
    figures.push_back(exact_figure(columns.var_1d, Money{}));
    figures.push_back(exact_figure(columns.var_10d, Money{}));
    figures.push_back(exact_figure(columns.shortfall_1d, Money{}));
  }
  figures.push_back(exact_figure("volatility", Ratio{}));
  figures.push_back(exact_figure("downside_deviation", Ratio{}));
  figures.push_back({"skewness", std::nullopt, std::nullopt});
  figures.push_back({"excess_kurtosis", std::nullopt, std::nullopt});
}

void add_drawdown(std::span<const EquityPoint> equity, PortfolioRisk& risk) {
  if (equity.size() < 2) {
    for (const std::string_view name : {"current_drawdown", "max_drawdown", "high_water_mark",
                                        "average_drawdown", "ulcer_index"}) {
      risk.figures.push_back({name, std::nullopt, std::nullopt});
    }
    return;
  }
  const Drawdowns drawdowns = find_drawdowns(equity);
  risk.max_drawdown_duration_days = drawdowns.max_duration_days;
  risk.figures.push_back(exact_figure("current_drawdown", drawdowns.current));
  risk.figures.push_back(exact_figure("max_drawdown", drawdowns.max));
  risk.figures.push_back(exact_figure("high_water_mark", drawdowns.high_water_mark));

  std::vector<Ratio> depths;
  for (const DrawdownEpisode& episode : drawdowns.episodes) depths.push_back(episode.depth);
  risk.figures.push_back(ratio_figure("average_drawdown", [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> reals = to_reals<T>(depths);
    return mean(std::span<const T>(reals));
  }));

  // The starting capital is no day of its own: it precedes the first one.
  std::vector<EquityPoint> daily = last_of_each_day(equity.subspan(1));
  daily.insert(daily.begin(), equity.front());
  const std::vector<Ratio> series = drawdown_series(daily);
  risk.figures.push_back(ratio_figure("ulcer_index", [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> reals = to_reals<T>(series);
    return root_mean_square(std::span<const T>(reals));
  }));
}

void add_exposure(const PortfolioHistory& history, Money value, Figures& figures) {
  Money gross;
  Money net;
  for (const Holding& holding : history.holdings) {
    gross += magnitude_of(holding.value());
    net += holding.value();
  }
  figures.push_back(exact_figure("portfolio_value", value));
  figures.push_back(exact_figure("gross_exposure", gross));
  figures.push_back(exact_figure("net_exposure", net));
  // Herfindahl-Hirschman index: sum of the squared weights in the gross exposure.
  figures.push_back(ratio_figure("concentration_hhi", [&](auto zero) {
    using T = decltype(zero);
    T squares(0);
    T total(0);
    for (const Holding& holding : history.holdings) {
      const T units = abs(to_real<T>(holding.value_units()));
      squares += units * units;
      total += units;
    }
    return total == 0 ? std::optional<T>() : std::optional<T>(squares / (total * total));
  }));
}

std::string json_days(const std::vector<Day>& days) {
  std::string list;
  for (const Day day : days) list += concat(list.empty() ? "" : ", ", json_string(day_text(day)));
  return concat('[', list, ']');
}

std::string json_holdings(const PortfolioHistory& history) {
  std::string list;
  for (const Holding& holding : history.holdings) {
    list += concat(list.empty() ? "" : ", ", R"({"symbol": )", json_string(holding.symbol),
                   R"(, "quantity": )", holding.quantity.to_text());
    if (const auto price = holding.price()) {
      list += concat(R"(, "price": )", price->to_text(), R"(, "price_date": )",
                     json_string(day_text(holding.closes.back().day)), R"(, "value": )",
                     holding.value().to_text());
    }
    list += '}';
  }
  return concat('[', list, ']');
}

std::string describe(const PortfolioHistory& history, const ScenarioResults* results,
                     const Figures& figures) {
  std::string json =
      concat(R"({"window": )", kRiskWindow, R"(, "quantile_type": )", kDefaultQuantileType,
             R"(, "tail": "integral", "horizon_scaling": "sqrt", "ddof": 1, "target": 0, )",
             R"("periods_per_year": )", history.periods_per_year, R"(, "holdings_source": )",
             json_string(history.holdings_source), R"(, "holdings": )", json_holdings(history));
  if (results != nullptr) {
    const std::vector<Day>& days = results->scenarios().days;
    json += concat(R"(, "first_date": )", json_string(day_text(days.front())), R"(, "last_date": )",
                   json_string(day_text(days.back())), R"(, "tail_dates": {"0.95": )",
                   json_days(results->tail_days(kLevel95)));
    if (days.size() >= kMinObservations99) {
      json += concat(R"(, "0.99": )", json_days(results->tail_days(kLevel99)));
    }
    json += '}';
  }
  return json + concat(R"(, "figures": )", figures_json(figures), R"(, "warnings": )",
                       warnings_json(figures), '}');
}

}  // namespace

std::string figures_json(std::span<const RiskFigure> figures) {
  std::string members;
  for (const RiskFigure& figure : figures) {
    members += concat(members.empty() ? "" : ", ", json_string(figure.name), ": ",
                      figure.whole ? figure.whole->trimmed().to_text() : "null");
  }
  return concat('{', members, '}');
}

std::string warnings_json(std::span<const RiskFigure> figures,
                          std::span<const std::string> others) {
  std::string list;
  const auto add = [&](std::string_view warning) {
    list += concat(list.empty() ? "" : ", ", json_string(warning));
  };
  for (const std::string& warning : others) add(warning);
  for (const RiskFigure& figure : figures) {
    if (figure.stored || (!figure.whole && !figure.is_beyond)) continue;
    add(concat(figure.name, " does not fit its column"));
  }
  return concat('[', list, ']');
}

Money PortfolioHistory::value() const {
  Money sum = cash;
  for (const Holding& holding : holdings) sum += holding.value();
  return sum;
}

std::size_t min_observations(const Decimal& level) {
  return level > kLevel95 ? kMinObservations99 : kMinObservations95;
}

void require_observations(const PortfolioHistory& history, std::size_t observations,
                          std::size_t needed) {
  if (observations >= needed) return;
  std::string without;
  for (const Holding& holding : history.holdings) {
    if (!holding.closes.empty()) continue;
    without += concat(without.empty() ? " Without any daily bar: " : ", ", holding.symbol);
  }
  if (!without.empty()) without += '.';
  throw invalid(
      concat("value at risk needs at least ", needed, " daily returns common to all holdings"))
      .detail(concat("There are ", observations, " up to ", day_text(history.date), " of ",
                     history.holdings.size(), " holdings.", without))
      .hint("Load the daily bars (timeframe 1d) of the holdings into trading.market_data.");
}

PortfolioRisk portfolio_risk(const PortfolioHistory& history) {
  const Money value = history.value();

  PortfolioRisk risk;
  std::optional<ScenarioResults> results;
  if (history.holdings.empty()) {
    add_zero_risk(risk.figures);
  } else {
    results.emplace(history, value);
    require_observations(history, results->size(), kMinObservations95);
    risk.observations = static_cast<int>(results->size());
    risk.missing_observations = results->scenarios().missing_days;
    for (const TailColumns& columns : kTails) add_tail(*results, columns, risk.figures);
    add_moments(*results, history.periods_per_year, risk.figures);
  }
  add_drawdown(history.equity, risk);
  add_exposure(history, value, risk.figures);
  risk.parameters = describe(history, results ? &*results : nullptr, risk.figures);
  return risk;
}

}  // namespace quant
