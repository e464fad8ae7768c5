-- SPDX-License-Identifier: PostgreSQL
-- Coarser bars from finer ones and from trades, by the day and the session of a market.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = ISO;
INSERT INTO trading.assets (id, symbol) VALUES (9601, 'RES');
CREATE FUNCTION pg_temp.put(at timestamptz, close numeric, volume numeric, vwap numeric DEFAULT NULL, timeframe text DEFAULT '30m') RETURNS void
LANGUAGE sql AS $$
  INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume, vwap)
  VALUES ('RES', timeframe, at, close - 1, close + 2, close - 2, close, volume, vwap)
$$;
CREATE FUNCTION pg_temp.bars(target text, time_zone text DEFAULT 'UTC', session text DEFAULT NULL, source text DEFAULT '30m',
  from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT concat_ws(' ', (b."timestamp" AT TIME ZONE 'UTC')::text, open_price, high_price, low_price, close_price, volume, vwap)
  FROM quant.resample_bars('RES', source, target, from_time, to_time, time_zone, session) b
$$;

-- Friday 2024-03-08 to Monday 2024-03-11; New York's clocks go forward on Sunday, 2024-03-10.
SELECT pg_temp.put('2024-03-08 14:00+00', 100, 10, 100.5);  -- 09:00
SELECT pg_temp.put('2024-03-08 14:30+00', 101, 20, 101.5);  -- 09:30
SELECT pg_temp.put('2024-03-08 15:00+00', 105, 10, 104.1234);
SELECT pg_temp.put('2024-03-08 15:30+00', 95, 0);           -- 10:30
SELECT pg_temp.put('2024-03-08 20:30+00', 98, 7, 98);       -- 15:30
SELECT pg_temp.put('2024-03-08 21:00+00', 99, 1, 99);       -- 16:00
SELECT pg_temp.put('2024-03-09 02:00+00', 97, 3);           -- 21:00, still the 8th there
SELECT pg_temp.put('2024-03-10 06:30+00', 110, 1);          -- 01:30 EST
SELECT pg_temp.put('2024-03-10 07:00+00', 111, 1);          -- 03:00 EDT
SELECT pg_temp.put('2024-03-11 13:30+00', 120, 4, 119.5);   -- 09:30 EDT
SELECT pg_temp.put('2024-03-11 14:00+00', 121, 1);
\echo 'hours, UTC'
SELECT * FROM pg_temp.bars('1h');
\echo 'days, UTC'
SELECT * FROM pg_temp.bars('1d');
\echo 'days of New York'
SELECT * FROM pg_temp.bars('1d', 'America/New_York');
\echo 'hours of its session: from 09:30, without what lies outside'
SELECT * FROM pg_temp.bars('1h', 'America/New_York', '09:30-16:00');
\echo 'days of its session'
SELECT * FROM pg_temp.bars('1d', 'America/New_York', '09:30-16:00');
\echo 'a session over midnight belongs to the day of its end'
SELECT * FROM pg_temp.bars('1d', 'America/New_York', '18:00-17:00');
\echo 'hours of that session are counted from 18:00, and of four real hours when clocks change'
SELECT * FROM pg_temp.bars('4h', 'America/New_York', '18:00-17:00');
\echo 'four hours from midnight over the change: 00:00 EST, 05:00 EDT'
SELECT pg_temp.put('2024-03-10 05:00+00', 100, 1), pg_temp.put('2024-03-10 08:30+00', 101, 1), pg_temp.put('2024-03-10 09:00+00', 102, 1);
SELECT * FROM pg_temp.bars('4h', 'America/New_York', NULL, '30m', '2024-03-10 05:00+00', '2024-03-11 04:00+00');
\echo 'the hour that comes twice stays two'
SELECT pg_temp.put('2024-11-03 05:30+00', 100, 1), pg_temp.put('2024-11-03 06:30+00', 101, 1);
SELECT * FROM pg_temp.bars('1h', 'America/New_York', NULL, '30m', '2024-11-03');
\echo 'a range cuts'
SELECT * FROM pg_temp.bars('1h', from_time => '2024-03-08 14:30+00', to_time => '2024-03-08 15:30+00');
SELECT * FROM pg_temp.bars('1h', from_time => '2025-01-01');

-- Weeks from Monday and months, of days that have their date in UTC, whatever the zone.
SELECT pg_temp.put(d, 100 + row_number() OVER (ORDER BY d), 1, NULL, '1d')
FROM unnest('{2023-12-29 00:00+00, 2024-01-01 00:00+00, 2024-01-07 00:00+00, 2024-01-08 00:00+00, 2024-01-31 00:00+00, 2024-02-29 00:00+00}'::timestamptz[]) d;
SELECT * FROM pg_temp.bars('1w', 'America/New_York', NULL, '1d');
SELECT * FROM pg_temp.bars('1mo', 'America/New_York', NULL, '1d');

-- What cannot be.
SELECT quant.resample_bars('NONE', '1m', '1h');
SELECT quant.resample_bars(NULL, '1m', '1h');
SELECT quant.resample_bars('RES', '1m', NULL);
SELECT quant.resample_bars('RES', '1min', '1h');
SELECT quant.resample_bars('RES', '1h', '30m');
SELECT quant.resample_bars('RES', '2h', '2h');
SELECT quant.resample_bars('RES', '1w', '1mo');
SELECT quant.resample_bars('RES', '4h', '6h');
SELECT quant.resample_bars('RES', '1m', '1h', time_zone => 'EST5EDT');
SELECT quant.resample_bars('RES', '1m', '1h', time_zone => NULL);
SELECT quant.resample_bars('RES', '1m', '1h', session => '9:30-16:00');
SELECT quant.resample_bars('RES', '1m', '1h', session => '24:00-01:00');
SELECT quant.resample_bars('RES', '1m', '1h', session => '09:60-16:00');
SELECT quant.resample_bars('RES', '1d', '1w', session => '09:30-16:00');
BEGIN READ ONLY;
SELECT count(*) FROM quant.resample_bars('RES', '30m', '1h');
ROLLBACK;

-- Trades.
CREATE TABLE pg_temp.ticks (n int, t timestamptz, price numeric, size numeric);
INSERT INTO pg_temp.ticks VALUES
  (1, '2024-01-02 10:00:00+00', 100.123456, 0.5), (2, '2024-01-02 10:00:30+00', 99.5, 2), (3, '2024-01-02 10:00:59+00', 101, 1),
  (4, '2024-01-02 10:01:00+00', 102, 0), (5, '2024-01-02 10:01:00+00', 103, NULL), (6, NULL, 1, 1), (7, '2024-01-02 10:01:05+00', NULL, 1);
SELECT quant.candlestick(t, price, size ORDER BY n) FROM pg_temp.ticks WHERE t < '2024-01-02 10:01+00' OR t IS NULL;
SELECT round((100.123456 * 0.5 + 99.5 * 2 + 101) / 3.5, 12);
SELECT (quant.candlestick(t, price, size ORDER BY n)).* FROM pg_temp.ticks GROUP BY date_trunc('minute', t) ORDER BY first_time;
SELECT (quant.candlestick(t, price, size ORDER BY n DESC)).open_price FROM pg_temp.ticks WHERE n IN (4, 5);
SELECT quant.candlestick(t, price, size) IS NULL FROM pg_temp.ticks WHERE n > 5;
-- The same from parallel workers.
CREATE TABLE many_ticks AS SELECT n, timestamptz '2024-01-02+00' + n * interval '1 ms' AS t, (n * 7919 % 10007) / 100.0 AS price, n % 13 AS size FROM generate_series(1, 200000) n;
ANALYZE many_ticks;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT quant.candlestick(t, price, size) FROM many_ticks;
CREATE TEMP TABLE parallel_candle AS SELECT quant.candlestick(t, price, size) AS c FROM many_ticks;
SET max_parallel_workers_per_gather = 0;
SELECT c = (SELECT quant.candlestick(t, price, size) FROM many_ticks) AS same,
  (c).volume = (SELECT sum(size) FROM many_ticks) AS volume, (c).vwap = (SELECT trim_scale(round(sum(price * size) / sum(size), 12)) FROM many_ticks) AS vwap
FROM parallel_candle;
DROP TABLE many_ticks;
SELECT quant.candlestick(now(), 'NaN', 1);
SELECT quant.candlestick(now(), 1, 'Infinity');
SELECT quant.candlestick(now(), 1, -1);
SELECT quant.candlestick('infinity', 1, 1);
SELECT quant.candlestick(now(), 1e30, 1e30);
SELECT (quant.candlestick(now(), -5, 2)).vwap;
SELECT quant.candlestick_final('\x00');
SELECT quant.candlestick_combine('\xdeadbeef', NULL) IS NULL;
SELECT quant.candlestick_combine('\xdeadbeef', '\xdeadbeef');
SELECT quant.candlestick_accumulate(decode(repeat('00', 144), 'hex'), now(), 1, 1);
SELECT quant.candlestick_final(overlay(quant.candlestick_accumulate(NULL, '2024-01-01', 1, 1) PLACING '\xfeffffffffffff7f'::bytea FROM 25 FOR 8));
-- All bytes of a state are the state's.
SELECT count(DISTINCT quant.candlestick_accumulate(quant.candlestick_accumulate(NULL, '2024-01-01', 1.0001, i - i), '2024-01-02', 1, 2)) FROM generate_series(1, 1000) i;
SELECT quant.candlestick_combine(NULL, NULL) IS NULL, quant.candlestick_final(NULL) IS NULL, quant.candlestick_accumulate(NULL, NULL, NULL, NULL) IS NULL;

DELETE FROM trading.market_data WHERE symbol = 'RES';
DELETE FROM trading.assets WHERE symbol = 'RES';
-- Sums that need too many digits are refused as such.
SELECT quant.candlestick(now(), 60000.0 / 7, 100.0 / 3) FROM generate_series(1, 100);
