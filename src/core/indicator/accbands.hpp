// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/sma.hpp"

namespace quant {

/// Acceleration bands [Headley 2002] over n >= 1 rows: the means of
/// G(high (1 + 4 (high - low) / (high + low))), of the close and of
/// G(low (1 - 4 (high - low) / (high + low))). A row with high + low = 0 counts as missing. First
/// values at row n - 1. Inputs and results in grid units, but middle is the exact sum.
class Accbands {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 3;

  explicit Accbands(const IndicatorArguments& arguments)
      : n_(arguments.whole(0)), upper_(n_), middle_(n_), lower_(n_) {}

  std::array<Number, 3> update(const std::array<Number, 3>& row) {
    Number upper;
    Number middle;
    Number lower;
    if (all_known(row)) {
      const Int128 high = row[0].value;
      const Int128 low = row[1].value;
      const Int128 sum = add(high, low);
      if (sum != 0) {
        upper = widened(high, low, sum);
        middle = row[2];
        lower = widened(low, high, sum);
      }
    }
    return {mean(upper_.update(upper)), middle_.update(middle), mean(lower_.update(lower))};
  }

 private:
  /// a (5a - 3b) / (a + b).
  static Number widened(Int128 a, Int128 b, Int128 sum) {
    const Int128 factor = subtract(multiply(a, 5), multiply(b, 3));
    return Number::of(ratio(product(a, factor), Int256(sum), 1));
  }
  [[nodiscard]] Number mean(Number sum) const {
    return sum.known ? Number::of(divide_rounded(sum.value, n_)) : Number{};
  }

  int n_;
  Sma upper_;
  Sma middle_;
  Sma lower_;
};

}  // namespace quant
