// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_executor.hpp"
#include "adapter/partition_maintenance.hpp"
#include "adapter/row_writer.hpp"

extern "C" {
#include "tcop/utility.h"
}

namespace quant::pg {

namespace {

/// The argument `index`, which is called `name` in messages.
Day read_day(FunctionCallInfo fcinfo, int index, std::string_view name) {
  if (PG_ARGISNULL(index) || DATE_NOT_FINITE(PG_GETARG_DATEADT(index))) {
    throw invalid(concat(name, " must be a date, not NULL or infinity"));
  }
  return PG_GETARG_DATEADT(index);
}

bool is_atomic(FunctionCallInfo fcinfo) {
  return fcinfo->context == nullptr || !IsA(fcinfo->context, CallContext) ||
         castNode(CallContext, fcinfo->context)->atomic;
}

/// Before a lock is asked for that a standby cannot give.
void require_writing(const char* command) {
  call_server([&] {
    PreventCommandDuringRecovery(command);
    PreventCommandIfReadOnly(command);
  });
}

/// Maintenance commits after each action, so it can be no part of a transaction.
void require_no_transaction(FunctionCallInfo fcinfo) {
  call_server([&] {
    if (is_atomic(fcinfo)) {
      ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
                      errmsg("quant.maintain_partitions() cannot run inside a transaction block, a "
                             "function or a string of several statements"),
                      errhint("CALL it alone: it commits after each of its actions.")));
    }
    PreventCommandIfReadOnly("CALL quant.maintain_partitions()");
  });
}

void put_range(TupleSink& rows, const TimeRange& range) {
  for (const Timestamp bound : {range.from, range.to}) {
    if (bound == kMinValue || bound == kMaxValue) {
      rows.put_null();
    } else {
      rows.put_time(bound);
    }
  }
}

void put_plan(TupleSink& rows, const TableName& table, const std::vector<PartitionAction>& plan) {
  for (const PartitionAction& action : plan) {
    rows.put(table.text()).put(partition_action_name(action.kind));
    action.partition.empty() ? rows.put_null() : rows.put(action.partition);
    put_range(rows, action.range);
    rows.put(action.reason);
    action.rows_to_move ? rows.put_datum(Int64GetDatum(*action.rows_to_move)) : rows.put_null();
    rows.end_row();
  }
}

/// What maintenance would do to one table, or why it would fail.
std::vector<PartitionAction> plan_of(const PartitionPolicy& policy) {
  try {
    return plan_partitions(read_facts(read_partitioned_table(policy.table), policy, Access::kRead));
  } catch (const Error& error) {
    return {{PartitionActionKind::kNone, "", {kMinValue, kMaxValue}, error.message(), {}}};
  }
}

void put_partition(TupleSink& rows, const PartitionedTable& table, const Partition& partition) {
  const Rows size = execute(
      "SELECT CASE WHEN reltuples OPERATOR(pg_catalog.>=) 0 THEN reltuples::pg_catalog.int8 END, "
      "pg_catalog.pg_total_relation_size(oid) FROM pg_catalog.pg_class "
      "WHERE oid OPERATOR(pg_catalog.=) $1",
      Arguments().add(OIDOID, ObjectIdGetDatum(partition.oid)));
  if (size.empty()) return;
  rows.put(table.name.text()).put(partition.name.name);
  put_range(rows, partition.range);
  for (const int column : {1, 2}) {
    const auto value = size[0].find(column, INT8OID);
    value ? rows.put_datum(*value) : rows.put_null();
  }
  const bool is_default = table.default_partition && table.default_partition->oid == partition.oid;
  rows.put_datum(BoolGetDatum(is_default)).end_row();
}

void put_partitions(TupleSink& rows, const TableName& name) {
  PartitionedTable table;
  try {
    table = read_partitioned_table(name);
  } catch (const Error&) {
    return;  // a policy without a partitioned table: quant.partition_plan() says so
  }
  for (const Partition& partition : table.partitions) put_partition(rows, table, partition);
  if (table.default_partition) put_partition(rows, table, *table.default_partition);
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(quant_create_monthly_partition);
Datum quant_create_monthly_partition(PG_FUNCTION_ARGS) {
  return guard([&] {
    require_writing("quant.create_monthly_partition()");
    constexpr auto kMonth = PartitionInterval::kMonth;
    const TimeRange month = interval_of_day(read_day(fcinfo, 0, "month"), kMonth);
    std::string partition;
    with_spi([&] { partition = create_partition(market_data_name(), month, kMonth).partition; });
    return text_datum(partition);
  });
}

PG_FUNCTION_INFO_V1(quant_create_partitions);
Datum quant_create_partitions(PG_FUNCTION_ARGS) {
  return guard([&] {
    require_writing("CALL quant.create_partitions()");
    const Day first = read_day(fcinfo, 0, "the first day");
    const Day last = read_day(fcinfo, 1, "the last day");
    const bool atomic = is_atomic(fcinfo);
    with_spi([&] { create_partitions(market_data_name(), first, last, atomic); },
             atomic ? 0 : SPI_OPT_NONATOMIC);
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_maintain_partitions);
Datum quant_maintain_partitions(PG_FUNCTION_ARGS) {
  return guard([&] {
    require_no_transaction(fcinfo);
    with_spi([] { maintain_partitions(); }, SPI_OPT_NONATOMIC);
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_partition_plan);
Datum quant_partition_plan(PG_FUNCTION_ARGS) {
  return guard([&] {
    TupleSink rows(begin_result_set(fcinfo));
    with_spi([&] {
      for (const PartitionPolicy& policy : read_policies(PolicyFilter::kEnabled, Access::kRead)) {
        put_plan(rows, policy.table, plan_of(policy));
      }
    });
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(quant_partition_status);
Datum quant_partition_status(PG_FUNCTION_ARGS) {
  return guard([&] {
    TupleSink rows(begin_result_set(fcinfo));
    with_spi([&] {
      for (const PartitionPolicy& policy : read_policies(PolicyFilter::kAll, Access::kRead)) {
        put_partitions(rows, policy.table);
      }
    });
    return Datum{0};
  });
}

}  // extern "C"

}  // namespace quant::pg
