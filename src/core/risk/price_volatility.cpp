// SPDX-License-Identifier: PostgreSQL
#include "core/risk/price_volatility.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

namespace {

constexpr int kDecimals = 12;

/// ln a / b; exactly 0 for equal prices.
template <typename T>
T log_ratio(const Decimal& a, const Decimal& b) {
  if (a == b) return T(0);
  return T(log(to_real<T>(a) / to_real<T>(b)));
}

/// The bars, and a look for a cancel at every so many logarithms.
struct Bars {
  std::span<const PriceBar> bars;
  const Pause& pause;

  void rest(std::size_t i) const {
    constexpr std::size_t kBars = 64;  // some milliseconds
    if (i % kBars == 0) pause();
  }
};

/// Sample variance of a series, ddof 1; nothing for fewer than two.
template <typename T>
std::optional<T> variance(const std::vector<T>& values) {
  if (values.size() < 2) return std::nullopt;
  return T(central_sums(std::span<const T>(values)).squares /
           static_cast<long long>(values.size() - 1));
}

/// The mean over the bars of what one gives.
template <typename T, typename Term>
std::optional<T> mean_of(const Bars& from, const Term& term) {
  const auto bars = from.bars;
  if (bars.empty()) return std::nullopt;
  T sum(0);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    from.rest(i);
    sum += term(bars[i]);
  }
  return T(sum / static_cast<long long>(bars.size()));
}

template <typename T>
std::optional<T> close_close(const Bars& from) {
  const auto bars = from.bars;
  std::vector<T> returns;
  for (std::size_t i = 1; i < bars.size(); ++i) {
    from.rest(i);
    returns.push_back(log_ratio<T>(bars[i].close, bars[i - 1].close));
  }
  return variance(returns);
}

template <typename T>
std::optional<T> parkinson(const Bars& from) {
  const auto mean = mean_of<T>(from, [](const PriceBar& bar) {
    const T range = log_ratio<T>(bar.high, bar.low);
    return T(range * range);
  });
  if (!mean) return std::nullopt;
  return T(*mean / (4 * T(log(T(2)))));
}

template <typename T>
std::optional<T> garman_klass(const Bars& from) {
  const T weight = 2 * T(log(T(2))) - 1;
  return mean_of<T>(from, [&](const PriceBar& bar) {
    const T range = log_ratio<T>(bar.high, bar.low);
    const T body = log_ratio<T>(bar.close, bar.open);
    return T(range * range / 2 - weight * body * body);
  });
}

template <typename T>
std::optional<T> rogers_satchell(const Bars& from) {
  return mean_of<T>(from, [](const PriceBar& bar) {
    return T(log_ratio<T>(bar.high, bar.close) * log_ratio<T>(bar.high, bar.open) +
             log_ratio<T>(bar.low, bar.close) * log_ratio<T>(bar.low, bar.open));
  });
}

template <typename T>
std::optional<T> yang_zhang(const Bars& from) {
  const auto bars = from.bars;
  if (bars.size() < 3) return std::nullopt;
  std::vector<T> overnight;
  std::vector<T> day;
  for (std::size_t i = 1; i < bars.size(); ++i) {
    from.rest(i);
    overnight.push_back(log_ratio<T>(bars[i].open, bars[i - 1].close));
    day.push_back(log_ratio<T>(bars[i].close, bars[i].open));
  }
  const T n(static_cast<long long>(bars.size() - 1));
  const T weight = T("0.34") / (T("1.34") + (n + 1) / (n - 1));
  return T(*variance(overnight) + weight * *variance(day) +
           (1 - weight) * *rogers_satchell<T>({bars.subspan(1), from.pause}));
}

template <typename T>
std::optional<T> variance_of(const Bars& bars, VolatilityEstimator estimator) {
  switch (estimator) {
    case VolatilityEstimator::kCloseClose:
      return close_close<T>(bars);
    case VolatilityEstimator::kParkinson:
      return parkinson<T>(bars);
    case VolatilityEstimator::kGarmanKlass:
      return garman_klass<T>(bars);
    case VolatilityEstimator::kRogersSatchell:
      return rogers_satchell<T>(bars);
    case VolatilityEstimator::kYangZhang:
      return yang_zhang<T>(bars);
  }
  throw broken_invariant("unknown volatility estimator");
}

}  // namespace

VolatilityEstimator parse_volatility_estimator(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "close_close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<VolatilityEstimator>(found - kNames.begin());
  throw invalid(concat("unknown estimator \"", name, '"')).hint(one_of(kNames));
}

std::optional<Decimal> price_volatility(std::span<const PriceBar> bars,
                                        VolatilityEstimator estimator,
                                        const Decimal& periods_per_year, const Pause& pause) {
  if (periods_per_year.mantissa <= 0) throw invalid("periods_per_year must be positive");
  for (const PriceBar& bar : bars) {
    for (const Decimal& price : {bar.open, bar.high, bar.low, bar.close}) {
      if (price.mantissa > 0) continue;
      throw invalid("a price must be positive").detail(concat("It is ", price.to_text(), "."));
    }
  }
  return round_figure(
      [&](auto zero) {
        using T = decltype(zero);
        // What cancels to nothing is nothing.
        static const T kNoise("1e-44");
        const auto variance = variance_of<T>({bars, pause}, estimator);
        if (!variance || *variance < -kNoise) return std::optional<T>();
        if (*variance < kNoise) return std::optional<T>(0);
        return std::optional<T>(T(sqrt(*variance * to_real<T>(periods_per_year))));
      },
      kDecimals);
}

}  // namespace quant
