// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/sma.hpp"

namespace quant {

/// Triangular moving average: the mean of b means of a rows, a = floor(n / 2) + 1 and b = n + 1 -
/// a; the weights rise to the middle of n rows and fall again. First value at row n - 1. Gives the
/// exact weighted sum, over a b.
class Trima {
 public:
  static constexpr std::size_t kInputs = 1;
  static constexpr std::size_t kOutputs = 1;

  explicit Trima(int n) : inner_(inner(n)), outer_(outer(n)) {}
  explicit Trima(const IndicatorArguments& arguments) : Trima(arguments.whole(0)) {}

  Number update(Number x) { return outer_.update(inner_.update(x)); }
  std::array<Number, 1> update(const std::array<Number, 1>& row) { return {update(row[0])}; }

  [[nodiscard]] static constexpr Int128 denominator(int n) { return Int128{inner(n)} * outer(n); }

 private:
  static constexpr int inner(int n) { return n / 2 + 1; }
  static constexpr int outer(int n) { return n + 1 - inner(n); }

  Sma inner_;
  Sma outer_;
};

}  // namespace quant
