// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <vector>

#include "core/indicator/indicator.hpp"

namespace quant {

/// The momentum indicators made of moving averages, and those of directional movement.
[[nodiscard]] std::vector<Indicator> momentum_trend();

}  // namespace quant
