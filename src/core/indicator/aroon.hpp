// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/extreme.hpp"

namespace quant {

/// Rows since the highest high and the lowest low of the last n + 1 rows, of equal ones the latest.
/// First value at row n.
class SinceExtremes {
 public:
  explicit SinceExtremes(int n) : n_(n), highest_(n + 1), lowest_(n + 1) {}

  bool update(const std::array<Number, 2>& row) {
    const bool known = all_known(row);
    lowest_.update(known ? row[1] : Number{});
    return highest_.update(known ? row[0] : Number{}).known;
  }
  [[nodiscard]] Int128 high_age() const { return static_cast<Int128>(highest_.age()); }
  [[nodiscard]] Int128 low_age() const { return static_cast<Int128>(lowest_.age()); }
  /// 100 rows / n on the grid.
  [[nodiscard]] Number percent(Int128 rows) const {
    constexpr Int128 kHundred = Int128{100} * kGrid;
    return Number::of(divide_rounded(rows * kHundred, n_));
  }
  [[nodiscard]] int n() const { return n_; }

 private:
  int n_;
  Highest highest_;
  Lowest lowest_;
};

/// Aroon [Chande 1995]: down = 100 (n - rows since the lowest low) / n, up likewise of the highest
/// high, oscillator = up - down, each rounded once to the grid.
class Aroon {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 3;

  explicit Aroon(const IndicatorArguments& arguments) : since_(arguments.whole(0)) {}

  std::array<Number, 3> update(const std::array<Number, 2>& row) {
    if (!since_.update(row)) return {};
    return {since_.percent(since_.n() - since_.low_age()),
            since_.percent(since_.n() - since_.high_age()),
            since_.percent(since_.low_age() - since_.high_age())};
  }

 private:
  SinceExtremes since_;
};

/// The oscillator of Aroon alone.
class AroonOscillator {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit AroonOscillator(const IndicatorArguments& arguments) : since_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    if (!since_.update(row)) return {};
    return {since_.percent(since_.low_age() - since_.high_age())};
  }

 private:
  SinceExtremes since_;
};

}  // namespace quant
