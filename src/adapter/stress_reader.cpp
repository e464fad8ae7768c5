// SPDX-License-Identifier: PostgreSQL
#include "adapter/stress_reader.hpp"

#include "core/base/error.hpp"
#include "core/risk/portfolio_risk.hpp"

#include "adapter/factor_reader.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/risk_reader.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

/// With the sectors and types of their assets.
std::vector<StressedHolding> read_stressed(std::vector<Holding> holdings) {
  std::vector<std::string> symbols;
  for (const Holding& holding : holdings) symbols.push_back(holding.symbol);
  const Rows rows = execute(
      "SELECT coalesce(a.sector, ''), coalesce(a.asset_type, '') "
      "FROM unnest($1) WITH ORDINALITY AS h (symbol, number) "
      "LEFT JOIN trading.assets a ON a.symbol = h.symbol ORDER BY h.number",
      Arguments().add(TEXTARRAYOID, text_array(symbols)));
  std::vector<StressedHolding> stressed;
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    stressed.push_back({std::move(holdings[i]), rows[i].string(1), rows[i].string(2)});
  }
  return stressed;
}

/// kNotFound for a name that no asset bears in this column: a typing error is not to pass for a
/// position that loses nothing.
void require_known(const std::map<std::string, Decimal>& shocks, std::string_view column) {
  if (shocks.empty()) return;
  std::vector<std::string> names;
  for (const auto& [name, shock] : shocks) names.push_back(name);
  const Rows rows = execute(concat("SELECT n FROM unnest($1) n WHERE NOT EXISTS (SELECT FROM "
                                   "trading.assets a WHERE a.",
                                   column, " = n) LIMIT 1"),
                            Arguments().add(TEXTARRAYOID, text_array(names)));
  if (rows.empty()) return;
  throw Error(ErrorCode::kNotFound, concat("the scenario names \"", rows[0].string(1),
                                           "\", which is the ", column, " of no asset"))
      .hint("Assets are rows of trading.assets.");
}

}  // namespace

StressScenario read_scenario(std::int64_t portfolio_id, const Json& document) {
  const std::string* name = document.string();
  if (name == nullptr) return read_stress_scenario(document, "scenario");
  const Rows rows = execute(
      "SELECT r.advanced_settings -> 'stress_scenarios' -> $2 FROM trading.portfolios p "
      "JOIN trading.risk_profiles r ON r.user_id = p.user_id AND r.is_active "
      "WHERE p.id = $1 ORDER BY r.is_default DESC, r.id LIMIT 1",
      Arguments().add(portfolio_id).add(*name));
  if (rows.empty() || rows[0].is_null(1)) {
    throw Error(ErrorCode::kNotFound, concat("there is no stress scenario \"", *name, '"'))
        .hint(
            "Stored scenarios are members of \"stress_scenarios\" in the advanced_settings of the "
            "active risk profile.");
  }
  const std::string path = concat("stress_scenarios.", *name);
  return read_stress_scenario(read_jsonb(rows[0].value(1, JSONBOID), path), path);
}

std::string stress_portfolio(std::int64_t portfolio_id, Day date, const StressScenario& scenario) {
  require_known(scenario.symbols, "symbol");
  require_known(scenario.sectors, "sector");
  require_known(scenario.asset_types, "asset_type");
  // The days may lie further back than the window of a risk: all bars are read then.
  const std::size_t window = scenario.days ? kLongestRiskWindow : kRiskWindow;
  const PortfolioHistory history = read_portfolio_history(portfolio_id, date, window);
  std::optional<Holding> market;
  if (scenario.market) market = read_symbol_history(*scenario.market, date);
  std::vector<FactorSeries> factors;
  for (const auto& [name, shock] : scenario.factors)
    factors.push_back(read_factor(name, name, date));
  return stress_json(
      stress_test(read_stressed(history.holdings), market ? &*market : nullptr, factors, scenario));
}

}  // namespace quant::pg
