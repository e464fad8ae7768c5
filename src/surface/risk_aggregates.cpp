// SPDX-License-Identifier: PostgreSQL
// Aggregates over returns and equity: value_at_risk, expected_shortfall, max_drawdown, and the
// statistics of core/risk/return_statistic.hpp.
#include <algorithm>
#include <limits>
#include <numeric>

#include "core/risk/equity_statistics.hpp"
#include "core/risk/return_statistic.hpp"
#include "core/risk/returns.hpp"
#include "core/risk/risk_method.hpp"

#include "adapter/aggregate_call.hpp"
#include "adapter/jsonb_reader.hpp"
#include "adapter/numeric_codec.hpp"
#include "adapter/spi.hpp"

namespace quant::pg {

namespace {

constexpr int kFirstParameter = 2;

/// (state, r, level [, method [, options]])
StateParameters read_tail_risk(FunctionCallInfo fcinfo) {
  const Decimal level = read_number(fcinfo, kFirstParameter, "level");
  (void)tail_probability(level);
  TailRiskOptions options;
  if (PG_NARGS() > kFirstParameter + 1) {
    if (PG_ARGISNULL(kFirstParameter + 1)) throw invalid("method must not be null");
    options.method = parse_risk_method(text_value(PG_GETARG_DATUM(kFirstParameter + 1)));
  }
  if (PG_NARGS() > kFirstParameter + 2 && !PG_ARGISNULL(kFirstParameter + 2)) {
    apply_risk_options(read_jsonb(PG_GETARG_DATUM(kFirstParameter + 2), "options"), options);
  }
  StateParameters parameters;
  for (const Decimal& number : {level, options.lambda, options.degrees_of_freedom,
                                Decimal{options.paths, 0}, Decimal{options.seed, 0}}) {
    parameters.add(number);
  }
  parameters.method = static_cast<std::uint8_t>(options.method);
  parameters.quantile_type = static_cast<std::uint8_t>(options.quantile_type);
  parameters.tail = static_cast<std::uint8_t>(options.tail);
  parameters.init = static_cast<std::uint8_t>(options.init);
  parameters.ddof = static_cast<std::uint8_t>(options.ddof);
  parameters.horizon = static_cast<std::uint16_t>(options.horizon);
  parameters.overlapping = options.overlapping ? 1 : 0;
  return parameters;
}

/// (state, r [, b] [, number [, number]]): which number is what, the final function knows.
template <StateKind kKind>
StateParameters read_statistic(FunctionCallInfo fcinfo) {
  StateParameters parameters;
  for (int i = first_parameter(kKind); i < PG_NARGS(); ++i) {
    parameters.add(read_number(fcinfo, i, concat("argument ", i)));
  }
  return parameters;
}

constexpr AggregateFamily kTailRisk = {StateKind::kTailRisk, "r", read_tail_risk,
                                       check_simple_return};
constexpr AggregateFamily kStatistic = {StateKind::kReturnStatistic, "r",
                                        read_statistic<StateKind::kReturnStatistic>,
                                        check_simple_return};
constexpr AggregateFamily kRelative = {StateKind::kRelativeStatistic, "return",
                                       read_statistic<StateKind::kRelativeStatistic>,
                                       check_simple_return};
constexpr AggregateFamily kEquity = {StateKind::kEquity, "equity", nullptr, [](const Decimal&) {}};

/// -1, which no option is, for what is none.
template <typename Integer = int>
Integer whole_number(const Decimal& number) {
  const bool fits = number.scale == 0 && number.mantissa >= 0 &&
                    number.mantissa <= std::numeric_limits<Integer>::max();
  return fits ? static_cast<Integer>(number.mantissa) : Integer{-1};
}

TailRiskOptions tail_risk_options(const StateParameters& parameters) {
  const TailRiskOptions options = {.method = static_cast<RiskMethod>(parameters.method),
                                   .quantile_type = parameters.quantile_type,
                                   .tail = static_cast<Tail>(parameters.tail),
                                   .init = static_cast<EwmaStart>(parameters.init),
                                   .ddof = parameters.ddof,
                                   .horizon = parameters.horizon,
                                   .lambda = parameters.number(1),
                                   .degrees_of_freedom = parameters.number(2),
                                   .paths = whole_number(parameters.number(3)),
                                   .seed = whole_number<std::int64_t>(parameters.number(4)),
                                   .overlapping = parameters.overlapping != 0,
                                   .pause = serve_interrupts};
  check_risk_options(options);  // a forged state may hold anything
  return options;
}

Datum finish_tail_risk(FunctionCallInfo fcinfo,
                       std::optional<Decimal> (*figure)(DecimalSample, const Decimal&,
                                                        const TailRiskOptions&)) {
  return return_nullable(fcinfo, guard([&]() -> NullableDatum {
                           const auto state = read_state(fcinfo, StateKind::kTailRisk);
                           if (!state) return encode_optional(std::nullopt);
                           const StateParameters& parameters = state->header().parameters;
                           return encode_optional(figure(state->sample(), parameters.number(0),
                                                         tail_risk_options(parameters)));
                         }));
}

Datum finish_statistic(FunctionCallInfo fcinfo, const char* name,
                       StateKind kind = StateKind::kReturnStatistic) {
  return return_nullable(
      fcinfo, guard([&]() -> NullableDatum {
        const auto state = read_state(fcinfo, kind);
        if (!state) return encode_optional(std::nullopt);
        std::vector<Decimal> numbers;
        for (std::size_t i = 0; i < state->header().parameters.count; ++i) {
          numbers.push_back(state->header().parameters.number(i));
        }
        return encode_optional(evaluate(return_statistic(name), state->sample(), numbers));
      }));
}

/// The values in order of time; equal times by value, so that no plan changes the result.
EquitySample in_order_of_time(const AggregateState& state) {
  const std::vector<Int128> values = state.sample().mantissas;
  const std::vector<Timestamp> timestamps = state.timestamps();
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return timestamps[a] != timestamps[b] ? timestamps[a] < timestamps[b] : values[a] < values[b];
  });
  EquitySample sorted{{}, utc_day(timestamps[order.back()]) - utc_day(timestamps[order.front()])};
  sorted.values.reserve(values.size());
  for (const std::size_t index : order) sorted.values.push_back(values[index]);
  return sorted;
}

Datum finish_equity(FunctionCallInfo fcinfo,
                    std::optional<Decimal> (*figure)(const EquitySample&)) {
  return return_nullable(fcinfo, guard([&]() -> NullableDatum {
                           const auto state = read_state(fcinfo, StateKind::kEquity);
                           if (!state) return encode_optional(std::nullopt);
                           return encode_optional(figure(in_order_of_time(*state)));
                         }));
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_tail_risk_accumulate);
Datum quant_tail_risk_accumulate(PG_FUNCTION_ARGS) {
  return guard([&] { return accumulate(fcinfo, kTailRisk); });
}

PG_FUNCTION_INFO_V1(quant_tail_risk_combine);
Datum quant_tail_risk_combine(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&] { return combine(fcinfo, kTailRisk); }));
}

PG_FUNCTION_INFO_V1(quant_value_at_risk_final);
Datum quant_value_at_risk_final(PG_FUNCTION_ARGS) {
  return finish_tail_risk(fcinfo, value_at_risk);
}

PG_FUNCTION_INFO_V1(quant_expected_shortfall_final);
Datum quant_expected_shortfall_final(PG_FUNCTION_ARGS) {
  return finish_tail_risk(fcinfo, expected_shortfall);
}

PG_FUNCTION_INFO_V1(quant_return_statistic_accumulate);
Datum quant_return_statistic_accumulate(PG_FUNCTION_ARGS) {
  return guard([&] { return accumulate(fcinfo, kStatistic); });
}

PG_FUNCTION_INFO_V1(quant_return_statistic_combine);
Datum quant_return_statistic_combine(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&] { return combine(fcinfo, kStatistic); }));
}

PG_FUNCTION_INFO_V1(quant_volatility_final);
Datum quant_volatility_final(PG_FUNCTION_ARGS) { return finish_statistic(fcinfo, "volatility"); }

PG_FUNCTION_INFO_V1(quant_downside_deviation_final);
Datum quant_downside_deviation_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "downside_deviation");
}

PG_FUNCTION_INFO_V1(quant_sharpe_ratio_final);
Datum quant_sharpe_ratio_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "sharpe_ratio");
}

PG_FUNCTION_INFO_V1(quant_sortino_ratio_final);
Datum quant_sortino_ratio_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "sortino_ratio");
}

PG_FUNCTION_INFO_V1(quant_omega_ratio_final);
Datum quant_omega_ratio_final(PG_FUNCTION_ARGS) { return finish_statistic(fcinfo, "omega_ratio"); }

PG_FUNCTION_INFO_V1(quant_skewness_final);
Datum quant_skewness_final(PG_FUNCTION_ARGS) { return finish_statistic(fcinfo, "skewness"); }

PG_FUNCTION_INFO_V1(quant_excess_kurtosis_final);
Datum quant_excess_kurtosis_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "excess_kurtosis");
}

PG_FUNCTION_INFO_V1(quant_tail_ratio_final);
Datum quant_tail_ratio_final(PG_FUNCTION_ARGS) { return finish_statistic(fcinfo, "tail_ratio"); }

PG_FUNCTION_INFO_V1(quant_probabilistic_sharpe_ratio_final);
Datum quant_probabilistic_sharpe_ratio_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "probabilistic_sharpe_ratio");
}

PG_FUNCTION_INFO_V1(quant_deflated_sharpe_ratio_final);
Datum quant_deflated_sharpe_ratio_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "deflated_sharpe_ratio");
}

PG_FUNCTION_INFO_V1(quant_relative_statistic_accumulate);
Datum quant_relative_statistic_accumulate(PG_FUNCTION_ARGS) {
  return guard([&] { return accumulate(fcinfo, kRelative); });
}

PG_FUNCTION_INFO_V1(quant_relative_statistic_combine);
Datum quant_relative_statistic_combine(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&] { return combine(fcinfo, kRelative); }));
}

PG_FUNCTION_INFO_V1(quant_beta_final);
Datum quant_beta_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "beta", StateKind::kRelativeStatistic);
}

PG_FUNCTION_INFO_V1(quant_alpha_final);
Datum quant_alpha_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "alpha", StateKind::kRelativeStatistic);
}

PG_FUNCTION_INFO_V1(quant_tracking_error_final);
Datum quant_tracking_error_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "tracking_error", StateKind::kRelativeStatistic);
}

PG_FUNCTION_INFO_V1(quant_information_ratio_final);
Datum quant_information_ratio_final(PG_FUNCTION_ARGS) {
  return finish_statistic(fcinfo, "information_ratio", StateKind::kRelativeStatistic);
}

PG_FUNCTION_INFO_V1(quant_equity_accumulate);
Datum quant_equity_accumulate(PG_FUNCTION_ARGS) {
  return guard([&] { return accumulate(fcinfo, kEquity); });
}

PG_FUNCTION_INFO_V1(quant_equity_combine);
Datum quant_equity_combine(PG_FUNCTION_ARGS) {
  return return_nullable(fcinfo, guard([&] { return combine(fcinfo, kEquity); }));
}

PG_FUNCTION_INFO_V1(quant_max_drawdown_final);
Datum quant_max_drawdown_final(PG_FUNCTION_ARGS) { return finish_equity(fcinfo, max_drawdown); }

PG_FUNCTION_INFO_V1(quant_calmar_ratio_final);
Datum quant_calmar_ratio_final(PG_FUNCTION_ARGS) { return finish_equity(fcinfo, calmar_ratio); }

PG_FUNCTION_INFO_V1(quant_ulcer_index_final);
Datum quant_ulcer_index_final(PG_FUNCTION_ARGS) { return finish_equity(fcinfo, ulcer_index); }

}  // extern "C"

}  // namespace quant::pg
