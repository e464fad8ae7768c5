// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// On balance volume [Granville 1963]: the volumes of rows whose close rose, less those of rows
/// whose close fell, added up since the first row, whose own volume counts or not. In the units of
/// the volume. A row with a missing input is passed over.
class Obv {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit Obv(const IndicatorArguments& arguments) : starts_at_zero_(arguments.whole(0) == 1) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    if (!all_known(row)) return {};
    const auto& [close, volume] = row;
    if (!previous_.known) {
      total_ = starts_at_zero_ ? 0 : volume.value;
    } else if (close.value > previous_.value) {
      total_ = add(total_, volume.value);
    } else if (close.value < previous_.value) {
      total_ = subtract(total_, volume.value);
    }
    previous_ = close;
    return {Number::of(total_)};
  }

 private:
  bool starts_at_zero_;
  Number previous_;
  Int128 total_ = 0;
};

}  // namespace quant
