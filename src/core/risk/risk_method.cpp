// SPDX-License-Identifier: PostgreSQL
#include "core/risk/risk_method.hpp"

#include <algorithm>
#include <vector>

#include "core/base/error.hpp"

namespace quant {

namespace {

constexpr std::string_view kHistoricalName = "historical";

/// Every method that is defined; only the first is built.
const std::vector<std::string_view> kMethodNames = {
    kHistoricalName,       "normal",       "student_t",  "cornish_fisher", "ewma", "garch",
    "filtered_historical", "age_weighted", "monte_carlo"};
const std::vector<std::string_view> kOptionNames = {"quantile_type", "tail"};
const std::vector<std::string_view> kTailNames = {"integral", "below"};

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string join(const std::vector<std::string_view>& names) {
  std::string joined;
  for (const std::string_view name : names) joined += concat(joined.empty() ? "" : ", ", name);
  return joined;
}

/// `message` naming `word`, with the name that was probably meant.
Error unknown_name(const std::string& message, std::string_view word,
                   const std::vector<std::string_view>& names) {
  Error error = invalid(message);
  error.detail(concat("Known are ", join(names), "."));
  if (const auto nearest = nearest_name(word, names); !nearest.empty()) {
    error.hint(concat("Perhaps you meant \"", nearest, "\"."));
  }
  return error;
}

int parse_quantile_type(const Json& value) {
  const Decimal* number = value.number();
  const Decimal type = number == nullptr ? Decimal{} : number->trimmed();
  if (type.scale != 0 || type.mantissa < 1 || type.mantissa > 9) {
    throw invalid("option \"quantile_type\" must be an integer from 1 to 9")
        .detail(number == nullptr ? concat("The value is ", value.kind(), ".")
                                  : concat("The value is ", number->to_text(), "."));
  }
  return static_cast<int>(type.mantissa);
}

Tail parse_tail(const Json& value) {
  const std::string* name = value.string();
  if (name == nullptr) {
    throw invalid("option \"tail\" must be a string")
        .detail(concat("The value is ", value.kind(), "."));
  }
  if (!contains(kTailNames, *name)) {
    throw unknown_name(concat("unknown tail \"", *name, "\""), *name, kTailNames);
  }
  return *name == kTailNames.front() ? Tail::kIntegral : Tail::kBelow;
}

Decimal negated(const Decimal& value) { return {subtract(0, value.mantissa), value.scale}; }

}  // namespace

RiskMethod parse_risk_method(std::string_view name) {
  if (name == kHistoricalName) return RiskMethod::kHistorical;
  const std::string built = concat("This version has ", kHistoricalName, ".");
  if (!contains(kMethodNames, name)) {
    throw unknown_name(concat("unknown risk method \"", name, "\""), name, {kHistoricalName})
        .detail(built);
  }
  throw Error(ErrorCode::kNotSupported, concat("risk method \"", name, "\" is not supported yet"))
      .detail(built);
}

void apply_risk_options(const Json& document, TailRiskOptions& options) {
  const Json::Object* members = document.object();
  if (members == nullptr) {
    throw invalid("risk options must be a JSON object")
        .detail(concat("The document is ", document.kind(), "."));
  }
  for (const auto& [key, value] : *members) {
    if (key == "quantile_type") {
      options.quantile_type = parse_quantile_type(value);
    } else if (key == "tail") {
      options.tail = parse_tail(value);
    } else {
      throw unknown_name(concat("unknown risk option \"", key, "\""), key, kOptionNames);
    }
  }
}

Decimal value_at_risk(DecimalSample sample, const Decimal& level, const TailRiskOptions& options) {
  return negated(
      sample_quantile(std::move(sample), tail_probability(level), options.quantile_type));
}

std::optional<Decimal> expected_shortfall(DecimalSample sample, const Decimal& level,
                                          const TailRiskOptions& options) {
  const Decimal probability = tail_probability(level);
  if (options.tail == Tail::kIntegral) {
    return negated(sample_tail_mean(std::move(sample), probability));
  }
  const auto mean =
      sample_mean_below_quantile(std::move(sample), probability, options.quantile_type);
  if (!mean) return std::nullopt;
  return negated(*mean);
}

}  // namespace quant
