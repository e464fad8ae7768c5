// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/moving_average.hpp"

namespace quant {

/// A moving average of the kind that is asked for. First value as that kind's. In grid units.
class Ma {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Ma(const IndicatorArguments& arguments)
      : average_(arguments.whole(1), arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    return {average_.update(row[0])};
  }

 private:
  MovingAverage average_;
};

/// Moving average whose length is a series: that of the whole part of `periods`, not below
/// minperiod nor above maxperiod. All lengths have their first value at the row of the longest one,
/// so a shorter one begins later. In grid units.
class Mavp {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Mavp(const IndicatorArguments& arguments)
      : least_(arguments.whole(0)),
        most_(arguments.whole(1)),
        recursive_(is_recursive(static_cast<MovingAverageKind>(arguments.whole(2)))) {
    const int kind = arguments.whole(2);
    const int longest = moving_average_lookback(kind, most_);
    for (int n = least_; n <= most_; ++n) {
      averages_.push_back({MovingAverage(kind, n), longest - moving_average_lookback(kind, n)});
    }
  }

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    const bool known = all_known(row);
    if (!known && recursive_) return {};
    const Int128 asked = known ? row[1].value / kGrid : 0;
    const auto chosen = static_cast<std::size_t>(std::clamp<Int128>(asked, least_, most_) - least_);
    Number result;
    for (std::size_t i = 0; i < averages_.size(); ++i) {
      Late& late = averages_[i];
      if (late.waits > 0) {
        --late.waits;
        continue;
      }
      const Number average = late.average.update(known ? row[0] : Number{});
      if (known && i == chosen) result = average;
    }
    return {result};
  }

 private:
  struct Late {
    MovingAverage average;
    int waits;  // rows until it begins
  };

  int least_;
  int most_;
  bool recursive_;
  std::vector<Late> averages_;
};

}  // namespace quant
