// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/channel.hpp"
#include "core/indicator/moving_average.hpp"
#include "core/indicator/rsi.hpp"
#include "core/indicator/sma.hpp"

namespace quant {

/// Highest high and lowest low of n >= 1 bars. A bar with a missing value counts as missing.
[[nodiscard]] inline Channel::Range range_of(Channel& channel, const std::array<Number, 3>& row) {
  return all_known(row) ? channel.update(row[0], row[1]) : channel.update({}, {});
}

/// Where the close stands in the range of n bars [Lane 1984]: raw = 100 (close - LL) / (HH - LL), a
/// quotient on the grid; missing where HH = LL. First value at row n - 1.
class RawStochastic {
 public:
  explicit RawStochastic(int n) : channel_(n) {}

  /// Prices in units of any one size.
  Number update(const std::array<Number, 3>& row) {
    const Channel::Range range = range_of(channel_, row);
    if (!range.known) return {};
    return grid_quotient(multiply(subtract(row[2].value, range.low), 100),
                         subtract(range.high, range.low));
  }

 private:
  Channel channel_;
};

/// k = the mean of s values of raw, d = the mean of d values of k: exact means of what is on the
/// grid, each rounded once. First values at rows s - 1 and s + d - 2 after that of raw.
class StochasticMeans {
 public:
  StochasticMeans(int s, int d) : k_(s), d_(d), k_size_(s), d_size_(Int128{s} * d) {}

  std::array<Number, 2> update(Number raw) {
    const Number k = k_.update(raw);
    const Number d = d_.update(k);
    return {mean(k, k_size_), mean(d, d_size_)};
  }

 private:
  static Number mean(Number sum, Int128 size) {
    return sum.known ? Number::of(divide_rounded(sum.value, size)) : Number{};
  }

  Sma k_;
  Sma d_;
  Int128 k_size_;
  Int128 d_size_;
};

/// Stochastic oscillator: k and d of raw.
class Stochastic {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 2;

  explicit Stochastic(const IndicatorArguments& a)
      : raw_(a.whole(0)), means_(a.whole(1), a.whole(2)) {}

  std::array<Number, 2> update(const std::array<Number, 3>& row) {
    return means_.update(raw_.update(row));
  }

 private:
  RawStochastic raw_;
  StochasticMeans means_;
};

/// Fast stochastic oscillator: k = raw, d = a moving average of it of any kind. First value of d
/// where that average has its first after row n - 1.
class StochasticFast {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 2;

  explicit StochasticFast(const IndicatorArguments& a)
      : raw_(a.whole(0)), d_(a.whole(2), a.whole(1)) {}

  std::array<Number, 2> update(const std::array<Number, 3>& row) {
    const Number k = raw_.update(row);
    return {k, d_.update(k)};
  }

 private:
  RawStochastic raw_;
  MovingAverage d_;
};

/// Stochastic oscillator of the relative strength index [Chande, Kroll 1994]: high, low and close
/// are rsi(x, n). First value of k at row n + m + s - 2, of d at row n + m + s + d - 3.
class StochasticRsi {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 2;

  explicit StochasticRsi(const IndicatorArguments& a)
      : rsi_(a.whole(0)), raw_(a.whole(1)), means_(a.whole(2), a.whole(3)) {}

  /// x in grid units.
  std::array<Number, 2> update(const std::array<Number, 1>& row) {
    const Number rsi = rsi_.update(row[0]);
    return means_.update(raw_.update({rsi, rsi, rsi}));
  }

 private:
  Rsi rsi_;
  RawStochastic raw_;
  StochasticMeans means_;
};

/// Williams' %R [Williams 1973]: -100 (HH - close) / (HH - LL) over n >= 1 bars, rounded once to
/// the grid; missing where HH = LL. First value at row n - 1.
class WilliamsR {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit WilliamsR(const IndicatorArguments& arguments) : channel_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    const Channel::Range range = range_of(channel_, row);
    if (!range.known) return {};
    return {grid_quotient(multiply(subtract(row[2].value, range.high), 100),
                          subtract(range.high, range.low))};
  }

 private:
  Channel channel_;
};

}  // namespace quant
