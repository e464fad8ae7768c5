-- SPDX-License-Identifier: PostgreSQL
-- Partition maintenance of tables of the user's own: foreign keys to and from them, keys that may be
-- NULL, partitions that maintenance did not make.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET client_min_messages = warning;
SET timezone = 'UTC';
UPDATE trading.partition_policy SET is_enabled = false;
CREATE SCHEMA own;
CREATE FUNCTION own.register(name text, VARIADIC settings text[] DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
  INSERT INTO trading.partition_policy (table_schema, table_name, premake, retention, retention_action)
  VALUES ('own', name, 0, settings[1]::interval, coalesce(settings[2], 'detach'))
$$;
CREATE VIEW own.log AS
  SELECT table_name, partition_name, action, status, rows_moved, error_sqlstate, message
  FROM trading.maintenance_log WHERE action <> 'run' AND partition_name !~ to_char(now() AT TIME ZONE 'UTC', '"y"YYYY"m"MM$') ORDER BY id;
CREATE VIEW own.plan AS
  SELECT table_name, action, partition_name, reason, rows_to_move FROM quant.partition_plan()
  WHERE partition_name IS NULL OR partition_name !~ to_char(now() AT TIME ZONE 'UTC', '"y"YYYY"m"MM$');
TRUNCATE trading.maintenance_log;

-- A foreign key to the table holds the default partition: rows are moved, and the key holds.
CREATE TABLE own.orders (at timestamptz, id int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE own.orders_default PARTITION OF own.orders DEFAULT;
CREATE TABLE own.fills (order_id int, order_at timestamptz, FOREIGN KEY (order_id, order_at) REFERENCES own.orders (id, at));
INSERT INTO own.orders SELECT timestamptz '2024-01-01' + i * interval '1 hour', i FROM generate_series(1, 100) AS i;
INSERT INTO own.fills SELECT id, at FROM own.orders WHERE id % 10 = 0;
SELECT own.register('orders');
SELECT * FROM own.plan;
CALL quant.maintain_partitions();
SELECT * FROM own.log;
\set VERBOSITY sqlstate
DELETE FROM own.orders WHERE id = 10;
\set VERBOSITY terse
SELECT count(*), (SELECT count(*) FROM own.orders_default) AS left_over FROM own.orders;
-- Retention drops what no row refers to, and says what holds the rest.
TRUNCATE trading.maintenance_log;
UPDATE trading.partition_policy SET retention = interval '1 year', retention_action = 'drop' WHERE table_name = 'orders';
CALL quant.maintain_partitions();
SELECT partition_name, action, status, error_sqlstate FROM own.log;
DELETE FROM own.fills;
CALL quant.maintain_partitions();
SELECT action, partition_name, status FROM own.log;
SELECT to_regclass('own.orders_y2024m01') AS dropped;
DELETE FROM trading.partition_policy WHERE table_name = 'orders';

-- A foreign key to the default partition itself would not notice that rows leave it.
TRUNCATE trading.maintenance_log;
CREATE TABLE own.held (at timestamptz, id int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE own.held_default PARTITION OF own.held DEFAULT;
CREATE TABLE own.holds (id int, at timestamptz, FOREIGN KEY (id, at) REFERENCES own.held_default (id, at) ON DELETE CASCADE);
INSERT INTO own.held VALUES ('2024-01-05', 1), ('2024-02-05', 2);
INSERT INTO own.holds SELECT id, at FROM own.held;
SELECT own.register('held');
CALL quant.maintain_partitions();
SELECT partition_name, action, status, error_sqlstate, message FROM own.log;
SELECT count(*) FROM own.holds JOIN own.held USING (id, at);
DELETE FROM trading.partition_policy WHERE table_name = 'held';

-- A table that refers to itself.
TRUNCATE trading.maintenance_log;
CREATE TABLE own.tree (at timestamptz, id int, parent_id int, parent_at timestamptz, PRIMARY KEY (id, at),
  FOREIGN KEY (parent_id, parent_at) REFERENCES own.tree (id, at)) PARTITION BY RANGE (at);
CREATE TABLE own.tree_default PARTITION OF own.tree DEFAULT;
INSERT INTO own.tree VALUES ('2024-01-05', 1, NULL, NULL), ('2024-01-06', 2, 1, '2024-01-05'), ('2024-02-05', 3, 2, '2024-01-06');
SELECT own.register('tree');
CALL quant.maintain_partitions();
SELECT partition_name, action, status, rows_moved, error_sqlstate, message FROM own.log;
SELECT tableoid::regclass, id FROM own.tree ORDER BY id;
DELETE FROM trading.partition_policy WHERE table_name = 'tree';

-- Rows without a key stay in the default partition, and hold up nothing.
TRUNCATE trading.maintenance_log;
CREATE TABLE own.keyless (at timestamptz, v int) PARTITION BY RANGE (at);
CREATE TABLE own.keyless_default PARTITION OF own.keyless DEFAULT;
INSERT INTO own.keyless VALUES ('2024-01-05', 1), ('2024-01-06', 2), (NULL, 3);
SELECT own.register('keyless');
SELECT * FROM own.plan;
CALL quant.maintain_partitions();
SELECT partition_name, action, status, rows_moved FROM own.log;
SELECT tableoid::regclass, v FROM own.keyless ORDER BY v;
SELECT count(*) AS nothing_left FROM own.plan;
DELETE FROM trading.partition_policy WHERE table_name = 'keyless';

-- A default partition that is partitioned in turn.
TRUNCATE trading.maintenance_log;
CREATE TABLE own.nested (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE own.nested_default PARTITION OF own.nested DEFAULT PARTITION BY HASH (v);
CREATE TABLE own.nested_default_0 PARTITION OF own.nested_default FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO own.nested VALUES ('2024-01-05', 1), ('2024-02-05', 2);
SELECT own.register('nested');
CALL quant.maintain_partitions();
SELECT partition_name, action, status, rows_moved, error_sqlstate, message FROM own.log;
SELECT tableoid::regclass, v FROM own.nested ORDER BY v;
DELETE FROM trading.partition_policy WHERE table_name = 'nested';

-- Partitions that the user made are not touched, unless they are named as maintenance names its own.
TRUNCATE trading.maintenance_log;
CREATE TABLE own.archive (at timestamptz, v int) PARTITION BY RANGE (at);
CREATE TABLE own.my_archive PARTITION OF own.archive FOR VALUES FROM ('2019-01-01 00:00+00') TO ('2020-01-01 00:00+00');
CREATE TABLE own.my_rest PARTITION OF own.archive FOR VALUES FROM (MINVALUE) TO ('2019-01-01 00:00+00');
CREATE TABLE own.archive_y2020 PARTITION OF own.archive FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
CREATE TABLE own.archive_y2021m01 PARTITION OF own.archive FOR VALUES FROM ('2021-01-01 00:00+00') TO ('2021-03-01 00:00+00');
SELECT own.register('archive', '1 year', 'drop');
SELECT * FROM own.plan;
CALL quant.maintain_partitions();
SELECT partition_name, action, status, message FROM own.log;
SELECT to_regclass('own.my_archive') IS NOT NULL AND to_regclass('own.my_rest') IS NOT NULL AS kept, to_regclass('own.archive_y2020') AS dropped;
ALTER TABLE own.my_archive RENAME TO archive_y2019;
SELECT action, partition_name FROM own.plan;

DELETE FROM trading.partition_policy WHERE table_schema = 'own';
UPDATE trading.partition_policy SET is_enabled = true;
TRUNCATE trading.maintenance_log;
DROP SCHEMA own CASCADE;
-- A partition of other bounds leaves a part of the current week without a place: that is a failure, and
-- the caller hears of it.
CREATE TABLE app_odd (ts timestamptz NOT NULL) PARTITION BY RANGE (ts);
DO $$
DECLARE
  week timestamptz := date_trunc('week', now(), 'UTC');
BEGIN
  EXECUTE format('CREATE TABLE app_odd_part PARTITION OF app_odd FOR VALUES FROM (%L) TO (%L)', week + interval '3 days', week + interval '10 days');
END
$$;
INSERT INTO trading.partition_policy (table_schema, table_name, partition_interval, premake) VALUES ('public', 'app_odd', 'week', 2);
UPDATE trading.partition_policy SET is_enabled = table_name = 'app_odd';
\set VERBOSITY sqlstate
CALL quant.maintain_partitions();
\set VERBOSITY default
SELECT action, status, error_sqlstate, regexp_replace(message, '\d{4}-\d\d-\d\d', 'DAY', 'g') AS message FROM trading.maintenance_log WHERE table_name = 'app_odd' ORDER BY id;
DELETE FROM trading.partition_policy WHERE table_name = 'app_odd';
DELETE FROM trading.maintenance_log WHERE table_name = 'app_odd';
UPDATE trading.partition_policy SET is_enabled = true;
DROP TABLE app_odd;
