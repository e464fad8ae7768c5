// SPDX-License-Identifier: PostgreSQL
// Attaching a table as a partition. What is known of its rows, and of those of the default
// partition, the server need not find out by reading them under its locks. Needs a connection to
// SPI.
#pragma once

#include "adapter/partition_catalog.hpp"

namespace quant::pg {

/// Attaches a table whose rows are all in `range`; the default partition, if there is one, holds
/// none of it and is locked.
void attach_partition(const PartitionedTable& table, const TableName& name, const TimeRange& range);

/// Attaches what was the default partition of `table` and bears `name` now; its rows are all in
/// `range`.
void attach_former_default(const PartitionedTable& table, const TableName& name,
                           const TimeRange& range);

}  // namespace quant::pg
