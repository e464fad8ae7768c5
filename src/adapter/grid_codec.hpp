// SPDX-License-Identifier: PostgreSQL
// Between the server's numbers and units of the grid of 10^-12. Plain functions without C++
// objects: they may run in a frame that a server error jumps over.
#pragma once

#include "core/base/int128.hpp"

#include "adapter/postgres.hpp"

namespace quant::pg {

enum class GridFault { kNone, kNotFinite, kTooLarge };

/// A numeric, rounded half away from zero. It must be detoasted; a short header is fine.
[[nodiscard]] GridFault decode_grid_numeric(const varlena* stored, Int128& units) noexcept;
/// A double precision number as its shortest decimal that reads back the same, rounded likewise.
[[nodiscard]] GridFault decode_grid_double(double value, Int128& units) noexcept;

/// A new numeric without trailing zeros behind the point. May raise out of memory.
[[nodiscard]] Datum encode_grid(Int128 units);

/// Room for any of them.
inline constexpr std::size_t kMostGridBytes = 40;
/// Writes the same to `place`, which is aligned for an int.
void write_grid(char* place, Int128 units) noexcept;

}  // namespace quant::pg
