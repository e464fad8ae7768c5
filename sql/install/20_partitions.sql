-- SPDX-License-Identifier: PostgreSQL
-- Partitions: made by hand, before a bulk load, or by regular maintenance. Procedures that commit
-- cannot set a search_path: the code behind them qualifies every name.

CREATE FUNCTION quant.create_monthly_partition(
  month date DEFAULT date_trunc('month', timezone('UTC', now()) + interval '1 month')::date)
RETURNS text LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_create_monthly_partition';
COMMENT ON FUNCTION quant.create_monthly_partition(date) IS
'Makes the partition of trading.market_data for the month (UTC) that the date lies in, by default
the coming one, and returns its name. One that is there already is returned as it is. Rows of the
month in the default partition are taken over in the same transaction. Overlapping a partition of
another range is an error that names it. Must be called by the owner of the table.
Example: SELECT quant.create_monthly_partition(''2026-01-01'') -- market_data_y2026m01';

CREATE PROCEDURE quant.create_partitions(first_day date, last_day date)
LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_create_partitions';
COMMENT ON PROCEDURE quant.create_partitions(date, date) IS
'Makes the partitions of trading.market_data that cover the days from the first to the last (UTC),
in the interval of its partition policy: before a bulk load, so that no row passes through the
default partition. What is covered already is left alone. At most 2,400 partitions in a call.
Outside of a transaction block it commits after every 24 partitions; a second call goes on where
an interrupted one ended.
Example: CALL quant.create_partitions(''2000-01-01'', ''2026-12-31'')';

CREATE PROCEDURE quant.maintain_partitions()
LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_maintain_partitions';
COMMENT ON PROCEDURE quant.maintain_partitions() IS
'Carries out quant.partition_plan() and records every action and failure in
trading.maintenance_log, with one row of action run for each table. Each action is a transaction
of its own with the lock_timeout and the retries of the policy; one that fails stops no other. A
table that another session maintains at the moment is skipped with a notice. It commits, so it
must be called alone: inside a transaction block, a function or a string of several statements it
is refused (25001).
Example: CALL quant.maintain_partitions()
Example: SELECT cron.schedule(''partitions'', ''5 0 * * *'', ''CALL quant.maintain_partitions()'')';

CREATE FUNCTION quant.partition_plan(
  OUT table_name text, OUT action text, OUT partition_name text,
  OUT from_time timestamptz, OUT to_time timestamptz, OUT reason text,
  OUT rows_to_move bigint)
RETURNS SETOF record LANGUAGE c STABLE
AS 'MODULE_PATHNAME', 'quant_partition_plan';
COMMENT ON FUNCTION quant.partition_plan() IS
'What CALL quant.maintain_partitions() would do now for the enabled rows of
trading.partition_policy, in its order. Actions: create, promote_default (the default partition
becomes the partition, as all of its rows belong there), drain_default (rows_to_move rows are moved
out of it, while the table is closed), detach and drop (retention), none (the reason says what
stands in the way).
Example: SELECT action, partition_name, reason FROM quant.partition_plan()';

CREATE FUNCTION quant.partition_status(
  OUT table_name text, OUT partition_name text,
  OUT from_time timestamptz, OUT to_time timestamptz,
  OUT estimated_rows bigint, OUT total_bytes bigint, OUT is_default boolean)
RETURNS SETOF record LANGUAGE c STABLE
AS 'MODULE_PATHNAME', 'quant_partition_status';
COMMENT ON FUNCTION quant.partition_status() IS
'The partitions of the tables in trading.partition_policy in the order of their ranges, the
default one last, with their size including indexes. estimated_rows is what the last VACUUM or
ANALYZE found, NULL before the first. A bound that is NULL is open.
Example: SELECT partition_name, pg_size_pretty(total_bytes) FROM quant.partition_status()';
