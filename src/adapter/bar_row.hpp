// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/market/check_bar.hpp"

#include "adapter/guard.hpp"

extern "C" {
#include "executor/tuptable.h"
#include "utils/rel.h"
}

namespace quant::pg {

/// Where the columns of a bar lie in one partition, found by name because users add columns, and
/// the assets that a statement has met. Made once for a statement and partition.
struct BarTable {
  PerBarField<AttrNumber> numbers;
  AttrNumber symbol = 0;
  AttrNumber timestamp = 0;
  AttrNumber timeframe = 0;
  AttrNumber asset_id = 0;
  /// Deforming a row up to here reaches all of them.
  AttrNumber last = 0;
  std::unordered_map<std::string, std::int64_t> assets;
};

/// The columns of `relation`; kNotFound where one is missing, kInvalidParameter where its type is
/// another.
[[nodiscard]] BarTable find_bar_table(Relation relation);

/// Whether the row holds a bar without a fault: the common case, decided on scaled integers without
/// an allocation. False only says that check_row must look.
[[nodiscard]] bool is_plainly_valid(const BarTable& table, TupleTableSlot* row);

/// Raises check_violation where the row breaks a CHECK of market_data, naming it, the rules behind
/// it and the values. What no CHECK refuses passes, so that the table means the same without it.
void check_row(const BarTable& table, Relation relation, TupleTableSlot* row);

/// The id of the row's symbol in trading.assets; foreign_key_violation where it has none.
[[nodiscard]] std::int64_t find_asset(BarTable& table, Relation relation, TupleTableSlot* row);

/// The id of a symbol in trading.assets, inserted by this very statement or before.
[[nodiscard]] std::optional<std::int64_t> look_up_asset(const std::string& symbol);

/// Any numeric of a bar, as far as the rules need it: they are judged with 20 decimals or more.
[[nodiscard]] BarNumber read_bar_number(Datum value);

}  // namespace quant::pg
