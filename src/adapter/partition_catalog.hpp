// SPDX-License-Identifier: PostgreSQL
// What the server knows of a partitioned table, as the facts from which core plans.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/partition/plan.hpp"

#include "adapter/spi.hpp"

namespace quant::pg {

/// As SQL needs it, quoted where it must be.
[[nodiscard]] std::string quoted_name(const std::string& name);

struct TableName {
  std::string schema;
  std::string name;

  /// schema.name as SQL needs it.
  [[nodiscard]] std::string quoted() const;
  /// For messages.
  [[nodiscard]] std::string text() const { return schema + "." + name; }
};

/// The table whose partitions quant.create_monthly_partition makes.
[[nodiscard]] TableName market_data_name();

struct Partition {
  Oid oid = InvalidOid;
  TableName name;
  TimeRange range;
};

/// A table partitioned by range of one timestamptz column.
struct PartitionedTable {
  Oid oid = InvalidOid;
  TableName name;
  Oid owner = InvalidOid;
  Oid tablespace = InvalidOid;
  /// The partition key, quoted.
  std::string key;
  /// All columns that a row is copied by, quoted and separated by commas: not the generated ones.
  std::string columns;
  std::vector<Partition> partitions;
  std::optional<Partition> default_partition;
  /// A row may lack the key.
  bool key_is_nullable = false;
  /// A foreign key refers to the table.
  bool is_referenced = false;

  /// The partitions but the default, as core knows them.
  [[nodiscard]] std::vector<NamedRange> named_ranges() const;
};

/// A row of trading.partition_policy.
struct PartitionPolicy {
  TableName table;
  PartitionInterval interval = PartitionInterval::kMonth;
  int premake = 0;
  std::optional<Timestamp> keep_from;
  RetentionAction retention_action = RetentionAction::kDetach;
  int lock_timeout_ms = 0;
  int retries = 0;
};

/// kNotFound where there is no such table.
[[nodiscard]] Oid find_table(const TableName& name);

[[nodiscard]] Oid table_owner(Oid table);

[[nodiscard]] std::uint32_t pages_of(Oid table);

/// The table and its partitions as they are now, whatever the snapshot. kNotSupported where it is
/// not partitioned by range of one timestamptz column.
[[nodiscard]] PartitionedTable read_partitioned_table(const TableName& name);

// The following need a connection to SPI.

enum class PolicyFilter { kAll, kEnabled };
[[nodiscard]] std::vector<PartitionPolicy> read_policies(PolicyFilter filter, Access access);

/// Whether the default partition holds rows inside and outside of `range`: one index lookup each.
struct DefaultRows {
  bool inside = false;
  bool outside = false;
};
[[nodiscard]] DefaultRows find_default_rows(const PartitionedTable& table, const TimeRange& range);

/// The facts that plan_partitions needs. Counts what the default partition holds.
[[nodiscard]] PartitionFacts read_facts(const PartitionedTable& table,
                                        const PartitionPolicy& policy, Access access);

}  // namespace quant::pg
