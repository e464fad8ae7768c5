// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/indicator/catalog.hpp"
#include "support/values.hpp"

namespace quant {

/// A column of whole numbers by their text; "" is missing.
[[nodiscard]] inline NumberColumn column_of_units(const std::vector<std::string>& texts) {
  NumberColumn column(texts.size());
  for (std::size_t bar = 0; bar < texts.size(); ++bar) {
    if (!texts[bar].empty()) column.set(bar, Number::of(int128_of(texts[bar])));
  }
  return column;
}

/// A column of decimals as multiples of 1 / `unit`, which must hold them.
[[nodiscard]] inline NumberColumn column_of_decimals(const std::vector<std::string>& texts,
                                                     Int128 unit) {
  NumberColumn column(texts.size());
  for (std::size_t bar = 0; bar < texts.size(); ++bar) {
    if (texts[bar].empty()) continue;
    const Decimal value = decimal_of(texts[bar]);
    column.set(bar, Number::of(multiply_divide(value.mantissa, unit, value.unit())));
  }
  return column;
}

/// All results of an indicator; `arguments` that are left out have their defaults.
[[nodiscard]] inline std::vector<NumberColumn> run_outputs(
    const Indicator& indicator, const IndicatorArguments& arguments,
    const std::vector<const NumberColumn*>& inputs) {
  std::vector<NumberColumn> results(indicator.outputs.size(), NumberColumn(inputs.front()->size()));
  std::vector<NumberColumn*> outputs;
  for (NumberColumn& result : results) outputs.push_back(&result);
  IndicatorArguments all = arguments;
  for (std::size_t i = all.size(); i < indicator.arguments.size(); ++i)
    all.add(indicator.arguments[i].standard);
  indicator.runner.columns(std::span(inputs).first(indicator.inputs.size()), all, outputs, {});
  return results;
}

/// The first result of an indicator with these arguments.
[[nodiscard]] inline NumberColumn run_indicator(std::string_view name,
                                                const IndicatorArguments& arguments,
                                                const std::vector<const NumberColumn*>& inputs) {
  return run_outputs(*find_indicator(name), arguments, inputs).front();
}
[[nodiscard]] inline NumberColumn run_indicator(std::string_view name, int period,
                                                const std::vector<const NumberColumn*>& inputs) {
  return run_indicator(name, IndicatorArguments{period}, inputs);
}

/// "3", or "" where the number is missing.
[[nodiscard]] inline std::string number_text(Number number) {
  return number.known ? to_text(number.value) : "";
}
[[nodiscard]] inline std::vector<std::string> column_texts(const NumberColumn& column) {
  std::vector<std::string> texts;
  for (std::size_t bar = 0; bar < column.size(); ++bar)
    texts.push_back(number_text(column.at(bar)));
  return texts;
}

}  // namespace quant
