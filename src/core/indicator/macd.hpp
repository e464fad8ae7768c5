// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>

#include "core/indicator/ema.hpp"

namespace quant {

/// An exponential average that passes over `skipped` known values before its seed, the mean of the
/// next n; then e = G(e + (x - e) part / whole).
class LateEma {
 public:
  LateEma(int skipped, int n, int part, int whole)
      : skipped_(skipped), n_(n), part_(part), rest_(whole - part), divide_(whole) {}
  LateEma(int skipped, int n) : LateEma(skipped, n, 2, n + 1) {}

  /// x and the result in grid units.
  Number update(Number x) {
    if (!x.known) return {};
    if (seen_ < skipped_ + n_) {
      if (++seen_ > skipped_) sum_ = add(sum_, x.value);
      if (seen_ < skipped_ + n_) return {};
      average_ = divide_rounded(sum_, n_);
    } else {
      const Int128 weighted = add(multiply(average_, rest_), multiply(x.value, part_));
      average_ = divide_(weighted);
    }
    return Number::of(average_);
  }

 private:
  int skipped_;
  int n_;
  int part_;
  int rest_;  // whole - part
  FixedDivisor divide_;
  int seen_ = 0;
  Int128 sum_ = 0;
  Int128 average_ = 0;
};

/// A difference and its average: macd, signal and histogram = macd - signal.
[[nodiscard]] inline std::array<Number, 3> with_signal(Number macd, Number signal) {
  if (!macd.known || !signal.known) return {macd, Number{}, Number{}};
  return {macd, signal, Number::of(subtract(macd.value, signal.value))};
}

/// Moving average convergence divergence [Appel 1979]: macd = ema(x, fast) - ema(x, slow), signal =
/// ema(macd, signal), on the grid. The shorter average is the fast one. Seed `common`: both
/// averages begin where the slow one does, the fast one from the mean of the last `fast` values;
/// `own`: each where it can. First values at rows slow - 1 and slow + signal - 2.
class Macd {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 3;
  enum class Seed { kCommon, kOwn };

  Macd(int fast, int slow, int signal, Seed seed)
      : fast_(seed == Seed::kOwn ? 0 : std::max(fast, slow) - std::min(fast, slow),
              std::min(fast, slow)),
        slow_(0, std::max(fast, slow)),
        signal_(signal) {}
  explicit Macd(const Arguments& arguments)
      : Macd(arguments.whole(0), arguments.whole(1), arguments.whole(2),
             static_cast<Seed>(arguments.whole(3))) {}

  /// x and the results in grid units.
  std::array<Number, 3> update(Number x) {
    const Number fast = fast_.update(x);
    const Number slow = slow_.update(x);
    if (!slow.known) return {};
    const Number macd = Number::of(subtract(fast.value, slow.value));
    return with_signal(macd, signal_.update(macd));
  }
  std::array<Number, 3> update(const std::array<Number, 1>& row) { return update(row[0]); }

 protected:
  Macd(const LateEma& fast, const LateEma& slow, int signal)
      : fast_(fast), slow_(slow), signal_(signal) {}

 private:
  LateEma fast_;
  LateEma slow_;
  Ema signal_;
};

/// The original form of 12 and 26 bars: the averages move by 0.15 and 0.075 of the distance. First
/// values at rows 25 and 24 + signal.
class MacdFix : public Macd {
 public:
  static constexpr int kFast = 12;
  static constexpr int kSlow = 26;

  explicit MacdFix(const Arguments& arguments)
      : Macd(LateEma(kSlow - kFast, kFast, 3, 20), LateEma(0, kSlow, 3, 40), arguments.whole(0)) {}
};

}  // namespace quant
