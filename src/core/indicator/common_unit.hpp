// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int128.hpp"

namespace quant {

/// The largest power of ten, at most the grid's, that divides all values seen so far. Prices have
/// few decimals: counted in this unit, their products fit 128 bits.
class CommonUnit {
 public:
  void include(Int128 value) {
    while (value % unit_ != 0) unit_ /= 10;
  }
  [[nodiscard]] Int128 value() const { return unit_; }

 private:
  Int128 unit_ = kGrid;
};

}  // namespace quant
