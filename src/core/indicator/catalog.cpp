// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"

#include <algorithm>
#include <map>

#include "core/base/decimal.hpp"
#include "core/base/error.hpp"
#include "core/base/real.hpp"

namespace quant {

int forgotten_after(int numerator, int denominator) {
  if (numerator >= denominator) return 0;
  const Real kept = 1 - Real(numerator) / denominator;
  const Real bars = ceil(8 * log(Real(10)) / -log(kept));
  return bars.convert_to<int>();
}

bool Indicator::on_grid() const {
  return std::any_of(outputs.begin(), outputs.end(),
                     [](const OutputSpec& output) { return output.denominator == nullptr; });
}

int Indicator::lookback(const IndicatorArguments& given) const {
  int longest = 0;
  for (const OutputSpec& output : outputs) longest = std::max(longest, output.lookback(given));
  return longest;
}

int Indicator::stable_after(const IndicatorArguments& given) const {
  return stable == nullptr ? lookback(given) : stable(given);
}

const std::vector<const Indicator*>& all_indicators() {
  static const std::vector<const Indicator*> kAll = [] {
    std::vector<const Indicator*> all;
    for (const auto* group :
         {&overlap_indicators(), &momentum_indicators(), &volume_indicators(),
          &volatility_indicators(), &statistic_indicators(), &price_indicators(),
          &cycle_indicators(), &math_indicators(), &pattern_indicators()}) {
      for (const Indicator& indicator : *group) all.push_back(&indicator);
    }
    return all;
  }();
  return kAll;
}

const Indicator* find_indicator(std::string_view name) {
  static const std::map<std::string_view, const Indicator*> kByName = [] {
    std::map<std::string_view, const Indicator*> names;
    for (const Indicator* indicator : all_indicators()) names.emplace(indicator->name, indicator);
    return names;
  }();
  const auto found = kByName.find(name);
  return found == kByName.end() ? nullptr : found->second;
}

std::vector<std::string_view> indicator_names() {
  std::vector<std::string_view> names;
  for (const Indicator* indicator : all_indicators()) names.push_back(indicator->name);
  return names;
}

std::string argument_text(const ArgumentSpec& spec, Int128 value) {
  switch (spec.kind) {
    case ArgumentSpec::Kind::kWhole:
      return to_text(value);
    case ArgumentSpec::Kind::kDecimal:
      return Decimal{value, kGridDecimals}.trimmed().to_text();
    case ArgumentSpec::Kind::kChoice:
      break;
  }
  return std::string(spec.choices[static_cast<std::size_t>(value)]);
}

std::string demand_of(const ArgumentSpec& spec) {
  if (spec.kind != ArgumentSpec::Kind::kChoice) {
    return concat("must lie between ", argument_text(spec, spec.least), " and ",
                  argument_text(spec, spec.most));
  }
  std::string words;
  for (const std::string_view choice : spec.choices)
    words += concat(words.empty() ? "'" : ", '", choice, '\'');
  return concat("must be one of ", words);
}

std::optional<Int128> find_choice(const ArgumentSpec& spec, std::string_view word) {
  const auto found = std::find(spec.choices.begin(), spec.choices.end(), word);
  if (found == spec.choices.end()) return std::nullopt;
  return found - spec.choices.begin();
}

std::string call_example(const Indicator& indicator) {
  std::string list;
  const auto add = [&](std::string_view text) { list += concat(list.empty() ? "" : ", ", text); };
  for (const InputSpec& input : indicator.inputs) {
    if (!input.column) add("close");
  }
  // Words at the end may be left out.
  std::size_t written = indicator.arguments.size();
  while (written > 0 && indicator.arguments[written - 1].kind == ArgumentSpec::Kind::kChoice)
    --written;
  for (std::size_t i = 0; i < written; ++i) {
    const ArgumentSpec& spec = indicator.arguments[i];
    const std::string text = argument_text(spec, spec.standard);
    add(spec.kind == ArgumentSpec::Kind::kChoice ? concat('\'', text, '\'') : text);
  }
  return concat(indicator.name, '(', list, ')');
}

}  // namespace quant
