// SPDX-License-Identifier: PostgreSQL
#include "core/base/int128.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/wide_integer.hpp"

namespace quant {

void throw_overflow() { throw out_of_range("number out of range in exact arithmetic"); }

Int128 multiply_divide_wide(Int128 a, Int128 b, Int128 d) {
  return rounded_quotient(widen(a) * widen(b), widen(d));
}

std::strong_ordering compare_wide_products(Int128 a, Int128 b, Int128 c, Int128 d) {
  const int order = (widen(a) * widen(b)).compare(widen(c) * widen(d));
  return order <=> 0;
}

Int128 grid_root(Int128 n, Int128 d) {
  // floor(2 sqrt(x)) decides the rounding of sqrt(x), and flooring x first does not change it.
  const WideInteger quadrupled = widen(n) * 4 * widen(kGrid) * widen(kGrid) / widen(d);
  return narrow((sqrt(quadrupled) + 1) / 2);
}

std::string to_text(Int128 value) {
  if (value == 0) return "0";
  UInt128 rest = size_of(value);
  std::string digits;
  for (; rest != 0; rest /= 10)
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  if (value < 0) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace quant
