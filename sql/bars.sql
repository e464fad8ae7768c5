-- SPDX-License-Identifier: PostgreSQL
-- What makes a bar wrong: quant.check_bar, and the trigger of trading.market_data.
\set SHOW_CONTEXT never
\pset null NULL
SET datestyle = 'ISO, YMD';
SET timezone = 'America/New_York';

-- A name a row: the rules that the bar breaks, in the order of open, high, low, close, volume, bid,
-- ask, vwap.
SELECT name, quant.check_bar(o, h, l, c, v, b, a, w)
FROM (VALUES
  ('valid', 10, 11, 9, 10.5, 100, 10.4, 10.6, 10.2),
  ('flat', 10, 10, 10, 10, 0, 10, 10, 10),
  ('prices only', 10, 11, 9, 10.5, NULL, NULL, NULL, NULL),
  ('largest', 999999.9999, 999999.9999, 999999.9999, 999999.9999, 999999999999999, NULL, NULL,
    NULL),
  ('smallest', 0.0001, 0.0001, 0.0001, 0.0001, 0, 0.0001, 0.0001, 0.0001),
  ('no open', NULL, 11, 9, 10, NULL, NULL, NULL, NULL),
  ('nothing', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('negative', 10, 11, -9, 10, NULL, NULL, NULL, NULL),
  ('zero', 0, 11, 0, 10, NULL, NULL, NULL, NULL),
  ('zero bid', 10, 11, 9, 10, NULL, 0, 10, NULL),
  ('high below low', 10, 9, 10, 9.5, NULL, NULL, NULL, NULL),
  ('high below open', 12, 11, 9, 10, NULL, NULL, NULL, NULL),
  ('low above close', 10, 11, 9, 8, NULL, NULL, NULL, NULL),
  ('negative volume', 10, 11, 9, 10, -1, NULL, NULL, NULL),
  ('crossed quote', 10, 11, 9, 10, NULL, 10.2, 10.1, NULL),
  ('vwap above', 10, 11, 9, 10, NULL, NULL, NULL, 11.0001),
  ('NaN', 'NaN', 'NaN', 'NaN', 'NaN', 'NaN', 'NaN', 'NaN', 'NaN'),
  ('infinity', 10, 'infinity', 9, 10, NULL, NULL, NULL, NULL),
  ('minus infinity', 10, 11, '-infinity', 10, NULL, NULL, NULL, NULL),
  ('rounds to zero', 0.00004, 1, 0.00004, 1, NULL, NULL, NULL, NULL),
  ('does not round to zero', 0.00005, 1, 0.00005, 1, NULL, NULL, NULL, NULL),
  ('too high', 10, 1000000, 9, 10, NULL, NULL, NULL, NULL),
  ('rounds to too high', 10, 999999.99995, 9, 10, NULL, NULL, NULL, NULL),
  ('rounds to the largest', 10, 999999.99994, 9, 10, NULL, NULL, NULL, NULL),
  ('too much volume', 10, 11, 9, 10, 999999999999999.5, NULL, NULL, NULL),
  ('more than 38 digits', 10, 1e100, 9, 10, -1e-100, NULL, NULL, NULL),
  ('more than 38 decimals', 10, 10.0000000000000000000000000000000000000001, 9, 10, NULL, NULL,
    NULL, NULL),
  ('just below the least price', 0.00004999999999999999999999999999999999999999999999, 1,
    0.00004999999999999999999999999999999999999999999999, 1, NULL, NULL, NULL, NULL),
  ('just below the limit', 1, 999999.99994999999999999999999999999999999999999999999999, 1, 1, NULL,
    NULL, NULL, NULL),
  ('far below the least price', 1e-400, 1, 1e-400, 1, NULL, NULL, NULL, NULL),
  ('below the last decimal', 10.00002, 10.00001, 9, 10, NULL, NULL, NULL, NULL)
) t(name, o, h, l, c, v, b, a, w);

-- The grid of a timeframe is in UTC, whatever the zone of the session.
SELECT timeframe, "timestamp" AT TIME ZONE 'UTC' AS utc,
  quant.check_bar(10, 11, 9, 10, "timestamp" => "timestamp", timeframe => timeframe)
FROM (VALUES
  ('1m', timestamptz '2024-01-02 14:31+00'), ('5m', '2024-01-02 14:31+00'),
  ('1h', '2024-01-02 14:30+00'), ('1s', '2024-01-02 14:30:00.5+00'),
  ('12h', '1987-10-19 12:00+00'),
  ('1d', '2024-01-02 00:00+00'), ('1d', '2024-01-02 00:00-05'), ('1d', '1962-01-02 00:00+00'),
  ('1w', '2024-01-01 00:00+00'), ('1w', '2024-01-02 00:00+00'),
  ('1mo', '2024-02-01 00:00+00'), ('1mo', '2024-02-02 00:00+00'),
  ('7m', '2024-01-02 00:00+00'), ('1M', '2024-02-01 00:00+00'), ('', '2024-01-02 00:00+00'),
  ('1d', 'infinity'), ('1d', '-infinity'), ('1d', NULL), (NULL, '2024-01-02 14:31:07+00')
) t(timeframe, "timestamp");

SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE oid = 'quant.check_bar'::regproc;
SELECT count(quant.check_bar(10, 11, 9, 10)) FROM generate_series(1, 0);

-- The trigger, in a transaction that leaves nothing behind.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE trading.market_data ADD COLUMN vendor text DEFAULT 'acme';
CREATE TABLE trading.bars_of_1999 PARTITION OF trading.market_data
  FOR VALUES FROM ('1999-01-01 00:00+00') TO ('2000-01-01 00:00+00');
INSERT INTO trading.assets (id, symbol) VALUES (-1, 'BAR1'), (-2, 'BAR2');

-- asset_id is filled from symbol, in the default and in other partitions.
INSERT INTO trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
VALUES ('BAR1', '1998-01-05 00:00+00', '1d', 10, 11, 9, 10.5, 100),
  ('BAR2', '1999-01-05 00:00+00', '1d', 10, 11, 9, 10.5, 100),
  ('BAR1', '1999-01-05 00:00+00', '1d', 10, 11, 9, 10.5, 100);
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price,
  low_price, close_price, volume, bid_price, ask_price, vwap)
VALUES (-2, 'BAR2', '1999-01-06 09:37+00', '1d', 10, 11, 9, 10.5, 100, 10.4, 10.6, 10.2);
COPY trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price) FROM STDIN;
BAR2	1999-01-07 00:00+00	1d	10	11	9	10.5
BAR1	1999-01-07 00:00+00	1d	10	11	9	10.5
\.
SELECT tableoid::regclass, asset_id, symbol, timestamp AT TIME ZONE 'UTC' AS utc, volume, vendor
FROM trading.market_data WHERE asset_id < 0 ORDER BY timestamp, symbol;

-- A writer who inserts the asset in the same statement is served as well.
WITH asset AS (INSERT INTO trading.assets (id, symbol) VALUES (-3, 'BAR3') RETURNING symbol)
INSERT INTO trading.market_data
  (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT symbol, '1999-01-05 00:00+00', '1d', 10, 11, 9, 10.5 FROM asset RETURNING asset_id;

-- Refused, with the constraint, the rules and the values.
CREATE FUNCTION pg_temp.try_bar(
  o numeric, h numeric, l numeric, c numeric, v numeric, b numeric DEFAULT NULL,
  a numeric DEFAULT NULL, w numeric DEFAULT NULL, t timestamptz DEFAULT '1999-02-01 00:00+00',
  f text DEFAULT '1d', s text DEFAULT 'BAR1',
  OUT state text, OUT name text, OUT message text, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price,
    close_price, volume, bid_price, ask_price, vwap) VALUES (s, t, f, o, h, l, c, v, b, a, w);
  state := 'stored';
  RAISE EXCEPTION USING ERRCODE = 'P0001';
EXCEPTION
  WHEN raise_exception THEN NULL;
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, name = CONSTRAINT_NAME,
      message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END
$$;
\x on
SELECT * FROM pg_temp.try_bar(10, 9, 9.5, 9.7, 100);
SELECT * FROM pg_temp.try_bar(12, 11, 9, 10, 100);
SELECT * FROM pg_temp.try_bar(0, 11, 0, 10, 100);
SELECT * FROM pg_temp.try_bar(0.00004, 11, 0.00004, 10, 100);
SELECT * FROM pg_temp.try_bar(10, 'NaN', 9, 10, 100);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 'NaN');
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, -1);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, 10.2, 10.1);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, NULL, -1);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, w => 12);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, f => '7m');
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, t => 'infinity');
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, s => 'BAR9');
-- The column's type, its NOT NULL and the misaligned bar are not the trigger's affair.
SELECT * FROM pg_temp.try_bar(10, 1000000, 9, 10, 100);
SELECT state, message FROM pg_temp.try_bar(NULL, 11, 9, 10, 100);
SELECT state, message FROM pg_temp.try_bar(10, 11, 9, 10, 100, s => NULL);
SELECT * FROM pg_temp.try_bar(10, 11, 9, 10, 100, t => '1999-02-01 09:37+00');
\x off

-- What the trigger refuses, the CHECKs refuse as well, and no more: they hold without it.
ALTER TABLE trading.market_data DISABLE TRIGGER check_bar;
CREATE TEMP TABLE tries AS
SELECT i, o, h, l, c, v, b, a, w
FROM generate_series(1, 400) i,
  LATERAL (SELECT
    ('{2,1,3,NaN,0}'::numeric[])[1 + i % 5] AS o,
    ('{3,4,2,NaN,3}'::numeric[])[1 + i / 5 % 5] AS h,
    ('{1,1,2,NaN,0}'::numeric[])[1 + i / 7 % 5] AS l,
    ('{2,2,1,NaN,3}'::numeric[])[1 + i / 11 % 5] AS c,
    ('{0,10,-1,NaN,7}'::numeric[])[1 + i / 13 % 5] AS v,
    ('{NULL,1,2,NaN,0,NULL}'::numeric[])[1 + i / 3 % 6] AS b,
    ('{2,NULL,3,NaN,0,1}'::numeric[])[1 + i / 17 % 6] AS a,
    ('{2,NULL,1,NaN,3,NULL}'::numeric[])[1 + i / 2 % 6] AS w) bar;
CREATE FUNCTION pg_temp.try_insert(tries) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price,
    low_price, close_price, volume, bid_price, ask_price, vwap)
  VALUES (-1, 'BAR1', timestamptz '1999-03-01 00:00+00' + $1.i * interval '1 day', '1d', $1.o,
    $1.h, $1.l, $1.c, $1.v, $1.b, $1.a, $1.w);
  RAISE EXCEPTION USING ERRCODE = 'P0001';
EXCEPTION
  WHEN raise_exception THEN RETURN 'stored';
  WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
CREATE TEMP TABLE by_checks AS SELECT i, pg_temp.try_insert(t) AS outcome FROM tries t;
ALTER TABLE trading.market_data ENABLE TRIGGER check_bar;
CREATE TEMP TABLE by_trigger AS SELECT i, pg_temp.try_insert(t) AS outcome FROM tries t;
SELECT outcome, count(*) FROM by_checks GROUP BY outcome ORDER BY outcome;
SELECT c.i, c.outcome AS by_checks, t.outcome AS by_trigger
FROM by_checks c JOIN by_trigger t USING (i) WHERE c.outcome <> t.outcome;

-- UPDATE: checked as well, and asset_id filled again.
UPDATE trading.market_data SET high_price = 8
WHERE asset_id = -1 AND timestamp >= '1999-01-07 00:00+00';
UPDATE trading.market_data SET close_price = 10.75, asset_id = NULL
WHERE asset_id = -1 AND timestamp >= '1999-01-07 00:00+00' RETURNING asset_id, close_price;
-- To another partition.
UPDATE trading.market_data SET timestamp = '1998-07-01 00:00+00'
WHERE symbol = 'BAR3' RETURNING tableoid::regclass;

-- 10,000 refused bars leave no memory behind. The cache of catalogs is not asked: it doubles.
CREATE FUNCTION pg_temp.refuse(n integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1 .. n LOOP
    BEGIN
      INSERT INTO trading.market_data
        (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
      VALUES ('BAR1', '1999-02-01 00:00+00', '1d', 10, 9, 9.5, 9.7);
    EXCEPTION WHEN check_violation THEN NULL;
    END;
  END LOOP;
END
$$;
SELECT pg_temp.refuse(100);
SELECT sum(total_bytes) AS before FROM pg_backend_memory_contexts
WHERE name <> 'CacheMemoryContext' \gset
SELECT pg_temp.refuse(10000);
SELECT sum(total_bytes) - :before < 1000000 AS memory_is_kept FROM pg_backend_memory_contexts
WHERE name <> 'CacheMemoryContext';

-- Elsewhere than on a table of bars, or at another time.
CREATE TABLE pg_temp.no_bars (id bigint);
CREATE TRIGGER check_bar BEFORE INSERT ON pg_temp.no_bars
  FOR EACH ROW EXECUTE FUNCTION quant.check_bar_trigger();
INSERT INTO pg_temp.no_bars VALUES (1);
CREATE TABLE pg_temp.float_bars (open_price float8);
CREATE TRIGGER check_bar BEFORE INSERT ON pg_temp.float_bars
  FOR EACH ROW EXECUTE FUNCTION quant.check_bar_trigger();
INSERT INTO pg_temp.float_bars VALUES (1);
CREATE TRIGGER check_bar_late AFTER DELETE ON pg_temp.no_bars
  FOR EACH STATEMENT EXECUTE FUNCTION quant.check_bar_trigger();
DELETE FROM pg_temp.no_bars;
SELECT quant.check_bar_trigger();
ROLLBACK;
