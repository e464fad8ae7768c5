// SPDX-License-Identifier: PostgreSQL
// Statements that write to the import view. One may run inside another's flush, or inside a
// function that the other's rows come from, so they form a stack; each ends before the one below
// goes on.
#pragma once

#include "adapter/bar_import.hpp"

namespace quant::pg {

/// A statement before its first row.
void begin_import();
/// The load of the innermost statement, begun with its first row, whose source it bears.
[[nodiscard]] BarImport& current_import(std::optional<std::string_view> source);
struct FinishedImport {
  std::int64_t batch = 0;
  ImportCounts counts;
};
/// Ends the innermost statement; what it loaded, if it had any row.
[[nodiscard]] std::optional<FinishedImport> end_import();

/// Has a transaction refused that would end with rows not written: a trigger of the view is
/// missing.
void watch_imports();

}  // namespace quant::pg
