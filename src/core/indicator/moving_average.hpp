// SPDX-License-Identifier: PostgreSQL
// A moving average whose kind is an argument.
#pragma once

#include <variant>

#include "core/indicator/dema.hpp"
#include "core/indicator/kama.hpp"
#include "core/indicator/sma.hpp"
#include "core/indicator/t3.hpp"
#include "core/indicator/trima.hpp"
#include "core/indicator/wma.hpp"

namespace quant {

enum class MovingAverageKind { kSma, kEma, kWma, kDema, kTema, kTrima, kKama, kT3 };

/// In the order of MovingAverageKind: the choices of an argument.
inline constexpr std::array<std::string_view, 8> kMovingAverageKinds = {
    "sma", "ema", "wma", "dema", "tema", "trima", "kama", "t3"};

/// Its result depends on all rows, and rows with a missing value do not count.
[[nodiscard]] constexpr bool is_recursive(MovingAverageKind kind) {
  return kind != MovingAverageKind::kSma && kind != MovingAverageKind::kWma &&
         kind != MovingAverageKind::kTrima;
}

/// The row of the first average when the first value stands at row 0.
[[nodiscard]] constexpr int moving_average_lookback(MovingAverageKind kind, int n) {
  switch (kind) {
    case MovingAverageKind::kSma:
    case MovingAverageKind::kEma:
    case MovingAverageKind::kWma:
    case MovingAverageKind::kTrima:
      return n - 1;
    case MovingAverageKind::kDema:
      return 2 * (n - 1);
    case MovingAverageKind::kTema:
      return 3 * (n - 1);
    case MovingAverageKind::kKama:
      return n == 1 ? 0 : n;
    case MovingAverageKind::kT3:
      return 6 * (n - 1);
  }
  return 0;
}
[[nodiscard]] constexpr int moving_average_lookback(int kind, int n) {
  return moving_average_lookback(static_cast<MovingAverageKind>(kind), n);
}

/// Of the adaptive average: in the worst case it moves by (2 / (slow + 1))^2 only.
[[nodiscard]] inline int kama_forgets(int fast, int slow) {
  const int slowest = std::max(fast, slow) + 1;
  return forgotten_after(4, slowest * slowest);
}

/// Bars until a value that entered the average weighs less than 10^-8; 0 for finite windows.
[[nodiscard]] inline int moving_average_forgets(MovingAverageKind kind, int n) {
  if (!is_recursive(kind) || n == 1) return 0;
  return kind == MovingAverageKind::kKama ? kama_forgets(2, 30) : ema_forgets(n);
}
[[nodiscard]] inline int moving_average_forgets(int kind, int n) {
  return moving_average_forgets(static_cast<MovingAverageKind>(kind), n);
}
/// Bars until the average is stable: those before the first one included.
[[nodiscard]] inline int moving_average_stable(int kind, int n) {
  return moving_average_lookback(kind, n) + moving_average_forgets(kind, n);
}

/// The average over n >= 1 values on the grid, rounded half away from zero. n = 1 is the value
/// itself, of every kind. kama has 2 and 30, t3 has 0.7.
class MovingAverage {
 public:
  MovingAverage(MovingAverageKind kind, int n) : average_(make(kind, n)) {
    if (kind == MovingAverageKind::kSma) denominator_ = n;
    if (kind == MovingAverageKind::kWma) denominator_ = triangle(n);
    if (kind == MovingAverageKind::kTrima) denominator_ = Trima::denominator(n);
  }
  MovingAverage(int kind, int n) : MovingAverage(static_cast<MovingAverageKind>(kind), n) {}

  Number update(Number x) {
    const Number average = exact(x);
    if (!average.known || denominator_ == 1) return average;
    return Number::of(divide_rounded(average.value, denominator_));
  }
  /// The same as a numerator over denominator(): exact for finite windows.
  Number exact(Number x) {
    return std::visit([&](auto& kind) { return kind.update(x); }, average_);
  }
  [[nodiscard]] Int128 denominator() const { return denominator_; }

 private:
  using Kinds = std::variant<Sma, Ema, Wma, Dema, Tema, Trima, Kama, T3>;

  static Kinds make(MovingAverageKind kind, int n) {
    switch (kind) {
      case MovingAverageKind::kSma:
        return Sma(n);
      case MovingAverageKind::kEma:
        return Ema(n);
      case MovingAverageKind::kWma:
        return Wma(n);
      case MovingAverageKind::kDema:
        return Dema(n);
      case MovingAverageKind::kTema:
        return Tema(n);
      case MovingAverageKind::kTrima:
        return Trima(n);
      case MovingAverageKind::kKama:
        if (n == 1) return Ema(1);
        return Kama(n);
      case MovingAverageKind::kT3:
        return T3(n);
    }
    return Sma(n);
  }

  Kinds average_;
  Int128 denominator_ = 1;
};

}  // namespace quant
