// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstddef>
#include <functional>

namespace quant {

/// Called now and then in long work; what it throws gives the work up.
using Pause = std::function<void()>;

/// Calls `pause`, which outlives it, at every so many values of a long series.
class Breath {
 public:
  explicit Breath(const Pause& pause) : pause_(&pause) {}
  void operator()() const {
    if (++count_ % kValues == 0) (*pause_)();
  }

 private:
  static constexpr std::size_t kValues = 4096;  // some milliseconds
  const Pause* pause_;
  mutable std::size_t count_ = 0;
};

}  // namespace quant
