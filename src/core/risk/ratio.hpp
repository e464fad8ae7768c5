// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <span>
#include <vector>

#include "core/base/ratio.hpp"
#include "core/base/real.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {

template <typename T>
[[nodiscard]] T to_real(const Ratio& ratio) {
  return to_real<T>(ratio.numerator) / to_real<T>(ratio.denominator);
}

template <typename T>
[[nodiscard]] std::vector<T> to_reals(std::span<const Ratio> ratios) {
  std::vector<T> reals;
  reals.reserve(ratios.size());
  for (const Ratio& ratio : ratios) reals.push_back(to_real<T>(ratio));
  return reals;
}

/// numerator / denominator as a decimal number, denominator > 0: exact where it ends within the 38
/// digits of a Decimal, else rounded half away from zero to `decimals` places.
[[nodiscard]] Decimal decimal_quotient(const WideInteger& numerator, const WideInteger& denominator,
                                       int decimals);

/// `ratio` rounded half away from zero to `decimals` places.
[[nodiscard]] Decimal rounded(const Ratio& ratio, int decimals);

}  // namespace quant
