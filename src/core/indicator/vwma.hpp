// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/indicator.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// Average of x over n >= 1 rows, weighted by volume: sum(x volume) / sum(volume); missing where
/// the volume is 0. First value at row n - 1. Inputs and result in grid units.
class Vwma {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Vwma(const IndicatorArguments& arguments)
      : values_(arguments.whole(0)), volumes_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    const bool known = all_known(row);
    const Number old_value = values_.push(known ? row[0] : Number{});
    const Number old_volume = volumes_.push(known ? row[1] : Number{});
    if (old_value.known) {
      weighted_ -= product(old_value.value, old_volume.value);
      volume_ = subtract(volume_, old_volume.value);
    }
    if (known) {
      weighted_ += product(row[0].value, row[1].value);
      volume_ = add(volume_, row[1].value);
    }
    if (!values_.full() || volume_ == 0) return {};
    return {Number::of(ratio(weighted_, Int256(volume_), 1))};
  }

 private:
  Window values_;
  Window volumes_;
  Int256 weighted_;
  Int128 volume_ = 0;
};

}  // namespace quant
