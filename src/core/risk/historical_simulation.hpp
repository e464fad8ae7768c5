// SPDX-License-Identifier: PostgreSQL
// Historical simulation: what today's holdings would have gained on each past date.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/risk/ratio.hpp"

namespace quant {

struct DailyClose {
  Day day = 0;
  Price close;
};

/// What happened to one share on its ex-date: split_to new shares for split_from old ones, then
/// `dividend` in money per (new) share.
struct CorporateAction {
  Day ex_date = 0;
  int split_to = 1;
  int split_from = 1;
  Decimal dividend;
};

/// A position, with the raw daily closes of its symbol and the actions between them, both
/// ascending.
struct Holding {
  std::string symbol;
  Quantity quantity;  // negative = short
  std::vector<DailyClose> closes;
  std::vector<CorporateAction> actions;

  /// The last close in the units held: the splits after it are in `actions` where they have reached
  /// the quantity. Nothing without a close.
  [[nodiscard]] std::optional<Price> price() const;
  /// quantity * price(), unrounded, in units of 10^-10. 0 without a price.
  [[nodiscard]] Int128 value_units() const;
  /// The same as money, rounded to cents.
  [[nodiscard]] Money value() const;
};

/// Unit of Holding::value_units().
inline constexpr int kValueScale = Quantity::kScale + Price::kScale;

/// The actions after one day, up to and including another.
[[nodiscard]] std::span<const CorporateAction> actions_between(const Holding& asset, Day after,
                                                               Day until);

/// Total return of one holding from a close before the `actions` to one after them: with u shares
/// and c of cash that became of one share, (u * after + c) / before - 1. Over one bar this is
/// (m/n)(p_t + d)/p_(t-1) - 1 [CRSP].
[[nodiscard]] Ratio total_return(Price before, Price after,
                                 std::span<const CorporateAction> actions);

/// The joint history of holdings: returns[k][i] of holding i at days[k], since the joint day
/// before.
struct Scenarios {
  std::vector<Day> days;
  std::vector<std::vector<Ratio>> returns;
  /// Days since the first joint day used on which some holding has a close, but not each.
  int missing_days = 0;
};

/// The last `window` returns (or as many as there are) between days on which every holding has a
/// close: joint statistics use complete rows only, and nothing is imputed. A scenario covers the
/// same days for each holding.
[[nodiscard]] Scenarios joint_scenarios(std::span<const Holding> holdings, std::size_t window);

/// P&L of each holding in the scenarios, value * return, and of all of them, as money in the order
/// of the days.
template <typename T>
struct PnlSeries {
  std::vector<std::vector<T>> own;
  std::vector<T> all;
};
/// `periods`: compounded returns of so many scenarios each, one for each that begins one.
template <typename T>
[[nodiscard]] PnlSeries<T> pnl_series(std::span<const Holding> holdings, const Scenarios& scenarios,
                                      std::size_t periods = 1) {
  PnlSeries<T> series;
  const std::size_t days = scenarios.returns.size();
  series.all.assign(days < periods ? 0 : days - periods + 1, T(0));
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    const T value = to_real<T>(Decimal{holdings[i].value_units(), kValueScale});
    std::vector<T>& own = series.own.emplace_back();
    for (std::size_t k = 0; k < series.all.size(); ++k) {
      T change = to_real<T>(scenarios.returns[k][i]);
      for (std::size_t j = 1; j < periods; ++j) {
        change += (1 + change) * to_real<T>(scenarios.returns[k + j][i]);
      }
      own.push_back(value * change);
      series.all[k] += own.back();
    }
  }
  return series;
}

}  // namespace quant
