// SPDX-License-Identifier: PostgreSQL
#include "core/risk/exact_moments.hpp"

#include <array>

namespace quant {

namespace {

/// A whole number by its 64-bit digits, the lowest first.
struct Digits {
  std::array<std::uint64_t, 4> digit{};
  std::size_t count = 0;
};

Digits digits_of(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64U);
  return {{static_cast<std::uint64_t>(value), high}, high == 0 ? std::size_t{1} : std::size_t{2}};
}

/// Of a number below 2^127.
Digits square_of(const Digits& value) {
  const UInt128 low = UInt128{value.digit[0]} * value.digit[0];
  const Digits bottom = digits_of(low);
  if (value.count == 1) return bottom;
  const Digits middle = digits_of(2 * UInt128{value.digit[0]} * value.digit[1]);
  const Digits top = digits_of(UInt128{value.digit[1]} * value.digit[1]);
  const UInt128 second = UInt128{bottom.digit[1]} + middle.digit[0];
  const UInt128 third = (second >> 64U) + middle.digit[1] + top.digit[0];
  return {{bottom.digit[0], static_cast<std::uint64_t>(second), static_cast<std::uint64_t>(third),
           static_cast<std::uint64_t>(third >> 64U) + top.digit[1]},
          4};
}

/// A sum of whole numbers below 2^512 in size, by digits that carry only at the end: 2^60 numbers
/// overflow none of them.
class DigitSum {
 public:
  void add(const Digits& value, bool negative) {
    for (std::size_t i = 0; i < value.count; ++i) add(i, value.digit[i], negative);
  }
  void add_product(const Digits& a, const Digits& b, bool negative) {
    for (std::size_t i = 0; i < a.count; ++i) {
      for (std::size_t j = 0; j < b.count; ++j) {
        const UInt128 product = UInt128{a.digit[i]} * b.digit[j];
        add(i + j, static_cast<std::uint64_t>(product), negative);
        add(i + j + 1, static_cast<std::uint64_t>(product >> 64U), negative);
      }
    }
  }
  template <typename Integer>
  [[nodiscard]] Integer total() const {
    Integer total(0);
    for (std::size_t i = sums_.size(); i > 0; --i) total = (total << 64U) + Integer(sums_[i - 1]);
    return total;
  }

 private:
  void add(std::size_t digit, std::uint64_t value, bool negative) {
    sums_[digit] += negative ? -Int128{value} : Int128{value};
  }

  std::array<Int128, 8> sums_{};
};

}  // namespace

ExactMoments::ExactMoments(const DecimalSample& sample, const Pause& pause)
    : count_(sample.mantissas.size()), scale_(sample.scale) {
  const Breath breath(pause);
  std::array<DigitSum, 5> powers;
  for (const Int128 mantissa : sample.mantissas) {
    breath();
    const bool negative = mantissa < 0;
    const Digits size = digits_of(static_cast<UInt128>(magnitude(mantissa)));
    const Digits square = square_of(size);
    powers[1].add(size, negative);
    powers[2].add(square, false);
    powers[3].add_product(square, size, negative);
    powers[4].add_product(square, square, false);
  }
  sum_ = powers[1].total<Integer>();
  const auto second = powers[2].total<Integer>();
  const auto third = powers[3].total<Integer>();
  const auto fourth = powers[4].total<Integer>();
  const Integer n(count_);
  squares_ = n * second - sum_ * sum_;
  cubes_ = n * n * third - 3 * n * sum_ * second + 2 * sum_ * sum_ * sum_;
  fourths_ = n * n * n * fourth - 4 * n * n * sum_ * third + 6 * n * sum_ * sum_ * second -
             3 * sum_ * sum_ * sum_ * sum_;
}

}  // namespace quant
