-- SPDX-License-Identifier: PostgreSQL
-- Stress tests of a portfolio, recomputed here by plain SQL.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET timezone = 'UTC';

\i test/regress/error_of.sql

BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (921, 'stressed', 'stressed@example.com', 'x');
INSERT INTO trading.assets (id, symbol, asset_type, sector) VALUES (921, 'STA', 'stock', 'Energy'), (922, 'STB', 'stock', 'Health'),
  (923, 'STC', 'crypto', NULL), (924, 'STM', 'index', NULL), (925, 'STNEW', 'stock', 'Energy');
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT a.id, a.symbol, timestamptz '2023-01-02 00:00+00' + day * interval '1 day', '1d', p, p, p, p
FROM trading.assets a, generate_series(0, 399) day,
  LATERAL (SELECT round(50 + ((day * day * 37 + day * a.id * 11) % 1009) / 290.0, 4)) price (p)
WHERE a.id BETWEEN 921 AND 925 AND NOT (a.symbol = 'STNEW' AND day < 200);
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, amount) VALUES (921, 'dividend', '2023-03-01', 1.25);
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, portfolio_type) VALUES
  (921, 921, 'three', 100000, 'paper'), (922, 921, 'empty', 5000, 'paper'), (923, 921, 'young', 5000, 'paper');
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at) VALUES
  (921, 'STA', 100.5, 50, '2023-01-02 00:00+00'), (921, 'STB', -40, 50, '2023-01-02 00:00+00'),
  (921, 'STC', 3.333333, 50, '2023-01-02 00:00+00'), (923, 'STNEW', 10, 50, '2023-01-02 00:00+00');
CREATE TEMP VIEW held AS
  SELECT p.symbol, p.quantity, (SELECT close_price FROM trading.market_data m WHERE m.symbol = p.symbol AND timestamp < '2024-01-31 00:00+00' ORDER BY timestamp DESC LIMIT 1) AS price
  FROM trading.positions p WHERE portfolio_id = 921;
CREATE FUNCTION pg_temp.positions(scenario jsonb, portfolio bigint DEFAULT 921) RETURNS TABLE (symbol text, value numeric, shock numeric, pnl numeric, source text)
LANGUAGE sql AS $$
  SELECT p.* FROM jsonb_to_recordset(quant.stress_test(portfolio, '2024-01-30', scenario) -> 'positions') AS p (symbol text, value numeric, shock numeric, pnl numeric, source text)
$$;

-- The most specific shock applies; shorts gain by a fall.
SELECT * FROM pg_temp.positions('{"all": -0.1, "symbols": {"STA": -0.25}, "sectors": {"Energy": -0.5, "Health": 0.05}, "asset_types": {"crypto": -0.6}}');
SELECT * FROM pg_temp.positions('{"all": -0.1, "sectors": {"Energy": -0.5}, "asset_types": {"stock": 0.02}}');
SELECT quant.stress_test(921, '2024-01-30', '{"all": -0.1}') -> 'pnl' AS total, sum(round(quantity * price * -0.1, 2)) AS by_sql FROM held;
SELECT quant.stress_test(921, '2024-01-30', '{}');
SELECT quant.stress_test(922, '2024-01-30', '{"all": -0.5}');
-- A stretch of history: the total return from close to close, the dividend taken in.
SELECT p.*, p.pnl - round(h.quantity * h.price * p.exact, 2) AS differs
FROM (SELECT s.*, (SELECT close_price FROM trading.market_data m WHERE m.symbol = s.symbol AND timestamp = '2023-04-10 00:00+00')
        + CASE WHEN s.symbol = 'STA' THEN 1.25 ELSE 0 END AS later,
        (SELECT close_price::numeric(60, 40) FROM trading.market_data m WHERE m.symbol = s.symbol AND timestamp = '2023-02-10 00:00+00') AS before
      FROM pg_temp.positions('{"from": "2023-02-10", "to": "2023-04-10"}') AS s) AS t,
  LATERAL (SELECT t.symbol, t.value, t.shock, t.pnl, t.source, t.later / t.before - 1 AS exact) AS p JOIN held AS h USING (symbol);
-- Shocks overrule the days; a holding without bars then gets its beta times the market's return.
SELECT * FROM pg_temp.positions('{"from": "2023-02-10", "to": "2023-04-10", "sectors": {"Health": -0.4}}');
SELECT p.symbol, p.source, p.shock, round(p.shock, 9) = round((SELECT regr_slope(y, x)
    FROM (SELECT y.close_price / lag(y.close_price) OVER (ORDER BY timestamp) - 1 AS y, x.close_price / lag(x.close_price) OVER (ORDER BY timestamp) - 1 AS x
          FROM trading.market_data AS y JOIN trading.market_data AS x USING (timestamp)
          WHERE y.symbol = 'STNEW' AND x.symbol = 'STM' AND timestamp < '2024-01-31 00:00+00') AS returns)::numeric
  * (SELECT max(close_price) FILTER (WHERE timestamp = '2023-04-10 00:00+00') / max(close_price) FILTER (WHERE timestamp = '2023-02-10 00:00+00') - 1
     FROM trading.market_data WHERE symbol = 'STM'), 9) AS near
FROM pg_temp.positions('{"from": "2023-02-10", "to": "2023-04-10", "market": "STM"}', 923) AS p;
-- A scenario of the risk profile, by its name.
INSERT INTO trading.risk_profiles (user_id, name, is_default, advanced_settings)
VALUES (921, 'default', true, '{"stress_scenarios": {"crash": {"all": -0.3}, "wrong": {"al": -0.3}}}');
SELECT quant.stress_test(921, '2024-01-30', '"crash"') = quant.stress_test(921, '2024-01-30', '{"all": -0.3}') AS stored;

-- Refused
SELECT scenario, pg_temp.error_of(format('SELECT quant.stress_test(921, ''2024-01-30'', %L)', scenario))
FROM unnest(ARRAY['"boom"', '"wrong"', '1', '[]', 'null', '{"all": "x"}', '{"all": -1.5}', '{"symbols": {"STB": -1.5}}', '{"symbols": -0.1}', '{"sector": {"Energy": -0.1}}',
  '{"from": "2023-02-10"}', '{"from": "2023-02-10", "to": "2023-02-10"}', '{"from": "yesterday", "to": "2023-02-10"}',
  '{"from": "2022-02-10", "to": "2023-02-10"}', '{"from": "2022-02-10", "to": "2023-02-10", "market": "STM"}', '{"market": "STM"}',
  '{"from": "2023-02-10", "to": "2023-03-10", "all": -0.1}', '{"all": 1e40}',
  '{"from": "2025-02-10", "to": "2025-03-10"}', '{"symbols": {"NOPE": -0.1}}', '{"sectors": {"Enregy": -0.1}}', '{"asset_types": {"stocks": -0.1}}']) AS scenario;
SELECT pg_temp.error_of('SELECT quant.stress_test(923, ''2024-01-30'', ''{"from": "2023-02-10", "to": "2023-04-10"}'')') AS without_market;
SELECT pg_temp.error_of('SELECT quant.stress_test(' || arguments || ')')
FROM unnest(ARRAY['NULL, ''2024-01-30'', ''{}''', '921, NULL, ''{}''', '921, ''2024-01-30'', NULL', '999, ''2024-01-30'', ''{}''', '921, ''infinity'', ''{}''']) AS arguments;
SET TRANSACTION READ ONLY;
SELECT quant.stress_test(921, '2024-01-30', '{"all": -0.1}') -> 'pnl' AS in_a_read_only_transaction;
ROLLBACK;
