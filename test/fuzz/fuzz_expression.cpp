// SPDX-License-Identifier: PostgreSQL
// Any text is an expression or an error with its column.
#include "core/strategy/explain.hpp"
#include "core/strategy/expression.hpp"
#include "core/strategy/program.hpp"

#include "checks.hpp"
#include "choices.hpp"
#include "expressions.hpp"

namespace quant::fuzz {

namespace {

Names some_names() {
  Names names;
  names.parameters.emplace("n", Decimal{3, 0});
  names.parameters.emplace("x", Decimal{15, 1});
  names.indicators.emplace("i1", parse_expression("sma(close, 3)"));
  names.indicators.emplace("i2", parse_expression("i1 * 2"));
  names.legs.emplace("y", "B");
  names.series.timeframe = Timeframe::k1d;
  return names;
}

std::string text_of_input(Choices& choices) {
  ExpressionTexts texts(choices, 8);
  switch (choices.below(5)) {
    case 0:
      return texts.soup();
    case 1:
      return choices.rest();
    case 2:
      return texts.number(6);
    default:
      return texts.condition(6);
  }
}

}  // namespace

void fuzz_expression(Choices choices) {
  const std::string text = text_of_input(choices);
  const Describe describe = [&] { return text; };
  try {
    const Expression expression = parse_expression(text);
    const Names names = some_names();
    Program program;
    (void)compile_expression(program, expression, names);
  } catch (const Error& error) {
    check_error(error, describe);
    check(!error.detail().empty(), concat("no place in \"", error.message(), '"'), describe);
  }
}

}  // namespace quant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quant::fuzz::fuzz_expression(quant::fuzz::Choices({data, size}));
  return 0;
}
