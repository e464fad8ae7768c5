// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <bit>
#include <vector>

#include "core/indicator/indicator.hpp"

namespace quant {

/// The extreme of the last `period` >= 1 values, the current one included, in the input's own
/// units. `Better(a, b)` says that a is at least as extreme as b. Each value enters and leaves the
/// queue of candidates once, so a bar costs a constant on average.
template <typename Better>
class Extreme {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Extreme(int period)
      : period_(static_cast<std::size_t>(period)),
        candidates_(std::bit_ceil(period_)),
        mask_(candidates_.size() - 1) {}
  explicit Extreme(const IndicatorArguments& arguments) : Extreme(arguments.whole(0)) {}

  Number update(Number x) {
    ++bar_;
    if (!x.known) {
      known_ = first_ = end_ = 0;
      return {};
    }
    // Of what has left the window at most one is still there.
    if (first_ != end_ && candidates_[first_ & mask_].bar + period_ <= bar_) ++first_;
    while (first_ != end_ && Better{}(x.value, candidates_[(end_ - 1) & mask_].value)) --end_;
    candidates_[end_++ & mask_] = {bar_, x.value};
    if (known_ < period_) ++known_;
    return {candidates_[first_ & mask_].value, known_ == period_};
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }
  /// Rows since the extreme that update() has just given, of equal ones the latest.
  [[nodiscard]] std::size_t age() const { return bar_ - candidates_[first_ & mask_].bar; }

 private:
  struct Candidate {
    std::size_t bar;
    Int128 value;
  };

  std::size_t period_;
  std::size_t bar_ = 0;
  std::size_t known_ = 0;              // rows since the last missing one, at most the period
  std::vector<Candidate> candidates_;  // from first_ to end_, counted on, each worse than before
  std::size_t mask_;
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

struct AtLeast {
  constexpr bool operator()(Int128 a, Int128 b) const { return a >= b; }
};
struct AtMost {
  constexpr bool operator()(Int128 a, Int128 b) const { return a <= b; }
};

using Highest = Extreme<AtLeast>;
using Lowest = Extreme<AtMost>;

}  // namespace quant
