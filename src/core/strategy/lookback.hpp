// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "core/strategy/program.hpp"

namespace quant {

/// Bars before the first value of a node when no input is missing. Of a part on coarser bars or of
/// another symbol, only what its own series asks for.
[[nodiscard]] int lookback_of(const Program& program, NodeId id);

/// Bars after which a node no longer shows where its series began; likewise.
[[nodiscard]] int stable_after_of(const Program& program, NodeId id);

}  // namespace quant
