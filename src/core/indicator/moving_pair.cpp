// SPDX-License-Identifier: PostgreSQL
#include "core/indicator/moving_pair.hpp"

#include "core/base/wide_integer.hpp"

namespace quant {

Int128 correlation_of(const Int256& joint, const Int256& x, const Int256& y) {
  const Int256 size = joint.is_negative() ? -joint : joint;
  // floor(2 |r|) decides the rounding.
  constexpr Int128 kTwice = Int128{2} * kGrid;
  Int128 twice = 0;
  if (x.fits_int128() && y.fits_int128()) {
    twice = floor_over_root(product(size, kTwice), 1, product(x.to_int128(), y.to_int128())).floor;
  } else {
    const WideInteger n = widen(size) * widen(kTwice);
    twice = narrow(sqrt(n * n / (widen(x) * widen(y))));
  }
  const Int128 rounded = (twice + 1) / 2;
  return joint.is_negative() ? -rounded : rounded;
}

}  // namespace quant
