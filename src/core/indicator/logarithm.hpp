// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int128.hpp"

namespace quant {

/// ln x on the grid, rounded half away from zero, in integer arithmetic; x > 0 in grid units. What
/// its error bound of 2^-176 leaves undecided is an exception, never a wrong digit.
[[nodiscard]] Int128 natural_logarithm(Int128 x);

}  // namespace quant
