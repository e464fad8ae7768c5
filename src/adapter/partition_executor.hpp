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

struct CreationOptions {
  /// The default may become the partition where all of its rows belong there. Not so after others
  /// were moved out of it, whose place it still takes up.
  bool may_promote = true;
  /// While rows move, readers go on, and are only kept out to attach the partition. The lock for
  /// that may not be had, and the work is in vain then: a second attempt should do without.
  bool readers_go_on = false;
};

/// Makes the partition of `range`, and takes the rows of the default partition over that belong
/// there. They are visible before and after, and nobody writes to them in between:
///   * none: the table is made beside the parent and attached, which blocks writers only where the
///     range is the one being written now;
///   * all of them: the default becomes the partition and an empty one takes its place, so that no
///     row is touched; the parent is closed for that moment;
///   * some: they are moved, without firing triggers, because the parent's rows do not change; the
///     parent is closed for writers meanwhile, and to attach the partition for readers too.
/// kInvalidParameter where the range overlaps a partition of another range, or where a table that
/// is no partition bears the name; kNotPermitted for a caller who does not own the table.
PartitionChange create_partition(const TableName& name, const TimeRange& range,
                                 PartitionInterval interval, const CreationOptions& options = {});

/// Detaches or drops the partition of exactly this name and range; kNone where it is gone.
PartitionChange remove_partition(const TableName& name, const NamedRange& partition,
                                 RetentionAction action);

/// Makes the partitions that cover the days `first` to `last`, in the interval of the table's
/// policy or by month. An interval that others cover needs nothing. Where `atomic` is false, the
/// connection to SPI must allow it to commit now and then, which bounds the locks that it holds.
void create_partitions(const TableName& name, Day first, Day last, bool atomic);

}  // namespace quant::pg
