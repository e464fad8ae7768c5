// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <span>
#include <vector>

#include "core/base/calendar.hpp"
#include "core/risk/ratio.hpp"

namespace quant {

/// Equity at the close of a bar. `session_day` is the date of the bar in the run's time zone.
struct EquityPoint {
  Timestamp timestamp = 0;
  Day session_day = 0;
  Money equity;
};

/// The last point of each session day: the metric periods of bars of one day and finer. `points`
/// in order of time; coarser bars are metric periods as they are.
[[nodiscard]] std::vector<EquityPoint> last_of_each_day(std::span<const EquityPoint> points);

struct ReturnSeries {
  std::vector<Ratio> returns;
  /// Equity fell to 0 or below: the series ends there.
  bool ruined = false;
};

/// Simple returns r_t = E_t / E_(t-1) - 1, t = 1..n, of the starting capital E_0 > 0 and the equity
/// of the metric periods after it. An E_t of 0 ends the series with -1, one below 0 without a
/// return.
[[nodiscard]] ReturnSeries simple_returns(Money initial_capital,
                                          std::span<const EquityPoint> points);

/// Refuses a simple return below -1 (more than everything cannot be lost): kInvalidParameter.
void check_simple_return(const Decimal& value);

}  // namespace quant
