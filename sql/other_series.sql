-- SPDX-License-Identifier: PostgreSQL
-- Rules that read another symbol, coarser bars, and the calendar, on data small enough to follow by
-- hand. Days are weekdays of January 2024, which began on a Monday.
\set SHOW_CONTEXT never
\pset null NULL
\pset format unaligned
\pset footer off
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8501, 'other_series', 'other_series@example.com', 'x');
INSERT INTO trading.assets (symbol) VALUES ('OSA'), ('OSB'), ('OSC');
-- OSA opens at 10 more than the day and closes half a unit higher; OSB has no bar on day 4.
INSERT INTO trading.market_data
  (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'OSA', timestamptz '2023-12-31 00:00+00' + day * interval '1 day', '1d', 10 + day, 11 + day, 9 + day,
  10.5 + day, 100
FROM unnest('{1,2,3,4,5,8,9,10,11,12,15,16}'::integer[]) day
UNION ALL
SELECT 'OSB', timestamptz '2023-12-31 00:00+00' + day * interval '1 day', '1d', close, close, close, close, 100
FROM (VALUES (1, 50), (2, 51), (3, 50), (5, 52), (8, 51), (9, 50), (10, 50), (16, 50)) t(day, close);
INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
VALUES
  (8501, 8501, 'another symbol', '{"long": {"when": "at(\"OSB\", close > close[1])"}}',
    '[{"when": {"at": "OSB", "value": "close < close[1]"}}]', '{"size": {"units": 10}}'),
  (8502, 8501, 'weeks', '{"long": {"when": "tf(\"1w\", close) = 15.5"}}',
    '[{"when": "tf(''1w'', high) > 20"}]', '{"size": {"units": 10}}'),
  (8503, 8501, 'calendar', '{"long": {"when": "weekday = 5"}}', '[{"when": "weekday = 1"}]',
    '{"size": {"units": 10}}'),
  (8504, 8501, 'calendar of a zone', '{"long": {"when": "weekday = 4 and hour = 19"}}',
    '[{"when": "weekday = 7 and day = 7"}]', '{"size": {"units": 10}}'),
  (8505, 8501, 'no bars', '{"long": {"when": "at(\"OSC\", close) > 1 or close > 25"}}', '[]',
    '{"size": {"units": 10}}'),
  (8506, 8501, 'no asset', '{"long": {"when": "at(\"OSD\", close) > 1"}}', '[]', '{}'),
  (8507, 8501, 'days of days', '{"long": {"when": "tf(\"1d\", close) > 1"}}', '[]', '{}');

CREATE FUNCTION pg_temp.trades(strategy bigint, start_date date, execution text DEFAULT '{}')
RETURNS TABLE (entry text, entry_price numeric, exit text, exit_price numeric, pnl numeric)
LANGUAGE sql AS $$
  SELECT to_char(entry_date, 'DD'), entry_price, to_char(exit_date, 'DD'), exit_price, pnl
  FROM quant.simulate_trades(strategy, '["OSA"]', '1d', start_date, '2024-01-16', 1000,
    jsonb_build_object('execution', execution::jsonb))
$$;

-- OSB rises on 2, against a bar before the run, and falls on 3; rises on 5 and falls on 8. On 4 it has
-- no bar, and nothing happens.
SELECT * FROM pg_temp.trades(8501, '2024-01-02');
-- The first week closes at 15.5 and is known on 8, also where the run begins then; the second one,
-- with a high of 23, on 15.
SELECT * FROM pg_temp.trades(8502, '2024-01-08');
-- Fridays are 5 and 12, the Mondays after 8 and 15.
SELECT * FROM pg_temp.trades(8503, '2024-01-01');
-- In New York the bar of Friday 5 begins on Thursday at 19:00, that of Monday 8 on Sunday 7. Thursday
-- 11 is another one, and no Sunday is the 7th again.
SELECT * FROM pg_temp.trades(8504, '2024-01-01', '{"timezone": "America/New_York"}');
-- What has no bars is missing and says so: only the close of 15, 25.5, counts.
SELECT * FROM pg_temp.trades(8505, '2024-01-01');
SELECT warnings FROM quant.simulate(8505, '["OSA"]', '1d', '2024-01-01', '2024-01-16', 1000);

-- refused when they run
SELECT * FROM pg_temp.trades(8506, '2024-01-01');
SELECT * FROM pg_temp.trades(8507, '2024-01-01');

DELETE FROM trading.strategies WHERE user_id = 8501;
DELETE FROM trading.users WHERE id = 8501;
DELETE FROM trading.market_data WHERE symbol IN ('OSA', 'OSB');
DELETE FROM trading.assets WHERE symbol IN ('OSA', 'OSB', 'OSC');
