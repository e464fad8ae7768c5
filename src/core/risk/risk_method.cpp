// SPDX-License-Identifier: PostgreSQL
#include "core/risk/risk_method.hpp"

#include <algorithm>
#include <vector>

#include "core/base/error.hpp"
#include "core/risk/tail_estimators.hpp"

namespace quant {

namespace {

enum class HorizonMethod : std::uint8_t { kSqrt = 1, kOverlapping = 2 };

/// A method, and the options that mean something to it.
struct NamedMethod {
  std::string_view name;
  RiskMethod method;
  std::vector<std::string_view> options;
};

const std::vector<NamedMethod>& methods() {
  static const std::vector<NamedMethod> kMethods = {
      {"historical",
       RiskMethod::kHistorical,
       {"quantile_type", "tail", "horizon", "horizon_method"}},
      {"normal", RiskMethod::kNormal, {"horizon", "horizon_method"}},
      {"student_t", RiskMethod::kStudentT, {"degrees_of_freedom", "horizon", "horizon_method"}},
      {"cornish_fisher", RiskMethod::kCornishFisher, {"ddof", "horizon", "horizon_method"}},
      {"ewma", RiskMethod::kEwma, {"lambda", "init", "horizon"}},
      {"filtered_historical",
       RiskMethod::kFilteredHistorical,
       {"quantile_type", "tail", "lambda", "horizon"}},
      {"age_weighted", RiskMethod::kAgeWeighted, {"lambda", "horizon"}},
      {"garch", RiskMethod::kGarch, {"horizon"}},
      {"monte_carlo",
       RiskMethod::kMonteCarlo,
       {"quantile_type", "tail", "seed", "paths", "horizon"}},
  };
  return kMethods;
}

constexpr int kLeastPaths = 100;
/// What any client can write exactly.
constexpr std::int64_t kLargestSeed = std::int64_t{1} << 53U;
/// Of a figure that never ends, or would have no exact value.
constexpr int kFigureDecimals = 12;

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

/// "option "x" must be what", with the value.
Error unusable(std::string_view key, std::string_view what, const Json& value) {
  const Decimal* number = value.number();
  return invalid(concat("option \"", key, "\" must be ", what))
      .detail(number == nullptr ? concat("The value is ", value.kind(), ".")
                                : concat("The value is ", number->to_text(), "."));
}

std::int64_t parse_integer(std::string_view key, const Json& value, std::int64_t least,
                           std::int64_t most) {
  const Decimal* number = value.number();
  const Decimal whole = number == nullptr ? Decimal{} : number->trimmed();
  if (number == nullptr || whole.scale != 0 || whole.mantissa < least || whole.mantissa > most) {
    throw unusable(key, concat("an integer from ", least, " to ", most), value);
  }
  return static_cast<std::int64_t>(whole.mantissa);
}

bool is_decay(const Decimal& value) {
  return value.mantissa >= 0 && value.mantissa < value.unit() && value.scale <= kFigureDecimals;
}

bool are_degrees(const Decimal& value) {
  constexpr int kMost = 1'000'000;
  return value.scale <= kFigureDecimals && value.mantissa > 2 * value.unit() &&
         value.mantissa <= kMost * value.unit();
}

bool decides_degrees(const Decimal& value) {
  return value == kDegreesByKurtosis || value == kDegreesByLikelihood || are_degrees(value);
}

/// A number other than 0, which stands for none, that `is_usable`.
template <typename Predicate>
Decimal parse_number(std::string_view key, const Json& value, std::string_view what,
                     const Predicate& is_usable) {
  const Decimal* number = value.number();
  if (number == nullptr || number->mantissa == 0 || !is_usable(number->trimmed())) {
    throw unusable(key, what, value);
  }
  return number->trimmed();
}

/// Whether `value` is the first or the second of two words.
template <typename Choice>
Choice parse_choice(std::string_view key, const Json& value,
                    const std::vector<std::string_view>& names) {
  const std::string* name = value.string();
  if (name == nullptr) {
    throw invalid(concat("option \"", key, "\" must be a string"))
        .detail(concat("The value is ", value.kind(), "."));
  }
  if (!contains(names, *name)) {
    throw unknown_name(concat("unknown ", key, " \"", *name, "\""), *name, names);
  }
  return static_cast<Choice>(*name == names.front() ? 1 : 2);
}

void apply_option(const std::string& key, const Json& value, TailRiskOptions& options) {
  if (key == "quantile_type") {
    options.quantile_type = static_cast<int>(parse_integer(key, value, 1, 9));
  } else if (key == "tail") {
    options.tail = parse_choice<Tail>(key, value, {"integral", "below"});
  } else if (key == "init") {
    options.init = parse_choice<EwmaStart>(key, value, {"recursive", "window"});
  } else if (key == "ddof") {
    options.ddof = static_cast<int>(parse_integer(key, value, 0, 1));
  } else if (key == "horizon") {
    options.horizon = static_cast<int>(parse_integer(key, value, 1, kLongestHorizon));
  } else if (key == "horizon_method") {
    options.overlapping = parse_choice<HorizonMethod>(key, value, {"sqrt", "overlapping"}) ==
                          HorizonMethod::kOverlapping;
  } else if (key == "paths") {
    options.paths = static_cast<int>(parse_integer(key, value, kLeastPaths, kMostPaths));
  } else if (key == "seed") {
    options.seed = parse_integer(key, value, 0, kLargestSeed);
  } else if (key == "lambda") {
    options.lambda = parse_number(
        key, value, "a number between 0 and 1, both excluded, with at most 12 decimals", is_decay);
  } else if (value.string() != nullptr && *value.string() == "ml") {
    options.degrees_of_freedom = kDegreesByLikelihood;
  } else {
    options.degrees_of_freedom = parse_number(
        key, value, "\"ml\" or a number above 2, at most 1000000, with at most 12 decimals",
        are_degrees);
  }
}

const NamedMethod& named(RiskMethod method) {
  const auto found = std::find_if(methods().begin(), methods().end(),
                                  [&](const NamedMethod& named) { return named.method == method; });
  if (found == methods().end()) throw broken_invariant("unknown risk method");
  return *found;
}

std::vector<std::string_view> method_names() {
  std::vector<std::string_view> names;
  for (const NamedMethod& method : methods()) names.push_back(method.name);
  return names;
}

Decimal negated(const Decimal& value) { return {subtract(0, value.mantissa), value.scale}; }

/// The figure of the sample that `member` names, rounded correctly.
template <typename Member>
std::optional<Decimal> estimate(const DecimalSample& sample, const Decimal& level,
                                const TailRiskOptions& options, const Member& member) {
  if (needs_only_moments(options) && !options.overlapping) {
    const ExactMoments moments(sample, options.pause);
    return round_figure(
        [&](auto zero) {
          using T = decltype(zero);
          return member(moment_tail(moments.in<T>(), tail_share<T>(level), options));
        },
        kFigureDecimals);
  }
  return round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        const std::vector<T> values = to_reals<T>(sample);
        options.pause();
        return member(tail_risk(std::span<const T>(values), level, options));
      },
      kFigureDecimals);
}

bool is_exact(const TailRiskOptions& options) {
  return options.method == RiskMethod::kHistorical && options.horizon == 1;
}

}  // namespace

void check_risk_options(const TailRiskOptions& options) {
  const bool has_method =
      std::any_of(methods().begin(), methods().end(),
                  [&](const NamedMethod& named) { return named.method == options.method; });
  const bool has_tail = options.tail == Tail::kIntegral || options.tail == Tail::kBelow;
  const bool has_init = options.init == EwmaStart::kRecursive || options.init == EwmaStart::kWindow;
  const bool in_range = options.ddof >= 0 && options.ddof <= 1 && options.horizon >= 1 &&
                        options.horizon <= kLongestHorizon && options.paths >= kLeastPaths &&
                        options.paths <= kMostPaths && options.seed >= 0 &&
                        options.seed <= kLargestSeed && is_decay(options.lambda) &&
                        decides_degrees(options.degrees_of_freedom);
  if (!has_method || !has_tail || !has_init || !in_range) {
    throw invalid("risk options are out of their range");
  }
}

RiskMethod parse_risk_method(std::string_view name) {
  for (const NamedMethod& method : methods()) {
    if (method.name == name) return method.method;
  }
  throw unknown_name(concat("unknown risk method \"", name, "\""), name, method_names());
}

void apply_risk_options(const Json& document, TailRiskOptions& options) {
  const Json::Object* members = document.object();
  if (members == nullptr) {
    throw invalid("risk options must be a JSON object")
        .detail(concat("The document is ", document.kind(), "."));
  }
  const NamedMethod& method = named(options.method);
  for (const auto& [key, value] : *members) {
    if (!contains(method.options, key)) {
      throw unknown_name(concat("risk method \"", method.name, "\" has no option \"", key, "\""),
                         key, method.options);
    }
    apply_option(key, value, options);
  }
}

std::optional<Decimal> value_at_risk(DecimalSample sample, const Decimal& level,
                                     const TailRiskOptions& options) {
  if (is_exact(options)) {
    return negated(
        sample_quantile(std::move(sample), tail_probability(level), options.quantile_type));
  }
  return estimate(sample, level, options, [](const auto& risk) { return risk.value_at_risk; });
}

std::optional<Decimal> expected_shortfall(DecimalSample sample, const Decimal& level,
                                          const TailRiskOptions& options) {
  if (!is_exact(options)) {
    return estimate(sample, level, options, [](const auto& risk) { return risk.shortfall; });
  }
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
