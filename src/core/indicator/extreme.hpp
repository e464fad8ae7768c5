// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/indicator/indicator.hpp"

namespace quant {

/// The extreme of the last `period` >= 1 values, the current one included, in the input's own
/// units. `Better(a, b)` says that a later value a takes the place of b.
///
/// By blocks of a whole period [van Herk 1992; Gil, Werman 1993]: the window is the end of one
/// block and the begin of the next, and the extremes of both are at hand. A row costs two
/// comparisons, and the last one of a block a walk back over it.
template <typename Better>
class Extreme {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Extreme(int period) : block_(static_cast<std::size_t>(period)) {}
  explicit Extreme(const IndicatorArguments& arguments) : Extreme(arguments.whole(0)) {}

  Number update(Number x) {
    ++row_;
    if (!x.known) {
      place_ = known_ = 0;
      return {};
    }
    const Item entering{x.value, row_};
    block_[place_] = entering;
    if (place_ == 0 || Better{}(x.value, begun_.value)) begun_ = entering;
    ++place_;
    found_ = begun_;
    if (known_ < block_.size()) {
      ++known_;
    } else if (place_ < block_.size() && !Better{}(begun_.value, block_[place_].value)) {
      found_ = block_[place_];
    }
    if (place_ == block_.size()) {
      walk_back();
      place_ = 0;
    }
    return {found_.value, known_ == block_.size()};
  }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }
  /// Rows since the extreme that update() has just given.
  [[nodiscard]] std::size_t age() const { return row_ - found_.row; }

 private:
  struct Item {
    Int128 value = 0;
    std::size_t row = 0;
  };

  /// From here on each item is the extreme of what was it and all behind it.
  void walk_back() {
    for (std::size_t i = block_.size() - 1; i > 0; --i) {
      if (Better{}(block_[i].value, block_[i - 1].value)) block_[i - 1] = block_[i];
    }
  }

  std::vector<Item> block_;  // below place_ values of this block, from it on those of the last one
  std::size_t place_ = 0;
  std::size_t known_ = 0;  // rows since the last missing one, at most the period
  std::size_t row_ = 0;
  Item begun_;  // the extreme of this block so far
  Item found_;
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
