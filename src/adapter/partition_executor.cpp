// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_executor.hpp"

#include "adapter/owner_rights.hpp"
#include "adapter/partition_attach.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/tablespace.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/guc.h"
}

namespace quant::pg {

namespace {

/// Two hundred years of months.
constexpr std::size_t kMaxPartitions = 2400;
/// A partition holds about ten locks; the server has room for 6,400 by default.
constexpr std::size_t kPartitionsPerCommit = 24;

void run(const std::string& sql) { execute_write(sql); }

void lock(Oid table, LOCKMODE mode) {
  call_server([&] { LockRelationOid(table, mode); });
}

/// The table, held so that nobody else can change its partitions before the transaction ends.
PartitionedTable open_for_change(const TableName& name) {
  const Oid table = find_table(name);
  const Oid owner = table_owner(table);
  if (!call_server([&] { return has_privs_of_role(GetUserId(), owner); })) {
    throw Error(ErrorCode::kNotPermitted, concat("must be owner of table ", name.text()))
        .hint("Maintenance of partitions runs as the owner of the table.");
  }
  lock(table, ShareUpdateExclusiveLock);
  return read_partitioned_table(name);
}

const Partition* find_partition(const PartitionedTable& table, const TimeRange& range) {
  const auto found = std::find_if(table.partitions.begin(), table.partitions.end(),
                                  [&](const Partition& p) { return p.range == range; });
  return found == table.partitions.end() ? nullptr : &*found;
}

void refuse_overlap(const PartitionedTable& table, const TableName& partition,
                    const TimeRange& range) {
  for (const Partition& other : table.partitions) {
    if (!other.range.overlaps(range)) continue;
    throw invalid(concat("partition \"", partition.name, "\" would overlap partition \"",
                         other.name.name, "\""))
        .detail(concat("The new partition holds ", range_text(range), ", the existing one ",
                       range_text(other.range), "."))
        .hint(concat("Detach \"", other.name.name, "\" first, or keep it: it serves its range."));
  }
}

void refuse_name_in_use(const PartitionedTable& table, const TableName& partition) {
  const Oid other = call_server([&] {
    return get_relname_relid(partition.name.c_str(),
                             get_namespace_oid(partition.schema.c_str(), false));
  });
  if (!OidIsValid(other)) return;
  throw invalid(concat("relation \"", partition.text(), "\" exists already"))
      .detail(concat("It is not the partition of ", table.name.text(), " that its name promises."))
      .hint("Attach it to the table, or rename it.");
}

/// A table like the parent, with the same owner. Indexes, keys and triggers come when it is
/// attached.
void create_table_like(const PartitionedTable& table, const TableName& name) {
  std::string tablespace;
  if (OidIsValid(table.tablespace)) {
    const char* tablespace_name =
        call_server([&] { return get_tablespace_name(table.tablespace); });
    tablespace = " TABLESPACE " + quoted_name(tablespace_name);
  }
  run(concat("CREATE TABLE ", name.quoted(), " (LIKE ", table.name.quoted(),
             " INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING STORAGE "
             "INCLUDING COMPRESSION)",
             tablespace));
  if (table.owner != GetUserId()) {
    const char* owner = call_server([&] { return GetUserNameFromId(table.owner, false); });
    run(concat("ALTER TABLE ", name.quoted(), " OWNER TO ", quoted_name(owner)));
  }
}

void attach_default(const PartitionedTable& table, const TableName& partition) {
  run(concat("ALTER TABLE ", table.name.quoted(), " ATTACH PARTITION ", partition.quoted(),
             " DEFAULT"));
}

/// Runs `body` without triggers: the parent's rows stay what they are when they move, and an audit
/// trigger must not see them deleted.
template <typename Body>
void without_triggers(Body&& body) {
  const int level = call_server([] {
    const int nest = NewGUCNestLevel();
    set_config_option("session_replication_role", "replica", PGC_SUSET, PGC_S_SESSION,
                      GUC_ACTION_SAVE, true, 0, false);
    return nest;
  });
  body();
  call_server([&] { AtEOXact_GUC(true, level); });
}

/// Nobody writes to the default partition, so both statements find the same rows. They run what the
/// owner has put on them, triggers that always fire and functions in constraints: with his rights.
std::int64_t move_rows(const PartitionedTable& table, const TableName& target,
                       const TimeRange& range) {
  const std::string rows =
      concat(table.default_partition->name.quoted(), " WHERE ", table.key,
             " OPERATOR(pg_catalog.>=) $1 AND ", table.key, " OPERATOR(pg_catalog.<) $2");
  Arguments bounds;
  bounds.add(TIMESTAMPTZOID, TimestampTzGetDatum(range.from))
      .add(TIMESTAMPTZOID, TimestampTzGetDatum(range.to));
  std::uint64_t copied = 0;
  std::uint64_t deleted = 0;
  const OwnerRights rights(table.owner);
  without_triggers([&] {
    copied = execute_write(concat("INSERT INTO ", target.quoted(), " (", table.columns, ") SELECT ",
                                  table.columns, " FROM ", rows),
                           bounds);
    deleted = execute_write(concat("DELETE FROM ", rows), bounds);
  });
  if (copied != deleted) {
    throw Error(ErrorCode::kNotStored,
                concat(copied, " rows of ", table.default_partition->name.text(),
                       " could be read, but ", deleted, " deleted"))
        .hint("A rule or a policy of that partition keeps its owner from moving rows.");
  }
  return static_cast<std::int64_t>(copied);
}

/// A foreign key to the default partition itself would not notice that its rows move away.
void refuse_reference_to_default(const PartitionedTable& table) {
  const Rows rows = execute(
      "SELECT conname, conrelid::pg_catalog.regclass::pg_catalog.text "
      "FROM pg_catalog.pg_constraint WHERE confrelid OPERATOR(pg_catalog.=) $1 "
      "AND contype OPERATOR(pg_catalog.=) 'f' AND conparentid OPERATOR(pg_catalog.=) 0 LIMIT 1",
      Arguments().add(OIDOID, ObjectIdGetDatum(table.default_partition->oid)), Access::kWrite);
  if (rows.empty()) return;
  throw Error(ErrorCode::kNotSupported,
              concat("rows cannot be moved out of ", table.default_partition->name.text()))
      .detail(concat("A foreign key of ", rows[0].string(2), " refers to this partition."))
      .hint(concat("Let it refer to ", table.name.text(), "."));
}

std::optional<std::string> table_comment(Oid table) {
  const Rows rows = execute("SELECT pg_catalog.obj_description($1, 'pg_class')",
                            Arguments().add(OIDOID, ObjectIdGetDatum(table)), Access::kWrite);
  const auto comment = rows[0].find(1, TEXTOID);
  return comment ? std::optional(text_value(*comment)) : std::nullopt;
}

void set_comment(const TableName& table, const std::optional<std::string>& comment) {
  const char* literal =
      comment ? call_server([&] { return quote_literal_cstr(comment->c_str()); }) : "NULL";
  run(concat("COMMENT ON TABLE ", table.quoted(), " IS ", literal));
}

/// The default partition becomes the partition of `range`; a new, empty one takes its place.
void promote_default(const PartitionedTable& table, const TableName& partition,
                     const TimeRange& range) {
  const Partition& old_default = *table.default_partition;
  const TableName promoted{old_default.name.schema, partition.name};
  const auto comment = table_comment(old_default.oid);
  run(concat("ALTER TABLE ", table.name.quoted(), " DETACH PARTITION ", old_default.name.quoted()));
  run(concat("ALTER TABLE ", old_default.name.quoted(), " RENAME TO ", quoted_name(promoted.name)));
  attach_former_default(table, promoted, range);
  create_table_like(table, old_default.name);
  attach_default(table, old_default.name);
  if (!comment) return;
  set_comment(promoted, std::nullopt);
  set_comment(old_default.name, comment);
}

/// Takes the rows of `range` over into a new partition.
std::int64_t drain_default(const PartitionedTable& table, const TableName& partition,
                           const TimeRange& range) {
  refuse_reference_to_default(table);
  create_table_like(table, partition);
  const std::int64_t moved = move_rows(table, partition, range);
  attach_partition(table, partition, range);
  return moved;
}

/// Locks what making the partition of `range` needs, and tells how it is to be made. A reader or
/// writer that waited for the default partition only would look for its rows there, or find its row
/// refused there: both are kept out of the parent. Its lock is raised from SHARE UPDATE EXCLUSIVE,
/// which only one session holds, so that two cannot wait for each other, and for which nobody else
/// waits, so that one who has read and then writes goes first.
PartitionActionKind lock_for_creation(const PartitionedTable& table, const TimeRange& range,
                                      bool may_promote) {
  if (!table.default_partition) return PartitionActionKind::kCreate;
  lock(table.oid, AccessExclusiveLock);
  lock(table.default_partition->oid, AccessExclusiveLock);
  const DefaultRows rows = find_default_rows(table, range);
  const bool must_move = rows.outside || table.is_referenced || !may_promote;
  return creation_of(rows.inside, must_move);
}

PartitionInterval policy_interval(const TableName& name) {
  for (const PartitionPolicy& policy : read_policies(PolicyFilter::kAll, Access::kWrite)) {
    if (policy.table.schema == name.schema && policy.table.name == name.name) {
      return policy.interval;
    }
  }
  return PartitionInterval::kMonth;
}

}  // namespace

PartitionChange create_partition(const TableName& name, const TimeRange& range,
                                 PartitionInterval interval, bool may_promote) {
  const PartitionedTable table = open_for_change(name);
  if (const Partition* existing = find_partition(table, range)) {
    return {PartitionActionKind::kNone, existing->name.name, 0};
  }
  const TableName partition{name.schema, partition_name(name.name, range.from, interval)};
  refuse_overlap(table, partition, range);
  refuse_name_in_use(table, partition);

  const PartitionActionKind kind = lock_for_creation(table, range, may_promote);
  std::int64_t rows_moved = 0;
  if (kind == PartitionActionKind::kPromoteDefault) {
    promote_default(table, partition, range);
  } else if (kind == PartitionActionKind::kDrainDefault) {
    rows_moved = drain_default(table, partition, range);
  } else {
    create_table_like(table, partition);
    attach_partition(table, partition, range);
  }
  return {kind, partition.name, rows_moved};
}

PartitionChange remove_partition(const TableName& name, const NamedRange& partition,
                                 RetentionAction action) {
  const PartitionedTable table = open_for_change(name);
  const Partition* found = find_partition(table, partition.range);
  if (found == nullptr || found->name.name != partition.name) {
    return {PartitionActionKind::kNone, partition.name, 0};
  }
  lock(table.oid, AccessExclusiveLock);
  // A foreign key to the table keeps a partition from being dropped, but not from being detached.
  const bool drops = action == RetentionAction::kDrop;
  if (!drops || table.is_referenced) {
    run(concat("ALTER TABLE ", name.quoted(), " DETACH PARTITION ", found->name.quoted()));
  }
  if (drops) run(concat("DROP TABLE ", found->name.quoted()));
  return {drops ? PartitionActionKind::kDrop : PartitionActionKind::kDetach, partition.name, 0};
}

void create_partitions(const TableName& name, Day first, Day last, bool atomic) {
  const PartitionInterval interval = policy_interval(name);
  const std::vector<NamedRange> existing = read_partitioned_table(name).named_ranges();
  std::size_t created = 0;
  for (const TimeRange& range : intervals_covering(first, last, interval, kMaxPartitions)) {
    call_server([] { CHECK_FOR_INTERRUPTS(); });
    if (covers(existing, range)) continue;
    create_partition(name, range, interval);
    if (++created % kPartitionsPerCommit == 0 && !atomic) call_server([] { SPI_commit(); });
  }
}

}  // namespace quant::pg
