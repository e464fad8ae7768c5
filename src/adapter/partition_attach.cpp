// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_attach.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "utils/inval.h"
#include "utils/rls.h"
#include "utils/syscache.h"
}

namespace quant::pg {

namespace {

constexpr const char* kProvenCheck = "quant_proven_by_index";

/// Gives a table a CHECK that the server believes without a scan, as VALIDATE CONSTRAINT does after
/// its own. Nobody else writes to the table, and the caller has seen that `condition` holds for
/// every row.
void add_proven_check(const Partition& partition, const std::string& condition) {
  execute_write(concat("ALTER TABLE ", partition.name.quoted(), " ADD CONSTRAINT ", kProvenCheck,
                       " CHECK (", condition, ") NOT VALID"));
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

/// A table of which `condition` is known to hold for every row, though the server does not know it.
struct Proof {
  Partition partition;
  std::string condition;
};

/// Up to this size reading a table takes less than proving something of it.
constexpr std::uint32_t kPagesQuicklyRead = 64;

/// As the server does it: it reads the table, and the default partition.
void attach_range(const PartitionedTable& table, const TableName& partition,
                  const TimeRange& range) {
  execute_write(concat("ALTER TABLE ", table.name.quoted(), " ATTACH PARTITION ",
                       partition.quoted(), " FOR VALUES FROM (", bound_literal(range.from),
                       ") TO (", bound_literal(range.to), ")"));
}

/// Attaches without the server's reading, under its locks, the millions of rows that the proofs
/// speak of. Nobody else writes to their tables.
void attach_knowing(const PartitionedTable& table, const TableName& partition,
                    const TimeRange& range, std::vector<Proof> proofs) {
  std::erase_if(proofs, [](const Proof& proof) {
    return pages_of(proof.partition.oid) <= kPagesQuicklyRead;
  });
  const bool sees_all = std::all_of(proofs.begin(), proofs.end(), [](const Proof& proof) {
    return sees_all_rows(proof.partition.oid);
  });
  if (!sees_all) return attach_range(table, partition, range);
  for (const Proof& proof : proofs) add_proven_check(proof.partition, proof.condition);
  attach_range(table, partition, range);
  for (const Proof& proof : proofs) {
    execute_write(
        concat("ALTER TABLE ", proof.partition.name.quoted(), " DROP CONSTRAINT ", kProvenCheck));
  }
}

/// "key < 'bound'", in names that no search_path changes.
std::string key_condition(const PartitionedTable& table, std::string_view comparison,
                          Timestamp bound) {
  return concat(table.key, " OPERATOR(pg_catalog.", comparison, ") ", bound_literal(bound),
                "::pg_catalog.timestamptz");
}

/// All rows of `partition` are in `range`.
Proof inside(const PartitionedTable& table, const Partition& partition, const TimeRange& range) {
  return {partition, concat(key_condition(table, ">=", range.from), " AND ",
                            key_condition(table, "<", range.to))};
}

/// No row of `partition` is in `range`.
Proof outside(const PartitionedTable& table, const Partition& partition, const TimeRange& range) {
  return {partition, concat(key_condition(table, "<", range.from), " OR ",
                            key_condition(table, ">=", range.to))};
}

}  // namespace

void attach_partition(const PartitionedTable& table, const TableName& name,
                      const TimeRange& range) {
  const auto& rest = table.default_partition;
  if (!rest) return attach_range(table, name, range);
  const Partition partition{find_table(name), name, range};
  attach_knowing(table, name, range,
                 {outside(table, *rest, range), inside(table, partition, range)});
}

void attach_former_default(const PartitionedTable& table, const TableName& name,
                           const TimeRange& range) {
  const Partition partition{table.default_partition->oid, name, range};
  attach_knowing(table, name, range, {inside(table, partition, range)});
}

}  // namespace quant::pg
