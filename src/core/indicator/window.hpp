// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <span>
#include <vector>

#include "core/base/number_column.hpp"

namespace quant {

/// The last items of a sequence, as many as its size; T() where none has come yet.
template <typename T>
class Ring {
 public:
  explicit Ring(int size) : items_(static_cast<std::size_t>(size)) {}

  /// Adds `entering` and returns the item that leaves.
  T push(T entering) {
    T& slot = items_[next_];
    const T leaving = slot;
    slot = entering;
    next_ = next_ + 1 == items_.size() ? 0 : next_ + 1;
    return leaving;
  }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  /// The item of `age` pushes ago, 0 the last one.
  [[nodiscard]] const T& back(std::size_t age) const {
    const std::size_t last = (next_ == 0 ? items_.size() : next_) - 1;
    return items_[last >= age ? last - age : last + items_.size() - age];
  }
  /// All of them, in no order.
  [[nodiscard]] std::span<T> items() { return items_; }
  [[nodiscard]] std::span<const T> items() const { return items_; }

 private:
  std::vector<T> items_;
  std::size_t next_ = 0;
};

/// The last `period` values of a series, missing ones included. A window statistic is missing while
/// one of them is, and computed anew once they are all known again.
class Window {
 public:
  explicit Window(int period) : values_(period) {}

  /// Adds `entering` and returns the value that leaves; a missing one while the window fills.
  Number push(Number entering) {
    const Number leaving = values_.push(entering);
    known_ += static_cast<std::size_t>(entering.known) - static_cast<std::size_t>(leaving.known);
    return leaving;
  }
  /// Every value of a whole window is known.
  [[nodiscard]] bool full() const { return known_ == values_.size(); }
  [[nodiscard]] std::size_t period() const { return values_.size(); }
  /// The value of `age` rows ago, 0 the last one.
  [[nodiscard]] Number back(std::size_t age) const { return values_.back(age); }
  /// From here on all values are counted in a unit that many times smaller.
  void scale(Int128 factor) {
    for (Number& number : values_.items()) number.value = multiply(number.value, factor);
  }

 private:
  Ring<Number> values_;
  std::size_t known_ = 0;
};

}  // namespace quant
