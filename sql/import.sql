-- SPDX-License-Identifier: PostgreSQL
-- Text into trading.market_data_import: what becomes of each row, by each policy, and that no row is
-- lost on any way that a statement or a transaction may end.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET TimeZone = 'Asia/Kolkata';
INSERT INTO trading.assets (id, symbol) VALUES (8501, 'IMPA'), (8502, 'IMPB');
CREATE VIEW pg_temp.bars AS
SELECT m.symbol, m.timeframe, m.timestamp AT TIME ZONE 'UTC' AS utc, m.open_price, m.high_price, m.low_price, m.close_price,
       m.volume, m.bid_price, m.ask_price, m.vwap, m.trade_count, m.additional_data
FROM trading.market_data m WHERE m.symbol LIKE 'IMP%' ORDER BY m.symbol, m.timeframe, m.timestamp;
CREATE VIEW pg_temp.rejects AS
SELECT r.row_number, r.symbol, r.timeframe, r.bar_timestamp AT TIME ZONE 'UTC' AS utc, r.reasons, r.resolution
FROM trading.market_data_rejects r ORDER BY r.id;
CREATE VIEW pg_temp.batch AS
SELECT rows_received AS received, rows_inserted AS inserted, rows_replaced AS replaced, rows_skipped AS skipped,
       rows_rejected AS rejected, rows_rounded AS rounded, assets_created AS created, rejected_by_reason, source, policy,
       finished_at >= started_at AS finished
FROM trading.import_batches ORDER BY id DESC LIMIT 1;
-- Batch numbers differ from run to run.
\set VERBOSITY terse
SET client_min_messages = warning;

-- The file's own order; timestamps in every form; numbers as vendors write them.
COPY trading.market_data_import (timestamp, open_price, close_price, high_price, low_price, volume, symbol, timeframe) FROM stdin CSV;
2024-01-02,10,10.5,11,9.5,1000,IMPA,1d
2024-01-03T00:00:00Z, 10.5 ,1.05e1,11.0000,+9.5,1E3,IMPA,1d
2024-01-04 05:30:00+05:30,10,10,10,10,,IMPA,1d
1704412800000,10,10,10,10,0.0,IMPA,1d
1704448800000,10,10,10,10,5,IMPA,1m
\.
TABLE pg_temp.bars;
SELECT to_jsonb(b) FROM pg_temp.batch b;

-- One row for each way to be wrong.
COPY trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume, bid_price, ask_price, vwap, trade_count, additional_data) FROM stdin (FORMAT text, NULL '');
	2024-02-01	1d	10	11	9	10	1					
IMPX	2024-02-01	1d	10	11	9	10	1					
ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG	2024-02-01	1d	10	11	9	10	1					
IMPA		1d	10	11	9	10	1					
IMPA	01/02/2024	1d	10	11	9	10	1					
IMPA	2024-02-30	1d	10	11	9	10	1					
IMPA	infinity	1d	10	11	9	10	1					
IMPA	2024-02-01	1D	10	11	9	10	1					
IMPA	2024-02-01		10	11	9	10	1					
IMPA	2024-02-01 09:30	1d	10	11	9	10	1					
IMPA	2024-02-01		  	11		10	1					
IMPA	2024-02-01	1d	10	11	nine	10	1					
IMPA	2024-02-01	1d	NaN	11	9	Infinity	1					
IMPA	2024-02-01	1d	1,000	11	9	10	1					
IMPA	2024-02-01	1d	10	9	11	10	1					
IMPA	2024-02-01	1d	12	11	9	8	1					
IMPA	2024-02-01	1d	0	11	-1	10	-1					
IMPA	2024-02-01	1d	10.12345	11	9	10	0.5					
IMPA	2024-02-01	1d	0.00001	11	0.00001	10	1					
IMPA	2024-02-01	1d	1e6	1e300	1e-300	10	1e15					
IMPA	2024-02-01	1d	10	11	9	10	1	10.5	10.4	12	-3	{"a": 
IMPA	2024-02-01	1d	10	11	9	10	1	10.4	10.5	10.2	7	{"venue": "X", "n": 1.50}
\.
SELECT row_number, symbol, timeframe, utc, reasons FROM pg_temp.rejects;
SELECT raw FROM trading.market_data_rejects WHERE reasons && '{malformed_json,unknown_symbol,null_timestamp}' ORDER BY id;
SELECT * FROM pg_temp.bars WHERE utc >= '2024-02-01';
SELECT received, inserted, rejected, rejected_by_reason FROM pg_temp.batch;

-- Rounding, when asked for.
SET quant.import_decimals = 'round';
SET quant.import_volume = 'round';
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume, source)
VALUES ('IMPA', '2024-03-01', '1d', '10.00005', '10.123456789012345678901234567890123456789012', '9.99995', '10.00004999', '0.5', 'feed'),
       ('IMPA', '2024-03-02', '1d', '10', '10', '0.00004', '10', '1', 'feed');
SELECT * FROM pg_temp.bars WHERE utc >= '2024-03-01';
SELECT inserted, rejected, rounded, rejected_by_reason, source FROM pg_temp.batch;
RESET quant.import_decimals;
RESET quant.import_volume;

-- Duplicates: of what is stored, and inside of one load.
CREATE FUNCTION pg_temp.load(closes text[]) RETURNS SETOF pg_temp.batch LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
  SELECT 'IMPB', '2024-01-0' || split_part(c, ' ', 1), '1d', '10', '20', '5', split_part(c, ' ', 2) FROM unnest(closes) WITH ORDINALITY u(c, n) ORDER BY n;
  RETURN QUERY TABLE pg_temp.batch;
END $$;
SELECT inserted, replaced, skipped, rejected, rejected_by_reason FROM pg_temp.load('{1 11, 2 12, 1 13}');
SELECT utc, close_price FROM pg_temp.bars WHERE symbol = 'IMPB';
SET quant.import_duplicates = 'skip';
SELECT inserted, replaced, skipped, rejected, rejected_by_reason FROM pg_temp.load('{2 14, 3 15, 3 16}');
SELECT utc, close_price FROM pg_temp.bars WHERE symbol = 'IMPB';
SET quant.import_duplicates = 'replace';
SELECT inserted, replaced, skipped, rejected, rejected_by_reason FROM pg_temp.load('{3 17, 4 18, 4 19, 1 10}');
SELECT utc, close_price FROM pg_temp.bars WHERE symbol = 'IMPB';
RESET quant.import_duplicates;
SELECT reasons, raw FROM trading.market_data_rejects WHERE symbol = 'IMPB';

-- Symbols that are not known.
SET quant.import_unknown_symbol = 'create';
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPNEW', '2024-01-01', '1d', '1', '1', '1', '1'), (' IMPNEW ', '2024-01-02', '1d', '1', '1', '1', '1'),
       ('IMPBAD', '2024-01-01', '1d', '1', '1', '1', '-1');
SELECT inserted, rejected, created, rejected_by_reason FROM pg_temp.batch;
SELECT symbol FROM trading.assets WHERE symbol LIKE 'IMP%' ORDER BY symbol;
RESET quant.import_unknown_symbol;

-- A second attempt after a fix: of the text, of the symbols, of a policy.
SELECT max(id) AS batch FROM trading.import_batches WHERE rows_rejected = 21 \gset
UPDATE trading.market_data_rejects SET raw = raw || '{"low_price": "9"}' WHERE batch_id = :batch AND raw ->> 'low_price' = 'nine';
SELECT * FROM quant.retry_rejects(:batch);
INSERT INTO trading.assets (symbol) VALUES ('IMPX');
SET quant.import_decimals = 'round';
SET quant.import_volume = 'round';
SET quant.import_duplicates = 'skip';
SELECT * FROM quant.retry_rejects(:batch);
RESET quant.import_decimals;
RESET quant.import_volume;
RESET quant.import_duplicates;
SELECT row_number, reasons, resolution FROM trading.market_data_rejects WHERE batch_id = :batch AND (resolution IS NOT NULL OR row_number = 12) ORDER BY id;
SELECT source, received, inserted, skipped, rejected FROM pg_temp.batch;
SELECT quant.retry_rejects(NULL);
SELECT quant.retry_rejects(-1);

-- Ways to end: all of a load is one statement's, and goes with it.
SELECT count(*) AS bars FROM trading.market_data \gset
SELECT count(*) AS rejects FROM trading.market_data_rejects \gset
BEGIN;
SAVEPOINT s;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-05-01', '1d', '1', '1', '1', '1'), ('IMPA', '2024-05-01', '1d', '1', '1', '1', 'x');
ROLLBACK TO s;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT 'IMPA', '2024-05-02', '1d', '1', '1', '1', (1 / (2 - n))::text FROM generate_series(0, 2) n;
ROLLBACK TO s;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-05-03', '1d', '1', '1', '1', '1');
COMMIT;
SELECT count(*) - :bars AS new, min(timestamp) FILTER (WHERE timestamp >= '2024-05-01') AT TIME ZONE 'UTC' AS day FROM trading.market_data;
SELECT count(*) - :rejects AS new_rejects FROM trading.market_data_rejects;
COPY trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price) FROM stdin CSV;
IMPA,2024-05-04,1d,1,1,1,1
IMPA,2024-05-05,1d,1,1,1
\.
SELECT count(*) - :bars AS new FROM trading.market_data;

-- A load inside of a load's rows, and one whose error is caught.
CREATE FUNCTION pg_temp.inner_load(day text, close text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
  VALUES ('IMPB', day, '1d', '1', '1', '1', close);
  IF close = 'fail' THEN RAISE EXCEPTION 'inner'; END IF;
  RETURN '1';
EXCEPTION WHEN raise_exception THEN
  RETURN '1';
END $$;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT 'IMPA', '2024-06-0' || n, '1d', '1', '1', '1', pg_temp.inner_load('2024-06-0' || n, CASE n WHEN 2 THEN 'fail' ELSE '1' END) FROM generate_series(1, 3) n;
SELECT symbol, utc FROM pg_temp.bars WHERE utc >= '2024-06-01';
SELECT rows_received, rows_inserted FROM trading.import_batches ORDER BY id DESC LIMIT 3;

-- More rows than are gathered at a time, with duplicates across the boundary.
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT 'IMPA', (1720000000000 / 60000 * 60000 + n % 20000 * 60000)::text, '1m', '1', '2', '1', '1.5' FROM generate_series(0, 20001) n;
SELECT received, inserted, rejected, rejected_by_reason FROM pg_temp.batch;

-- An empty load leaves no batch; RETURNING gives the row as it came; nothing can be read back.
SELECT count(*) AS batches FROM trading.import_batches \gset
INSERT INTO trading.market_data_import (symbol) SELECT 'IMPA' WHERE false;
SELECT count(*) - :batches AS new FROM trading.import_batches;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-07-09', '1d', '1', '1', '1', '1') RETURNING symbol, close_price;
SELECT count(*) FROM trading.market_data_import;
DELETE FROM trading.market_data_import;

-- No trigger fires under this role: an error, never a silent loss.
SET session_replication_role = replica;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-07-10', '1d', '1', '1', '1', '1');
RESET session_replication_role;
BEGIN READ ONLY;
INSERT INTO trading.market_data_import (symbol) VALUES ('IMPA');
ROLLBACK;
-- A trigger that is gone: the rest refuses.
BEGIN;
DROP TRIGGER end_import ON trading.market_data_import;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-07-11', '1d', '1', '1', '1', '1');
COMMIT;
BEGIN;
DROP TRIGGER begin_import ON trading.market_data_import;
INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
VALUES ('IMPA', '2024-07-11', '1d', '1', '1', '1', '1');
ROLLBACK;
SELECT quant.import_trigger();
CREATE TRIGGER wrong BEFORE INSERT ON trading.users FOR EACH ROW EXECUTE FUNCTION quant.import_trigger();
INSERT INTO trading.users (username, email, password_hash) VALUES ('importer', 'importer@example.com', 'x');
DROP TRIGGER wrong ON trading.users;

-- Settings know their words.
SET quant.import_duplicates = 'ignore';
SET quant.import_duplicate = 'skip';
SHOW quant.import_duplicates;

DELETE FROM trading.market_data WHERE symbol LIKE 'IMP%';
DELETE FROM trading.market_data_rejects;
DELETE FROM trading.import_batches;
DELETE FROM trading.assets WHERE symbol LIKE 'IMP%';

-- A cancelled import that the caller catches leaves nothing half open: what follows is committed.
CREATE FUNCTION pg_temp.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN new; END $$;
INSERT INTO trading.assets (symbol) VALUES ('SLOW');
CREATE TRIGGER zz_slow BEFORE INSERT ON trading.market_data FOR EACH ROW EXECUTE FUNCTION pg_temp.slow();
SET statement_timeout = '300ms';
DO $$
BEGIN
  BEGIN
    INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
    VALUES ('SLOW', '2024-01-02', '1d', '1', '1', '1', '1', '1');
  EXCEPTION WHEN query_canceled THEN RAISE NOTICE 'cancelled';
  END;
  UPDATE trading.assets SET name = 'after' WHERE symbol = 'SLOW';
END $$;
RESET statement_timeout;
SELECT pg_current_xact_id_if_assigned() IS NULL AS no_transaction_is_open;
ROLLBACK;
SELECT name FROM trading.assets WHERE symbol = 'SLOW';
DROP TRIGGER zz_slow ON trading.market_data;
DELETE FROM trading.assets WHERE symbol = 'SLOW';
