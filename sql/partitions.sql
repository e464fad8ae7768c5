-- SPDX-License-Identifier: PostgreSQL
-- Partitions: making, draining the default, the plan and its maintenance. Procedures that commit
-- leave traces, so this runs in a database of its own.
\set SHOW_CONTEXT never
SELECT current_database() AS regression_database \gset
CREATE DATABASE regress_quant_partitions TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_quant_partitions
CREATE EXTENSION pg_quant;
SET datestyle = 'ISO, YMD';
SET timezone = 'America/New_York';
\pset null NULL

-- The partition of a month as the policy's calendar names it, n months from now.
CREATE FUNCTION month_partition(n integer) RETURNS text STABLE LANGUAGE sql AS $$
  SELECT to_char(timezone('UTC', now()) + n * interval '1 month', '"market_data_y"YYYY"m"MM')
$$;
CREATE VIEW bars AS
  SELECT tableoid::regclass AS partition, symbol, timestamp AT TIME ZONE 'UTC' AS utc
  FROM trading.market_data ORDER BY timestamp, symbol;
CREATE VIEW log AS
  SELECT table_name, partition_name, action, status, rows_moved, error_sqlstate, message
  FROM trading.maintenance_log
  WHERE partition_name IS NULL
    OR partition_name NOT IN (SELECT month_partition(n) FROM generate_series(0, 4) n)
  ORDER BY id;

-- The default is the coming month in UTC; the day in the month does not matter; twice is once.
SELECT quant.create_monthly_partition() = month_partition(1) AS makes_the_coming_month;
SELECT quant.create_monthly_partition('2024-02-29');
SELECT quant.create_monthly_partition('2024-02-01');
SELECT partition_name, from_time AT TIME ZONE 'UTC' AS from_utc,
  to_time AT TIME ZONE 'UTC' AS to_utc, estimated_rows, total_bytes > 0 AS has_size, is_default
FROM quant.partition_status() WHERE partition_name <> month_partition(1);

-- It is a partition as any other: keys, CHECKs, trigger, and the owner of the table.
SELECT c.relkind, c.relowner = p.relowner AS same_owner,
  (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) AS indexes,
  (SELECT string_agg(t.tgname, ', ') FROM pg_trigger t
    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS triggers,
  (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c')
    = (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = p.oid AND k.contype = 'c')
    AS same_checks
FROM pg_class c, pg_class p
WHERE c.oid = 'trading.market_data_y2024m02'::regclass AND p.oid = 'trading.market_data'::regclass;

-- Refused arguments.
SELECT quant.create_monthly_partition(NULL);
SELECT quant.create_monthly_partition('infinity');
SELECT quant.create_monthly_partition('0044-03-15 BC');
SELECT quant.create_monthly_partition('10000-01-01');
SELECT quant.create_monthly_partition('5874897-12-31');
CALL quant.create_partitions(NULL, '2024-01-01');
CALL quant.create_partitions('2024-01-01', '-infinity');
CALL quant.create_partitions('2024-02-01', '2024-01-31');
CALL quant.create_partitions('1800-01-01', '2000-01-01');

-- Rows of the default partition are taken over, also in the transaction that wrote them, with
-- columns that a user added, and without a word to the user's triggers.
INSERT INTO trading.assets (symbol) VALUES ('AAA'), ('BBB');
ALTER TABLE trading.market_data ADD COLUMN "Vendor" text DEFAULT 'acme',
  ADD COLUMN mid numeric GENERATED ALWAYS AS ((high_price + low_price) / 2) STORED;
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE '% in %', lower(TG_OP), TG_TABLE_NAME;
  RETURN NULL;
END
$$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON trading.market_data
  FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER audit_row AFTER UPDATE OR DELETE ON trading.market_data
  FOR EACH ROW EXECUTE FUNCTION audit();
BEGIN;
INSERT INTO trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT s, t, '1d', 10, 11, 9, 10
FROM unnest(ARRAY['AAA', 'BBB']) s,
  unnest(ARRAY['2024-02-29 23:59:59.999999+00', '2024-03-01 00:00+00', '2024-03-31 23:59:59+00',
    '2024-04-01 00:00+00']::timestamptz[]) t;
CREATE TABLE before AS SELECT * FROM trading.market_data;
CREATE VIEW changes AS
  (TABLE before EXCEPT TABLE trading.market_data)
  UNION ALL (TABLE trading.market_data EXCEPT TABLE before);
SELECT quant.create_monthly_partition('2024-03-10');
COMMIT;
SELECT * FROM bars;
SELECT count(*) AS changed FROM changes;

-- What is left is one month, so the default itself becomes its partition.
COMMENT ON TABLE trading.market_data_default IS 'rows of other months';
SELECT action, partition_name, reason FROM quant.partition_plan() WHERE action <> 'create';
SELECT quant.create_monthly_partition('2024-04-01');
SELECT * FROM bars;
SELECT obj_description('trading.market_data_default'::regclass) AS of_default,
  obj_description('trading.market_data_y2024m04'::regclass) AS of_month;
SELECT count(*) AS changed FROM changes;

-- Partitions of other ranges and tables of that name.
CREATE TABLE trading."Odd" PARTITION OF trading.market_data
  FOR VALUES FROM ('2025-01-15 00:00+00') TO ('2025-01-16 12:00+00');
SELECT quant.create_monthly_partition('2025-01-01');
CREATE TABLE trading.may PARTITION OF trading.market_data
  FOR VALUES FROM ('2025-05-01 00:00+00') TO ('2025-06-01 00:00+00');
SELECT quant.create_monthly_partition('2025-05-01');
CREATE TABLE trading.market_data_y2025m03 (x integer);
SELECT quant.create_monthly_partition('2025-03-01');
CREATE TABLE trading.y2010 PARTITION OF trading.market_data
  FOR VALUES FROM (MINVALUE) TO ('2011-01-01 00:00+00');

-- A bulk load: all months of the range, around what is there. Also inside a transaction.
CALL quant.create_partitions('2010-06-30', '2011-02-01');
BEGIN;
CALL quant.create_partitions('2023-11-01', '2024-04-30');
COMMIT;
CALL quant.create_partitions('2025-01-01', '2025-01-31');
SELECT partition_name, from_time AT TIME ZONE 'UTC' AS from_utc,
  to_time AT TIME ZONE 'UTC' AS to_utc
FROM quant.partition_status() WHERE partition_name <> month_partition(1);

-- Only the owner of the table.
CREATE ROLE regress_quant_trader;
GRANT USAGE ON SCHEMA quant, trading TO regress_quant_trader;
GRANT ALL ON ALL TABLES IN SCHEMA trading TO regress_quant_trader;
SET ROLE regress_quant_trader;
SELECT quant.create_monthly_partition('2030-01-01');
SELECT quant.create_monthly_partition('2024-02-01');
SELECT count(*) > 0 AS may_look FROM quant.partition_status();
SELECT quant.bind_schema();
RESET ROLE;
-- A partition that a superuser makes belongs to the owner of the table.
ALTER TABLE trading.market_data OWNER TO regress_quant_trader;
SELECT quant.create_monthly_partition('2030-01-01');
SELECT relowner::regrole FROM pg_class WHERE oid = 'trading.market_data_y2030m01'::regclass;
ALTER TABLE trading.market_data OWNER TO CURRENT_USER;
ALTER TABLE trading.market_data_y2030m01 OWNER TO CURRENT_USER;

-- Maintenance: not within anything that could be rolled back.
BEGIN;
CALL quant.maintain_partitions();
ROLLBACK;
SELECT 1 AS one \; CALL quant.maintain_partitions();
CREATE PROCEDURE maintain_with_settings() LANGUAGE plpgsql SET work_mem = '4MB' AS $$
BEGIN
  CALL quant.maintain_partitions();
END
$$;
CALL maintain_with_settings();
BEGIN READ ONLY;
SELECT count(*) > 0 AS readable FROM quant.partition_plan();
ROLLBACK;
SET default_transaction_read_only = on;
CALL quant.maintain_partitions();
RESET default_transaction_read_only;
SELECT count(*) AS nothing_logged FROM trading.maintenance_log;

-- The plan: the current month and three ahead, of which one is there; bars of two other months wait
-- in the default.
INSERT INTO trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('AAA', '2025-01-20 00:00+00', '1d', 10, 11, 9, 10),
  ('AAA', '2025-02-20 00:00+00', '1d', 10, 11, 9, 10),
  ('AAA', '2025-07-20 00:00+00', '1d', 10, 11, 9, 10);
SELECT action, array_agg(partition_name ORDER BY from_time)
  = ARRAY[month_partition(0), month_partition(2), month_partition(3)] AS months
FROM quant.partition_plan() WHERE action = 'create' GROUP BY action;
SELECT table_name, action, partition_name, from_time AT TIME ZONE 'UTC' AS from_utc, reason,
  rows_to_move
FROM quant.partition_plan() WHERE action <> 'create';
-- A policy of a table that is none, or not partitioned, and one that nobody may maintain.
INSERT INTO trading.partition_policy (table_schema, table_name, is_enabled) VALUES
  ('trading', 'assets', true), ('nowhere', 'nothing', true), ('trading', 'trades', false);
SELECT table_name, action, reason FROM quant.partition_plan()
WHERE table_name <> 'trading.market_data';
CALL quant.maintain_partitions();
SELECT * FROM log;
SELECT count(*) AS created_ahead FROM trading.maintenance_log
WHERE action = 'create' AND status = 'succeeded' AND finished_at >= started_at
  AND partition_name IN (month_partition(0), month_partition(2), month_partition(3));
SELECT * FROM bars WHERE utc >= '2025-01-01';
-- Nothing is left to do but what stands in the way.
DELETE FROM trading.partition_policy WHERE table_name <> 'market_data';
TRUNCATE trading.maintenance_log;
CALL quant.maintain_partitions();
SELECT * FROM log;

-- Retention, by the end of a partition and never by its name; the rows of a detached one stay.
TRUNCATE trading.maintenance_log;
UPDATE trading.partition_policy
SET retention = timezone('UTC', now()) - timestamp '2024-03-15', premake = 0;
SELECT action, partition_name FROM quant.partition_plan();
CALL quant.maintain_partitions();
SELECT * FROM log;
SELECT count(*) AS detached_rows FROM trading.market_data_y2024m02;
-- A late row of that age stays in the default: no partition is made for it, only to be retired.
INSERT INTO trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('BBB', '2024-02-20 00:00+00', '1d', 10, 11, 9, 10);
TRUNCATE trading.maintenance_log;
UPDATE trading.partition_policy
SET retention = timezone('UTC', now()) - timestamp '2024-04-30 12:00', retention_action = 'drop';
CALL quant.maintain_partitions();
SELECT * FROM log;
SELECT to_regclass('trading.market_data_y2024m03') AS dropped;
SELECT * FROM bars;

-- Another table, by days, with names that must be quoted.
CREATE SCHEMA "My Data";
CREATE TABLE "My Data"."Ticks" ("At" timestamptz NOT NULL, v integer) PARTITION BY RANGE ("At");
CREATE TABLE "My Data"."Ticks rest" PARTITION OF "My Data"."Ticks" DEFAULT;
INSERT INTO "My Data"."Ticks" VALUES ('2024-03-10 04:30+00', 1), ('2024-03-10 23:00+00', 2),
  ('2024-03-11 00:00+00', 3), ('-infinity', 4);
DELETE FROM trading.partition_policy;
INSERT INTO trading.partition_policy (table_schema, table_name, partition_interval, premake)
VALUES ('My Data', 'Ticks', 'day', 0);
TRUNCATE trading.maintenance_log;
CALL quant.maintain_partitions();
SELECT partition_name, action, status, rows_moved, message FROM trading.maintenance_log
WHERE partition_name LIKE '%y2024%' ORDER BY id;
SELECT tableoid::regclass AS partition, "At" AT TIME ZONE 'UTC' AS utc, v
FROM "My Data"."Ticks" ORDER BY v;
UPDATE trading.partition_policy SET partition_interval = 'week';
SELECT action, partition_name = to_char(timezone('UTC', now()), '"Ticks_y"IYYY"w"IW') AS this_week
FROM quant.partition_plan() WHERE now() >= from_time;

-- A table without a default partition, and none without a policy.
DROP TABLE "My Data"."Ticks rest";
SELECT partition_name, is_default FROM quant.partition_status() WHERE partition_name LIKE '%2024%';
DELETE FROM trading.partition_policy;
SELECT * FROM quant.partition_plan();
SELECT * FROM quant.partition_status();
TRUNCATE trading.maintenance_log;
CALL quant.maintain_partitions();
SELECT * FROM log;
SELECT quant.create_monthly_partition('2031-01-01');

\c :regression_database
DROP DATABASE regress_quant_partitions;
DROP ROLE regress_quant_trader;

-- An old snapshot proves nothing of the default partition: the server looks itself.
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO trading.assets (symbol) VALUES ('PROOF');
INSERT INTO trading.market_data (symbol, timeframe, "timestamp", open_price, high_price, low_price, close_price)
VALUES ('PROOF', '1d', '1990-01-05 00:00+00', 1, 1, 1, 1), ('PROOF', '1d', '1990-02-05 00:00+00', 1, 1, 1, 1);
SELECT quant.create_monthly_partition('1990-01-01');
SELECT quant.create_monthly_partition('1990-02-01');
SELECT tableoid::regclass, count(*) FROM trading.market_data WHERE symbol = 'PROOF' GROUP BY tableoid ORDER BY tableoid::regclass::text;
ROLLBACK;
SELECT count(*) FROM pg_constraint WHERE conname = 'quant_proven_by_index';
