// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/extreme.hpp"

namespace quant {

/// The highest high and the lowest low of the last n >= 1 rows, in the units of the inputs.
class Channel {
 public:
  explicit Channel(int n) : highest_(n), lowest_(n) {}

  struct Range {
    Int128 high = 0;
    Int128 low = 0;
    bool known = false;

    [[nodiscard]] Number sum() const { return {known ? add(high, low) : 0, known}; }
  };
  Range update(Number high, Number low) {
    if (!high.known || !low.known) high = low = Number{};
    const Number top = highest_.update(high);
    const Number bottom = lowest_.update(low);
    return {top.value, bottom.value, top.known && bottom.known};
  }

 private:
  Highest highest_;
  Lowest lowest_;
};

/// (highest + lowest) / 2 of x over n >= 1 rows. First value at row n - 1. Gives the exact sum.
class Midpoint {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Midpoint(const IndicatorArguments& arguments) : channel_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    return {channel_.update(row[0], row[0]).sum()};
  }

 private:
  Channel channel_;
};

/// (highest high + lowest low) / 2 over n >= 1 rows. First value at row n - 1. Gives the exact sum.
class Midprice {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Midprice(const IndicatorArguments& arguments) : channel_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    return {channel_.update(row[0], row[1]).sum()};
  }

 private:
  Channel channel_;
};

/// Donchian's channel: upper the highest high, lower the lowest low of n >= 1 rows, the current one
/// included, and middle their mean. First values at row n - 1. Gives the exact sum as middle.
class Donchian {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 3;

  explicit Donchian(const IndicatorArguments& arguments) : channel_(arguments.whole(0)) {}

  std::array<Number, 3> update(const std::array<Number, 2>& row) {
    const Channel::Range range = channel_.update(row[0], row[1]);
    return {Number{range.high, range.known}, range.sum(), Number{range.low, range.known}};
  }

 private:
  Channel channel_;
};

}  // namespace quant
