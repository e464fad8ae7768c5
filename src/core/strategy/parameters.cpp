// SPDX-License-Identifier: PostgreSQL
#include "core/strategy/parameters.hpp"

#include <algorithm>
#include <array>

#include "core/base/json_reader.hpp"
#include "core/strategy/document_keys.hpp"

namespace quant {

namespace {

/// Keys of a run's parameters that are no parameters of the strategy.
constexpr std::array<std::string_view, 2> kRunKeys = {"execution", "benchmark"};

bool is_run_key(std::string_view key) {
  return std::find(kRunKeys.begin(), kRunKeys.end(), key) != kRunKeys.end();
}

void check_grid(const JsonReader& reader) {
  const auto values = reader.elements();
  if (values.empty()) throw reader.wrong("the grid is empty");
  for (const JsonReader& value : values) (void)value.number();
}

void check_range(const JsonReader& reader) {
  const auto bounds = reader.elements();
  if (bounds.size() != 3) throw reader.wrong("a range is [from, to, step]");
  if (bounds[0].number() > bounds[1].number())
    throw reader.wrong("the range ends before it begins");
  (void)bounds[2].positive();
}

/// The value of a declared parameter, or nothing for JSON that no rule can refer to.
std::optional<Decimal> declared_value(const JsonReader& reader) {
  if (const Decimal* number = reader.json().number()) return *number;
  const bool is_sweep = reader.json().object() != nullptr &&
                        (reader.has("default") || reader.has("grid") || reader.has("range"));
  if (!is_sweep) return std::nullopt;
  reader.expect_object({"default", "grid", "range"});
  if (reader.has("grid") && reader.has("range")) {
    throw reader.wrong("a parameter has a grid or a range, not both");
  }
  if (reader.has("grid")) check_grid(reader.at("grid"));
  if (reader.has("range")) check_range(reader.at("range"));
  return reader.at("default").number();
}

const Json::Object& members_of(const Json& json) {
  static const Json::Object kNone;
  if (json.is_null()) return kNone;
  if (json.object() == nullptr) throw JsonReader(json, "parameters").expected("an object");
  return *json.object();
}

void declare(const Json& declared, Names& names) {
  for (const auto& [key, value] : members_of(declared)) {
    const JsonReader reader(value, concat("parameters.", key));
    if (is_run_key(key)) {
      throw reader.wrong(concat('"', key, "\" belongs to a run, not to a strategy"))
          .hint("Put it into backtests.parameters.");
    }
    if (const auto number = declared_value(reader)) {
      names.parameters.emplace(key, *number);
    } else {
      names.other_parameters.emplace(key, &value);
    }
  }
}

/// What a key probably means that is no parameter of the strategy.
std::string hint_for(const std::string& key, const Names& names) {
  const auto contains = [&](const auto& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (contains(kExecutionKeys)) {
    return concat("It is a setting of the execution: {\"execution\": {\"", key, "\": ...}}.");
  }
  if (contains(kRiskRuleKeys))
    return "It is one of the strategy's risk rules: put it into strategies.risk_rules.";
  std::vector<std::string_view> known(kRunKeys.begin(), kRunKeys.end());
  for (const auto& entry : names.parameters) known.push_back(entry.first);
  const std::string_view nearest = nearest_name(key, known);
  return nearest.empty() ? one_of(known) : concat("Perhaps you meant \"", nearest, "\".");
}

void override_values(const Json& run_parameters, Names& names) {
  for (const auto& [key, value] : members_of(run_parameters)) {
    if (is_run_key(key)) continue;
    const JsonReader reader(value, concat("parameters.", key));
    if (!names.parameters.contains(key) && !names.other_parameters.contains(key)) {
      throw reader.wrong(concat("the strategy has no parameter \"", key, '"'))
          .hint(hint_for(key, names));
    }
    names.parameters.insert_or_assign(key, reader.number());
  }
}

}  // namespace

Names names_of(const Json& declared, const Json& run_parameters, bool strict_crossover,
               const SeriesSettings& series) {
  Names names;
  names.strict_crossover = strict_crossover;
  names.series = series;
  declare(declared, names);
  override_values(run_parameters, names);
  return names;
}

}  // namespace quant
