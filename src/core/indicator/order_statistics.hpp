// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <set>

#include "core/indicator/extreme.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// Median of the last n >= 1 values, the mean of the middle two where n is even: exact, over 2.
/// First value at row n - 1.
class MovingMedian {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit MovingMedian(const IndicatorArguments& arguments) : window_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    const Number leaving = window_.push(row[0]);
    if (row[0].known) insert(row[0].value);
    if (leaving.known) remove(leaving.value);
    if (!window_.full()) return {};
    const Int128 middle = *low_.rbegin();
    const bool is_odd = low_.size() > high_.size();
    return {Number::of(add(middle, is_odd ? middle : *high_.begin()))};
  }

  static Int128 denominator(const IndicatorArguments& /*arguments*/) { return 2; }

 private:
  void insert(Int128 value) {
    if (low_.empty() || value <= *low_.rbegin()) {
      low_.insert(value);
    } else {
      high_.insert(value);
    }
    balance();
  }
  void remove(Int128 value) {
    const auto found = low_.find(value);
    if (found != low_.end()) {
      low_.erase(found);
    } else {
      high_.erase(high_.find(value));
    }
    balance();
  }
  /// The lower half has as many values as the upper one, or one more.
  void balance() {
    if (low_.size() > high_.size() + 1) {
      high_.insert(low_.extract(std::prev(low_.end())));
    } else if (low_.size() < high_.size()) {
      low_.insert(high_.extract(high_.begin()));
    }
  }

  Window window_;
  std::multiset<Int128> low_;
  std::multiset<Int128> high_;
};

struct Above {
  constexpr bool operator()(Int128 a, Int128 b) const { return a > b; }
};
struct Below {
  constexpr bool operator()(Int128 a, Int128 b) const { return a < b; }
};

/// The row of an extreme of the last n >= 1 values, counted from 0. Of equal ones that which TA-Lib
/// gives: a new value as extreme as the one so far takes its place; when that one leaves the
/// window, the earliest follows. `Better` is strict, so that the earliest one stays. On the grid.
template <typename Better>
class ExtremeIndex {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit ExtremeIndex(const IndicatorArguments& arguments)
      : extreme_(arguments), period_(static_cast<std::size_t>(arguments.whole(0))) {}

  Number update(Number x) {
    const Number found = extreme_.update(x);
    const std::size_t row = row_++;
    if (!found.known) {
      has_extreme_ = false;
      return {};
    }
    if (!has_extreme_ || extreme_row_ + period_ <= row) {
      extreme_row_ = row - extreme_.age();
    } else if (x.value == found.value) {
      extreme_row_ = row;
    }
    has_extreme_ = true;
    return Number::of(Int128{kGrid} * static_cast<Int128>(extreme_row_));
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

 private:
  Extreme<Better> extreme_;
  std::size_t period_;
  std::size_t row_ = 0;
  std::size_t extreme_row_ = 0;
  bool has_extreme_ = false;
};

using MaxIndex = ExtremeIndex<Above>;
using MinIndex = ExtremeIndex<Below>;

/// Two indicators of one series side by side.
template <typename First, typename Second>
class Beside {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 2;

  explicit Beside(const IndicatorArguments& arguments) : first_(arguments), second_(arguments) {}

  std::array<Number, 2> update(const std::array<Number, 1>& row) {
    return {first_.update(row[0]), second_.update(row[0])};
  }

 private:
  First first_;
  Second second_;
};

using MinMax = Beside<Lowest, Highest>;
using MinMaxIndex = Beside<MinIndex, MaxIndex>;

}  // namespace quant
