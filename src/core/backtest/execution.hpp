// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <string>

#include "core/backtest/conventions.hpp"
#include "core/base/decimal.hpp"
#include "core/base/json.hpp"

namespace quant {

enum class FillAt { kNextOpen, kSameClose };
/// What a bar that touches both stop and target is taken to have done.
enum class Intrabar { kWorstCase, kStopFirst, kNearestExtreme, kHighFirst, kLowFirst };
enum class SizeAt { kFill, kSignal };
enum class OnOpposite { kReverse, kClose, kIgnore };
enum class OnShortCash { kReduce, kSkip };
enum class Finalize { kNone, kLastClose, kLastOpen };
enum class Prices { kRaw, kSplitAdjusted, kAdjusted };

/// Commission of one order: percent of value, plus an amount per order and per unit, held between
/// `minimum` and `maximum`, rounded to cents.
struct Commission {
  Decimal percent;
  Decimal per_order;
  Decimal per_share;
  Decimal minimum;
  std::optional<Decimal> maximum;

  [[nodiscard]] Money of(Quantity quantity, Money value) const;
};

/// What market and stop fills lose against the reference price.
struct Slippage {
  Decimal percent;
  int ticks = 0;
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
  Decimal leverage{1, 0};
  Decimal maintenance{25, 2};  // fraction of gross exposure that equity must cover
  bool every_bar = false;  // metric periods are bars, not days
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
