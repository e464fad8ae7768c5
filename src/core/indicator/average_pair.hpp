// SPDX-License-Identifier: PostgreSQL
// Indicators made of two moving averages of any kind.
#pragma once

#include <algorithm>

#include "core/indicator/moving_average.hpp"

namespace quant {

/// A moving average, of which a recursive one passes over `skipped` known values before it begins.
class LateAverage {
 public:
  LateAverage(int kind, int n, int skipped)
      : skipped_(is_recursive(static_cast<MovingAverageKind>(kind)) ? skipped : 0),
        average_(kind, n) {}

  /// x in grid units; the result over denominator().
  Number update(Number x) {
    if (skipped_ > 0) {
      if (x.known) --skipped_;
      return {};
    }
    return average_.exact(x);
  }
  [[nodiscard]] Int128 denominator() const { return average_.denominator(); }

 private:
  int skipped_;
  MovingAverage average_;
};

struct AverageOfKind {
  int kind;
  int n;
};

/// Two moving averages, the one over fewer values being the fast one. A recursive average begins
/// where it can, or, `together`, not before the later one: its seed is from the values before that.
class AveragePair {
 public:
  enum class Begin { kEachItself, kTogether };

  AveragePair(AverageOfKind fast, AverageOfKind slow, Begin begin)
      : AveragePair(fast.n > slow.n ? slow : fast, fast.n > slow.n ? fast : slow,
                    begin == Begin::kTogether ? lookback(fast, slow) : 0) {}

  struct Difference {
    Number above;  // of fast - slow, over below
    Int128 slow;   // over below, too
    Int128 below;
  };
  /// x in grid units.
  Difference update(Number x) {
    const Number fast = fast_.update(x);
    const Number slow = slow_.update(x);
    if (!fast.known || !slow.known) return {{}, 0, 1};
    const Int128 scaled = multiply(slow.value, fast_.denominator());
    return {Number::of(subtract(multiply(fast.value, slow_.denominator()), scaled)), scaled,
            multiply(fast_.denominator(), slow_.denominator())};
  }

  [[nodiscard]] static int lookback(AverageOfKind fast, AverageOfKind slow) {
    return std::max(moving_average_lookback(fast.kind, fast.n),
                    moving_average_lookback(slow.kind, slow.n));
  }
  [[nodiscard]] static int forgets(AverageOfKind fast, AverageOfKind slow) {
    return std::max(moving_average_forgets(fast.kind, fast.n),
                    moving_average_forgets(slow.kind, slow.n));
  }

 private:
  AveragePair(AverageOfKind fast, AverageOfKind slow, int first)
      : fast_(fast.kind, fast.n, skipped(fast, first)),
        slow_(slow.kind, slow.n, skipped(slow, first)) {}

  static int skipped(AverageOfKind average, int first) {
    return std::max(first - moving_average_lookback(average.kind, average.n), 0);
  }

  LateAverage fast_;
  LateAverage slow_;
};

/// Absolute price oscillator: fast - slow, moving averages of one kind; or the percentage price
/// oscillator, 100 (fast - slow) / slow, missing where slow is 0. Exact for sma, wma and trima,
/// rounded once to the grid. First value where the later average has its first.
template <bool kPercent>
class PriceOscillator {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit PriceOscillator(const IndicatorArguments& a)
      : averages_({a.whole(2), a.whole(0)}, {a.whole(2), a.whole(1)},
                  AveragePair::Begin::kEachItself) {}

  /// x and the result in grid units.
  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const AveragePair::Difference result = averages_.update(row[0]);
    if (!result.above.known) return {};
    if (kPercent) return {grid_quotient(multiply(result.above.value, 100), result.slow)};
    return {Number::of(divide_rounded(result.above.value, result.below))};
  }

 private:
  AveragePair averages_;
};

using Apo = PriceOscillator<false>;
using Ppo = PriceOscillator<true>;

}  // namespace quant
