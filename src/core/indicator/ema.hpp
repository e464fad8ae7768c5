// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/fixed_divisor.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// Exponential moving average on the grid of 10^-12. Seed: the mean of the first n known values, or
/// the first of them alone; then e = G(e + 2 / (n + 1) (x - e)), G rounding half away from zero. A
/// missing value gives a missing average and leaves the state as it is.
class Ema {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;
  enum class Seed { kMean, kFirst };
  /// The general form: passes over `skipped` values, takes the mean of the next `seeds`, and moves
  /// by part / whole of the distance.
  struct Form {
    int skipped;
    int seeds;
    int part;
    int whole;
  };

  explicit Ema(const Form& form)
      : begin_(form.skipped + form.seeds),
        seeds_(form.seeds),
        part_(form.part),
        rest_(form.whole - form.part),
        divide_(form.whole) {}
  explicit Ema(int n, Seed seed = Seed::kMean)
      : Ema(Form{0, seed == Seed::kMean ? n : 1, 2, n + 1}) {}
  explicit Ema(const IndicatorArguments& arguments)
      : Ema(arguments.whole(0), static_cast<Seed>(arguments.whole(1))) {}

  /// x and the result in grid units.
  Number update(Number x) {
    if (!x.known) return {};
    if (seen_ < begin_) {
      if (++seen_ > begin_ - seeds_) sum_ = add(sum_, x.value);
      if (seen_ < begin_) return {};
      average_ = divide_rounded(sum_, seeds_);
    } else {
      average_ = divide_(add(multiply(average_, rest_), multiply(x.value, part_)));
    }
    return Number::of(average_);
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  int begin_;
  int seeds_;
  int part_;
  int rest_;  // whole - part
  FixedDivisor divide_;
  int seen_ = 0;
  Int128 sum_ = 0;
  Int128 average_ = 0;
};

}  // namespace quant
