// SPDX-License-Identifier: PostgreSQL
#include "core/risk/exact_moments.hpp"

namespace quant {

ExactMoments::ExactMoments(const DecimalSample& sample, const Pause& pause)
    : count_(sample.mantissas.size()), scale_(sample.scale) {
  const Breath breath(pause);
  Integer second;
  Integer third;
  Integer fourth;
  for (const Int128 mantissa : sample.mantissas) {
    breath();
    const Integer value(mantissa);
    const Integer square = value * value;
    sum_ += value;
    second += square;
    third += square * value;
    fourth += square * square;
  }
  const Integer n(count_);
  squares_ = n * second - sum_ * sum_;
  cubes_ = n * n * third - 3 * n * sum_ * second + 2 * sum_ * sum_ * sum_;
  fourths_ = n * n * n * fourth - 4 * n * n * sum_ * third + 6 * n * sum_ * sum_ * second -
             3 * sum_ * sum_ * sum_ * sum_;
}

}  // namespace quant
