-- SPDX-License-Identifier: PostgreSQL
-- Faults planted in series of valid bars, one of each kind, and what comes close to one and is none.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET TimeZone = 'America/New_York';
SET DateStyle = ISO;
INSERT INTO trading.assets (id, symbol, asset_type, exchange)
VALUES (8701, 'CHKA', 'stock', 'XCHK'), (8702, 'CHKB', 'stock', 'XCHK'), (8703, 'CHKC', 'stock', 'XCHK'), (8704, 'CHKLONE', 'stock', 'XLONE'),
       (8705, 'CHKCOIN', 'crypto', 'XCHK'), (8706, 'CHKIDX', 'index', 'XIDX'), (8707, 'CHKINTRA', 'stock', 'XINTRA');
CREATE FUNCTION pg_temp.put(ticker text, at timestamptz, close numeric, volume numeric DEFAULT 100, open numeric DEFAULT NULL, spread numeric DEFAULT 0.5, frame text DEFAULT '1d') RETURNS void
LANGUAGE sql AS $$
  INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
  SELECT ticker, frame, at, o, greatest(o, close) + spread, least(o, close) - spread, close, volume FROM (SELECT coalesce(open, close)) x(o)
$$;
-- A weekday, counted from Monday 2024-01-01.
CREATE FUNCTION pg_temp.day(n int) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01 00:00+00' + (n / 5 * 7 + n % 5) * interval '24 hours' $$;
CREATE FUNCTION pg_temp.found(ticker text, frame text DEFAULT '1d', from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL) RETURNS SETOF text
LANGUAGE sql AS $$
  SELECT concat_ws(' | ', c.finding, (c.first_bar AT TIME ZONE 'UTC')::text, (c.last_bar AT TIME ZONE 'UTC')::text, c.bars, c.value, c.detail)
  FROM quant.check_market_data(ticker, frame, from_time, to_time) c
$$;

-- Three symbols with the days 0 to 59, of which day 10 is a holiday and B lacks 20 to 22 and 40.
SELECT count(pg_temp.put(s, pg_temp.day(n), 100 + n % 2)) FROM unnest('{CHKA,CHKB,CHKC}'::text[]) s, generate_series(0, 59) n
WHERE n <> 10 AND NOT (s = 'CHKB' AND n IN (20, 21, 22, 40));
\echo 'nothing, gaps, nothing'
SELECT * FROM pg_temp.found('CHKA');
SELECT * FROM pg_temp.found('CHKB');
SELECT * FROM pg_temp.found('CHKC');
\echo 'alone, the holiday counts'
SELECT count(pg_temp.put('CHKLONE', pg_temp.day(n), 100 + n % 2)) FROM generate_series(0, 59) n WHERE n <> 10;
SELECT * FROM pg_temp.found('CHKLONE');
\echo 'round the clock'
SELECT count(pg_temp.put('CHKCOIN', timestamptz '2024-01-01 00:00+00' + n * interval '24 hours', 100 + n % 2)) FROM generate_series(0, 29) n WHERE n NOT IN (13, 14);
SELECT * FROM pg_temp.found('CHKCOIN');

\echo 'moves: day 60 rises for good, day 80 is taken back; then against the same figures from SQL'
DELETE FROM trading.market_data WHERE symbol IN ('CHKA', 'CHKC');
SELECT count(pg_temp.put('CHKA', pg_temp.day(n), 100 + (n * n * 7 % 23) * 0.05 + CASE WHEN n = 80 THEN 25 WHEN n >= 60 THEN 12 ELSE 0 END)) FROM generate_series(0, 99) n;
SELECT * FROM pg_temp.found('CHKA');
WITH r AS (SELECT m.timestamp, row_number() OVER w AS n, (close_price / lag(close_price) OVER w - 1)::float8 AS r, lead(close_price) OVER w - close_price AS back, close_price - lag(close_price) OVER w AS move
           FROM trading.market_data m WHERE symbol = 'CHKA' WINDOW w AS (ORDER BY m.timestamp)),
     middle AS (SELECT t.*, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY p.r) FROM r p WHERE p.n BETWEEN greatest(t.n - 100, 2) AND t.n - 1) AS m, least(t.n - 2, 100) AS size FROM r t),
     score AS (SELECT t.*, abs(t.r - t.m) / (1.4826 * (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.r - t.m)) FROM r p WHERE p.n BETWEEN greatest(t.n - 100, 2) AND t.n - 1)) AS score FROM middle t WHERE size >= 20)
SELECT CASE WHEN sign(back) = -sign(move) AND abs(back) >= 0.8 * abs(move) THEN 'spike' ELSE 'outlier' END, timestamp AT TIME ZONE 'UTC', round(score::numeric, 2)
FROM score WHERE score > 8 AND abs(r - m) > 0.02 ORDER BY timestamp;
\echo 'the same where only the end is asked for: the days before are read for it'
SELECT * FROM pg_temp.found('CHKA', from_time => pg_temp.day(75));
SELECT * FROM pg_temp.found('CHKA', to_time => pg_temp.day(60));
\echo 'without any spread 10 % counts'
SELECT count(pg_temp.put('CHKC', pg_temp.day(n), CASE WHEN n < 30 THEN 100 WHEN n < 60 THEN 109 ELSE 120 END, spread => 0.5)) FROM generate_series(0, 89) n;
SELECT * FROM pg_temp.found('CHKC');

\echo 'a split that nobody recorded; once it is recorded it is neither suspected nor an outlier'
DELETE FROM trading.market_data WHERE symbol IN ('CHKA', 'CHKC');
SELECT count(pg_temp.put('CHKA', pg_temp.day(n), CASE WHEN n < 60 THEN 300 + 3 * (n % 2) ELSE 100 + n % 2 END)) FROM generate_series(0, 99) n;
SELECT * FROM pg_temp.found('CHKA');
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from) VALUES (8701, 'split', (pg_temp.day(60) AT TIME ZONE 'UTC')::date, 3, 1);
SELECT * FROM pg_temp.found('CHKA');
\echo 'a recorded split that does not show'
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from) VALUES (8701, 'split', (pg_temp.day(80) AT TIME ZONE 'UTC')::date, 2, 1);
SELECT * FROM pg_temp.found('CHKA');
UPDATE trading.corporate_actions SET split_to = 2147483647 WHERE split_to = 2;
SELECT * FROM pg_temp.found('CHKA');
DELETE FROM trading.corporate_actions WHERE asset_id = 8701;
\echo 'a ticker that came back as something else; after 180 days alone it is not'
DELETE FROM trading.market_data WHERE symbol IN ('CHKA', 'CHKB', 'CHKC', 'CHKLONE');
SELECT pg_temp.put('CHKLONE', '2023-01-02 00:00+00', 100), pg_temp.put('CHKLONE', '2023-07-03 00:00+00', 151), pg_temp.put('CHKLONE', '2023-12-29 00:00+00', 400), pg_temp.put('CHKLONE', '2024-06-28 00:00+00', 210);
SELECT * FROM pg_temp.found('CHKLONE') f WHERE f NOT LIKE 'gap%';

\echo 'stale: five days at one price, four are none; no volume for six, and an index has none at all'
DELETE FROM trading.market_data WHERE symbol = 'CHKLONE';
SELECT count(pg_temp.put('CHKLONE', pg_temp.day(n), CASE WHEN n BETWEEN 5 AND 9 OR n BETWEEN 20 AND 23 THEN 50 ELSE 50 + n % 3 END,
  CASE WHEN n BETWEEN 12 AND 17 THEN 0 ELSE 10 END, spread => CASE WHEN n BETWEEN 5 AND 9 OR n BETWEEN 20 AND 23 THEN 0 ELSE 0.5 END)) FROM generate_series(0, 29) n;
SELECT * FROM pg_temp.found('CHKLONE');
SELECT count(pg_temp.put('CHKIDX', pg_temp.day(n), 50 + (n % 3) * 0.1, 0)) FROM generate_series(0, 29) n;
SELECT * FROM pg_temp.found('CHKIDX');
\echo 'two bars of one day, and one of a Saturday'
SELECT pg_temp.put('CHKIDX', pg_temp.day(7) + interval '5 hours', 50.1, 0), pg_temp.put('CHKIDX', '2024-01-13 00:00+00', 50.1, 0);
SELECT * FROM pg_temp.found('CHKIDX');

\echo 'a day that is not what its hours join to'
SELECT count(pg_temp.put('CHKINTRA', pg_temp.day(d) + h * interval '1 hour', 100 + h * 0.1, 10, 100 + h * 0.1, 0.5, '1h')) FROM generate_series(0, 9) d, generate_series(14, 20) h WHERE NOT (d = 6 AND h = 16);
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT 'CHKINTRA', '1d', b.timestamp, b.open_price, b.high_price, b.low_price, b.close_price, b.volume FROM quant.resample_bars('CHKINTRA', '1h', '1d') b;
UPDATE trading.market_data SET high_price = high_price + 1, volume = volume - 1 WHERE symbol = 'CHKINTRA' AND timeframe = '1d' AND timestamp = pg_temp.day(3);
SELECT * FROM pg_temp.found('CHKINTRA');
\echo 'hours alone: the usual times of the day'
SELECT * FROM pg_temp.found('CHKINTRA', '1h');

\echo 'all symbols'
SELECT symbol, timeframe, count(*) FROM quant.check_market_data() WHERE symbol LIKE 'CHK%' GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) FROM quant.check_market_data('CHKCOIN', '1w');
SELECT quant.check_market_data('CHKNONE');
SELECT quant.check_market_data('CHKA', 'day');
SELECT quant.check_market_data('CHKA', NULL);
BEGIN READ ONLY;
SELECT count(*) FROM quant.check_market_data('CHKIDX');
ROLLBACK;

-- Adjusted prices: 100 before a dividend of 2 on a day that closes at 49 after a split 2:1.
DELETE FROM trading.market_data WHERE symbol LIKE 'CHK%';
SELECT pg_temp.put('CHKA', pg_temp.day(0), 100, 10), pg_temp.put('CHKA', pg_temp.day(1), 49, 20), pg_temp.put('CHKA', pg_temp.day(2), 48, 20), pg_temp.put('CHKA', pg_temp.day(3), 33, 30);
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from, amount)
VALUES (8701, 'split', '2024-01-02', 2, 1, NULL), (8701, 'dividend', '2024-01-02', NULL, NULL, 2), (8701, 'split', '2024-01-04', 3, 2, NULL), (8701, 'split', '2024-02-01', 5, 1, NULL);
\echo 'split: 100/3, 49*2/3; full: 100/3 * 49/51; yahoo: 100/3 * (1 - 2/50)'
SELECT a, open_price, close_price, volume, factor FROM unnest('{split,full,yahoo}'::text[]) a, quant.adjusted_bars('CHKA', adjustment => a);
SELECT close_price FROM quant.adjusted_bars('CHKA', '1d', pg_temp.day(1), pg_temp.day(2), 'split');
SELECT count(*) FROM quant.adjusted_bars('CHKB');
SELECT quant.adjusted_bars('CHKNONE');
SELECT quant.adjusted_bars('CHKA', adjustment => 'total');
SELECT quant.adjusted_bars('CHKA', 'day');
SELECT quant.adjusted_bars('CHKA', time_zone => 'Mars/Olympus');
SELECT quant.adjusted_bars(NULL);
UPDATE trading.corporate_actions SET amount = 50 WHERE amount = 2;
SELECT quant.adjusted_bars('CHKA', adjustment => 'yahoo');
UPDATE trading.corporate_actions SET split_to = 9 WHERE ex_date = '2024-01-04';
SELECT count(*) FROM quant.adjusted_bars('CHKA');

-- Actions as vendors write them.
DELETE FROM trading.corporate_actions WHERE asset_id BETWEEN 8701 AND 8707;
CREATE FUNCTION pg_temp.act(type text, value numeric, currency text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT quant.record_corporate_action('CHKA', '2024-03-01', type, value, currency) IS NULL;
  SELECT concat_ws(' ', action_type, split_to || ':' || split_from, amount, c.currency) FROM trading.corporate_actions c WHERE asset_id = 8701 AND action_type = type
$$;
SELECT pg_temp.act('split', v) FROM unnest('{7.000007, 1.5, 0.1, 2, 0.333333, 1.4998, 3.14159265, 0.001, 1000000.5}'::numeric[]) v;
SELECT pg_temp.act('dividend', 0.123456), pg_temp.act('special_dividend', 2, 'EUR'), pg_temp.act('delisting', NULL);
SELECT count(*) FROM trading.corporate_actions WHERE asset_id = 8701;
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split', 0);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split', -2);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split', 0.0001);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split', 1e12);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split', 'NaN');
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'split');
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'dividend', 0.1234567);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'merger', 1);
SELECT quant.record_corporate_action('CHKNONE', '2024-03-01', 'dividend', 1);
SELECT quant.record_corporate_action('CHKA', NULL, 'dividend', 1);
\set VERBOSITY terse
SELECT quant.record_corporate_action('CHKA', 'infinity', 'dividend', 1);
SELECT quant.record_corporate_action('CHKA', '2024-03-01', 'spin', NULL);

DELETE FROM trading.corporate_actions WHERE asset_id BETWEEN 8701 AND 8707;
DELETE FROM trading.market_data WHERE symbol LIKE 'CHK%';
DELETE FROM trading.assets WHERE id BETWEEN 8701 AND 8707;
-- A day is held against all of its hours, also those after the end of the request.
INSERT INTO trading.assets (symbol, asset_type) VALUES ('CUT', 'crypto');
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'CUT', timestamptz '2024-01-01 00:00+00' + i * interval '1 hour', '1h', 100 + i, 101 + i, 100 + i, 101 + i, 1 FROM generate_series(0, 47) AS i;
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
VALUES ('CUT', '2024-01-01 00:00+00', '1d', 100, 124, 100, 124, 24), ('CUT', '2024-01-02 00:00+00', '1d', 124, 148, 124, 148, 24);
SELECT count(*) AS findings FROM quant.check_market_data('CUT', '1d', '2024-01-01 00:00+00', '2024-01-02 12:00+00');
DELETE FROM trading.market_data WHERE symbol = 'CUT';
DELETE FROM trading.assets WHERE symbol = 'CUT';
-- By the clock of New York a market opens at the same time all year, by UTC it does not; and one of
-- London; a week of foreign exchange from Sunday evening to Friday evening of New York.
CREATE TABLE pg_temp.hours AS
SELECT zone, d::date AS day, (d + t) AT TIME ZONE zone AS at
FROM (VALUES ('America/New_York', interval '9 hours 30 minutes', 13), ('Europe/London', interval '8 hours', 17)) m (zone, opens, n),
  generate_series(timestamp '2024-01-01', '2024-12-31', '1 day') d, LATERAL (SELECT opens + i * interval '30 minutes' FROM generate_series(0, n - 1) i) s (t)
WHERE extract(isodow FROM d) <= 5;
INSERT INTO trading.assets (symbol, asset_type, exchange) VALUES ('NEWYORK', 'stock', 'XN'), ('LONDON', 'stock', 'XL'), ('PAIR', 'forex', 'XP'), ('PAIRDAY', 'forex', 'XD');
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT CASE WHEN zone LIKE 'A%' THEN 'NEWYORK' ELSE 'LONDON' END, at, '30m', 100, 101, 99, 100 + extract(minute FROM at) / 100, 1 FROM hours;
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'PAIR', at, '1h', 1, 1.01, 0.99, 1 + extract(hour FROM at) / 10000, 1 FROM (SELECT t AT TIME ZONE 'America/New_York' FROM generate_series(timestamp '2024-01-07 17:00', '2024-12-27 16:00', '1 hour') t) x (at)
WHERE (at AT TIME ZONE 'America/New_York' + interval '7 hours')::date - date '2024-01-08' >= 0 AND extract(isodow FROM at AT TIME ZONE 'America/New_York' + interval '7 hours') <= 5;
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'PAIRDAY', d AT TIME ZONE 'UTC', '1d', 1, 1.01, 0.99, 1 + extract(isodow FROM d) / 1000, 1 FROM generate_series(timestamp '2024-01-01', '2024-12-31', '1 day') d WHERE extract(isodow FROM d) <= 5;
\echo 'nothing; then a half hour in winter, two in summer, an hour of Wednesday, a Thursday'
SELECT symbol, pg_temp.found(symbol, frame) FROM (VALUES ('NEWYORK', '30m'), ('LONDON', '30m'), ('PAIR', '1h'), ('PAIRDAY', '1d')) v (symbol, frame);
DELETE FROM trading.market_data m WHERE symbol = 'NEWYORK' AND m.timestamp IN ('2024-01-10 14:30+00', '2024-06-10 17:00+00', '2024-06-10 17:30+00');
DELETE FROM trading.market_data m WHERE symbol = 'LONDON' AND m.timestamp IN ('2024-01-10 08:00+00', '2024-06-10 07:00+00', '2024-06-10 07:30+00');
DELETE FROM trading.market_data m WHERE symbol IN ('PAIR', 'PAIRDAY') AND m.timestamp IN ('2024-07-10 09:00+00', '2024-07-11 00:00+00');
SELECT symbol, pg_temp.found(symbol, frame) FROM (VALUES ('NEWYORK', '30m'), ('LONDON', '30m'), ('PAIR', '1h'), ('PAIRDAY', '1d')) v (symbol, frame);
DELETE FROM trading.market_data WHERE symbol IN ('NEWYORK', 'LONDON', 'PAIR', 'PAIRDAY');
\echo 'one bad close is no split, one of 2:1 after a day of one percent is'
SELECT count(pg_temp.put('NEWYORK', pg_temp.day(n), CASE WHEN n = 40 THEN 150 WHEN n = 59 THEN 101 WHEN n >= 60 THEN 50.5 ELSE 100 + n % 2 * 0.1 END, open => CASE WHEN n >= 60 THEN 50.5 ELSE 100 END)) FROM generate_series(0, 79) n;
SELECT * FROM pg_temp.found('NEWYORK');
DELETE FROM trading.market_data WHERE symbol = 'NEWYORK';
DELETE FROM trading.assets WHERE symbol IN ('NEWYORK', 'LONDON', 'PAIR', 'PAIRDAY');
-- What ends on Friday night of New York ends on Saturday by UTC; futures begin on Sunday evenings; days
-- made of a session of New York are not those of UTC, which is one finding and not one for each.
INSERT INTO trading.assets (symbol, asset_type, exchange) VALUES ('AFTER', 'stock', 'XA'), ('FUT', 'future', 'XFU');
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'AFTER', (d + h * interval '1 hour') AT TIME ZONE 'America/New_York', '1h', 100, 101, 99, 100 + h / 100.0, 1
FROM generate_series(timestamp '2024-02-05', '2024-03-22', '1 day') d, generate_series(4, 19) h WHERE extract(isodow FROM d) <= 5;
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'FUT', t AT TIME ZONE 'America/New_York', '1h', 100, 101, 99, 100 + extract(hour FROM t) / 100, 1 FROM generate_series(timestamp '2024-02-04 18:00', '2024-03-22 16:00', '1 hour') t
WHERE extract(hour FROM t) <> 17 AND extract(isodow FROM t + interval '6 hours') <= 5;
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT 'AFTER', '1d', b.timestamp, b.open_price, b.high_price, b.low_price, b.close_price, b.volume FROM quant.resample_bars('AFTER', '1h', '1d', time_zone => 'America/New_York', session => '09:00-16:00') b;
SELECT symbol, pg_temp.found(symbol, frame) FROM (VALUES ('AFTER', '1h'), ('FUT', '1h'), ('AFTER', '1d')) v (symbol, frame);
DELETE FROM trading.market_data WHERE symbol IN ('AFTER', 'FUT');
DELETE FROM trading.assets WHERE symbol IN ('AFTER', 'FUT');
