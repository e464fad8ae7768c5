// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/risk/historical_simulation.hpp"
#include "core/risk/returns.hpp"

namespace quant {

/// Number of past returns that a historical simulation looks back.
inline constexpr std::size_t kRiskWindow = 250;
/// Longest series of past returns that can be asked for.
inline constexpr std::size_t kLongestRiskWindow = 10'000;
/// Fewer observations than these say nothing about the tail at 95 and 99 percent.
inline constexpr std::size_t kMinObservations95 = 60;
inline constexpr std::size_t kMinObservations99 = 100;

/// What the risk of a portfolio on a day is found from.
struct PortfolioHistory {
  Day date = 0;
  Money cash;
  std::vector<Holding> holdings;
  /// Name of the table that the holdings were read from.
  std::string holdings_source;
  int periods_per_year = 252;
  /// Starting capital, then the equity of each bar up to the date; empty without a curve.
  std::vector<EquityPoint> equity;

  /// Cash and holdings at their last closes.
  [[nodiscard]] Money value() const;
};

/// How many joint returns a tail at a confidence level needs.
[[nodiscard]] std::size_t min_observations(const Decimal& level);
/// kInvalidParameter, with what is missing, where there are fewer.
void require_observations(const PortfolioHistory& history, std::size_t observations,
                          std::size_t needed);

/// One figure: rounded to the scale of its column, and with 12 decimals. `stored` is nothing where
/// the figure is not defined, or does not fit the column (then only `whole` is there).
struct RiskFigure {
  static constexpr int kRatioDecimals = 4;
  static constexpr int kWholeDecimals = 12;
  std::string_view name;
  std::optional<Decimal> stored;
  std::optional<Decimal> whole;
  bool is_beyond = false;  // too large for 38 digits
};

/// A JSON object of the figures with 12 decimals, and a list that names those that do not fit,
/// behind `others`.
[[nodiscard]] std::string figures_json(std::span<const RiskFigure> figures);
[[nodiscard]] std::string warnings_json(std::span<const RiskFigure> figures,
                                        std::span<const std::string> others = {});

/// A ratio or fraction; one that does not fit its column is only kept whole.
template <typename Figure>
[[nodiscard]] RiskFigure ratio_figure(std::string_view name, const Figure& figure) {
  const std::optional<Real> value = figure(Real{});
  if (value && abs(*value) > Real("1e24")) return {name, std::nullopt, std::nullopt, true};
  auto stored = round_value(value, figure, RiskFigure::kRatioDecimals);
  constexpr Int128 kLimit = 9999'9999;  // numeric(8,4)
  if (stored && magnitude(stored->mantissa) > kLimit) stored = std::nullopt;
  return {name, stored, round_value(value, figure, RiskFigure::kWholeDecimals)};
}

struct PortfolioRisk {
  int observations = 0;
  int missing_observations = 0;
  std::optional<int> max_drawdown_duration_days;
  /// By column name of trading.risk_metrics.
  std::vector<RiskFigure> figures;
  /// JSON: how the figures were found, which dates form the tails, every figure with 12 decimals.
  std::string parameters;
};

/// Risk of a portfolio by historical simulation: value at risk and expected shortfall for 1 day
/// (and 10 days by the square root of time) in money, loss positive; annualised volatility and
/// downside deviation, skewness and excess kurtosis of the scenario returns P&L / portfolio value;
/// drawdown of the equity curve; exposure. A portfolio without holdings has a risk of 0.
/// kInvalidParameter for fewer than 60 joint returns; the 99 percent figures need 100.
[[nodiscard]] PortfolioRisk portfolio_risk(const PortfolioHistory& history);

}  // namespace quant
