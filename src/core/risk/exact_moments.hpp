// SPDX-License-Identifier: PostgreSQL
// Mean and central sums of a sample, from sums of powers in whole numbers: exact, and faster than
// decimal floating point.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <string>

#include "core/base/pause.hpp"
#include "core/risk/series_statistics.hpp"

namespace quant {

/// n, the mean, and sum (x - mean)^k for k = 2, 3, 4.
template <typename T>
struct Moments {
  T count;
  T mean;
  CentralSums<T> sums;
};

/// n >= 1.
template <typename T>
[[nodiscard]] Moments<T> moments_of(std::span<const T> values) {
  return {real_count(values), *mean(values), central_sums(values)};
}

class ExactMoments {
 public:
  /// n >= 1.
  ExactMoments(const DecimalSample& sample, const Pause& pause);

  template <typename T>
  [[nodiscard]] Moments<T> in() const {
    const T n(static_cast<long long>(count_));
    const T unit("1e-" + std::to_string(scale_));
    const T square = unit * unit;
    return {n,
            T(to_real<T>(sum_) / n * unit),
            {T(to_real<T>(squares_) / n * square), T(to_real<T>(cubes_) / (n * n) * square * unit),
             T(to_real<T>(fourths_) / (n * n * n) * square * square)}};
  }

 private:
  // A fourth power of 127 bits, times n^3.
  static constexpr unsigned kBits = 768;
  using Integer = boost::multiprecision::number<
      boost::multiprecision::cpp_int_backend<kBits, kBits, boost::multiprecision::signed_magnitude,
                                             boost::multiprecision::unchecked, void>>;

  template <typename T>
  [[nodiscard]] static T to_real(const Integer& value) {
    constexpr unsigned kPiece = 60;
    static const Integer kMask = (Integer(1) << kPiece) - 1;
    Integer rest = abs(value);
    T real(0);
    T weight(1);
    static const T kWeight(std::int64_t{1} << kPiece);
    for (; rest != 0; rest >>= kPiece, weight *= kWeight) {
      real += weight * T(static_cast<std::int64_t>(Integer(rest & kMask)));
    }
    return value < 0 ? T(-real) : real;
  }

  std::size_t count_ = 0;
  int scale_ = 0;
  Integer sum_;
  Integer squares_;  // n times the central sum
  Integer cubes_;    // n^2 times
  Integer fourths_;  // n^3 times
};

}  // namespace quant
