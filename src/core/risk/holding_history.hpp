// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <optional>
#include <span>

#include "core/risk/historical_simulation.hpp"

namespace quant {

/// The last close of a day or before it; null without one.
[[nodiscard]] const DailyClose* close_until(const Holding& asset, Day day);

/// What so many shares gain from the last close up to one day to that up to another, by total
/// return, in cents; nothing without a close by the first.
[[nodiscard]] std::optional<Money> holding_gain(const Holding& history, Quantity quantity, Day from,
                                                Day to);

}  // namespace quant
