// SPDX-License-Identifier: PostgreSQL
// Changes to the partitions of a table. Each runs in the caller's transaction and needs a
// connection to SPI. Locks are taken in the order parent, default partition, new partition; the
// first one, SHARE UPDATE EXCLUSIVE, lets one change at a time through and neither readers nor
// writers wait for it.
#pragma once

#include <cstdint>
#include <string>

#include "adapter/partition_catalog.hpp"

namespace quant::pg {

struct PartitionChange {
  /// kNone: the partition was there.
  PartitionActionKind kind = PartitionActionKind::kNone;
  std::string partition;
  std::int64_t rows_moved = 0;
};

/// Makes the partition of `range`, and takes the rows of the default partition over that belong
/// there. They are visible before and after, and nobody writes to them in between:
///   * none: the table is made and attached;
///   * all of them: the default becomes the partition and an empty one takes its place, so that no
///     row is touched. Not so unless `may_promote`, as after
///     others were moved out of it, whose place it still takes up, or where a foreign key refers to
///     the parent;
///   * some: they are moved, without firing triggers, because the parent's rows do not change.
/// The parent is closed meanwhile, if it has a default partition.
/// kInvalidParameter where the range overlaps a partition of another range, or where a table that
/// is no partition bears the name; kNotPermitted for a caller who does not own the table.
PartitionChange create_partition(const TableName& name, const TimeRange& range,
                                 PartitionInterval interval, bool may_promote = true);

/// Detaches or drops the partition of exactly this name and range; kNone where it is gone.
PartitionChange remove_partition(const TableName& name, const NamedRange& partition,
                                 RetentionAction action);

/// Makes the partitions that cover the days `first` to `last`, in the interval of the table's
/// policy or by month. An interval that others cover needs nothing. Where `atomic` is false, the
/// connection to SPI must allow it to commit now and then, which bounds the locks that it holds.
void create_partitions(const TableName& name, Day first, Day last, bool atomic);

}  // namespace quant::pg
