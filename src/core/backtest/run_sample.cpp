// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/run_sample.hpp"

#include <algorithm>

namespace quant {

namespace {

std::chrono::year year_of(const EquityPoint& point) { return civil_date(point.session_day).year(); }

}  // namespace

PnlSample pnl_sample(std::span<const Trade> trades) {
  PnlSample sample;
  WideInteger squares = 0;
  for (const Trade& trade : trades) {
    if (!trade.exit_time) continue;
    const WideInteger pnl(trade.pnl.units());
    ++sample.count;
    sample.sum += trade.pnl;
    squares += pnl * pnl;
  }
  const WideInteger sum(sample.sum.units());
  sample.spread = squares * sample.count - sum * sum;
  return sample;
}

std::vector<Ratio> calendar_year_returns(Money initial_capital,
                                         std::span<const EquityPoint> periods) {
  std::vector<EquityPoint> ends;
  for (const EquityPoint& point : periods) {
    if (!ends.empty() && year_of(ends.back()) == year_of(point)) ends.pop_back();
    ends.push_back(point);
    if (point.equity <= Money{}) break;
  }
  return simple_returns(initial_capital, ends).returns;
}

std::vector<Ratio> largest_of_years(std::span<const EquityPoint> periods,
                                    std::span<const Ratio> values) {
  std::vector<Ratio> largest;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    if (i == 0 || year_of(periods[i]) != year_of(periods[i - 1])) largest.emplace_back();
    largest.back() = std::max(largest.back(), values[i]);
  }
  return largest;
}

const NamedFormula* formula_of(std::string_view name, Conventions conventions) {
  const std::span<const NamedFormula> theirs = formulas_of(conventions);
  const auto found = std::find_if(theirs.begin(), theirs.end(), [&](const NamedFormula& formula) {
    return formula.name == name;
  });
  return found == theirs.end() ? own_formula(name) : &*found;
}

}  // namespace quant
