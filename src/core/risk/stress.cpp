// SPDX-License-Identifier: PostgreSQL
#include "core/risk/stress.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/risk/holding_history.hpp"
#include "core/risk/portfolio_risk.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

constexpr int kShockDecimals = 12;

std::map<std::string, Decimal> read_shocks(const JsonReader& reader, std::string_view key) {
  std::map<std::string, Decimal> shocks;
  if (!reader.has(key)) return shocks;
  const JsonReader member = reader.at(key);
  member.expect_form(R"({"AAPL": -0.2})");
  for (const auto& [name, value] : *member.json().object()) {
    shocks[name] = member.at(name).short_number();
  }
  return shocks;
}

Day read_day(const JsonReader& reader) {
  if (const auto day = parse_day(reader.string())) return *day;
  throw reader.wrong(concat("\"", reader.string(), "\" is no date"))
      .hint("Write dates as \"2020-02-19\".");
}

/// The total return over the days; nothing where no close precedes them or none is among them.
std::optional<Ratio> return_over(const Holding& holding, const StressScenario::Days& days) {
  const DailyClose* before = close_until(holding, days.from);
  const DailyClose* after = close_until(holding, days.to);
  if (before == nullptr || after == before) return std::nullopt;
  return total_return(before->close, after->close, actions_between(holding, days.from, days.to));
}

/// Slope of the holding's returns on the market's over their joint days, as many as a risk looks
/// back.
template <typename T>
std::optional<T> beta_to(const Holding& holding, const Holding& market) {
  const std::vector<Holding> pair = {holding, market};
  std::vector<T> own;
  std::vector<T> markets;
  for (const auto& returns : joint_scenarios(pair, kRiskWindow).returns) {
    own.push_back(to_real<T>(returns[0]));
    markets.push_back(to_real<T>(returns[1]));
  }
  return beta(std::span<const T>(own), std::span<const T>(markets));
}

/// Standard deviation of the holding's returns, as many as a risk looks back.
template <typename T>
std::optional<T> deviation_of(const Holding& holding) {
  std::vector<T> own;
  for (const auto& returns : joint_scenarios({&holding, 1}, kRiskWindow).returns) {
    own.push_back(to_real<T>(returns[0]));
  }
  return standard_deviation(std::span<const T>(own));
}

/// A return in both arithmetics, and where it comes from.
class Shock {
 public:
  Shock(Decimal value, std::string_view source) : value_(value), source_(source) {}
  Shock(Ratio value, std::string_view source) : ratio_(value), source_(source) {}
  /// `value` times the beta of `holding` to `market`.
  Shock(Ratio value, const Holding& holding, const Holding& market)
      : ratio_(value), holding_(&holding), market_(&market), source_("beta") {}
  /// `value` times the standard deviation of `holding`.
  Shock(Decimal value, const Holding& holding)
      : value_(value), holding_(&holding), source_("volatility") {}

  [[nodiscard]] std::string_view source() const { return source_; }
  template <typename T>
  [[nodiscard]] std::optional<T> in() const {
    const T value = ratio_ ? to_real<T>(*ratio_) : to_real<T>(value_);
    if (holding_ == nullptr) return value;
    const auto slope =
        market_ == nullptr ? deviation_of<T>(*holding_) : beta_to<T>(*holding_, *market_);
    if (!slope) return std::nullopt;
    return T(*slope * value);
  }

 private:
  Decimal value_;
  std::optional<Ratio> ratio_;
  const Holding* holding_ = nullptr;
  const Holding* market_ = nullptr;
  std::string_view source_;
};

const Decimal* find_shock(const std::map<std::string, Decimal>& shocks, const std::string& name) {
  const auto found = shocks.find(name);
  return found == shocks.end() ? nullptr : &found->second;
}

Shock shock_over(const Holding& holding, const Holding* market, const StressScenario::Days& days) {
  if (const auto own = return_over(holding, days)) return {*own, "days"};
  const std::string span = concat(day_text(days.from), " to ", day_text(days.to));
  constexpr std::string_view kNeeds = "It needs a daily bar up to the first day and one after it.";
  if (market == nullptr) {
    throw invalid(concat(holding.symbol, " has no return over ", span))
        .detail(std::string(kNeeds))
        .hint("Name a symbol to judge it by: \"market\": \"SPY\".");
  }
  const auto moved = return_over(*market, days);
  if (!moved) {
    throw invalid(concat("the market ", market->symbol, " has no return over ", span))
        .detail(std::string(kNeeds));
  }
  if (!beta_to<Real>(holding, *market)) {
    throw invalid(concat(holding.symbol, " has no beta to ", market->symbol))
        .detail("They have fewer than 2 returns in common, or the market did not move.");
  }
  return {*moved, holding, *market};
}

Shock shock_by_volatility(const Holding& holding, const Decimal& deviations) {
  if (!deviation_of<Real>(holding)) {
    throw invalid(concat(holding.symbol, " has no volatility"))
        .detail("It has fewer than 2 daily returns.");
  }
  return {deviations, holding};
}

/// The factors' shocks times the exposures of the holding; of so many shares that their value is
/// exact in cents.
Shock shock_by_factors(const Holding& holding, std::span<const FactorSeries> factors,
                       const StressScenario& scenario) {
  PortfolioHistory one;
  one.holdings = {holding};
  one.holdings.front().quantity = Quantity::from_units(Int128{Quantity::kUnit} * Price::kUnit);
  const Regression exposures = factor_exposures(one, factors, kRiskWindow, StandardErrors::kOls);
  Real sum(0);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    sum += to_real<Real>(*exposures.terms[i + 1].estimate) *
           to_real<Real>(scenario.factors.at(factors[i].name));
  }
  return {round_real(sum, kShockDecimals).value, "factor"};
}

Shock shock_of(const StressedHolding& stressed, const Holding* market,
               std::span<const FactorSeries> factors, const StressScenario& scenario) {
  const Holding& holding = stressed.holding;
  if (const Decimal* own = find_shock(scenario.symbols, holding.symbol)) return {*own, "symbol"};
  if (const Decimal* own = find_shock(scenario.sectors, stressed.sector)) return {*own, "sector"};
  if (const Decimal* own = find_shock(scenario.asset_types, stressed.asset_type)) {
    return {*own, "asset_type"};
  }
  if (!factors.empty()) return shock_by_factors(holding, factors, scenario);
  if (scenario.days) return shock_over(holding, market, *scenario.days);
  if (scenario.volatility) return shock_by_volatility(holding, *scenario.volatility);
  if (scenario.all) return {*scenario.all, "all"};
  return {Decimal{}, "none"};
}

/// What moves the symbols that nothing more specific names.
void refuse_two_moves(const JsonReader& reader, const StressScenario& scenario) {
  std::string first;
  for (const auto& [given, name] : {std::pair(!scenario.factors.empty(), "\"factors\""),
                                    std::pair(scenario.days.has_value(), "days"),
                                    std::pair(scenario.volatility.has_value(), "\"volatility\""),
                                    std::pair(scenario.all.has_value(), "\"all\"")}) {
    if (!given) continue;
    if (!first.empty()) throw reader.wrong(concat(first, " and ", name, " cannot both be given"));
    first = name;
  }
}

}  // namespace

StressScenario read_stress_scenario(const Json& document, const std::string& path) {
  const JsonReader reader(document, path);
  reader.expect_form(R"({"symbols": {"AAPL": -0.2}, "all": -0.1})");
  reader.expect_object({"symbols", "sectors", "asset_types", "factors", "volatility", "all", "from",
                        "to", "market"});
  StressScenario scenario;
  scenario.symbols = read_shocks(reader, "symbols");
  scenario.sectors = read_shocks(reader, "sectors");
  scenario.asset_types = read_shocks(reader, "asset_types");
  scenario.factors = read_shocks(reader, "factors");
  if (reader.has("all")) scenario.all = reader.at("all").short_number();
  if (reader.has("volatility")) scenario.volatility = reader.at("volatility").short_number();
  if (reader.has("market")) scenario.market = reader.at("market").string();
  if (reader.has("from") || reader.has("to")) {
    scenario.days = {read_day(reader.at("from")), read_day(reader.at("to"))};
    if (scenario.days->to <= scenario.days->from) {
      throw reader.wrong("\"to\" must be later than \"from\"");
    }
  } else if (scenario.market) {
    throw reader.wrong("\"market\" means nothing without \"from\" and \"to\"");
  }
  refuse_two_moves(reader, scenario);
  return scenario;
}

std::vector<PositionStress> stress_test(std::span<const StressedHolding> holdings,
                                        const Holding* market,
                                        std::span<const FactorSeries> factors,
                                        const StressScenario& scenario) {
  std::vector<PositionStress> positions;
  for (const StressedHolding& stressed : holdings) {
    const Holding& holding = stressed.holding;
    if (holding.closes.empty()) {
      throw invalid(concat(holding.symbol, " has no daily bar"))
          .hint("Load the daily bars (timeframe 1d) of the holdings into trading.market_data.");
    }
    const Shock shock = shock_of(stressed, market, factors, scenario);
    const auto rounded =
        round_figure([&](auto zero) { return shock.in<decltype(zero)>(); }, kShockDecimals);
    if (holding.quantity > Quantity{} && *rounded < Decimal{-1, 0}) {
      throw invalid(concat("a shock of ", holding.symbol, " is below -1"))
          .detail(concat("It is ", rounded->trimmed().to_text(), " by its ", shock.source(),
                         "; a long position cannot lose more than its value."))
          .hint("Shocks are fractions: -0.2 is a fall by 20 percent.");
    }
    const auto pnl = round_figure(
        [&](auto zero) {
          using T = decltype(zero);
          const auto moved = shock.in<T>();
          if (!moved) return moved;
          return std::optional<T>(to_real<T>(Decimal{holding.value_units(), kValueScale}) * *moved);
        },
        Money::kScale);
    positions.push_back({holding.symbol, holding.value(), *rounded,
                         Money::from_units(pnl->mantissa), shock.source()});
  }
  return positions;
}

std::string stress_json(std::span<const PositionStress> positions) {
  Money total;
  std::string list;
  for (const PositionStress& position : positions) {
    total += position.pnl;
    list += concat(list.empty() ? "" : ", ", R"({"symbol": )", json_string(position.symbol),
                   R"(, "value": )", position.value.to_text(), R"(, "shock": )",
                   position.shock.trimmed().to_text(), R"(, "pnl": )", position.pnl.to_text(),
                   R"(, "source": ")", position.source, "\"}");
  }
  return concat(R"({"pnl": )", total.to_text(), R"(, "positions": [)", list, "]}");
}

}  // namespace quant
