// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <algorithm>

#include "core/indicator/ema.hpp"

namespace quant {

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

  explicit Macd(const IndicatorArguments& a)
      : Macd(form(std::min(a.whole(0), a.whole(1)),
                  static_cast<Seed>(a.whole(3)) == Seed::kOwn
                      ? 0
                      : std::max(a.whole(0), a.whole(1)) - std::min(a.whole(0), a.whole(1))),
             form(std::max(a.whole(0), a.whole(1)), 0), a.whole(2)) {}

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
  Macd(const Ema::Form& fast, const Ema::Form& slow, int signal)
      : fast_(fast), slow_(slow), signal_(signal) {}

 private:
  static Ema::Form form(int n, int skipped) { return {skipped, n, 2, n + 1}; }

  Ema fast_;
  Ema slow_;
  Ema signal_;
};

/// The original form of 12 and 26 bars: the averages move by 0.15 and 0.075 of the distance. First
/// values at rows 25 and 24 + signal.
class MacdFix : public Macd {
 public:
  static constexpr int kFast = 12;
  static constexpr int kSlow = 26;

  explicit MacdFix(const IndicatorArguments& arguments)
      : Macd({kSlow - kFast, kFast, 3, 20}, {0, kSlow, 3, 40}, arguments.whole(0)) {}
};

}  // namespace quant
