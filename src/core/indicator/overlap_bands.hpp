// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/indicator/indicator.hpp"

namespace quant {

/// The bands, channels and stops of the group overlap.
[[nodiscard]] std::vector<Indicator> overlap_bands();

}  // namespace quant
