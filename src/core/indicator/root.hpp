// SPDX-License-Identifier: PostgreSQL
// Exact square roots: the whole part, and whether anything is left.
#pragma once

#include "core/base/int256.hpp"

namespace quant {

struct Root {
  Int128 floor = 0;
  bool exact = true;  // it is the root itself

  [[nodiscard]] constexpr Int128 ceiling() const { return exact ? floor : floor + 1; }
};

/// sqrt(v), v >= 0.
[[nodiscard]] Root floor_root(const Int256& v);
/// a sqrt(v), v >= 0, a >= 0.
[[nodiscard]] Root floor_root(const Int256& v, Int128 a);
/// |a| / (b sqrt(v)), v > 0, b > 0.
[[nodiscard]] Root floor_over_root(const Int256& a, Int128 b, const Int256& v);

/// round(a sqrt(v) / d), half up; v >= 0, a >= 0, d > 0.
[[nodiscard]] Int128 rounded_root(const Int256& v, Int128 a, Int128 d);

}  // namespace quant
