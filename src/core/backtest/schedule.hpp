// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/base/calendar.hpp"
#include "core/strategy/strategy.hpp"

namespace quant {

/// A number that is the same for the days of one period and no other. Weeks begin on Monday.
[[nodiscard]] std::int64_t period_of(Day day, Rotation::Every every);

}  // namespace quant
