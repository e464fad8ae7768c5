// SPDX-License-Identifier: PostgreSQL
#include "adapter/risk_record.hpp"

#include "core/base/json_reader.hpp"
#include "core/risk/factor_exposures.hpp"

#include "adapter/factor_reader.hpp"
#include "adapter/order_check.hpp"
#include "adapter/risk_writer.hpp"
#include "adapter/spi.hpp"
#include "adapter/stress_reader.hpp"

namespace quant::pg {

namespace {

constexpr std::array<std::string_view, 5> kFactors = {"market", "size", "value", "momentum",
                                                      "quality"};

/// The factors that the profile names, the market by default the portfolio's benchmark.
std::vector<FactorSeries> profile_factors(const Json& settings,
                                          const std::optional<std::string>& benchmark, Day date) {
  std::vector<FactorSeries> factors;
  const JsonReader reader(settings, "advanced_settings");
  const bool has_factors = reader.has("factors");
  if (has_factors) reader.at("factors").expect_object(kFactors);
  for (const std::string_view name : kFactors) {
    if (has_factors && reader.at("factors").has(name)) {
      const std::string symbols = reader.at("factors").at(name).string();
      factors.push_back(read_factor(std::string(name), symbols, date));
    } else if (name == "market" && benchmark) {
      factors.push_back(read_factor("market", *benchmark, date));
    }
  }
  return factors;
}

/// Runs `body`; what it cannot work out is a warning and not the end of the record.
template <typename Body>
void try_figure(std::string_view what, RiskExtras& extras, const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal) throw;
    extras.warnings.push_back(concat(what, ": ", error.message(), ". ", error.detail()));
  }
}

RiskFigure stored_figure(std::string_view name, const std::optional<Decimal>& value) {
  return ratio_figure(name, [&](auto zero) {
    using T = decltype(zero);
    return value ? std::optional<T>(to_real<T>(*value)) : std::optional<T>();
  });
}

void add_exposures(const PortfolioHistory& history, const Json& settings,
                   const std::optional<std::string>& benchmark, RiskExtras& extras) {
  std::map<std::string, std::optional<Decimal>, std::less<>> found;
  std::vector<FactorSeries> factors;
  try_figure("factors", extras, [&] {
    if (!history.holdings.empty()) factors = profile_factors(settings, benchmark, history.date);
  });
  try_figure("factors", extras, [&] {
    if (factors.empty()) return;
    const Regression all = factor_exposures(history, factors, kRiskWindow, StandardErrors::kOls);
    for (std::size_t i = 0; i < factors.size(); ++i) {
      found[factors[i].name] = all.terms[i + 1].estimate;
    }
    found["r_squared"] = all.r_squared;
    extras.factor_observations = static_cast<int>(all.observations);
  });
  // The beta of the market is that of the market alone: other factors may depend on it.
  try_figure("market", extras, [&] {
    if (factors.empty() || factors.front().name != "market") return;
    found["market"] =
        factor_exposures(history, std::span(factors).first(1), kRiskWindow, StandardErrors::kOls)
            .terms[1]
            .estimate;
  });
  std::optional<Decimal> correlation;
  try_figure("benchmark", extras, [&] {
    if (!benchmark || history.holdings.empty()) return;
    correlation =
        correlation_with(history, read_symbol_history(*benchmark, history.date), kRiskWindow);
  });
  const std::array<std::pair<std::string_view, std::string_view>, 6> columns = {
      {{"market_beta", "market"},
       {"size_exposure", "size"},
       {"value_exposure", "value"},
       {"momentum_exposure", "momentum"},
       {"quality_exposure", "quality"},
       {"r_squared", "r_squared"}}};
  for (const auto& [column, name] : columns) {
    extras.figures.push_back(stored_figure(column, found[std::string(name)]));
  }
  extras.figures.push_back(stored_figure("benchmark_correlation", correlation));
}

/// A figure of a date is not to pass for one of today when the bars ended long before.
void warn_of_old_prices(const PortfolioHistory& history, RiskExtras& extras) {
  constexpr Day kOldPrice = 10;  // days: longer than any holiday
  for (const Holding& holding : history.holdings) {
    if (holding.closes.empty()) continue;
    const Day last = holding.closes.back().day;
    if (history.date - last <= kOldPrice) continue;
    extras.warnings.push_back(concat("prices: the last daily bar of ", holding.symbol, " is of ",
                                     day_text(last), ", ", history.date - last,
                                     " days before the date"));
  }
}

/// Every stored scenario by its name; the loss is positive.
void add_stress(std::int64_t portfolio_id, const PortfolioHistory& history, const Json& settings,
                RiskExtras& extras) {
  const Json* scenarios = settings.find("stress_scenarios");
  std::string members;
  if (scenarios != nullptr && scenarios->object() == nullptr) {
    extras.warnings.push_back("stress_scenarios is no object");
  }
  if (scenarios != nullptr && scenarios->object() != nullptr) {
    for (const JsonMember& member : *scenarios->object()) {
      try_figure(concat("scenario ", member.name), extras, [&] {
        const StressScenario scenario =
            read_stress_scenario(member.value, concat("stress_scenarios.", member.name));
        members += concat(members.empty() ? "" : ", ", json_string(member.name), ": ",
                          stress_portfolio(portfolio_id, history.date, scenario));
      });
    }
  }
  extras.stress_test_results = concat('{', members, '}');
}

std::optional<Decimal> figure_named(const PortfolioRisk& risk, std::string_view name) {
  for (const RiskFigure& figure : risk.figures) {
    if (figure.name == name) return figure.stored;
  }
  return std::nullopt;
}

void add_breaches(const PortfolioHistory& history, std::int64_t portfolio_id,
                  const ActiveProfile& profile, const PortfolioRisk& risk, RiskExtras& extras) {
  const auto money = [&](std::string_view name) {
    const auto figure = figure_named(risk, name);
    return figure ? Money::from_decimal(*figure) : std::nullopt;
  };
  AccountExposure exposure = read_exposure(portfolio_id, midnight(history.date));
  // Holdings of the day, not of now.
  exposure.equity = history.value();
  std::map<std::string, std::optional<std::string>> sectors;
  for (const HeldPosition& position : exposure.positions)
    sectors[position.symbol] = position.sector;
  exposure.positions.clear();
  for (const Holding& holding : history.holdings) {
    exposure.positions.push_back(
        {holding.symbol, sectors[holding.symbol], holding.quantity, holding.value()});
  }
  if (const auto drawdown = figure_named(risk, "current_drawdown")) exposure.drawdown = *drawdown;
  extras.limit_breaches = limit_checks_json(limit_breaches(
      profile.limits, exposure,
      {money("var_1d_95"), money("expected_shortfall_1d_95"), figure_named(risk, "volatility")}));
}

}  // namespace

std::int64_t record_risk(std::int64_t portfolio_id, DateADT date) {
  const RiskSubject subject = read_risk_subject(portfolio_id, date);
  const PortfolioRisk risk = portfolio_risk(subject.history);
  const auto profile = read_active_profile(portfolio_id);
  RiskExtras extras;
  warn_of_old_prices(subject.history, extras);
  if (profile) {
    add_exposures(subject.history, profile->settings, read_benchmark_symbol(portfolio_id), extras);
    add_stress(portfolio_id, subject.history, profile->settings, extras);
    add_breaches(subject.history, portfolio_id, *profile, risk, extras);
  }
  return store_risk_metrics(portfolio_id, subject, risk, extras);
}

}  // namespace quant::pg
