// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_catalog.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/partcache.h"
#include "utils/rel.h"
}

namespace quant::pg {

namespace {

/// Holds a table open. The lock goes with it: who asks for a stronger one later must not hold this
/// one, and whoever catches an error of ours must find nothing left open.
class OpenTable {
 public:
  explicit OpenTable(Oid table)
      : relation_(call_server([&] { return table_open(table, AccessShareLock); })) {}
  OpenTable(const OpenTable&) = delete;
  OpenTable& operator=(const OpenTable&) = delete;
  ~OpenTable() { table_close(relation_, AccessShareLock); }

  [[nodiscard]] Relation relation() const { return relation_; }

 private:
  Relation relation_;
};

TableName table_name(Oid table) {
  const char* schema = call_server([&] { return get_namespace_name(get_rel_namespace(table)); });
  const char* name = call_server([&] { return get_rel_name(table); });
  if (schema == nullptr || name == nullptr) throw broken_invariant("a partition has vanished");
  return {schema, name};
}

Timestamp bound_value(const PartitionBoundInfoData& bounds, int index) {
  switch (bounds.kind[index][0]) {
    case PARTITION_RANGE_DATUM_MINVALUE:
      return kMinValue;
    case PARTITION_RANGE_DATUM_MAXVALUE:
      return kMaxValue;
    default:
      return DatumGetTimestampTz(bounds.datums[index][0]);
  }
}

/// The bounds stand in order; indexes[i] is the partition that ends at bound i, or -1 for a gap.
void read_partitions(Relation relation, PartitionedTable& table) {
  const auto* description = call_server([&] { return RelationGetPartitionDesc(relation, true); });
  if (description->nparts == 0) return;
  const PartitionBoundInfoData& bounds = *description->boundinfo;
  for (int i = 1; i < bounds.ndatums; ++i) {
    if (bounds.indexes[i] < 0) continue;
    const Oid oid = description->oids[bounds.indexes[i]];
    table.partitions.push_back(
        {oid, table_name(oid), {bound_value(bounds, i - 1), bound_value(bounds, i)}});
  }
  if (bounds.default_index >= 0) {
    const Oid oid = description->oids[bounds.default_index];
    table.default_partition = Partition{oid, table_name(oid), {kMinValue, kMaxValue}};
  }
}

/// The quoted name of the column that the table is partitioned by.
std::string read_key(Relation relation, const TableName& name) {
  const PartitionKey key = RelationGetForm(relation)->relkind == RELKIND_PARTITIONED_TABLE
                               ? call_server([&] { return RelationGetPartitionKey(relation); })
                               : nullptr;
  if (key == nullptr || key->strategy != PARTITION_STRATEGY_RANGE || key->partnatts != 1 ||
      key->partattrs[0] == 0 || key->parttypid[0] != TIMESTAMPTZOID) {
    throw Error(ErrorCode::kNotSupported,
                concat("table \"", name.text(),
                       "\" is not partitioned by range of one timestamptz column"));
  }
  const TupleDesc columns = RelationGetDescr(relation);
  return quoted_name(NameStr(TupleDescAttr(columns, key->partattrs[0] - 1)->attname));
}

std::string read_columns(Relation relation) {
  const TupleDesc columns = RelationGetDescr(relation);
  std::string list;
  for (int i = 0; i < columns->natts; ++i) {
    const FormData_pg_attribute& column = *TupleDescAttr(columns, i);
    if (column.attisdropped || column.attgenerated != '\0') continue;
    list += concat(list.empty() ? "" : ", ", quoted_name(NameStr(column.attname)));
  }
  return list;
}

bool is_nullable(Relation relation, AttrNumber column) {
  return !TupleDescAttr(RelationGetDescr(relation), column - 1)->attnotnull;
}

/// Whether a foreign key refers to the table.
bool is_referenced(Oid table) {
  return call_server([&] {
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_confrelid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(table));
    Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(constraints, InvalidOid, false, nullptr, 1, &key);
    const bool found = HeapTupleIsValid(systable_getnext(scan));
    systable_endscan(scan);
    table_close(constraints, AccessShareLock);
    return found;
  });
}

bool default_lacks_keys(const PartitionedTable& table, Access access) {
  if (!table.key_is_nullable) return false;
  return !execute(concat("SELECT FROM ", table.default_partition->name.quoted(), " WHERE ",
                         table.key, " IS NULL LIMIT 1"),
                  {}, access)
              .empty();
}

/// The first instant from `from` on of which the default partition holds a row.
std::optional<Timestamp> next_in_default(const PartitionedTable& table, Timestamp from,
                                         Access access) {
  const Rows rows = execute(
      concat("SELECT ", table.key, " FROM ", table.default_partition->name.quoted(), " WHERE ",
             table.key, " OPERATOR(pg_catalog.>=) $1 ORDER BY ", table.key, " LIMIT 1"),
      Arguments().add(TIMESTAMPTZOID, TimestampTzGetDatum(from)), access);
  if (rows.empty()) return std::nullopt;
  return rows[0].timestamp(1);
}

bool default_holds_before(const PartitionedTable& table, Timestamp to, Access access) {
  // In order, or the planner would read the whole table in hope of an early one.
  return !execute(concat("SELECT FROM ", table.default_partition->name.quoted(), " WHERE ",
                         table.key, " OPERATOR(pg_catalog.<) $1 ORDER BY ", table.key, " LIMIT 1"),
                  Arguments().add(TIMESTAMPTZOID, TimestampTzGetDatum(to)), access)
              .empty();
}

std::int64_t count_in_default(const PartitionedTable& table, const TimeRange& range,
                              Access access) {
  const Rows rows =
      execute(concat("SELECT pg_catalog.count(*) FROM ", table.default_partition->name.quoted(),
                     " WHERE ", table.key, " OPERATOR(pg_catalog.>=) $1 AND ", table.key,
                     " OPERATOR(pg_catalog.<) $2"),
              Arguments()
                  .add(TIMESTAMPTZOID, TimestampTzGetDatum(range.from))
                  .add(TIMESTAMPTZOID, TimestampTzGetDatum(range.to)),
              access);
  return rows[0].int64(1);
}

PartitionPolicy read_policy(const Row& row) {
  PartitionPolicy policy;
  policy.table = {row.string(1), row.string(2)};
  const std::string interval = row.string(3);
  const auto parsed = parse_partition_interval(interval);
  if (!parsed) {
    throw invalid(concat("partition interval \"", interval, "\" is not known"))
        .detail(concat("It stands in the policy of table ", policy.table.text(), "."))
        .hint("Use day, week, month, quarter or year.");
  }
  policy.interval = *parsed;
  policy.premake = row.int32(4);
  if (const auto keep_from = row.find(5, TIMESTAMPTZOID))
    policy.keep_from = DatumGetTimestampTz(*keep_from);
  policy.retention_action =
      row.string(6) == "drop" ? RetentionAction::kDrop : RetentionAction::kDetach;
  policy.lock_timeout_ms = row.int32(7);
  policy.retries = row.int32(8);
  return policy;
}

}  // namespace

std::string quoted_name(const std::string& name) {
  return call_server([&] { return quote_identifier(name.c_str()); });
}

std::string TableName::quoted() const { return quoted_name(schema) + "." + quoted_name(name); }

std::vector<NamedRange> PartitionedTable::named_ranges() const {
  std::vector<NamedRange> ranges;
  for (const Partition& partition : partitions) {
    ranges.push_back({partition.name.name, partition.range});
  }
  return ranges;
}

TableName market_data_name() { return {"trading", "market_data"}; }

Oid find_table(const TableName& name) {
  const Oid table = call_server([&] {
    const Oid schema = get_namespace_oid(name.schema.c_str(), true);
    return OidIsValid(schema) ? get_relname_relid(name.name.c_str(), schema) : InvalidOid;
  });
  if (!OidIsValid(table)) {
    throw Error(ErrorCode::kNotFound, concat("table \"", name.text(), "\" does not exist"));
  }
  return table;
}

Oid table_owner(Oid table) { return RelationGetForm(OpenTable(table).relation())->relowner; }

PartitionedTable read_partitioned_table(const TableName& name) {
  PartitionedTable table;
  table.name = name;
  table.oid = find_table(name);
  const OpenTable open(table.oid);
  const Relation relation = open.relation();
  table.owner = RelationGetForm(relation)->relowner;
  table.tablespace = RelationGetForm(relation)->reltablespace;
  table.key = read_key(relation, name);
  table.columns = read_columns(relation);
  table.key_is_nullable = is_nullable(
      relation, call_server([&] { return RelationGetPartitionKey(relation); })->partattrs[0]);
  table.is_referenced = is_referenced(table.oid);
  read_partitions(relation, table);
  return table;
}

std::vector<PartitionPolicy> read_policies(PolicyFilter filter, Access access) {
  const Rows rows = execute(
      concat("SELECT table_schema::pg_catalog.text, table_name::pg_catalog.text, "
             "partition_interval, premake, pg_catalog.timezone('UTC', "
             "pg_catalog.timezone('UTC', pg_catalog.now()) OPERATOR(pg_catalog.-) retention), "
             "retention_action, lock_timeout_ms, retries FROM trading.partition_policy ",
             filter == PolicyFilter::kEnabled ? "WHERE is_enabled " : "",
             "ORDER BY table_schema, table_name"),
      {}, access);
  std::vector<PartitionPolicy> policies;
  for (std::uint64_t i = 0; i < rows.size(); ++i) policies.push_back(read_policy(rows[i]));
  return policies;
}

std::uint32_t pages_of(Oid table) {
  const OpenTable open(table);
  // A table that is partitioned in turn has no pages of its own, whatever it holds.
  if (RelationGetForm(open.relation())->relkind != RELKIND_RELATION) return 1;
  return call_server([&] { return RelationGetNumberOfBlocks(open.relation()); });
}

DefaultRows find_default_rows(const PartitionedTable& table, const TimeRange& range) {
  if (!table.default_partition || pages_of(table.default_partition->oid) == 0) return {};
  const auto inside = next_in_default(table, range.from, Access::kWrite);
  return {.inside = inside && range.contains(*inside),
          .outside = default_holds_before(table, range.from, Access::kWrite) ||
                     next_in_default(table, range.to, Access::kWrite).has_value() ||
                     default_lacks_keys(table, Access::kWrite)};
}

PartitionFacts read_facts(const PartitionedTable& table, const PartitionPolicy& policy,
                          Access access) {
  PartitionFacts facts;
  facts.table = table.name.name;
  facts.partitions = table.named_ranges();
  facts.interval = policy.interval;
  facts.premake = policy.premake;
  facts.now = GetCurrentTransactionStartTimestamp();
  facts.keep_from = policy.keep_from;
  facts.retention_action = policy.retention_action;
  facts.is_referenced = table.is_referenced;
  facts.has_default = table.default_partition.has_value();
  if (!facts.has_default) return facts;

  const TimeRange all = partitionable_range();
  facts.default_holds_others =
      default_holds_before(table, all.from, access) || default_lacks_keys(table, access);
  auto next = next_in_default(table, all.from, access);
  while (next && all.contains(*next)) {
    const TimeRange range = interval_at(*next, policy.interval);
    facts.default_intervals.push_back({range, count_in_default(table, range, access)});
    next = next_in_default(table, range.to, access);
  }
  facts.default_holds_others = facts.default_holds_others || next.has_value();
  return facts;
}

}  // namespace quant::pg
