// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/catalog.hpp"

#include <algorithm>
#include <map>

#include "core/base/decimal.hpp"
#include "core/base/error.hpp"
#include "core/base/function_ref.hpp"
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

int Indicator::lookback(const Arguments& given) const {
  int longest = 0;
  for (const OutputSpec& output : outputs) longest = std::max(longest, output.lookback(given));
  return longest;
}

int Indicator::stable_after(const Arguments& given) const {
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

namespace {

std::string call_of(const Indicator& indicator,
                    FunctionRef<std::string(const ArgumentSpec&)> argument,
                    std::string_view series) {
  std::string list;
  const auto add = [&](std::string_view text) {
    if (!text.empty()) list += concat(list.empty() ? "" : ", ", text);
  };
  for (const InputSpec& input : indicator.inputs) {
    if (!input.column) add(series.empty() ? input.name : series);
  }
  for (const ArgumentSpec& spec : indicator.arguments) add(argument(spec));
  return concat(indicator.name, '(', list, ')');
}

}  // namespace

std::string call_example(const Indicator& indicator) {
  constexpr int kGridDecimals = 12;
  // Words at the end may be left out.
  const auto last = std::find_if(
      indicator.arguments.rbegin(), indicator.arguments.rend(),
      [](const ArgumentSpec& spec) { return spec.kind != ArgumentSpec::Kind::kChoice; });
  const auto written = static_cast<std::size_t>(indicator.arguments.rend() - last);
  std::size_t place = 0;
  return call_of(
      indicator,
      [&](const ArgumentSpec& spec) {
        if (place++ >= written) return std::string();
        if (spec.kind == ArgumentSpec::Kind::kChoice)
          return concat('\'', spec.choices[static_cast<std::size_t>(spec.standard)], '\'');
        const int scale = spec.kind == ArgumentSpec::Kind::kDecimal ? kGridDecimals : 0;
        return Decimal{spec.standard, scale}.trimmed().to_text();
      },
      "close");
}

}  // namespace quant
