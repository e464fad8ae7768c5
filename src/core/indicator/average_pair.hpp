// SPDX-License-Identifier: PostgreSQL
// Indicators made of two moving averages of any kind.
#pragma once

#include <algorithm>
#include <variant>

#include "core/indicator/moving_average.hpp"

namespace quant {

/// A moving average as a numerator over denominator(): exact for finite windows, on the grid for
/// the others. A recursive one passes over `skipped` known values before it begins.
class ExactAverage {
 public:
  ExactAverage(int kind, int n, int skipped)
      : skipped_(is_recursive(static_cast<MovingAverageKind>(kind)) ? skipped : 0),
        average_(make(static_cast<MovingAverageKind>(kind), n)),
        denominator_(denominator(static_cast<MovingAverageKind>(kind), n)) {}

  /// x in grid units.
  Number update(Number x) {
    if (skipped_ > 0) {
      if (x.known) --skipped_;
      return {};
    }
    return std::visit([&](auto& average) { return average.update(x); }, average_);
  }
  [[nodiscard]] Int128 denominator() const { return denominator_; }

 private:
  using Average = std::variant<Sma, Wma, Trima, MovingAverage>;

  static Average make(MovingAverageKind kind, int n) {
    if (kind == MovingAverageKind::kSma) return Sma(n);
    if (kind == MovingAverageKind::kWma) return Wma(n);
    if (kind == MovingAverageKind::kTrima) return Trima(n);
    return MovingAverage(kind, n);
  }
  static Int128 denominator(MovingAverageKind kind, int n) {
    if (kind == MovingAverageKind::kSma) return n;
    if (kind == MovingAverageKind::kWma) return triangle(n);
    if (kind == MovingAverageKind::kTrima) return Trima::denominator(n);
    return 1;
  }

  int skipped_;
  Average average_;
  Int128 denominator_;
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

  ExactAverage fast_;
  ExactAverage slow_;
};

/// Absolute price oscillator: fast - slow, moving averages of one kind. Exact for sma, wma and
/// trima, rounded once to the grid. First value where the later average has its first.
class Apo {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Apo(const Arguments& a)
      : averages_({a.whole(2), a.whole(0)}, {a.whole(2), a.whole(1)},
                  AveragePair::Begin::kEachItself) {}

  /// x and the result in grid units.
  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const AveragePair::Difference result = averages_.update(row[0]);
    if (!result.above.known) return {};
    return {Number::of(divide_rounded(result.above.value, result.below))};
  }

 private:
  AveragePair averages_;
};

/// Percentage price oscillator: 100 (fast - slow) / slow. Exact for sma, wma and trima, rounded
/// once to the grid. First value where the later average has its first; missing where slow is 0.
class Ppo {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Ppo(const Arguments& a)
      : averages_({a.whole(2), a.whole(0)}, {a.whole(2), a.whole(1)},
                  AveragePair::Begin::kEachItself) {}

  /// x and the result in grid units.
  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const AveragePair::Difference result = averages_.update(row[0]);
    if (!result.above.known) return {};
    return {grid_quotient(multiply(result.above.value, 100), result.slow)};
  }

 private:
  AveragePair averages_;
};

}  // namespace quant
