// SPDX-License-Identifier: PostgreSQL
// Directional movement [Wilder 1978].
#pragma once

#include "core/indicator/indicator.hpp"
#include "core/indicator/true_range.hpp"
#include "core/indicator/wilder.hpp"
#include "core/indicator/window.hpp"

namespace quant {

/// The directional movement of a bar, up = high - high[1] and down = low[1] - low: plus = up where
/// up > down and up > 0, minus = down where down > up and down > 0, else 0.
struct DirectionalMove {
  Int128 plus = 0;
  Int128 minus = 0;

  [[nodiscard]] static DirectionalMove of(Int128 up, Int128 down) {
    // Masks of all bits or none: nothing predicts which one is the larger.
    const Int128 up_wins = -static_cast<Int128>(up > down);
    const Int128 down_wins = -static_cast<Int128>(down > up);
    return {positive_part(up) & up_wins, positive_part(down) & down_wins};
  }
};

/// Wilder's sum as he begins it here: the exact sum of the first n - 1 values, and from the n-th on
/// W = W - G(W / n) + x.
class DirectionalSum {
 public:
  explicit DirectionalSum(int n) : n_(n), divide_(n) {}

  void update(Int128 x) {
    if (seen_ < n_ - 1) {
      sum_ = add(sum_, x);
      ++seen_;
    } else {
      sum_ = add(subtract(sum_, divide_(sum_)), x);
      seen_ = n_;
    }
  }
  [[nodiscard]] Int128 value() const { return sum_; }
  /// n - 1 values, and at least one, have come.
  [[nodiscard]] bool begun() const { return seen_ > 0 && seen_ >= n_ - 1; }
  /// n values have come.
  [[nodiscard]] bool complete() const { return seen_ == n_; }

 private:
  int n_;
  FixedDivisor divide_;
  int seen_ = 0;
  Int128 sum_ = 0;
};

/// plus_dm and minus_dm: the sum of one direction's movement. First value at row n - 1, at row 1 of
/// n = 1. Prices and the result in grid units.
template <bool kPlus>
class DirectionalMovement {
 public:
  static constexpr std::size_t kInputs = 2;
  static constexpr std::size_t kOutputs = 1;

  explicit DirectionalMovement(const IndicatorArguments& arguments) : sum_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 2>& row) {
    if (!all_known(row)) return {};
    const std::array<Number, 2> previous = previous_;
    previous_ = row;
    if (!previous[0].known) return {};
    const DirectionalMove move = DirectionalMove::of(subtract(row[0].value, previous[0].value),
                                                     subtract(previous[1].value, row[1].value));
    sum_.update(kPlus ? move.plus : move.minus);
    return {{{sum_.value(), sum_.begun()}}};
  }

 private:
  DirectionalSum sum_;
  std::array<Number, 2> previous_;
};

/// The sums P, M and T of both movements and of the true range over n >= 1 bars.
class DirectionalSums {
 public:
  explicit DirectionalSums(int n) : plus_(n), minus_(n), range_(n) {}

  /// High, low and close in grid units. The row has sums: from row n on.
  bool update(const std::array<Number, 3>& row) {
    if (!all_known(row)) return false;
    const std::array<Number, 3> previous = previous_;
    previous_ = row;
    if (!previous[0].known) return false;
    const DirectionalMove move = DirectionalMove::of(subtract(row[0].value, previous[0].value),
                                                     subtract(previous[1].value, row[1].value));
    plus_.update(move.plus);
    minus_.update(move.minus);
    range_.update(range_since(previous[2].value, row[0].value, row[1].value));
    return range_.complete();
  }
  /// 100 P / T and 100 M / T; missing where T = 0.
  [[nodiscard]] Number plus_di() const { return percent(plus_.value(), range_.value()); }
  [[nodiscard]] Number minus_di() const { return percent(minus_.value(), range_.value()); }
  /// 100 abs(P - M) / (P + M); missing where P + M = 0.
  [[nodiscard]] Number dx() const {
    return percent(magnitude(subtract(plus_.value(), minus_.value())),
                   add(plus_.value(), minus_.value()));
  }

 private:
  static Number percent(Int128 part, Int128 whole) {
    return grid_quotient(multiply(part, 100), whole);
  }

  DirectionalSum plus_;
  DirectionalSum minus_;
  DirectionalSum range_;
  std::array<Number, 3> previous_;
};

/// Both directional indicators. First values at row n.
class Di {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 2;

  explicit Di(const IndicatorArguments& arguments) : sums_(arguments.whole(0)) {}

  std::array<Number, 2> update(const std::array<Number, 3>& row) {
    if (!sums_.update(row)) return {};
    return {sums_.plus_di(), sums_.minus_di()};
  }

 private:
  DirectionalSums sums_;
};

/// plus_di and minus_di: one of the two.
template <bool kPlus>
class DirectionalIndicator {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit DirectionalIndicator(const IndicatorArguments& arguments) : sums_(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    if (!sums_.update(row)) return {};
    return {kPlus ? sums_.plus_di() : sums_.minus_di()};
  }

 private:
  DirectionalSums sums_;
};

/// Directional movement index: 100 abs(P - M) / (P + M). First value at row n.
class Dx {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Dx(int n) : sums_(n) {}
  explicit Dx(const IndicatorArguments& arguments) : Dx(arguments.whole(0)) {}

  Number update_row(const std::array<Number, 3>& row) {
    return sums_.update(row) ? sums_.dx() : Number{};
  }
  std::array<Number, 1> update(const std::array<Number, 3>& row) { return {update_row(row)}; }

 private:
  DirectionalSums sums_;
};

/// Average directional movement index: Wilder's average of dx, on the grid, over n values. A row
/// without dx has none and does not count. First value at row 2n - 1.
class Adx {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Adx(int n) : dx_(n), sum_(n) {}
  explicit Adx(const IndicatorArguments& arguments) : Adx(arguments.whole(0)) {}

  Number update_row(const std::array<Number, 3>& row) {
    const Number dx = dx_.update_row(row);
    if (!dx.known) return {};
    const Number sum = sum_.update(dx.value);
    if (!sum.known) return {};
    return Number::of(sum_.average());
  }
  std::array<Number, 1> update(const std::array<Number, 3>& row) { return {update_row(row)}; }

 private:
  Dx dx_;
  WilderSum sum_;
};

/// Average directional movement rating: the mean of adx and of adx n - 1 values ago, rows without
/// adx not counted. First value at row 3n - 2.
class Adxr {
 public:
  static constexpr std::size_t kInputs = 3;
  static constexpr std::size_t kOutputs = 1;

  explicit Adxr(int n) : adx_(n), past_(n) {}
  explicit Adxr(const IndicatorArguments& arguments) : Adxr(arguments.whole(0)) {}

  std::array<Number, 1> update(const std::array<Number, 3>& row) {
    const Number adx = adx_.update_row(row);
    if (!adx.known) return {};
    past_.push(adx);
    if (!past_.full()) return {};
    const Number oldest = past_.back(past_.period() - 1);
    return {Number::of(divide_rounded(add(adx.value, oldest.value), 2))};
  }

 private:
  Adx adx_;
  Window past_;
};

}  // namespace quant
