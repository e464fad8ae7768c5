// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/indicator_call.hpp"

#include <algorithm>

namespace quant {

namespace {

std::string output_names(const Indicator& indicator) {
  std::string names;
  for (const OutputSpec& output : indicator.outputs)
    names += concat(names.empty() ? "" : ", ", output.name);
  return names;
}

std::size_t only_output(const CallContext& context, const Expression& call,
                        const Indicator& indicator) {
  if (indicator.outputs.size() == 1) return 0;
  throw several_results_error(context, call, concat("function \"", indicator.name, '"'), indicator,
                              call_example(indicator));
}

std::size_t output_of(const CallContext& context, const Expression& expression,
                      const Indicator* indicator) {
  const std::string what = concat("function \"", expression.arguments[0].symbol, '"');
  return find_output(context, expression, what, indicator, expression.symbol);
}

/// A number, as it is written: made of numbers and parameters alone. What it looks like decides, so
/// that a series is compiled once, however deep its calls are nested.
bool is_written_number(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kNumber:
    case Expression::Kind::kParameter:
      return true;
    case Expression::Kind::kUnary:
    case Expression::Kind::kBinary:
      return std::all_of(expression.arguments.begin(), expression.arguments.end(),
                         is_written_number);
    default:
      return false;
  }
}

/// The only series is left out: there is no argument, or the first one is a number, which is no
/// series, or a text.
bool takes_close(const Expression& call, const Indicator& indicator) {
  if (call.arguments.empty()) return true;
  if (call.arguments.size() > indicator.arguments.size()) return false;
  const Expression& first = call.arguments[0];
  return first.kind == Expression::Kind::kText || is_written_number(first);
}

Int128 read_setting(CallContext& context, const Expression& expression, const Indicator& indicator,
                    const ArgumentSpec& spec) {
  const std::string what = concat('"', spec.name, "\" of ", indicator.name);
  if (spec.kind == ArgumentSpec::Kind::kWhole) {
    return whole_number(context, expression, what, static_cast<int>(spec.least),
                        static_cast<int>(spec.most));
  }
  if (spec.kind == ArgumentSpec::Kind::kChoice) {
    const bool is_text = expression.kind == Expression::Kind::kText;
    if (const auto choice = is_text ? find_choice(spec, expression.symbol) : std::nullopt)
      return *choice;
    throw context.wrong(expression, concat(what, ' ', demand_of(spec)));
  }
  const auto value = context.constant(expression);
  if (!value)
    throw context.wrong(expression, concat(what, " must be a number that does not change"));
  const Int128 units = multiply_divide(value->numerator, kGrid, value->denominator);
  if (is_within(spec, units)) return units;
  throw context.wrong(expression, concat(what, ' ', demand_of(spec)));
}

}  // namespace

const Indicator* several_results(const Expression& expression) {
  if (expression.kind != Expression::Kind::kCall) return nullptr;
  const Indicator* indicator = find_indicator(expression.symbol);
  return indicator != nullptr && indicator->outputs.size() > 1 ? indicator : nullptr;
}

Error several_results_error(const CallContext& context, const Expression& use,
                            const std::string& what, const Indicator& indicator,
                            std::string_view example) {
  return context.wrong(use, concat(what, " has several results"))
      .hint(concat("Choose one of ", output_names(indicator), ", as in ", example, '.',
                   indicator.outputs.front().name, '.'));
}

std::size_t find_output(const CallContext& context, const Expression& use, const std::string& what,
                        const Indicator* indicator, std::string_view output) {
  if (indicator == nullptr || indicator->outputs.size() == 1) {
    throw context.wrong(use, concat(what, " has a single result"))
        .hint(concat("Leave .", output, " out."));
  }
  const auto& outputs = indicator->outputs;
  const auto found = std::find_if(outputs.begin(), outputs.end(),
                                  [&](const OutputSpec& spec) { return spec.name == output; });
  if (found == outputs.end()) {
    throw context.wrong(use, concat(what, " has no result \"", output, '"'))
        .hint(concat("It has ", output_names(*indicator), '.'));
  }
  return static_cast<std::size_t>(found - outputs.begin());
}

Expression chosen_output(const Expression& call, std::string_view output) {
  return {Expression::Kind::kOutput,
          std::string(output),
          {},
          {call},
          call.column,
          call.path,
          call.depth + 1};
}

void expect_arguments(const CallContext& context, const Expression& call, std::size_t least,
                      std::size_t most) {
  const std::size_t given = call.arguments.size();
  if (given >= least && given <= most) return;
  throw context.wrong(call, concat("function \"", call.symbol, "\" takes ",
                                   least == most ? concat(least) : concat(least, " to ", most),
                                   most == 1 ? " argument" : " arguments", ", not ", given));
}

int whole_number(CallContext& context, const Expression& expression, std::string_view what,
                 int least, int most) {
  const auto value = context.constant(expression);
  if (!value || value->denominator != 1) {
    throw context.wrong(expression, concat(what, " must be a whole number that does not change"));
  }
  if (value->numerator < least || value->numerator > most) {
    throw context.wrong(expression, concat(what, " must lie between ", least, " and ", most,
                                           ", not ", to_text(value->numerator)));
  }
  return static_cast<int>(value->numerator);
}

IndicatorCall read_indicator_call(CallContext& context, const Expression& expression) {
  const bool chooses = expression.kind == Expression::Kind::kOutput;
  const Expression& call = chooses ? expression.arguments[0] : expression;
  const Indicator* indicator = find_indicator(call.symbol);
  const std::size_t output =
      chooses ? output_of(context, expression, indicator) : only_output(context, call, *indicator);
  const auto series =
      static_cast<std::size_t>(std::count_if(indicator->inputs.begin(), indicator->inputs.end(),
                                             [](const InputSpec& input) { return !input.column; }));
  const bool by_close = series == 1 && takes_close(call, *indicator);
  const std::size_t first = by_close ? 0 : series;
  expect_arguments(context, call, first, first + indicator->arguments.size());

  IndicatorCall result{indicator, output, {}, {}};
  std::size_t next = 0;
  for (const InputSpec& input : indicator->inputs) {
    const bool written = !input.column && !by_close;
    result.series.push_back(written ? &call.arguments[next++] : nullptr);
  }
  for (const ArgumentSpec& spec : indicator->arguments) {
    const bool written = next < call.arguments.size();
    result.settings.add(written ? read_setting(context, call.arguments[next++], *indicator, spec)
                                : spec.standard);
  }
  try {
    if (indicator->check != nullptr) indicator->check(result.settings);
  } catch (const Error& error) {
    throw context.wrong(call, std::string(error.message()));
  }
  return result;
}

}  // namespace quant
