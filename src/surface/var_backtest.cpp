// SPDX-License-Identifier: PostgreSQL
#include "core/risk/var_backtest.hpp"

#include "adapter/call_arguments.hpp"
#include "adapter/numeric_array.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/var_outcomes.hpp"

namespace quant::pg {

namespace {

void put(TupleSink& row, const LikelihoodRatio& ratio) {
  row.put(ratio.statistic).put(ratio.p_value);
}

Datum packed(FunctionCallInfo fcinfo, const VarBacktest& result, std::size_t observations,
             std::size_t missing) {
  TupleSink row(result_description(fcinfo));
  row.put(result.exceptions);
  put(row, result.kupiec);
  put(row, result.independence);
  put(row, result.conditional_coverage);
  row.put(result.zone).put(result.multiplier);
  row.put(static_cast<std::int64_t>(observations)).put(static_cast<std::int64_t>(missing));
  return row.composite();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_var_backtest);
Datum quant_var_backtest(PG_FUNCTION_ARGS) {
  return guard([&] {
    const auto losses = read_numeric_array(required(fcinfo, 0, "losses"), "losses");
    const auto forecasts = read_numeric_array(required(fcinfo, 1, "forecasts"), "forecasts");
    const Decimal level = decode_decimal(required(fcinfo, 2, "level"), "level");
    if (losses.size() != forecasts.size()) {
      throw invalid("losses and forecasts differ in number")
          .detail(
              concat("There are ", losses.size(), " losses and ", forecasts.size(), " forecasts."))
          .hint("Forecast i is the value at risk that was known before loss i.");
    }
    std::vector<VarOutcome> outcomes;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      if (losses[i] && forecasts[i]) outcomes.push_back({*losses[i], *forecasts[i]});
    }
    return packed(fcinfo, backtest_var(outcomes, level), outcomes.size(),
                  losses.size() - outcomes.size());
  });
}

PG_FUNCTION_INFO_V1(quant_portfolio_var_backtest);
Datum quant_portfolio_var_backtest(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const Decimal level = decode_decimal(required(fcinfo, 1, "level"), "level");
    const DateADT from = date_argument(fcinfo, 2, "from_date");
    const DateADT to = date_argument(fcinfo, 3, "to_date");
    const PnlKind kind = parse_pnl_kind(text_value(required(fcinfo, 4, "pnl")));
    VarOutcomes found;
    with_spi([&] { found = read_var_outcomes(portfolio_id, level, kind, from, to); });
    return packed(fcinfo, backtest_var(found.outcomes, level), found.outcomes.size(),
                  static_cast<std::size_t>(found.missing));
  });
}

}  // extern "C"

}  // namespace quant::pg
