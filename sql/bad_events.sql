-- SPDX-License-Identifier: PostgreSQL
-- Corporate actions and signals that are absurd, and numbers at the limits of their columns.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8404, 'bad_events', 'bad_events@example.com', 'x');
INSERT INTO trading.assets (symbol, currency, sector, lot_size)
VALUES ('QVA', 'USD', 'QV', 1), ('QVB', 'USD', 'QV', 0.000001), ('QVE', 'EUR', NULL, 1), ('QVN', 'USD', NULL, 1);
-- Ten days; QVN has no bars.
INSERT INTO trading.market_data
  (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT symbol, timestamptz '2024-01-01 00:00+00' + n * interval '1 day', '1d', o, o + 1, o - 1, o + n % 3 - 1, 1000
FROM (VALUES
  ('QVA', 100), ('QVB', 50), ('QVE', 20)
) t(symbol, first),
  generate_series(0, 9) n, LATERAL (SELECT first + n AS o) p;
INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
VALUES
  (8441, 8404, 'long', '{"long": {"when": "close > 1"}}', '[]', '{"size": {"units": 10}}'),
  (8442, 8404, 'short', '{"short": {"when": "close > 1"}}', '[]', '{"size": {"units": 10}}'),
  (8443, 8404, 'signals', '{"signals": true}', '[]', '{"size": {"units": 10}}'),
  (8444, 8404, 'with everything', '{"indicators": {"mean": "sma(close, 3)"}, "long": {"when": "close > 1", "order": {"type": "limit", "limit": "mean * 1.1"}}}',
    '[{"when": "close > mean * 2", "portion": 0.5}]', '{"size": {"percent_equity": 50}, "stop_loss": 0.2, "take_profit": {"price": "mean * 3"}, "trailing_stop": {"distance": "atr(2)"}, "pyramiding": {"max": 3}}');

CREATE TYPE pg_temp.outcome AS (sqlstate text, message text, detail text, hint text);

-- Runs statements, gives the text that the last SELECT gives, and takes back what they did. The
-- detail of a violated constraint holds ids and times, so it is left out.
CREATE FUNCTION pg_temp.attempt(VARIADIC statements text[])
RETURNS pg_temp.outcome LANGUAGE plpgsql AS $$
DECLARE
  result pg_temp.outcome;
  statement text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    IF statement LIKE 'SELECT %' THEN
      EXECUTE statement INTO result.message;
    ELSE
      EXECUTE statement;
    END IF;
  END LOOP;
  RAISE EXCEPTION SQLSTATE 'QQ000';
EXCEPTION
  WHEN SQLSTATE 'QQ000' THEN
    RETURN ('00000'::text, result.message, NULL::text, NULL::text);
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result.sqlstate = RETURNED_SQLSTATE, result.message = MESSAGE_TEXT,
      result.detail = PG_EXCEPTION_DETAIL, result.hint = PG_EXCEPTION_HINT;
    IF result.sqlstate LIKE '23%' THEN
      result.detail := NULL;
    END IF;
    RETURN result;
END
$$;

-- The result of a simulation, and of a stored backtest.
CREATE FUNCTION pg_temp.simulation(
  strategy bigint, execution text DEFAULT '{}', capital numeric DEFAULT 10000,
  universe text DEFAULT '["QVA"]')
RETURNS text LANGUAGE sql
RETURN format(
  $$SELECT format('%%s after %%s trades, %%s open, warnings %%s', final_value, total_trades,
      open_trades, warnings)
    FROM quant.simulate(%L, %L, '1d', '2024-01-01', '2024-01-10', %L, '{"execution": %s}')$$,
  strategy, universe, capital, execution);
-- Corporate actions of QVA: kind, ex-date, new units, old units, amount, currency.
CREATE FUNCTION pg_temp.action(terms text) RETURNS text LANGUAGE sql
RETURN format($$INSERT INTO trading.corporate_actions
    (asset_id, action_type, ex_date, split_to, split_from, amount, currency)
  SELECT a.id, e ->> 0, (e ->> 1)::date, (e ->> 2)::int, (e ->> 3)::int, (e ->> 4)::numeric,
    COALESCE(e ->> 5, 'USD')
  FROM trading.assets a, jsonb_array_elements(%L::jsonb) e WHERE a.symbol = 'QVA'$$, terms);
-- Signals of the backtest: symbol, kind, time, quantity, weight, strength.
CREATE FUNCTION pg_temp.signals(terms text) RETURNS text LANGUAGE sql
RETURN format($$INSERT INTO trading.signals (backtest_id, symbol, signal_type, signal_date,
    target_quantity, target_weight_pct, strength)
  SELECT 8441, e ->> 0, e ->> 1, (e ->> 2)::timestamptz, (e ->> 3)::numeric, (e ->> 4)::numeric,
    (e ->> 5)::numeric
  FROM jsonb_array_elements(%L::jsonb) WITH ORDINALITY t(e, n) ORDER BY n$$, terms);
-- A strategy of these rules, simulated.
CREATE FUNCTION pg_temp.limits(
  risk text DEFAULT '{}', entry text DEFAULT '{"long": {"when": "close > 1"}}',
  execution text DEFAULT '{}', capital numeric DEFAULT 10000)
RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.attempt(
  format($$INSERT INTO trading.strategies (id, user_id, name, entry_rules, risk_rules)
    VALUES (8449, 8404, 'limits', %L, %L)$$, entry, risk),
  pg_temp.simulation(8449, execution, capital, '["QVA", "QVB"]'));

-- Each line names its case, so the statements are not repeated.
\set ECHO none

\echo == Corporate actions that the table refuses
SELECT terms, (pg_temp.attempt(pg_temp.action(terms))).*
FROM (VALUES
  ('[["split", "infinity", 2, 1]]'), ('[["split", "-infinity", 2, 1]]'),
  ('[["split", "2024-01-05", 0, 1]]'), ('[["split", "2024-01-05", 2, -1]]'),
  ('[["split", "2024-01-05", 2]]'), ('[["split", "2024-01-05", 2, 1, 1.0]]'),
  ('[["dividend", "2024-01-05", null, null, "NaN"]]'),
  ('[["dividend", "2024-01-05", null, null, 0.0]]'),
  ('[["dividend", "2024-01-05", null, null, 1e9]]'),
  ('[["dividend", "2024-01-05", null, null, 1.0, "usd"]]'),
  ('[["reverse_split", "2024-01-05", 1, 10]]'),
  ('[["split", "2024-01-05", 2, 1], ["split", "2024-01-05", 3, 1]]')
) t(terms);
\echo == Corporate actions that it takes
CREATE TABLE pg_temp.cases (n integer GENERATED ALWAYS AS IDENTITY, name text, terms text);
INSERT INTO pg_temp.cases (name, terms) VALUES
  ('split 1000000:1', '[["split", "2024-01-05", 1000000, 1]]'),
  ('split 1:1000000', '[["split", "2024-01-05", 1, 1000000]]'),
  ('split 2147483647:1', '[["split", "2024-01-05", 2147483647, 1]]'),
  ('split 1:2147483647', '[["split", "2024-01-05", 1, 2147483647]]'),
  ('split 2147483647:2147483646', '[["split", "2024-01-05", 2147483647, 2147483646]]'),
  ('split 1:1', '[["split", "2024-01-05", 1, 1]]'),
  ('split and stock dividend on one day', '[["split", "2024-01-05", 2, 1], ["stock_dividend", "2024-01-05", 21, 20]]'),
  ('all on one day', '[["split", "2024-01-05", 2, 1], ["stock_dividend", "2024-01-05", 21, 20], ["dividend", "2024-01-05", null, null, 1.5], ["special_dividend", "2024-01-05", null, null, 10.0]]'),
  ('a split and its reverse on one day', '[["split", "2024-01-05", 7, 3], ["stock_dividend", "2024-01-05", 3, 7]]'),
  ('huge splits on four days', '[["split", "2024-01-04", 2147483647, 1], ["split", "2024-01-05", 2147483629, 1], ["split", "2024-01-06", 2147483587, 1], ["split", "2024-01-07", 2147483563, 1]]'),
  ('huge splits back and forth', '[["split", "2024-01-04", 2147483647, 1], ["split", "2024-01-05", 1, 2147483647]]'),
  ('a dividend above the price', '[["dividend", "2024-01-05", null, null, 500.0]]'),
  ('the largest dividend', '[["dividend", "2024-01-05", null, null, "999999999.999999"]]'),
  ('the smallest dividend', '[["dividend", "2024-01-05", null, null, 0.000001]]'),
  ('a dividend in another currency', '[["dividend", "2024-01-05", null, null, 1.0, "EUR"]]'),
  ('a dividend and later huge splits', '[["dividend", "2024-01-05", null, null, "999999999.999999"], ["split", "2024-01-06", 1, 2147483647], ["split", "2024-01-07", 1, 2147483629]]'),
  ('an action of other kinds', '[["spinoff", "2024-01-05", 1, 5], ["merger", "2024-01-06", null, null, 50.0], ["symbol_change", "2024-01-06"]]'),
  ('delisted before the first bar', '[["delisting", "2023-01-05"]]'),
  ('delisted within', '[["delisting", "2024-01-06"]]'),
  ('dates far away', '[["split", "5874897-12-31", 2, 1], ["dividend", "4713-01-01 BC", null, null, 1.0], ["split", "300000-01-01", 2, 1]]');
SELECT name, (pg_temp.attempt(pg_temp.action(terms), pg_temp.simulation(8441))).* FROM pg_temp.cases ORDER BY n;
\echo == The same for what was sold short
SELECT name, (pg_temp.attempt(pg_temp.action(terms), pg_temp.simulation(8442))).* FROM pg_temp.cases ORDER BY n;
\echo == With orders, stops and several lots
SELECT name, (pg_temp.attempt(pg_temp.action(terms), pg_temp.simulation(8444))).* FROM pg_temp.cases ORDER BY n;
\echo == With bars that are adjusted for splits
SELECT name, (pg_temp.attempt(pg_temp.action(terms),
  pg_temp.simulation(8441, '{"prices": "split_adjusted"}'))).*
FROM pg_temp.cases WHERE terms LIKE '%dividend%' ORDER BY n;

\echo == Signals
INSERT INTO trading.backtests (id, user_id, strategy_id, start_date, end_date, initial_capital, universe)
VALUES (8441, 8404, 8443, '2024-01-01', '2024-01-10', 10000, '["QVA"]');
SELECT signals, sqlstate, message, regexp_replace(detail, 'signal \d+', 'signal N'), hint
FROM (VALUES
  ('[["QVX", "buy", "2024-01-03 00:00+00", 1.0]]'),
  ('[["QVB", "buy", "2024-01-03 00:00+00", 1.0]]'),
  ('[["QVA", "by", "2024-01-03 00:00+00", 1.0]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", -1.0]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", "NaN"]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 1e9]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 0.0]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 0.5]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 999999999.999999]]'),
  ('[["QVA", "short", "2024-01-03 00:00+00", 999999999.999999]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", null, 0.0]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", null, -50.0]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", null, 99999.99]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", null, "NaN"]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 5.0, 50.0, -9999.9999]]'),
  ('[["QVA", "buy", "infinity", 1.0]]'), ('[["QVA", "buy", "-infinity", 1.0]]'),
  ('[["QVA", "buy", "1900-01-01 00:00+00", 1.0]]'),
  ('[["QVA", "buy", "2024-01-10 00:00+00", 1.0]]'),
  ('[["QVA", "buy", "294276-01-01 00:00+00", 1.0]]'),
  ('[["QVA", "sell", "2024-01-03 00:00+00", 1.0]]'), ('[["QVA", "cover", "2024-01-03 00:00+00"]]'),
  ('[["QVA", "exit", "2024-01-03 00:00+00"]]'),
  ('[["QVA", "buy", "2024-01-03 00:00+00", 5.0], ["QVA", "buy", "2024-01-03 00:00+00", 5.0], ["QVA", "short", "2024-01-03 00:00+00", 5.0]]'),
  ('[["QVA", "buy", "2024-01-02 00:00+00", 5.0], ["QVA", "sell", "2024-01-03 00:00+00", 0.5], ["QVA", "cover", "2024-01-04 00:00+00"], ["QVA", "sell", "2024-01-05 00:00+00", 999999999.0]]'),
  ('[["QVA", "hold", "2024-01-03 00:00+00", 1.0]]')
) t(signals), pg_temp.attempt(pg_temp.signals(signals), 'SELECT quant.run_backtest(8441)',
  $$SELECT concat(string_agg(concat_ws(' ', s.signal_type, s.status, s.status_reason), ', '
      ORDER BY s.id), '; ', min(b.final_value))
    FROM trading.signals s JOIN trading.backtests b ON b.id = s.backtest_id
    WHERE s.source = 'user' AND b.id = 8441$$);
SELECT 'no signals', (pg_temp.attempt('SELECT quant.run_backtest(8441)',
  'SELECT warnings::text FROM trading.backtests WHERE id = 8441')).*;
SELECT 'a thousand at once', (pg_temp.attempt(
  $$INSERT INTO trading.signals (backtest_id, symbol, signal_type, signal_date)
    SELECT 8441, 'QVA', CASE n % 2 WHEN 0 THEN 'buy' ELSE 'exit' END, '2024-01-03 00:00+00'
    FROM generate_series(1, 1000) n$$,
  'SELECT quant.run_backtest(8441)',
  $$SELECT string_agg(DISTINCT concat_ws(' ', signal_type, status, status_reason), ', ')
    FROM trading.signals WHERE source = 'user' AND backtest_id = 8441$$)).*;

\echo == Numbers at the limits, by the rules of a strategy
SELECT risk, (pg_temp.limits(risk)).*
FROM (VALUES
  ('{"size": {"weight": 1e30}}'), ('{"size": {"weight": "close * 1e30"}}'),
  ('{"size": {"weight": "1 / close"}}'), ('{"size": {"weight": "1e-12"}}'),
  ('{"size": {"weight": "close - close"}}'), ('{"size": {"weight": "1 / (close - close)"}}'),
  ('{"size": {"percent_equity": 100000}}'), ('{"size": {"units": 999999999.999999}}'),
  ('{"size": {"cash": 9999999999999.99}}'), ('{"size": {"cash": 0.01}}'),
  ('{"size": {"percent_equity": 0.000000000001}}'),
  ('{"size": {"risk_percent": 100, "distance": 1e-12}}'),
  ('{"size": {"risk_percent": 100, "distance": "0.00000000000000000000000001"}}'),
  ('{"size": {"risk_percent": 0.000000000001, "distance": 1e30}}'),
  ('{"size": {"risk_percent": 1}, "stop_loss": 0.000000000001}'),
  ('{"size": {"risk_percent": 1, "distance": "open - close"}}'),
  ('{"size": {"volatility_target_percent": 100000, "lookback": 2}}'),
  ('{"size": {"volatility_target_percent": 0.000000000001, "lookback": 5}}'),
  ('{"stop_loss": {"distance": 1e30}}'), ('{"stop_loss": {"price": 1e30}}'),
  ('{"stop_loss": {"distance": "close * 1e30"}}'), ('{"stop_loss": {"price": "close - 200"}}'),
  ('{"stop_loss": 0.999999999999}'), ('{"take_profit": {"distance": 1e30}}'),
  ('{"take_profit": 100000000}'), ('{"take_profit": {"price": 0.0001}}'),
  ('{"trailing_stop": {"distance": 1e30}}'), ('{"trailing_stop": {"price": 1e30}}'),
  ('{"trailing_stop": {"distance": 1e-12}}'), ('{"trailing_stop": {"price": "close - close"}}'),
  ('{"trailing_stop": 0.000000000001}'), ('{"pyramiding": {"max": 1000000, "step": 1e30}}'),
  ('{"pyramiding": {"max": 1000000}, "size": {"units": 1}}'),
  ('{"time_stop_bars": 1000000, "cooldown_bars": 1000000}'),
  ('{"max_positions": 1000000, "max_gross_exposure_pct": 100000, "max_net_exposure_pct": 0.000000000001}'),
  ('{"drawdown_halt_pct": 0.000000000001, "daily_loss_halt_pct": 0.000000000001}')
) t(risk);
SELECT entry, (pg_temp.limits(entry => entry)).*
FROM (VALUES
  ('{"long": {"when": "close > 1", "order": {"type": "limit", "limit": 1e30}}}'),
  ('{"long": {"when": "close > 1", "order": {"type": "limit", "limit": "1e-12"}}}'),
  ('{"long": {"when": "close > 1", "order": {"type": "stop", "stop": "close * 1e30"}}}'),
  ('{"long": {"when": "close > 1", "order": {"type": "limit", "limit": "close / (open - open)"}}}'),
  ('{"short": {"when": "close > 1", "order": {"type": "stop_limit", "stop": 999999, "limit": 0.0001}}}'),
  ('{"long": {"when": "close > 1", "order": {"type": "limit", "limit": "close", "tif": {"bars": 1000000}}}}'),
  ('{"long": {"when": "close > 1"}, "priority": "close * 99999999999999999999999999999999999999"}'),
  ('{"long": {"when": "close > 1"}, "priority": "99999999999999999999999999999999999999"}'),
  ('{"long": {"when": "close > 1"}, "priority": "1 / (close - close)"}'),
  ('{"rotate": {"every": "day", "rank_by": "close * 1e33", "top": 100000}}'),
  ('{"rotate": {"every": "day", "rank_by": "1 / (close - close)", "top": 1}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "weight": 1e30}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "weight": "close * 1e30"}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "weight": "1e-12"}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "weight": "-close"}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "weight": "inverse_volatility", "lookback": 100000}}'),
  ('{"rotate": {"every": "day", "rank_by": "close", "top": 2, "cash_buffer_percent": 99.999999999999, "drift_threshold_percent": 100}}'),
  ('{"legs": {"x": {"asset": "QVA", "ratio": 1e30}, "y": {"asset": "QVB", "ratio": -1e30}}, "long": {"when": "x.close > 1"}}'),
  ('{"legs": {"x": {"asset": "QVA", "ratio": "close - close"}, "y": {"asset": "QVB", "ratio": -1}}, "long": {"when": "x.close > 1"}}'),
  ('{"legs": {"x": {"asset": "QVA", "ratio": 1e-12}, "y": {"asset": "QVB", "ratio": 1}}, "long": {"when": "x.close > 1"}}'),
  ('{"long": {"when": "year * month * day * hour * minute * weekday * 99999999999999999999999999999999999999 > 1"}}')
) t(entry);
SELECT execution, capital, (pg_temp.limits('{"size": {"percent_equity": 100000}}',
  execution => execution, capital => capital)).*
FROM (VALUES
  ('{"leverage": 1000, "maintenance": 0}', 9999999999999.99), ('{"leverage": 1000}', 0.01),
  ('{"leverage": 999.999999999999}', 9999999999999.99),
  ('{"quantity_step": 0.000001, "leverage": 1000}', 10000),
  ('{"leverage": 1000, "interest_rate_percent": -100}', 10000),
  ('{"finalize": "last_close", "commission": {"percent": 100}}', 10000)
) t(execution, capital);

\set ECHO all
DELETE FROM trading.backtests WHERE id = 8441;
DELETE FROM trading.strategies WHERE user_id = 8404;
DELETE FROM trading.market_data WHERE symbol LIKE 'QV_';
DELETE FROM trading.assets WHERE symbol LIKE 'QV_';
DELETE FROM trading.users WHERE id = 8404;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
