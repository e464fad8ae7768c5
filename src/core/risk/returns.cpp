// SPDX-License-Identifier: PostgreSQL
#include "core/risk/returns.hpp"

#include "core/base/error.hpp"

namespace quant {

std::vector<EquityPoint> last_of_each_day(std::span<const EquityPoint> points) {
  std::vector<EquityPoint> days;
  for (const EquityPoint& point : points) {
    if (!days.empty() && days.back().session_day == point.session_day) days.pop_back();
    days.push_back(point);
  }
  return days;
}

ReturnSeries simple_returns(Money initial_capital, std::span<const EquityPoint> points) {
  if (initial_capital <= Money{}) throw invalid("initial capital must be positive");
  ReturnSeries series;
  series.returns.reserve(points.size());
  Int128 previous = initial_capital.units();
  for (const EquityPoint& point : points) {
    const Int128 equity = point.equity.units();
    series.ruined = equity <= 0;
    if (equity >= 0) series.returns.push_back({equity - previous, previous});
    if (series.ruined) break;
    previous = equity;
  }
  return series;
}

void check_simple_return(const Decimal& value) {
  if (value.mantissa >= -value.unit()) return;
  throw invalid("a simple return cannot be below -1")
      .detail(concat("The return is ", value.to_text(), "."))
      .hint(
          "Returns are fractions: -0.02 is a loss of 2 percent. Divide amounts of money by the "
          "value that they relate to.");
}

}  // namespace quant
