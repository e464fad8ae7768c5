// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/backtest/conventions.hpp"
#include "core/base/calendar.hpp"
#include "core/base/decimal.hpp"
#include "core/base/json.hpp"

namespace quant {

enum class FillAt { kNextOpen, kSameClose };
/// What a bar that touches both stop and target is taken to have done.
enum class Intrabar { kWorstCase, kStopFirst, kNearestExtreme, kHighFirst, kLowFirst, kFinerBars };
enum class SizeAt { kFill, kSignal };
enum class OnOpposite { kReverse, kClose, kIgnore };
enum class OnShortCash { kReduce, kSkip };
enum class Finalize { kNone, kLastClose, kLastOpen };
enum class Prices { kRaw, kSplitAdjusted, kAdjusted };

/// The rate of the part of an order's value that lies above the tier before and up to `up_to`.
struct CommissionTier {
  std::optional<Decimal> up_to;  // none: without end
  Decimal percent;
};

/// Commission of one order: percent of value, plus an amount per order and per unit, held between
/// `minimum` and `maximum`, rounded to cents.
struct Commission {
  Decimal percent;
  Decimal per_order;
  Decimal per_share;
  Decimal minimum;
  std::optional<Decimal> maximum;
  std::vector<CommissionTier> tiers;  // in place of `percent`

  [[nodiscard]] Money of(Quantity quantity, Money value) const;
};

/// What market and stop fills lose against the reference price.
struct Slippage {
  Decimal percent;
  int ticks = 0;
  /// Price impact: this times the square of the fill's share of the volume.
  Decimal volume_share;
};

/// The key "execution" of a run's parameters.
struct Execution {
  FillAt fill = FillAt::kNextOpen;
  Intrabar intrabar = Intrabar::kWorstCase;
  /// A limit fills one tick beyond its price only, instead of on touch.
  bool limit_fills_through = false;
  bool strict_crossover = false;
  SizeAt size_at = SizeAt::kFill;
  OnOpposite on_opposite = OnOpposite::kReverse;
  OnShortCash on_short_cash = OnShortCash::kReduce;
  Finalize finalize = Finalize::kNone;
  Prices prices = Prices::kRaw;
  std::string timezone = "UTC";
  std::optional<Price> price_tick;        // default: the asset's tick_size
  std::optional<Quantity> quantity_step;  // default: the asset's lot_size
  Commission commission;
  Slippage slippage;
  /// Fills lose half the quoted spread, where there are quotes.
  bool crosses_spread = true;
  /// Most that a fill takes of its bar's volume.
  std::optional<Decimal> max_volume_share;
  /// Volumes are those of the bar before the filling one.
  bool volume_of_previous_bar = false;
  Decimal borrow_rate_percent;
  Decimal interest_rate_percent;
  bool leaves_with_universe = false;  // on_leave "close"
  Timestamp max_age = 0;
  int stale_days = 10;
  bool use_risk_profile = false;
  Decimal leverage{1, 0};
  Decimal maintenance{25, 2};  // fraction of gross exposure that equity must cover
  bool every_bar = false;      // metric periods are bars, not days
  Conventions conventions = Conventions::kOwn;
  std::optional<Decimal> periods_per_year;  // default: that of the timeframe and the conventions
  std::optional<Decimal> risk_free;         // default: that of the conventions
};

/// Reads "execution" of a run's parameters; defaults where it is absent. kInvalidParameter with the
/// JSON path where a key or value is wrong.
[[nodiscard]] Execution read_execution(const Json& run_parameters);

/// The symbol that "benchmark" of a run's parameters names, if any.
[[nodiscard]] std::optional<std::string> read_benchmark(const Json& run_parameters);

}  // namespace quant
