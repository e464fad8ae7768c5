// SPDX-License-Identifier: PostgreSQL
// Indicators: window functions, columns of expressions over the bars of a symbol, and the list.
#include "core/indicator/catalog.hpp"
#include "core/strategy/lookback.hpp"

#include "adapter/call_arguments.hpp"
#include "adapter/expression_rows.hpp"
#include "adapter/factor_reader.hpp"
#include "adapter/indicator_sql.hpp"
#include "adapter/indicator_window.hpp"
#include "adapter/row_writer.hpp"
#include "adapter/series_reader.hpp"

namespace quant::pg {

namespace {

SeriesRequest read_request(FunctionCallInfo fcinfo) {
  SeriesRequest request;
  request.symbol = text_value(required(fcinfo, 0, "symbol"));
  request.timeframe = required_timeframe(fcinfo, 1, "timeframe");
  request.from = bound_or(fcinfo, 2, INT64_MIN);
  request.to = bound_or(fcinfo, 3, INT64_MAX);
  return request;
}

/// The expressions in the arguments from the fifth on, one by one or as an array.
std::vector<Expression> read_expressions(FunctionCallInfo fcinfo) {
  std::vector<std::string> texts;
  if (get_fn_expr_argtype(fcinfo->flinfo, 4) == TEXTARRAYOID) {
    texts = read_text_array(required(fcinfo, 4, "expressions"), "expressions");
  } else {
    for (int i = 4; i < PG_NARGS(); ++i)
      texts.push_back(text_value(required(fcinfo, i, "expression")));
  }
  if (texts.empty()) throw invalid("there is no expression");
  std::vector<Expression> expressions;
  for (const std::string& text : texts) {
    expressions.push_back(parse_expression(text));
    expressions.back().path = concat("expression ", expressions.size());
  }
  return expressions;
}

/// One expression on its own, over daily bars of any symbol.
struct LoneExpression {
  Program program;
  NodeId root = 0;

  explicit LoneExpression(FunctionCallInfo fcinfo) {
    const std::string text = text_value(required(fcinfo, 0, "expression"));
    root = compile_expression(program, parse_expression(text), Names{});
  }
};

template <typename Specs>
Datum names_array(const Specs& specs) {
  std::vector<std::string> names;
  for (const auto& spec : specs) names.emplace_back(spec.name);
  return text_array(names);
}

void put_indicator(TupleSink& rows, const Indicator& indicator) {
  IndicatorArguments standard;
  for (const ArgumentSpec& spec : indicator.arguments) standard.add(spec.standard);
  rows.put(indicator.name).put(indicator.group).put(indicator.title);
  const bool chooses = indicator.outputs.size() > 1;
  rows.put(indicator_signature(indicator))
      .put(concat(call_example(indicator), chooses ? "." : "",
                  chooses ? indicator.outputs.front().name : std::string_view{}));
  rows.put_datum(names_array(indicator.inputs));
  rows.put_datum(names_array(indicator.arguments));
  rows.put_datum(names_array(indicator.outputs));
  rows.put(std::int64_t{indicator.lookback(standard)});
  rows.put(std::int64_t{indicator.stable_after(standard)});
  rows.put(indicator.formula);
  const auto put_text = [&](std::string_view text) {
    if (text.empty()) {
      rows.put_null();
    } else {
      rows.put(text);
    }
  };
  put_text(indicator.source);
  put_text(indicator.peers);
  rows.end_row();
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_indicator);
Datum quant_indicator(PG_FUNCTION_ARGS) { return indicator_row(fcinfo); }

PG_FUNCTION_INFO_V1(quant_indicators);
Datum quant_indicators(PG_FUNCTION_ARGS) {
  return guard([&] {
    TupleSink rows(begin_result_set(fcinfo));
    for (const Indicator* indicator : all_indicators()) put_indicator(rows, *indicator);
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_indicator_definitions);
Datum quant_indicator_definitions(PG_FUNCTION_ARGS) {
  return guard([&] {
    TupleSink rows(begin_result_set(fcinfo));
    for (const Indicator* indicator : all_indicators()) {
      for (const std::string& statement : indicator_statements(*indicator)) {
        rows.put(indicator->name).put(statement);
        rows.end_row();
      }
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_indicator_lookback);
Datum quant_indicator_lookback(PG_FUNCTION_ARGS) {
  return guard([&] {
    const LoneExpression lone(fcinfo);
    return Int32GetDatum(lookback_of(lone.program, lone.root));
  });
}

PG_FUNCTION_INFO_V1(quant_indicator_stable_after);
Datum quant_indicator_stable_after(PG_FUNCTION_ARGS) {
  return guard([&] {
    const LoneExpression lone(fcinfo);
    return Int32GetDatum(stable_after_of(lone.program, lone.root));
  });
}

PG_FUNCTION_INFO_V1(quant_indicator_series);
Datum quant_indicator_series(PG_FUNCTION_ARGS) {
  return guard([&] {
    const SeriesRequest request = read_request(fcinfo);
    const std::vector<Expression> expressions = read_expressions(fcinfo);
    ExpressionSeries series;
    with_spi([&] { series = read_expression_series(request, expressions); });
    for (const std::string& warning : series.warnings)
      call_server([&] { ereport(WARNING, (errmsg("%s", warning.c_str()))); });
    put_expression_rows(begin_result_set(fcinfo), series);
    return Datum{0};
  });
}

}  // extern "C"

}  // namespace quant::pg
