// SPDX-License-Identifier: PostgreSQL
#include "core/risk/return_statistic.hpp"

#include <algorithm>
#include <string>

#include "core/base/error.hpp"
#include "core/risk/relative_statistics.hpp"

namespace quant {

namespace {

constexpr int kDecimals = 12;
constexpr auto kPeriods = StatisticParameter::kPeriodsPerYear;
constexpr auto kTarget = StatisticParameter::kTarget;

/// A formula that is written once converts to the functions of both arithmetics.
template <typename Formula>
ReturnStatistic define(std::string_view name, std::vector<StatisticParameter> parameters,
                       Formula formula, bool is_relative = false) {
  return {name, std::move(parameters), is_relative, formula, formula};
}
template <typename Formula>
ReturnStatistic define_relative(std::string_view name, std::vector<StatisticParameter> parameters,
                                Formula formula) {
  return define(name, std::move(parameters), formula, true);
}

const std::vector<ReturnStatistic>& statistics() {
  static const std::vector<ReturnStatistic> kStatistics = {
      define("volatility", {kPeriods},
             [](const auto& in) { return volatility(in.returns, in.periods_per_year); }),
      define("downside_deviation", {kPeriods, kTarget},
             [](const auto& in) {
               return downside_deviation(in.returns, in.target, in.periods_per_year);
             }),
      define(
          "sharpe_ratio", {kPeriods},
          [](const auto& in) { return sharpe_ratio(in.returns, in.target, in.periods_per_year); }),
      define(
          "sortino_ratio", {kPeriods, kTarget},
          [](const auto& in) { return sortino_ratio(in.returns, in.target, in.periods_per_year); }),
      define("omega_ratio", {kTarget},
             [](const auto& in) { return omega_ratio(in.returns, in.target); }),
      define("skewness", {}, [](const auto& in) { return skewness(in.returns); }),
      define("excess_kurtosis", {}, [](const auto& in) { return excess_kurtosis(in.returns); }),
      define("tail_ratio", {}, [](const auto& in) { return tail_ratio(in.returns); }),
      define("probabilistic_sharpe_ratio", {kTarget},
             [](const auto& in) { return sharpe_probability(in.returns, in.target); }),
      define(
          "deflated_sharpe_ratio",
          {StatisticParameter::kTrialVariance, StatisticParameter::kTrials},
          [](const auto& in) { return deflated_sharpe(in.returns, in.trial_variance, in.trials); }),
      define_relative("beta", {}, [](const auto& in) { return beta(in.returns, in.benchmark); }),
      define_relative("alpha", {kPeriods},
                      [](const auto& in) {
                        return alpha(in.returns, in.benchmark, in.target, in.periods_per_year);
                      }),
      define_relative("tracking_error", {kPeriods},
                      [](const auto& in) {
                        return tracking_error(in.returns, in.benchmark, in.periods_per_year);
                      }),
      define_relative("information_ratio", {kPeriods},
                      [](const auto& in) {
                        return information_ratio(in.returns, in.benchmark, in.periods_per_year);
                      }),
  };
  return kStatistics;
}

void check_parameters(const ReturnStatistic& statistic, std::span<const Decimal> parameters) {
  if (parameters.size() != statistic.parameters.size()) {
    throw invalid(concat(statistic.name, " takes ", statistic.parameters.size(),
                         " arguments besides the returns"));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (statistic.parameters[i] == StatisticParameter::kTrialVariance &&
        parameters[i].mantissa < 0) {
      throw invalid("the variance of the trials must not be negative")
          .detail(concat("The value is ", parameters[i].to_text(), "."));
    }
    if (statistic.parameters[i] == kPeriods && parameters[i].mantissa <= 0) {
      throw invalid("periods_per_year must be positive")
          .detail(concat("The value is ", parameters[i].to_text(), "."))
          .hint(
              "Use 252 for daily returns of exchanges, 365 for daily returns of crypto assets, 52 "
              "for weekly and 12 for monthly returns.");
    }
  }
}

template <typename T>
T& parameter_of(StatisticInput<T>& input, StatisticParameter parameter) {
  switch (parameter) {
    case StatisticParameter::kPeriodsPerYear:
      return input.periods_per_year;
    case StatisticParameter::kTarget:
      return input.target;
    case StatisticParameter::kTrialVariance:
      return input.trial_variance;
    case StatisticParameter::kTrials:
      return input.trials;
  }
  throw broken_invariant("unknown parameter of a statistic");
}

template <typename T>
std::optional<T> compute(const ReturnStatistic& statistic, const DecimalSample& sample,
                         std::span<const Decimal> parameters) {
  std::vector<T> returns = to_reals<T>(sample);
  std::vector<T> benchmark;
  if (statistic.is_relative) {
    for (std::size_t i = 0; i < returns.size(); i += 2) {
      benchmark.push_back(returns[i + 1]);
      returns[i / 2] = returns[i];
    }
    returns.resize(benchmark.size());
  }
  StatisticInput<T> input{returns, benchmark};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameter_of(input, statistic.parameters[i]) = to_real<T>(parameters[i]);
  }
  if constexpr (std::is_same_v<T, Real>) {
    return statistic.figure(input);
  } else {
    return statistic.precise_figure(input);
  }
}

}  // namespace

const ReturnStatistic& return_statistic(std::string_view name) {
  const auto& all = statistics();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& statistic) { return statistic.name == name; });
  if (found == all.end()) throw broken_invariant(concat("no statistic \"", name, "\""));
  return *found;
}

std::optional<Decimal> evaluate(const ReturnStatistic& statistic, const DecimalSample& sample,
                                std::span<const Decimal> parameters) {
  check_parameters(statistic, parameters);
  return round_figure(
      [&](auto zero) { return compute<decltype(zero)>(statistic, sample, parameters); }, kDecimals);
}

}  // namespace quant
