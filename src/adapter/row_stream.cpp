// SPDX-License-Identifier: PostgreSQL
#include "adapter/row_stream.hpp"

extern "C" {
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "nodes/params.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace quant::pg {

namespace {

// Everything here runs inside call_server(): these frames own nothing.

ParamListInfo constants_of(Arguments& arguments) {
  ParamListInfo parameters = makeParamList(arguments.count());
  for (int i = 0; i < arguments.count(); ++i) {
    // Constants to the planner, so that it prunes partitions before it opens them.
    parameters->params[i] = {arguments.values()[i], false, PARAM_FLAG_CONST, arguments.types()[i]};
  }
  return parameters;
}

/// The query reads tables, no views, and no policy adds to its conditions: what a scan of its plan
/// is narrowed by are its own conditions then, or fewer.
bool is_plain_query(const Query* query) {
  if (query->hasRowSecurity) return false;
  ListCell* cell = nullptr;
  foreach (cell, query->rtable) {
    const auto* entry = lfirst_node(RangeTblEntry, cell);
    if (entry->rtekind == RTE_SUBQUERY) return false;
    const bool is_table =
        entry->relkind == RELKIND_RELATION || entry->relkind == RELKIND_PARTITIONED_TABLE;
    if (entry->rtekind == RTE_RELATION && !is_table) return false;
  }
  return true;
}

/// The plan, started: the server has checked privileges and opened the tables.
QueryDesc* start(const char* sql, Arguments& arguments, bool& is_plain) {
  auto* parsed = linitial_node(RawStmt, pg_parse_query(sql));
  List* queries = pg_analyze_and_rewrite_fixedparams(parsed, sql, arguments.types(),
                                                     arguments.count(), nullptr);
  is_plain = is_plain_query(linitial_node(Query, queries));
  ParamListInfo parameters = constants_of(arguments);
  PlannedStmt* plan = pg_plan_query(linitial_node(Query, queries), sql, 0, parameters);
  EnsurePortalSnapshotExists();
  QueryDesc* query = CreateQueryDesc(plan, sql, GetActiveSnapshot(), InvalidSnapshot, nullptr,
                                     parameters, nullptr, 0);
  ExecutorStart(query, 0);
  return query;
}

void check_types(TupleDesc description, std::span<const Oid> types) {
  for (int i = 0; i < description->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(description, i);
    if (column->atttypid == types[static_cast<std::size_t>(i)]) continue;
    ereport(ERROR,
            (errcode(ERRCODE_DATATYPE_MISMATCH),
             errmsg("column \"%s\" is of type %s, not %s", NameStr(column->attname),
                    format_type_be(column->atttypid),
                    format_type_be(types[static_cast<std::size_t>(i)])),
             errhint("A table of schema trading was altered: give the column its type back.")));
  }
}

/// The numbers of the columns that a scan passes on, or nullptr where it computes something.
AttrNumber* columns_passed_on(const SeqScanState* scan) {
  const Plan* plan = scan->ss.ps.plan;
  auto* columns =
      static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * list_length(plan->targetlist)));
  int count = 0;
  ListCell* cell = nullptr;
  foreach (cell, plan->targetlist) {
    const auto* expression = lfirst_node(TargetEntry, cell)->expr;
    if (!IsA(expression, Var)) return nullptr;
    columns[count] = reinterpret_cast<const Var*>(expression)->varattno;
    if (columns[count++] <= 0) return nullptr;
  }
  return columns;
}

bool read_table(const SeqScanState* scan, const AttrNumber* columns, int count, RowSink& sink) {
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * count));
  auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * count));
  const AttrNumber last = *std::max_element(columns, columns + count);
  Relation table = scan->ss.ss_currentRelation;
  TupleTableSlot* slot = table_slot_create(table, nullptr);
  // From the first page, wherever other scans of the table are: rows come in the order of their
  // loading.
  TableScanDesc rows =
      table_beginscan_strat(table, scan->ss.ps.state->es_snapshot, 0, nullptr, true, false);
  bool going_on = true;
  while (going_on && table_scan_getnextslot(rows, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    slot_getsomeattrs(slot, last);
    for (int i = 0; i < count; ++i) {
      values[i] = slot->tts_values[columns[i] - 1];
      nulls[i] = slot->tts_isnull[columns[i] - 1];
    }
    going_on = sink.take(values, nulls);
  }
  table_endscan(rows);
  ExecDropSingleTupleTableSlot(slot);
  return going_on;
}

bool read_node(PlanState* node, RowSink& sink) {
  for (;;) {
    CHECK_FOR_INTERRUPTS();
    TupleTableSlot* slot = ExecProcNode(node);
    if (TupIsNull(slot)) return true;
    slot_getallattrs(slot);
    if (!sink.take(slot->tts_values, slot->tts_isnull)) return false;
    ResetPerTupleExprContext(node->state);
  }
}

bool read(PlanState* node, bool is_plain, RowSink& sink) {
  const auto* append =
      IsA(node, AppendState) ? reinterpret_cast<const AppendState*>(node) : nullptr;
  if (append != nullptr && append->as_nasyncplans == 0 && append->as_prune_state == nullptr) {
    for (int i = 0; i < append->as_nplans; ++i) {
      if (!read(append->appendplans[i], is_plain, sink)) return false;
    }
    return true;
  }
  if (is_plain && IsA(node, SeqScanState)) {
    const auto* scan = reinterpret_cast<const SeqScanState*>(node);
    const AttrNumber* columns = columns_passed_on(scan);
    if (columns != nullptr)
      return read_table(scan, columns, list_length(node->plan->targetlist), sink);
  }
  return read_node(node, sink);
}

}  // namespace

void stream_rows(const std::string& sql, Arguments& arguments, std::span<const Oid> types,
                 RowSink& sink) {
  call_server([&] {
    bool is_plain = false;
    QueryDesc* query = start(sql.c_str(), arguments, is_plain);
    check_types(query->tupDesc, types);
    const MemoryContext context = MemoryContextSwitchTo(query->estate->es_query_cxt);
    read(query->planstate, is_plain, sink);
    MemoryContextSwitchTo(context);
    ExecutorFinish(query);
    ExecutorEnd(query);
    FreeQueryDesc(query);
  });
}

}  // namespace quant::pg
