// SPDX-License-Identifier: PostgreSQL
// What a portfolio would gain or lose in a scenario: shocks to its prices, or a stretch of history.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/risk/factor_exposures.hpp"
#include "core/risk/historical_simulation.hpp"

namespace quant {

/// Simple returns, as fractions, that prices are to have. The most specific one applies: of the
/// symbol, else of the sector, else of the type of asset, else of the factors, the days, the
/// volatility or all, of which a scenario has one at most.
struct StressScenario {
  std::map<std::string, Decimal> symbols;
  std::map<std::string, Decimal> sectors;
  std::map<std::string, Decimal> asset_types;
  /// Of symbols, or of differences of two.
  std::map<std::string, Decimal> factors;
  std::optional<Decimal> all;
  /// Standard deviations of a symbol's daily returns.
  std::optional<Decimal> volatility;
  /// Total return from the last close up to `from` to the last one up to `to`.
  struct Days {
    Day from = 0;
    Day to = 0;
  };
  std::optional<Days> days;
  /// The symbol by whose return and their beta holdings without bars in these days are judged.
  std::optional<std::string> market;
};

/// Reads {"symbols": {"AAPL": -0.2}, "sectors": {...}, "asset_types": {...}} and one of
/// {"factors": {...}}, {"from": "2020-02-19", "to": "2020-03-23", "market": "SPY"},
/// {"volatility": -3} and {"all": -0.1}. kInvalidParameter for what
/// is not one; `path` is where messages say that it stands.
[[nodiscard]] StressScenario read_stress_scenario(const Json& document, const std::string& path);

struct StressedHolding {
  Holding holding;
  std::string sector;
  std::string asset_type;
};

struct PositionStress {
  std::string symbol;
  Money value;
  /// The return that its price is given, rounded to 12 decimals.
  Decimal shock;
  Money pnl;
  /// symbol, sector, asset_type, factor, days, beta (of the market in these days), volatility, all,
  /// or none.
  std::string_view source;
};

/// P&L of each holding, its value times its shock, rounded to cents. `factors`: those of the
/// scenario, in its order; a holding's shock by them is the sum of theirs times its exposures over
/// the last 250 joint daily returns. `market` has the closes of the
/// scenario's market, if it names one. kInvalidParameter for a shock below -1 of a long position,
/// and where the days are not covered and nothing stands in for them.
[[nodiscard]] std::vector<PositionStress> stress_test(std::span<const StressedHolding> holdings,
                                                      const Holding* market,
                                                      std::span<const FactorSeries> factors,
                                                      const StressScenario& scenario);

/// The result as a JSON object: the P&L in all and of each position.
[[nodiscard]] std::string stress_json(std::span<const PositionStress> positions);

}  // namespace quant
