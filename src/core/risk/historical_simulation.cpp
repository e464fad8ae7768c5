// SPDX-License-Identifier: PostgreSQL
#include "core/risk/historical_simulation.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "core/base/error.hpp"

namespace quant {

namespace {

/// Days with the number of holdings that have a close on them.
std::map<Day, std::size_t> count_closes(std::span<const Holding> holdings) {
  std::map<Day, std::size_t> counts;
  for (const Holding& holding : holdings) {
    for (const DailyClose& close : holding.closes) ++counts[close.day];
  }
  return counts;
}

Price close_at(const Holding& holding, Day day) {
  const auto found =
      std::lower_bound(holding.closes.begin(), holding.closes.end(), day,
                       [](const DailyClose& close, Day at) { return close.day < at; });
  return found->close;
}

}  // namespace

std::span<const CorporateAction> actions_between(const Holding& asset, Day after, Day until) {
  const auto by_day = [](Day day, const CorporateAction& action) { return day < action.ex_date; };
  const auto first = std::upper_bound(asset.actions.begin(), asset.actions.end(), after, by_day);
  const auto last = std::upper_bound(first, asset.actions.end(), until, by_day);
  return {first, last};
}

std::optional<Price> Holding::price() const {
  if (closes.empty()) return std::nullopt;
  const DailyClose& last = closes.back();
  Int128 units = last.close.units();
  Int128 shares = 1;
  for (const CorporateAction& action :
       actions_between(*this, last.day, std::numeric_limits<Day>::max())) {
    units = multiply(units, action.split_from);
    shares = multiply(shares, action.split_to);
  }
  return Price::from_units(divide_rounded(units, shares));
}

Int128 Holding::value_units() const {
  const auto last = price();
  return last ? multiply(quantity.units(), last->units()) : 0;
}

Money Holding::value() const {
  const auto last = price();
  return last ? value_of(quantity, *last) : Money{};
}

Ratio total_return(Price before, Price after, std::span<const CorporateAction> actions) {
  if (before.units() <= 0) throw invalid("a return needs a positive price before it");
  // One share becomes shares / divisor shares and cash / (divisor * cash_unit) of cash.
  Int128 shares = 1;
  Int128 cash = 0;
  Int128 divisor = 1;
  Int128 cash_unit = Price::kUnit;
  for (const CorporateAction& action : actions) {
    const Int128 common = greatest_common_divisor(action.split_to, action.split_from);
    shares = multiply(shares, action.split_to / common);
    divisor = multiply(divisor, action.split_from / common);
    cash = multiply(cash, action.split_from / common);
    const Decimal dividend = action.dividend.trimmed();
    const Int128 unit = std::max(cash_unit, dividend.unit());
    cash = add(multiply(cash, unit / cash_unit),
               multiply(multiply(shares, dividend.mantissa), unit / dividend.unit()));
    cash_unit = unit;
  }
  const Int128 price_unit = cash_unit / Price::kUnit;
  const Int128 end = add(multiply(multiply(shares, after.units()), price_unit), cash);
  const Int128 start = multiply(multiply(divisor, before.units()), price_unit);
  return {subtract(end, start), start};
}

Scenarios joint_scenarios(std::span<const Holding> holdings, std::size_t window) {
  Scenarios scenarios;
  const std::map<Day, std::size_t> counts = count_closes(holdings);
  std::vector<Day> joint;
  int missing = 0;
  for (auto day = counts.rbegin(); day != counts.rend() && joint.size() <= window; ++day) {
    if (day->second == holdings.size()) {
      joint.push_back(day->first);
      scenarios.missing_days = missing;
    } else {
      ++missing;
    }
  }
  std::reverse(joint.begin(), joint.end());
  for (std::size_t k = 1; k < joint.size(); ++k) {
    std::vector<Ratio> returns;
    returns.reserve(holdings.size());
    for (const Holding& holding : holdings) {
      returns.push_back(total_return(close_at(holding, joint[k - 1]), close_at(holding, joint[k]),
                                     actions_between(holding, joint[k - 1], joint[k])));
    }
    scenarios.days.push_back(joint[k]);
    scenarios.returns.push_back(std::move(returns));
  }
  return scenarios;
}

}  // namespace quant
