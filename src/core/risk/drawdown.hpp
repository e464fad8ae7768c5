// SPDX-License-Identifier: PostgreSQL
// Drawdown: how far equity lies below its running peak, d_t = (P_t - E_t) / P_t with P_t = max(E_0
// .. E_t), a positive fraction. Every comparison is exact, by cross-multiplication.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/risk/returns.hpp"

namespace quant {

/// The drawdown of a series, one value after the other. Values in any one unit.
class RunningDrawdown {
 public:
  /// `first` > 0, the first peak (E_0); else kInvalidParameter.
  explicit RunningDrawdown(Int128 first);

  /// The drawdown at the next value.
  Ratio update(Int128 value);

  [[nodiscard]] Int128 peak() const { return peak_; }
  [[nodiscard]] const Ratio& current() const { return current_; }
  [[nodiscard]] const Ratio& max() const { return max_; }

 private:
  Int128 peak_;
  Ratio current_;
  Ratio max_;
};

/// One fall below the peak and the way back.
struct DrawdownEpisode {
  EquityPoint peak;                     // last point at the peak before the fall
  EquityPoint trough;                   // first minimum
  std::optional<EquityPoint> recovery;  // first later point at the peak or above; nothing: not yet
  Ratio depth;                          // (peak - trough) / peak
  int duration_days = 0;                // peak to recovery or to the last point, calendar days
};

struct Drawdowns {
  Ratio max;      // 0 where equity never was below its peak
  Ratio current;  // at the last point
  Money high_water_mark;
  Money max_amount;           // largest fall below the peak, in money
  int max_duration_days = 0;  // of the longest episode
  std::vector<DrawdownEpisode> episodes;

  /// The deepest episode, the earliest of equals; nullptr without one.
  [[nodiscard]] const DrawdownEpisode* deepest() const;
};

/// Drawdowns over every point, in order of time. The first point is the starting capital E_0 > 0.
[[nodiscard]] Drawdowns find_drawdowns(std::span<const EquityPoint> points);

/// d_t of each point after the first, which is the starting capital. Over metric periods these are
/// the values of ulcer index (root_mean_square) and pain index (mean).
[[nodiscard]] std::vector<Ratio> drawdown_series(std::span<const EquityPoint> points);

}  // namespace quant
