// SPDX-License-Identifier: PostgreSQL
#pragma once

#include "adapter/spi.hpp"

namespace quant::pg {

/// Takes the rows of a query as they are read.
class RowSink {
 public:
  /// False ends the reading. Called between the server's frames: no exception may leave it.
  [[nodiscard]] virtual bool take(const Datum* values, const bool* nulls) noexcept = 0;

 protected:
  ~RowSink() = default;
};

/// Hands each row of a query to `sink`, in no particular order, under the caller's privileges,
/// policies and snapshot. Where the planner chose to read a whole table, and no view or policy adds
/// to the query's own conditions, the table is read without the executor: `sink` itself must pass
/// over rows that fail WHERE. The arguments are constants to the planner. `types`: the columns', or
/// kWrongType is raised. Needs a connection.
void stream_rows(const std::string& sql, Arguments& arguments, std::span<const Oid> types,
                 RowSink& sink);

}  // namespace quant::pg
