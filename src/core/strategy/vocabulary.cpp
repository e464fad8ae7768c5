// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace quant {

namespace {

constexpr Variable bar(std::string_view name, BarColumn column) {
  return {name, Operation::kBar, static_cast<int>(column), is_price(column) ? Price::kUnit : 1};
}
static_assert(Volume::kUnit == 1);
constexpr Variable state(std::string_view name, StateVariable variable, std::int64_t denominator) {
  return {name, Operation::kState, static_cast<int>(variable), denominator};
}

constexpr std::array<Variable, 17> kVariables = {
    bar("open", BarColumn::kOpen),
    bar("high", BarColumn::kHigh),
    bar("low", BarColumn::kLow),
    bar("close", BarColumn::kClose),
    bar("volume", BarColumn::kVolume),
    bar("vwap", BarColumn::kVwap),
    bar("year", BarColumn::kYear),
    bar("month", BarColumn::kMonth),
    bar("day", BarColumn::kDay),
    bar("weekday", BarColumn::kWeekday),
    bar("hour", BarColumn::kHour),
    bar("minute", BarColumn::kMinute),
    state("position", StateVariable::kPosition, Quantity::kUnit),
    state("entry_price", StateVariable::kEntryPrice, Price::kUnit),
    state("bars_held", StateVariable::kBarsHeld, 1),
    state("equity", StateVariable::kEquity, Money::kUnit),
    state("cash", StateVariable::kCash, Money::kUnit),
};

constexpr std::array<std::pair<std::string_view, Operation>, 6> kComparisons = {{
    {"<", Operation::kLess},
    {"<=", Operation::kLessOrEqual},
    {">", Operation::kGreater},
    {">=", Operation::kGreaterOrEqual},
    {"=", Operation::kEqual},
    {"!=", Operation::kNotEqual},
}};

constexpr std::array<std::string_view, 9> kPlainFunctions = {
    "crosses_above", "crosses_below", "abs", "at", "min", "max", "round", "sqrt", "tf"};

template <typename Table>
bool contains(const Table& table, std::string_view name) {
  return std::find(table.begin(), table.end(), name) != table.end();
}

}  // namespace

const Variable* find_variable(std::string_view name) {
  const auto found = std::find_if(kVariables.begin(), kVariables.end(),
                                  [&](const Variable& variable) { return variable.name == name; });
  return found == kVariables.end() ? nullptr : found;
}

const Variable& variable_of(BarColumn column) {
  static constexpr Variable kSession = bar("session", BarColumn::kSession);  // without a name
  if (column == BarColumn::kSession) return kSession;
  // The columns stand first, in the order of BarColumn.
  return kVariables.at(static_cast<std::size_t>(column));
}

std::optional<Operation> find_comparison(std::string_view sign) {
  for (const auto& [text, operation] : kComparisons) {
    if (text == sign) return operation;
  }
  return std::nullopt;
}

bool is_plain_function(std::string_view name) { return contains(kPlainFunctions, name); }

bool is_foreign_history(const std::string& name) {
  static constexpr std::array<std::string_view, 6> kWords = {"lag",      "shift", "prev",
                                                             "previous", "ref",   "delay"};
  return contains(kWords, lower_case(name.substr(name.find('.') + 1)));
}

std::string example_of(const std::string& function) {
  if (function == "at") return "at(\"SPY\", close)";
  if (function == "tf") return "tf(\"1w\", close)";
  const Indicator* indicator = find_indicator(function);
  return indicator == nullptr ? concat(function, "(close, 20)") : call_example(*indicator);
}

std::string_view nearest_word(const std::string& word, const std::vector<std::string_view>& known) {
  const std::string lower = lower_case(word);
  const auto same = std::find(known.begin(), known.end(), lower);
  if (same != known.end()) return *same;
  return nearest_name(word, known);
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names = indicator_names();
  names.insert(names.end(), kPlainFunctions.begin(), kPlainFunctions.end());
  return names;
}

std::vector<std::string_view> variable_names() {
  std::vector<std::string_view> names;
  for (const Variable& variable : kVariables) names.push_back(variable.name);
  return names;
}

std::vector<std::string_view> reserved_names() {
  std::vector<std::string_view> names = function_names();
  const std::vector<std::string_view> variables = variable_names();
  names.insert(names.end(), variables.begin(), variables.end());
  names.insert(names.end(), {"true", "false", "and", "or", "not"});
  return names;
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_part);
}

}  // namespace quant
