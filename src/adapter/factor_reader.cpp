// SPDX-License-Identifier: PostgreSQL
#include "adapter/factor_reader.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

bool is_asset(const std::string& symbol) {
  return !execute("SELECT 1 FROM trading.assets a WHERE a.symbol = $1", Arguments().add(symbol))
              .empty();
}

}  // namespace

FactorSeries read_factor(const std::string& name, const std::string& symbols, Day date) {
  if (is_asset(symbols)) return {name, read_symbol_history(symbols, date), std::nullopt};
  for (std::size_t dash = symbols.find('-'); dash != std::string::npos;
       dash = symbols.find('-', dash + 1)) {
    const std::string lead = symbols.substr(0, dash);
    const std::string against = symbols.substr(dash + 1);
    if (!is_asset(lead) || !is_asset(against)) continue;
    return {name, read_symbol_history(lead, date), read_symbol_history(against, date)};
  }
  throw Error(ErrorCode::kNotFound, concat("the factor \"", symbols, "\" is no asset"))
      .detail("It is a symbol of trading.assets, or two of them with a hyphen between.");
}

std::vector<FactorSeries> read_factors(const std::vector<std::string>& names, Day date) {
  std::vector<FactorSeries> factors;
  for (const std::string& name : names) factors.push_back(read_factor(name, name, date));
  return factors;
}

}  // namespace quant::pg
