// SPDX-License-Identifier: PostgreSQL
#include "core/risk/var_backtest.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/risk/distribution.hpp"
#include "core/risk/quantile.hpp"

namespace quant {

namespace {

constexpr int kDecimals = 12;

/// Of so many trials so many were exceptions.
struct Count {
  std::int64_t trials = 0;
  std::int64_t exceptions = 0;

  void add(bool is_exception) {
    ++trials;
    exceptions += is_exception ? 1 : 0;
  }
};

/// n * ln(p), 0 where n is.
template <typename T>
T weighted_log(std::int64_t count, const T& probability) {
  return count == 0 ? T(0) : T(T(count) * log(probability));
}

/// Log likelihood of the count where each trial is an exception with `probability`.
template <typename T>
T log_likelihood(const Count& count, const T& probability) {
  return weighted_log(count.exceptions, probability) +
         weighted_log(count.trials - count.exceptions, T(1 - probability));
}

/// Log likelihood at the share that was seen, the largest there is.
template <typename T>
T largest_log_likelihood(const Count& count) {
  if (count.trials == 0) return T(0);
  return log_likelihood(count, T(T(count.exceptions) / count.trials));
}

class Tests {
 public:
  Tests(std::span<const VarOutcome> outcomes, const Decimal& probability)
      : probability_(probability) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const bool is_exception = outcomes[i].is_exception();
      all_.add(is_exception);
      if (i > 0) after_[outcomes[i - 1].is_exception() ? 1 : 0].add(is_exception);
    }
  }

  [[nodiscard]] const Count& all() const { return all_; }

  template <typename T>
  [[nodiscard]] T kupiec() const {
    return ratio(log_likelihood(all_, to_real<T>(probability_)), largest_log_likelihood<T>(all_));
  }
  template <typename T>
  [[nodiscard]] T independence() const {
    const Count both{after_[0].trials + after_[1].trials,
                     after_[0].exceptions + after_[1].exceptions};
    return ratio(largest_log_likelihood<T>(both),
                 T(largest_log_likelihood<T>(after_[0]) + largest_log_likelihood<T>(after_[1])));
  }

 private:
  /// Equal likelihoods may differ in the last digits of T.
  template <typename T>
  [[nodiscard]] static T ratio(const T& null, const T& alternative) {
    static const T kNoise("1e-40");
    const T result = 2 * (alternative - null);
    return result < kNoise ? T(0) : result;
  }

  Decimal probability_;
  Count all_;
  std::array<Count, 2> after_;  // what followed a day without an exception, and one with
};

template <typename Statistic>
LikelihoodRatio test(int degrees, const Statistic& statistic) {
  return {*round_figure([&](auto zero) { return std::optional(statistic(zero)); }, kDecimals),
          *round_figure(
              [&](auto zero) { return std::optional(chi_squared_tail(degrees, statistic(zero))); },
              kDecimals)};
}

std::string_view zone_of(const Count& count, const Decimal& probability) {
  static const Real kYellow("0.95");
  static const Real kRed("0.9999");
  const Real share =
      binomial_probability(count.trials, count.exceptions, to_real<Real>(probability));
  if (share < kYellow) return "green";
  return share < kRed ? "yellow" : "red";
}

/// MAR99, table 2.
std::optional<Decimal> multiplier_of(const Count& count, const Decimal& level) {
  constexpr std::array<int, 11> kHundredths = {150, 150, 150, 150, 150, 170,
                                               176, 183, 188, 192, 200};
  if (count.trials != 250 || level != Decimal{99, 2}) return std::nullopt;
  const auto row = std::min<std::size_t>(static_cast<std::size_t>(count.exceptions), 10);
  return Decimal{kHundredths.at(row), 2};
}

}  // namespace

VarBacktest backtest_var(std::span<const VarOutcome> outcomes, const Decimal& level) {
  const Decimal probability = tail_probability(level);
  if (outcomes.empty()) {
    throw Error(ErrorCode::kNoData, "there is no day with a loss and a forecast");
  }
  const Tests tests(outcomes, probability);
  const auto kupiec = [&](auto zero) { return tests.kupiec<decltype(zero)>(); };
  const auto independence = [&](auto zero) { return tests.independence<decltype(zero)>(); };
  const auto both = [&](auto zero) { return decltype(zero)(kupiec(zero) + independence(zero)); };
  return {tests.all().exceptions,
          test(1, kupiec),
          test(1, independence),
          test(2, both),
          zone_of(tests.all(), probability),
          multiplier_of(tests.all(), level)};
}

ShortfallBacktest backtest_shortfall(std::span<const ShortfallOutcome> outcomes,
                                     const Decimal& level) {
  const Decimal share = tail_probability(level);
  if (outcomes.empty()) throw Error(ErrorCode::kNoData, "there is no day to test");
  ShortfallBacktest result;
  for (const ShortfallOutcome& day : outcomes) {
    if (day.loss <= day.value_at_risk) continue;
    ++result.exceptions;
    if (day.shortfall.mantissa > 0) continue;
    throw invalid("the expected shortfall of an exception must be positive")
        .detail(concat("It is ", day.shortfall.to_text(), "."));
  }
  const auto sum = [&](auto zero) {
    using T = decltype(zero);
    T total(0);
    for (const ShortfallOutcome& day : outcomes) {
      if (day.loss > day.value_at_risk) total -= to_real<T>(day.loss) / to_real<T>(day.shortfall);
    }
    return total;
  };
  constexpr int kDecimals = 12;
  if (result.exceptions > 0) {
    result.z1 = round_figure(
        [&](auto zero) {
          using T = decltype(zero);
          return std::optional(T(sum(zero) / static_cast<long long>(result.exceptions) + 1));
        },
        kDecimals);
  }
  result.z2 = *round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        const T days(static_cast<long long>(outcomes.size()));
        return std::optional(T(sum(zero) / (days * to_real<T>(share)) + 1));
      },
      kDecimals);
  return result;
}

}  // namespace quant
