// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/int256.hpp"
#include "core/indicator/common_unit.hpp"
#include "core/indicator/indicator.hpp"

namespace quant {

/// Money flow index [Quong, Soudack 1989]: 100 P / (P + N), P and N the sums over n >= 1 bars of
/// TP volume where TP = (high + low + close) / 3 rose and where it fell; exact sums, rounded once
/// to the grid. Missing where P + N = 0. First value at row n.
class Mfi {
 public:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 1;

  explicit Mfi(const IndicatorArguments& arguments) : flows_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 4>& row) {
    const Flow entering = flow(row);
    take(flows_.push(entering), false);
    take(entering, true);
    if (known_ != flows_.size()) return {};
    return {percent()};
  }

 private:
  /// A bar's 3 TP volume, as a money flow of one direction or of none.
  struct Flow {
    Int256 amount;
    int direction = 0;
    bool known = false;
  };

  Flow flow(const std::array<Number, 4>& row) {
    const Number previous = previous_;
    previous_ = {};
    if (!all_known(row)) return {};
    const Int128 price = add(add(row[0].value, row[1].value), row[2].value);
    previous_ = Number::of(price);
    price_unit_.include(price);
    volume_unit_.include(row[3].value);
    if (!previous.known) return {};
    const int direction = price > previous.value ? 1 : price < previous.value ? -1 : 0;
    return {product(price, row[3].value), direction, true};
  }
  void take(const Flow& flow, bool enters) {
    if (!flow.known) return;
    known_ = enters ? known_ + 1 : known_ - 1;
    if (flow.direction == 0) return;
    const Int256 amount = enters ? flow.amount : -flow.amount;
    total_ += amount;
    if (flow.direction > 0) positive_ += amount;
  }
  [[nodiscard]] Number percent() const {
    if (total_.is_zero()) return {};
    constexpr Int128 kHundred = Int128{100} * kGrid;
    if (!total_.fits_int128() || !positive_.fits_int128()) {
      return Number::of(ratio(positive_, total_, kHundred));
    }
    const Int128 unit = price_unit_.value() * volume_unit_.value();
    return grid_quotient(multiply(divide_floor(positive_.to_int128(), unit), 100),
                         divide_floor(total_.to_int128(), unit));
  }

  Ring<Flow> flows_;
  std::size_t known_ = 0;
  Int256 positive_;
  Int256 total_;
  Number previous_;
  CommonUnit price_unit_;
  CommonUnit volume_unit_;
};

}  // namespace quant
