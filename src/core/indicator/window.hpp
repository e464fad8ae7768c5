// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/base/number_column.hpp"

namespace quant {

/// The last `period` values of a series, missing ones included. A window statistic is missing while
/// one of them is, and computed anew once they are all known again.
class Window {
 public:
  explicit Window(int period) : values_(static_cast<std::size_t>(period)) {}

  /// Adds `entering` and returns the value that leaves; a missing one while the window fills.
  Number push(Number entering) {
    Number& slot = values_[next_];
    const Number leaving = slot;
    slot = entering;
    next_ = next_ + 1 == values_.size() ? 0 : next_ + 1;
    known_ += static_cast<std::size_t>(entering.known) - static_cast<std::size_t>(leaving.known);
    return leaving;
  }
  /// Every value of a whole window is known.
  [[nodiscard]] bool full() const { return known_ == values_.size(); }
  [[nodiscard]] std::size_t period() const { return values_.size(); }
  /// The value of `age` rows ago, 0 the last one.
  [[nodiscard]] Number back(std::size_t age) const {
    const std::size_t last = next_ == 0 ? values_.size() - 1 : next_ - 1;
    return values_[last >= age ? last - age : last + values_.size() - age];
  }

 private:
  std::vector<Number> values_;
  std::size_t next_ = 0;
  std::size_t known_ = 0;
};

}  // namespace quant
