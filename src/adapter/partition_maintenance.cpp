// SPDX-License-Identifier: PostgreSQL
#include "adapter/partition_maintenance.hpp"

#include "adapter/partition_executor.hpp"
#include "adapter/subtransaction.hpp"

extern "C" {
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace quant::pg {

namespace {

/// First key of the advisory lock, the second being the table: "pgqu" in ASCII.
constexpr std::int32_t kAdvisoryClass = 0x70677175;
constexpr long kFirstBackOffMs = 100;
constexpr long kMaxBackOffMs = 5000;

enum class Outcome : std::uint8_t { kSucceeded, kFailed, kSkipped };

struct LogEntry {
  TableName table;
  std::string partition;
  std::string_view action;
  TimestampTz started = 0;
  Outcome outcome = Outcome::kSucceeded;
  std::optional<std::int64_t> rows_moved;
  std::optional<int> sqlstate;
  std::string message;

  void fail(const Failure& failure) {
    outcome = Outcome::kFailed;
    sqlstate = failure.sqlstate;
    message = failure.message;
    if (!failure.hint.empty()) message += concat(". ", failure.hint);
  }
};

std::string_view status_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSucceeded:
      return "succeeded";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
  }
  throw broken_invariant("unknown outcome");
}

Arguments& add_text(Arguments& arguments, const std::string& text) {
  return text.empty() ? arguments.add_null(TEXTOID) : arguments.add(text);
}

/// Writes the entry and commits it together with what it tells of.
void log_and_commit(const LogEntry& entry) {
  Arguments values;
  values.add(entry.table.schema).add(entry.table.name);
  add_text(values, entry.partition).add(std::string(entry.action));
  values.add(std::string(status_name(entry.outcome)));
  if (entry.rows_moved) {
    values.add(*entry.rows_moved);
  } else {
    values.add_null(INT8OID);
  }
  values.add(TIMESTAMPTZOID, TimestampTzGetDatum(entry.started));
  add_text(values, entry.sqlstate ? std::string(unpack_sql_state(*entry.sqlstate)) : "");
  add_text(values, entry.message);
  execute_write(
      "INSERT INTO trading.maintenance_log (table_schema, table_name, partition_name, action, "
      "status, rows_moved, started_at, finished_at, error_sqlstate, message) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, pg_catalog.clock_timestamp(), $8, $9)",
      values);
  call_server([] { SPI_commit(); });
}

/// The caller is to hear of it too: nobody else sees the log of a CALL that went well.
void warn_of_failure(const LogEntry& entry) {
  if (entry.outcome != Outcome::kFailed) return;
  const std::string what = concat("maintenance of ", entry.table.text(), " failed: ", entry.action,
                                  entry.partition.empty() ? "" : " ", entry.partition);
  call_server([&] {
    ereport(WARNING, (errcode(*entry.sqlstate), errmsg("%s", what.c_str()),
                      errdetail("%s", entry.message.c_str())));
  });
}

/// Whether this transaction is the only one that maintains the table.
bool try_advisory_lock(Oid table) {
  const Rows rows = execute("SELECT pg_catalog.pg_try_advisory_xact_lock($1, $2)",
                            Arguments()
                                .add(INT4OID, Int32GetDatum(kAdvisoryClass))
                                .add(INT4OID, Int32GetDatum(static_cast<std::int32_t>(table))),
                            Access::kWrite);
  return rows[0].boolean(1);
}

void sleep_ms(long milliseconds) {
  call_server([&] {
    WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds,
              PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
  });
}

/// Runs `body`, which is told how often it was tried before, in a subtransaction until it is done,
/// or fails for another reason than a lock, or the policy's retries are used up.
template <typename Body>
std::optional<Failure> attempt(const PartitionPolicy& policy, Body&& body) {
  long back_off = kFirstBackOffMs;
  for (int retry = 0;; ++retry) {
    auto failure = run_in_subtransaction(Catches::kAll, [&] {
      execute_write(concat("SET LOCAL lock_timeout = ", policy.lock_timeout_ms));
      body();
    });
    if (!failure || !failure->is_lock_conflict()) return failure;
    if (retry >= policy.retries) {
      failure->message += concat(" (", retry + 1, " attempts)");
      return failure;
    }
    sleep_ms(back_off);
    back_off = std::min(back_off * 2, kMaxBackOffMs);
  }
}

PartitionChange execute_action(const PartitionPolicy& policy, const PartitionAction& action) {
  if (action.kind == PartitionActionKind::kDetach || action.kind == PartitionActionKind::kDrop) {
    return remove_partition(policy.table, {action.partition, action.range},
                            policy.retention_action);
  }
  return create_partition(policy.table, action.range, policy.interval,
                          action.kind == PartitionActionKind::kPromoteDefault);
}

/// Carries the action out and logs it.
LogEntry perform(const PartitionPolicy& policy, const PartitionAction& action) {
  LogEntry entry{.table = policy.table,
                 .partition = action.partition,
                 .action = partition_action_name(action.kind),
                 .started = GetCurrentTimestamp(),
                 .message = action.reason};
  PartitionChange change;
  if (action.refuses_rows) {
    entry.fail({ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, action.reason, {}});
  } else if (action.kind == PartitionActionKind::kNone) {
    entry.outcome = Outcome::kSkipped;
  } else if (const auto failure =
                 attempt(policy, [&] { change = execute_action(policy, action); })) {
    entry.fail(*failure);
  } else if (change.kind == PartitionActionKind::kNone) {
    entry.outcome = Outcome::kSkipped;
    entry.message = "another session has done it";
  } else {
    entry.action = partition_action_name(change.kind);
    if (change.kind == PartitionActionKind::kDrainDefault) entry.rows_moved = change.rows_moved;
  }
  warn_of_failure(entry);
  log_and_commit(entry);
  return entry;
}

/// Another session is at work on the table: it is left to that one.
void leave(LogEntry& run) {
  run.outcome = Outcome::kSkipped;
  run.message = "another session maintains this table";
  const std::string name = run.table.text();
  call_server([&] {
    ereport(NOTICE, (errmsg("skipping table \"%s\": %s", name.c_str(), run.message.c_str())));
  });
}

/// Carries out the plan and notes in `run` how it went.
void perform_all(const PartitionPolicy& policy, Oid table, const std::vector<PartitionAction>& plan,
                 LogEntry& run) {
  std::size_t done = 0;
  for (const PartitionAction& action : plan) {
    if (!try_advisory_lock(table)) return leave(run);
    const LogEntry entry = perform(policy, action);
    if (entry.outcome == Outcome::kSucceeded) ++done;
    if (entry.outcome == Outcome::kFailed && run.outcome != Outcome::kFailed) {
      run.outcome = Outcome::kFailed;
      run.sqlstate = entry.sqlstate;
    }
  }
  run.message = plan.empty() ? "nothing to do" : concat(done, " of ", plan.size(), " actions done");
}

void maintain_table(const PartitionPolicy& policy) {
  LogEntry run{.table = policy.table, .action = "run", .started = GetCurrentTimestamp()};
  Oid table = InvalidOid;
  std::vector<PartitionAction> plan;
  bool is_ours = false;
  const auto failure = attempt(policy, [&] {
    table = find_table(policy.table);
    is_ours = try_advisory_lock(table);
    if (!is_ours) return;
    plan =
        plan_partitions(read_facts(read_partitioned_table(policy.table), policy, Access::kWrite));
  });
  // The locks of reading end here, so that they are not held while waiting for others.
  call_server([] { SPI_commit(); });
  if (failure) {
    run.fail(*failure);
    warn_of_failure(run);
  } else if (!is_ours) {
    leave(run);
  } else {
    perform_all(policy, table, plan, run);
  }
  log_and_commit(run);
}

}  // namespace

void maintain_partitions() {
  const auto policies = read_policies(PolicyFilter::kEnabled, Access::kWrite);
  call_server([] { SPI_commit(); });
  for (const PartitionPolicy& policy : policies) maintain_table(policy);
}

}  // namespace quant::pg
