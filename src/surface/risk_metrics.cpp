// SPDX-License-Identifier: PostgreSQL
#include "core/risk/drawdown.hpp"
#include "core/risk/risk_contributions.hpp"

#include "adapter/call_arguments.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/risk_reader.hpp"
#include "adapter/risk_record.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/spi.hpp"
#include "adapter/stress_reader.hpp"

namespace quant::pg {

namespace {

/// (portfolio_id, as_of, method, level, horizon, lookback, options)
struct RiskCall {
  std::int64_t portfolio_id = 0;
  DateADT date = 0;
  RiskRequest request;
};

RiskCall read_risk_call(FunctionCallInfo fcinfo) {
  RiskCall call;
  call.portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
  call.date = date_argument(fcinfo, 1, "as_of");
  TailRiskOptions& options = call.request.options;
  options.pause = serve_interrupts;
  options.method = parse_risk_method(text_value(required(fcinfo, 2, "method")));
  call.request.level = decode_decimal(required(fcinfo, 3, "level"), "level");
  (void)tail_probability(call.request.level);
  options.horizon = whole_argument(fcinfo, 4, "horizon", kLongestHorizon);
  call.request.lookback = static_cast<std::size_t>(
      whole_argument(fcinfo, 5, "lookback", static_cast<int>(kLongestRiskWindow)));
  const int horizon = options.horizon;
  if (!PG_ARGISNULL(6)) apply_risk_options(read_jsonb(PG_GETARG_DATUM(6), "options"), options);
  if (horizon != 1 && options.horizon != horizon) {
    throw invalid("the horizon is given twice")
        .detail(concat("It is ", horizon, " as an argument, ", options.horizon, " in options."));
  }
  return call;
}

PortfolioHistory history_of(const RiskCall& call) {
  PortfolioHistory history;
  with_spi([&] {
    history = read_portfolio_history(call.portfolio_id, call.date, call.request.lookback);
  });
  return history;
}

void warn_of_repair(const Decimal& change) {
  const std::string detail = concat("Negative eigenvalues were set to 0; a correlation changed by ",
                                    change.to_text(), ".");
  call_server([&] {
    ereport(WARNING, (errmsg("the correlations of the holdings are not positive definite"),
                      errdetail("%s", detail.c_str())));
  });
}

void put_day(TupleSink& row, const std::optional<Day>& day) {
  day ? row.put_datum(DateADTGetDatum(*day)) : row.put_null();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_record_risk_metrics);
Datum quant_record_risk_metrics(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const DateADT date = date_argument(fcinfo, 1, "date");
    std::int64_t id = 0;
    with_spi([&] { id = record_risk(portfolio_id, date); });
    return Int64GetDatum(id);
  });
}

PG_FUNCTION_INFO_V1(quant_drawdowns);
Datum quant_drawdowns(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const DateADT date = date_argument(fcinfo, 1, "as_of");
    std::vector<EquityPoint> curve;
    with_spi([&] { curve = read_equity_curve(portfolio_id, date); });
    TupleSink rows(begin_result_set(fcinfo));
    if (curve.empty()) return Datum{0};
    for (const DrawdownEpisode& episode : find_drawdowns(curve).episodes) {
      rows.put_time(episode.peak.timestamp).put_time(episode.trough.timestamp);
      rows.put_time(episode.recovery ? std::optional(episode.recovery->timestamp) : std::nullopt);
      rows.put(rounded(episode.depth, RiskFigure::kWholeDecimals));
      rows.put(episode.peak.equity).put(episode.trough.equity);
      rows.put_datum(Int32GetDatum(episode.duration_days)).end_row();
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_stress_test);
Datum quant_stress_test(PG_FUNCTION_ARGS) {
  return guard([&] {
    const std::int64_t portfolio_id = DatumGetInt64(required(fcinfo, 0, "portfolio_id"));
    const DateADT date = date_argument(fcinfo, 1, "as_of");
    const Json document = read_jsonb(required(fcinfo, 2, "scenario"), "scenario");
    std::string result;
    with_spi([&] {
      result = stress_portfolio(portfolio_id, date, read_scenario(portfolio_id, document));
    });
    return encode_jsonb(result);
  });
}

PG_FUNCTION_INFO_V1(quant_portfolio_risk);
Datum quant_portfolio_risk(PG_FUNCTION_ARGS) {
  return guard([&] {
    const RiskCall call = read_risk_call(fcinfo);
    const PortfolioTail risk = portfolio_tail(history_of(call), call.request);
    if (risk.repaired) warn_of_repair(*risk.repaired);
    TupleSink row(result_description(fcinfo));
    row.put(risk.value_at_risk).put(risk.expected_shortfall).put(risk.portfolio_value);
    row.put_datum(Int32GetDatum(risk.observations));
    row.put_datum(Int32GetDatum(risk.missing_observations));
    put_day(row, risk.first_day);
    put_day(row, risk.last_day);
    return row.composite();
  });
}

PG_FUNCTION_INFO_V1(quant_risk_contributions);
Datum quant_risk_contributions(PG_FUNCTION_ARGS) {
  return guard([&] {
    const RiskCall call = read_risk_call(fcinfo);
    TupleSink rows(begin_result_set(fcinfo));
    for (const PositionRisk& position : risk_contributions(history_of(call), call.request)) {
      rows.put(position.symbol).put(position.quantity).put(position.value);
      rows.put(position.component_var).put(position.component_shortfall);
      rows.put(position.marginal_var).put(position.incremental_var).end_row();
    }
    return Datum{0};
  });
}

}  // extern "C"

}  // namespace quant::pg
