// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/average_pair.hpp"
#include "core/indicator/macd.hpp"

namespace quant {

/// macd with moving averages of any kind: macd = G(fast - slow), signal = the average of macd,
/// histogram = macd - signal. The average over fewer values is the fast one, and recursive averages
/// begin together. First value of macd where the later average has its first.
class MacdExt {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 3;

  explicit MacdExt(const IndicatorArguments& a)
      : averages_(fast(a), slow(a), AveragePair::Begin::kTogether),
        signal_(a.whole(5), a.whole(4)) {}

  /// x and the results in grid units.
  std::array<Number, 3> update(const std::array<Number, 1>& row) {
    const AveragePair::Difference result = averages_.update(row[0]);
    Number macd;
    if (result.above.known) macd = Number::of(divide_rounded(result.above.value, result.below));
    return with_signal(macd, signal_.update(macd));
  }

  [[nodiscard]] static int macd_lookback(const IndicatorArguments& a) {
    return AveragePair::lookback(fast(a), slow(a));
  }
  [[nodiscard]] static int signal_lookback(const IndicatorArguments& a) {
    return macd_lookback(a) + moving_average_lookback(a.whole(5), a.whole(4));
  }
  [[nodiscard]] static int stable(const IndicatorArguments& a) {
    return signal_lookback(a) + std::max(AveragePair::forgets(fast(a), slow(a)),
                                         moving_average_forgets(a.whole(5), a.whole(4)));
  }

 private:
  static AverageOfKind fast(const IndicatorArguments& a) { return {a.whole(1), a.whole(0)}; }
  static AverageOfKind slow(const IndicatorArguments& a) { return {a.whole(3), a.whole(2)}; }

  AveragePair averages_;
  MovingAverage signal_;
};

}  // namespace quant
