// SPDX-License-Identifier: PostgreSQL
// What maintenance has to do to a partitioned table, as a pure function of what is known of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/partition/interval.hpp"
#include "core/partition/time_range.hpp"

namespace quant {

struct NamedRange {
  std::string name;
  TimeRange range;
};

/// An interval of which the default partition holds rows.
struct HeldInterval {
  TimeRange range;
  std::int64_t rows = 0;
};

enum class RetentionAction : std::uint8_t { kDetach, kDrop };

/// The state of a table and its policy.
struct PartitionFacts {
  std::string table;
  /// All partitions but the default.
  std::vector<NamedRange> partitions;
  /// What the default partition holds, oldest first.
  std::vector<HeldInterval> default_intervals;
  bool has_default = true;
  /// The default partition also holds rows that no partition can take.
  bool default_holds_others = false;
  /// A foreign key refers to the table: a default partition whose rows it needs cannot leave it.
  bool is_referenced = false;

  PartitionInterval interval = PartitionInterval::kMonth;
  /// Intervals to keep ready beyond the current one.
  int premake = 0;
  Timestamp now = 0;
  /// Partitions that end at this instant or before have outlived the retention.
  std::optional<Timestamp> keep_from;
  RetentionAction retention_action = RetentionAction::kDetach;
};

enum class PartitionActionKind : std::uint8_t {
  kNone,            // something is to be said, nothing to be done
  kCreate,          // an empty partition
  kDrainDefault,    // a partition that takes its rows over from the default one
  kPromoteDefault,  // the default becomes the partition, because all of its rows belong there
  kDetach,
  kDrop,
};
/// As maintenance_log.action writes it: create, drain_default ...
[[nodiscard]] std::string_view partition_action_name(PartitionActionKind kind);

struct PartitionAction {
  PartitionActionKind kind = PartitionActionKind::kNone;
  std::string partition;
  TimeRange range;
  std::string reason;
  /// Rows that move while the table is closed.
  std::optional<std::int64_t> rows_to_move;
  /// Rows of the interval have no place to go: not the default partition either.
  bool refuses_rows = false;
};

/// Whether the partitions together leave no instant of `range` out.
[[nodiscard]] bool covers(const std::vector<NamedRange>& partitions, const TimeRange& range);

/// How a partition comes to be, by whether the default one holds rows inside and outside of it.
[[nodiscard]] constexpr PartitionActionKind creation_of(bool rows_inside, bool rows_outside) {
  if (!rows_inside) return PartitionActionKind::kCreate;
  return rows_outside ? PartitionActionKind::kDrainDefault : PartitionActionKind::kPromoteDefault;
}

/// Whether the partition is one that maintenance makes, by its name and range, in any interval;
/// others are the user's own.
[[nodiscard]] bool is_maintained(const std::string& table, const NamedRange& partition);

/// The actions in the order in which they should run: first the current interval and those to come,
/// then what rows in the default partition wait for, the interval that most of them belong to being
/// the last, then retention. Each stands alone: if another failed, a promotion turns into a drain.
/// An interval that wider or narrower partitions cover needs nothing.
[[nodiscard]] std::vector<PartitionAction> plan_partitions(const PartitionFacts& facts);

}  // namespace quant
