// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_executor.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "commands/tablespace.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/rls.h"
#include "utils/syscache.h"
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

constexpr const char* kProvenCheck = "quant_proven_by_index";

/// Gives a table a CHECK that the server believes without a scan, as VALIDATE CONSTRAINT does after
/// its own. Nobody else writes to the table, and the caller has seen that `condition` holds for
/// every row.
void add_proven_check(const Partition& partition, const std::string& condition) {
  run(concat("ALTER TABLE ", partition.name.quoted(), " ADD CONSTRAINT ", kProvenCheck, " CHECK (",
             condition, ") NOT VALID"));
  call_server([&] {
    Relation constraints = table_open(ConstraintRelationId, RowExclusiveLock);
    const Oid check = get_relation_constraint_oid(partition.oid, kProvenCheck, false);
    HeapTuple row = SearchSysCacheCopy1(CONSTROID, ObjectIdGetDatum(check));
    if (!HeapTupleIsValid(row)) elog(ERROR, "cache lookup failed for constraint %u", check);
    reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row))->convalidated = true;
    CatalogTupleUpdate(constraints, &row->t_self, row);
    CacheInvalidateRelcacheByRelid(partition.oid);
    table_close(constraints, RowExclusiveLock);
    CommandCounterIncrement();
  });
}

/// What a query finds of `table` is all that there is: the newest snapshot, and no policy.
bool sees_all_rows(Oid table) {
  return call_server([&] {
    return !IsolationUsesXactSnapshot() && check_enable_rls(table, InvalidOid, true) != RLS_ENABLED;
  });
}

void attach_range(const PartitionedTable& table, const TableName& partition,
                  const TimeRange& range) {
  run(concat("ALTER TABLE ", table.name.quoted(), " ATTACH PARTITION ", partition.quoted(),
             " FOR VALUES FROM (", bound_literal(range.from), ") TO (", bound_literal(range.to),
             ")"));
}

/// Attaches where an index has shown, under the lock, that `condition` holds for the rows of
/// `known`: the server need not read millions of them then.
void attach_knowing(const PartitionedTable& table, const TableName& partition,
                    const TimeRange& range, const Partition& known, const std::string& condition) {
  if (!sees_all_rows(known.oid)) return attach_range(table, partition, range);
  add_proven_check(known, condition);
  attach_range(table, partition, range);
  run(concat("ALTER TABLE ", known.name.quoted(), " DROP CONSTRAINT ", kProvenCheck));
}

/// "key < 'bound'", in names that no search_path changes.
std::string key_condition(const PartitionedTable& table, std::string_view comparison,
                          Timestamp bound) {
  return concat(table.key, " OPERATOR(pg_catalog.", comparison, ") ", bound_literal(bound),
                "::pg_catalog.timestamptz");
}

/// The default partition, if there is one, is locked.
void attach(const PartitionedTable& table, const TableName& partition, const TimeRange& range) {
  const auto& rest = table.default_partition;
  if (!rest || find_default_rows(table, range).inside) return attach_range(table, partition, range);
  attach_knowing(
      table, partition, range, *rest,
      concat(key_condition(table, "<", range.from), " OR ", key_condition(table, ">=", range.to)));
}

/// The rows of `former`, which was the default partition until now, all lie in `range`.
void attach_former_default(const PartitionedTable& table, const Partition& former,
                           const TimeRange& range) {
  attach_knowing(
      table, former.name, range, former,
      concat(key_condition(table, ">=", range.from), " AND ", key_condition(table, "<", range.to)));
}

void attach_default(const PartitionedTable& table, const TableName& partition) {
  run(concat("ALTER TABLE ", table.name.quoted(), " ATTACH PARTITION ", partition.quoted(),
             " DEFAULT"));
}

/// Moves the rows of `range` without firing triggers: the parent's rows stay what they are, and an
/// audit trigger must not see them deleted.
std::int64_t move_rows(const PartitionedTable& table, const TableName& target,
                       const TimeRange& range) {
  const int level = call_server([] {
    const int nest = NewGUCNestLevel();
    set_config_option("session_replication_role", "replica", PGC_SUSET, PGC_S_SESSION,
                      GUC_ACTION_SAVE, true, 0, false);
    return nest;
  });
  const auto moved = execute_write(
      concat("WITH moved AS (DELETE FROM ", table.default_partition->name.quoted(), " WHERE ",
             table.key, " OPERATOR(pg_catalog.>=) $1 AND ", table.key,
             " OPERATOR(pg_catalog.<) $2 RETURNING ", table.columns, ") INSERT INTO ",
             target.quoted(), " (", table.columns, ") SELECT ", table.columns, " FROM moved"),
      Arguments()
          .add(TIMESTAMPTZOID, TimestampTzGetDatum(range.from))
          .add(TIMESTAMPTZOID, TimestampTzGetDatum(range.to)));
  call_server([&] { AtEOXact_GUC(true, level); });
  return static_cast<std::int64_t>(moved);
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
  attach_former_default(table, {old_default.oid, promoted, range}, range);
  create_table_like(table, old_default.name);
  attach_default(table, old_default.name);
  if (!comment) return;
  set_comment(promoted, std::nullopt);
  set_comment(old_default.name, comment);
}

/// The lock on the parent that making the partition of `range` needs: raised from SHARE UPDATE
/// EXCLUSIVE, which only one session holds, so that two cannot wait for each other. Writers must be
/// kept out where they write to this range: one that waited for the default partition only would
/// find its row refused there once the range has left it.
LOCKMODE parent_lock(PartitionActionKind kind, const TimeRange& range) {
  if (kind == PartitionActionKind::kPromoteDefault) return AccessExclusiveLock;
  const bool is_written = kind == PartitionActionKind::kDrainDefault ||
                          range.contains(GetCurrentTransactionStartTimestamp());
  return is_written ? ShareRowExclusiveLock : ShareUpdateExclusiveLock;
}

PartitionActionKind lock_for_creation(const PartitionedTable& table, const TimeRange& range) {
  if (!table.default_partition) return PartitionActionKind::kCreate;
  const auto kind_now = [&] {
    const DefaultRows rows = find_default_rows(table, range);
    return creation_of(rows.inside, rows.outside);
  };
  const LOCKMODE parent = parent_lock(kind_now(), range);
  if (parent != ShareUpdateExclusiveLock) lock(table.oid, parent);
  lock(table.default_partition->oid, AccessExclusiveLock);
  // Rows may have come before the lock: they are moved, as a promotion needs the stronger one.
  const PartitionActionKind kind = kind_now();
  return kind == PartitionActionKind::kPromoteDefault && parent != AccessExclusiveLock
             ? PartitionActionKind::kDrainDefault
             : kind;
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
                                 PartitionInterval interval) {
  const PartitionedTable table = open_for_change(name);
  if (const Partition* existing = find_partition(table, range)) {
    return {PartitionActionKind::kNone, existing->name.name, 0};
  }
  const TableName partition{name.schema, partition_name(name.name, range.from, interval)};
  refuse_overlap(table, partition, range);
  refuse_name_in_use(table, partition);

  PartitionChange change{lock_for_creation(table, range), partition.name, 0};
  if (change.kind == PartitionActionKind::kPromoteDefault) {
    promote_default(table, partition, range);
    return change;
  }
  create_table_like(table, partition);
  if (change.kind == PartitionActionKind::kDrainDefault) {
    change.rows_moved = move_rows(table, partition, range);
  }
  attach(table, partition, range);
  return change;
}

PartitionChange remove_partition(const TableName& name, const NamedRange& partition,
                                 RetentionAction action) {
  const PartitionedTable table = open_for_change(name);
  const Partition* found = find_partition(table, partition.range);
  if (found == nullptr || found->name.name != partition.name) {
    return {PartitionActionKind::kNone, partition.name, 0};
  }
  lock(table.oid, AccessExclusiveLock);
  if (action == RetentionAction::kDrop) {
    run(concat("DROP TABLE ", found->name.quoted()));
    return {PartitionActionKind::kDrop, partition.name, 0};
  }
  run(concat("ALTER TABLE ", name.quoted(), " DETACH PARTITION ", found->name.quoted()));
  return {PartitionActionKind::kDetach, partition.name, 0};
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
