// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <deque>

#include "core/indicator/window.hpp"

namespace quant {

/// The extreme of the last `period` >= 1 values, the current one included, in the input's own
/// units. `Better(a, b)` says that a is at least as extreme as b. Each value enters and leaves the
/// queue of candidates once, so a bar costs a constant on average.
template <typename Better>
class Extreme {
 public:
  explicit Extreme(int period) : window_(period) {}

  Number update(Number x) {
    window_.push(x);
    ++bar_;
    while (!candidates_.empty() && candidates_.front().bar + window_.period() <= bar_) {
      candidates_.pop_front();
    }
    if (x.known) {
      while (!candidates_.empty() && Better{}(x.value, candidates_.back().value)) {
        candidates_.pop_back();
      }
      candidates_.push_back({bar_, x.value});
    }
    return window_.full() ? Number::of(candidates_.front().value) : Number{};
  }
  [[nodiscard]] bool ready() const { return window_.full(); }
  void reset() { *this = Extreme(static_cast<int>(window_.period())); }

 private:
  struct Candidate {
    std::size_t bar;
    Int128 value;
  };

  Window window_;
  std::size_t bar_ = 0;
  std::deque<Candidate> candidates_;
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
