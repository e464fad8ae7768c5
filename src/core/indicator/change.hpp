// SPDX-License-Identifier: PostgreSQL
// What has become of a series since n rows ago.
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// x and x[n], n >= 1, where the n + 1 rows from the one to the other are known: from row n on.
class Since {
 public:
  explicit Since(int n) : window_(n + 1) {}

  bool update(Number x) {
    window_.push(x);
    return window_.full();
  }
  [[nodiscard]] Int128 now() const { return window_.back(0).value; }
  [[nodiscard]] Int128 then() const { return window_.back(window_.period() - 1).value; }
  [[nodiscard]] Int128 change() const { return subtract(now(), then()); }

 private:
  Window window_;
};

/// Momentum: x - x[n], in units of the input.
class Momentum {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Momentum(const IndicatorArguments& arguments) : since_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    if (!since_.update(row[0])) return {};
    return {Number::of(since_.change())};
  }

 private:
  Since since_;
};

/// kFactor times what is now, or what has changed, over x[n], on the grid; missing where x[n] = 0.
template <int kFactor, auto kPart>
class PastQuotient {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit PastQuotient(const IndicatorArguments& arguments) : since_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 1>& row) {
    if (!since_.update(row[0])) return {};
    return {grid_quotient(multiply((since_.*kPart)(), kFactor), since_.then())};
  }

 private:
  Since since_;
};

template <int kFactor>
using RateOfChange = PastQuotient<kFactor, &Since::change>;
template <int kFactor>
using RatioToPast = PastQuotient<kFactor, &Since::now>;

}  // namespace quant
