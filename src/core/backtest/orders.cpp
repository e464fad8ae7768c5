// SPDX-License-Identifier: PostgreSQL
#include "core/backtest/orders.hpp"

#include <algorithm>
#include <array>

namespace quant {

namespace {

/// In the order of UserSignal::Kind.
constexpr auto kUserSignalNames =
    std::to_array<std::string_view>({"buy", "short", "sell", "cover", "exit", "hold"});

/// A price as good as `limit` for the trader, or better by `beyond`.
bool is_within(bool buying, Price price, Price limit, Price beyond) {
  return buying ? price.units() <= limit.units() - beyond.units()
                : price.units() >= limit.units() + beyond.units();
}

bool has_reached(bool buying, Price price, Price stop) {
  return buying ? price >= stop : price <= stop;
}

}  // namespace

std::optional<FillChance> Order::at_open(bool buying, const BarPrices& prices, std::size_t bar) {
  const Price open = prices.open;
  switch (type) {
    case OrderType::kMarket:
      return FillChance{open, FillBasis::kOpen, true};
    case OrderType::kMarketOnClose:
      return std::nullopt;
    case OrderType::kLimit:
      if (!is_within(buying, open, *limit, prices.beyond)) return std::nullopt;
      return FillChance{open, FillBasis::kGap, false};
    case OrderType::kStop:
      if (!has_reached(buying, open, *stop)) return std::nullopt;
      return FillChance{open, FillBasis::kGap, true};
    case OrderType::kStopLimit:
      break;
  }
  if (!triggered) {
    if (!has_reached(buying, open, *stop)) return std::nullopt;
    triggered = true;
    trigger_bar = bar;
  }
  const Price beyond = trigger_bar == bar ? Price{} : prices.beyond;
  if (!is_within(buying, open, *limit, beyond)) return std::nullopt;
  return FillChance{open, FillBasis::kGap, false};
}

std::optional<FillChance> Order::inside(bool buying, const BarPrices& prices, std::size_t bar) {
  const Price best = buying ? prices.low : prices.high;
  const Price worst = buying ? prices.high : prices.low;
  if (type == OrderType::kStop) {
    if (!has_reached(buying, worst, *stop)) return std::nullopt;
    return FillChance{*stop, FillBasis::kTouch, true};
  }
  if (type == OrderType::kStopLimit) {
    if (!triggered && has_reached(buying, worst, *stop)) {
      triggered = true;
      trigger_bar = bar;
    }
    if (!triggered) return std::nullopt;
    if (trigger_bar == bar) {
      if (!is_within(buying, prices.close, *limit, {})) return std::nullopt;
      const Price reference = buying ? std::min(*limit, worst) : std::max(*limit, worst);
      return FillChance{reference, FillBasis::kTriggerClose, false};
    }
  }
  if (!limit || !is_within(buying, best, *limit, prices.beyond)) return std::nullopt;
  return FillChance{*limit, FillBasis::kTouch, false};
}

bool Order::ends_with(std::size_t bar, bool is_last_of_day) const {
  if (bar == decided_bar) return false;
  if (in_force.kind == TimeInForce::Kind::kBars) {
    return bar >= decided_bar + static_cast<std::size_t>(in_force.bars);
  }
  return in_force.kind == TimeInForce::Kind::kDay && is_last_of_day;
}

std::string_view user_signal_name(UserSignal::Kind kind) {
  return kUserSignalNames.at(static_cast<std::size_t>(kind));
}

UserSignal::Kind user_signal_kind(std::string_view name) {
  const auto found = std::find(kUserSignalNames.begin(), kUserSignalNames.end(), name);
  return found == kUserSignalNames.end()
             ? UserSignal::Kind::kHold
             : static_cast<UserSignal::Kind>(found - kUserSignalNames.begin());
}

}  // namespace quant
