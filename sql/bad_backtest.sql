-- SPDX-License-Identifier: PostgreSQL
-- Backtests that cannot be run, or only with care: what is refused, in which words.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8201, 'bad_backtest', 'bad_backtest@example.com', 'x'),
  (8202, 'bad_backtest_other', 'bad_backtest_other@example.com', 'x');
-- QBE is in another currency, QBN has no bars, QBH rises from 1 to 900,000.
INSERT INTO trading.assets (symbol, currency, sector)
VALUES ('QBA', 'USD', 'Q'), ('QBB', 'USD', 'Q'), ('QBE', 'EUR', 'Q'), ('QBN', 'USD', NULL),
  ('QBH', 'USD', NULL);
INSERT INTO trading.market_data
  (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT symbol, timestamptz '2024-01-01 00:00+00' + n * interval '1 day', '1d', o, o * 1.1, o * 0.9,
  CASE n % 2 WHEN 0 THEN o * 1.1 ELSE o * 0.9 END, 1000
FROM (VALUES ('QBA', 100, 100), ('QBB', 50, 50), ('QBE', 20, 20), ('QBH', 1, 900000))
    t(symbol, first, last),
  generate_series(0, 5) n, LATERAL (SELECT CASE WHEN n < 2 THEN first ELSE last END AS o) p;
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES
  (8201, 8201, 'one unit', '{"level": 1, "note": "text"}', '{"long": {"when": "close > $level"}}',
    '[{"side": "long", "when": "close < open"}]', '{"size": {"units": 1}}'),
  (8202, 8201, 'draft', '{}', '{}', '[]', '{}'),
  (8203, 8202, 'of another user', '{}', '{"long": {"when": "close > 1"}}', '[]', '{}'),
  (8204, 8201, 'divides by zero', '{}', '{"long": {"when": "close / (open - open) > 0"}}', '[]', '{}'),
  -- Missing, not false: or the negation would buy.
  (8205, 8201, 'divides by zero, negated', '{}',
    '{"long": {"when": "not (close / (open - open) > 0)"}}', '[]', '{}'),
  (8206, 8201, 'many units', '{}', '{"long": {"when": "close > 1"}}', '[]',
    '{"size": {"units": 100000000}}'),
  (8207, 8201, 'large numbers', '{}', '{"long": {"when": "close * 1e30 * 1e30 > 1"}}', '[]', '{}'),
  (8208, 8201, 'mean', '{"n": 2}', '{"long": {"when": "close > sma(close, $n)"}}', '[]',
    '{"size": {"units": 1}}');

CREATE TYPE pg_temp.outcome AS (sqlstate text, message text, detail text, hint text);

-- Runs statements, gives the text that the last SELECT gives, and takes back what they did. The
-- detail of a violated constraint holds times, so it is left out.
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

-- A simulation that is right but for the arguments that are given.
CREATE FUNCTION pg_temp.simulate(
  strategy bigint DEFAULT 8201, universe text DEFAULT '["QBA"]', timeframe text DEFAULT '1d',
  start_date date DEFAULT '2024-01-01', end_date date DEFAULT '2024-01-06',
  capital numeric DEFAULT 10000, parameters text DEFAULT '{}')
RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.attempt(format(
  $$SELECT format('%%s after %%s trades, %%s open, warnings %%s', final_value, total_trades,
      open_trades, warnings)
    FROM quant.simulate(%L, %L, %L, %L, %L, %L, %L)$$,
  strategy, universe, timeframe, start_date, end_date, capital, parameters));

-- Each line names its case, so the statements are not repeated.
\set ECHO none

\echo == NULL
SELECT 'strategy_id', (pg_temp.simulate(strategy => NULL)).*;
SELECT 'universe', (pg_temp.simulate(universe => NULL)).*;
SELECT 'timeframe', (pg_temp.simulate(timeframe => NULL)).*;
SELECT 'start_date', (pg_temp.simulate(start_date => NULL)).*;
SELECT 'end_date', (pg_temp.simulate(end_date => NULL)).*;
SELECT 'initial_capital', (pg_temp.simulate(capital => NULL)).*;
SELECT 'parameters', (pg_temp.simulate(parameters => NULL)).*;
SELECT call, (pg_temp.attempt('SELECT ' || call)).*
FROM (VALUES ('quant.run_backtest(NULL)'),
  ('quant.simulate_trades(NULL, NULL, NULL, NULL, NULL, NULL, NULL)'),
  ('quant.simulate_equity(8201, ''["QBA"]'', ''1d'', NULL, ''2024-01-06'', 1000)')) t(call);

\echo == Universe
SELECT universe, (pg_temp.simulate(universe => universe)).*
FROM (VALUES
  ('[]'), ('{}'), ('null'), ('1'), ('"QBA"'), ('true'), ('[1]'), ('[null]'), ('[[]]'), ('[""]'),
  ('[" QBA"]'), ('["qba"]'), ('["QBX"]'), ('["QBA", "QBX"]'), ('["QBA", "QBA"]'), ('[{}]'),
  ('[{"symbol": 5}]'), ('[{"symbl": "QBA"}]'), ('["QBA", {"symbol": "QBA"}]'),
  ('[{"symbol": "QBA", "from": "2024-01-32"}]'), ('{"asset_typ": "stock"}'),
  ('{"symbols": "QBA"}'), ('{"sector": "nothing of the kind"}'), ('{"sector": "Q"}'),
  ('["QBA", "QBE"]'), ('["QBN"]'), ('["QBA", "QBN"]'), ('["Q''BA; DROP TABLE trading.assets"]'),
  ('[QBA]'), ('{"symbols": ["QBA", "QBX"]}'), ('{"symbols": ["qba"]}'), ('{"symbols": ["QBA", "nothing like it"]}'),
  ('{"symbols": ["QBA", "QBB"], "exclude": ["QBB"]}'), ('{"symbols": ["QBA"], "exclude": ["qbb", "nothing like it"]}'),
  ('{"symbols": ["QBA"], "exclude": ["QBA"]}'), ('{"symbols": ["QBA"], "sector": "nothing of the kind"}'),
  ('{"symbols": []}'), ('{"symbols": ["QBA"], "exclude": []}')
) t(universe);

\echo == Timeframe and dates
SELECT timeframe, (pg_temp.simulate(timeframe => timeframe)).*
FROM (VALUES (''), ('1D'), ('7m'), ('day'), ('1d '), ('1h')) t(timeframe);
SELECT start_date, end_date, (pg_temp.simulate(start_date => start_date, end_date => end_date)).*
FROM (VALUES
  (date '2024-01-06', date '2024-01-01'), ('-infinity', '2024-01-06'), ('2024-01-01', 'infinity'),
  ('infinity', 'infinity'), ('2024-01-01', '5874897-12-31'), ('300000-01-01', '300001-12-31'),
  ('2030-01-01', '2031-01-01'), ('1990-01-01', '1991-01-01'), ('4713-01-01 BC', '2024-01-01'),
  ('2024-01-07', '2024-01-08'), ('2024-01-03', '2024-01-03')
) t(start_date, end_date);

\echo == Capital
SELECT capital, (pg_temp.simulate(capital => capital)).*
FROM unnest('{0, -1, NaN, Infinity, -Infinity, 100.001, 0.001, 1e13, 1e30, 100.010, 0.01}'::numeric[])
  capital;

\echo == Parameters
SELECT parameters, (pg_temp.simulate(parameters => parameters)).*
FROM (VALUES
  ('[]'), ('1'), ('null'), ('"x"'), ('{"levl": 5}'), ('{"level": "5"}'), ('{"level": null}'),
  ('{"level": {"default": 5}}'), ('{"level": true}'), ('{"level": 200}'), ('{"executon": {}}'),
  ('{"execution": 1}'), ('{"execution": []}'), ('{"execution": null}'), ('{"benchmrk": "QBB"}'),
  ('{"commission": {"percent": 1}}'), ('{"fill": "same_close"}'), ('{"stop_loss": 0.1}'), ('{"max_positions": 3}'),
  ('{"nothing like it": 1}'), ('{"execution": {"nothing like it": 1}}'), ('{"benchmark": 5}'), ('{"benchmark": "QBX"}'), ('{"benchmark": ""}'), ('{"benchmark": "QBN"}')
) t(parameters);
SELECT parameters, (pg_temp.simulate(strategy => 8208, parameters => parameters)).*
FROM (VALUES ('{"n": 0}'), ('{"n": -1}'), ('{"n": 2.5}'), ('{"n": 1000000}'), ('{"n": [2, 3]}'),
  ('{"n": 1000}')) t(parameters);

\echo == Execution
SELECT execution, (pg_temp.simulate(parameters => format('{"execution": %s}', execution))).*
FROM (VALUES
  ('{"fil": "next_open"}'), ('{"fill": "nextopen"}'), ('{"fill": "NEXT_OPEN"}'), ('{"fill": 1}'),
  ('{"fill": null}'), ('{"intrabar": "worst"}'), ('{"crossover": "strct"}'),
  ('{"size_at": "open"}'), ('{"on_opposite": "revers"}'), ('{"on_short_cash": "never"}'),
  ('{"finalize": "last"}'), ('{"prices": "adj"}'), ('{"frequency": "bars"}'),
  ('{"timezone": "Mars/Olympus"}'), ('{"timezone": ""}'), ('{"timezone": 5}'),
  ('{"price_tick": 0}'), ('{"price_tick": -0.01}'), ('{"price_tick": 0.00001}'),
  ('{"price_tick": "0.01"}'), ('{"quantity_step": 0}'), ('{"quantity_step": -1}'),
  ('{"quantity_step": 1e-7}'), ('{"commission": 0.1}'), ('{"commission": {"prcent": 1}}'),
  ('{"commission": {"percent": -0.1}}'), ('{"commission": {"percent": 101}}'),
  ('{"commission": {"percent": "0.1"}}'), ('{"commission": {"per_order": -1}}'),
  ('{"commission": {"min": -1}}'), ('{"commission": {"min": 5, "max": 1}}'),
  ('{"slippage": 0.1}'), ('{"slippage": {"percent": 101}}'), ('{"slippage": {"percent": 100}}'),
  ('{"slippage": {"ticks": -1}}'), ('{"slippage": {"ticks": 1.5}}'), ('{"leverage": 0}'),
  ('{"leverage": -1}'), ('{"leverage": 1e9}'), ('{"leverage": "2"}'), ('{"maintenance": 25}'),
  ('{"maintenance": -5}'), ('{"periods_per_year": 0}'), ('{"periods_per_year": -252}'),
  ('{"risk_free": "x"}'), ('{"risk_free": 4}'), ('{"risk_free": -2}'),
  ('{"conventions": "empirical"}'),
  ('{"conventions": null}')
) t(execution);

\echo == Strategies
SELECT 'missing', (pg_temp.simulate(strategy => 424242)).*;
SELECT 'draft', (pg_temp.simulate(strategy => 8202)).*;
SELECT 'division by zero: no trade', (pg_temp.simulate(strategy => 8204)).*;
SELECT 'nor in its negation', (pg_temp.simulate(strategy => 8205)).*;
SELECT 'numbers beyond 128 bits', (pg_temp.simulate(strategy => 8207)).*;
-- 100,000,000 units bought at 1 close at 990,000: 9.9e13.
SELECT 'money beyond its column',
  (pg_temp.simulate(strategy => 8206, universe => '["QBH"]', capital => 100000000)).*;

\echo == Calls of another form, and the strategy trigger in another place
SELECT call, sqlstate, message
FROM (VALUES
  ('quant.simulate(8201, ''["QBA"]'', ''1d'', ''2024-01-01'', ''2024-01-06'')'),
  ('quant.simulate(8201, json ''["QBA"]'', ''1d'', ''2024-01-01'', ''2024-01-06'', 1000)'),
  ('quant.simulate(''x'', ''["QBA"]'', ''1d'', ''2024-01-01'', ''2024-01-06'', 1000)'),
  ('quant.simulate(8201, ''["QBA"]'', ''1d'', ''soon'', ''2024-01-06'', 1000)'),
  ('quant.run_backtest(1.5)'), ('quant.run_backtest(99999999999999999999)')
) t(call), pg_temp.attempt('SELECT ' || call);
-- Only the SQLSTATE, as the words are PostgreSQL's.
SELECT 'read as other columns', (pg_temp.attempt(
  'SELECT 1 FROM quant.simulate_trades(8201, ''["QBA"]'', ''1d'', ''2024-01-01'', ''2024-01-06'',
    1) AS t(a integer)')).sqlstate;
CREATE TABLE pg_temp.other (name text, parameters jsonb, entry_rules jsonb, exit_rules jsonb,
  risk_rules jsonb);
SELECT timing, message
FROM (VALUES
  ('AFTER INSERT ON pg_temp.other FOR EACH ROW'), ('BEFORE INSERT ON pg_temp.other'),
  ('BEFORE DELETE ON pg_temp.other FOR EACH ROW')
) t(timing), pg_temp.attempt(
  format('CREATE TRIGGER t %s EXECUTE FUNCTION quant.check_strategy_trigger()', timing),
  'INSERT INTO pg_temp.other VALUES (''x'', ''{}'', ''{}'', ''[]'', ''{}'')',
  'DELETE FROM pg_temp.other');
SELECT message FROM pg_temp.attempt('SELECT quant.check_strategy_trigger()');

\echo == Stored runs
INSERT INTO trading.backtests
  (id, user_id, strategy_id, start_date, end_date, initial_capital, universe)
VALUES (8201, 8201, 8201, '2024-01-01', '2024-01-06', 10000, '["QBA"]');
SELECT 'missing', (pg_temp.attempt('SELECT quant.run_backtest(424242)')).*;
SELECT 'negative', (pg_temp.attempt('SELECT quant.run_backtest(-1)')).*;
-- What the table itself refuses stands here too, without a call.
SELECT change, (pg_temp.attempt('UPDATE trading.backtests SET ' || change || ' WHERE id = 8201',
  'SELECT quant.run_backtest(8201)')).*
FROM (VALUES
  ('strategy_id = 8203'), ('user_id = 8202'), ('strategy_id = 8202'), ('strategy_id = 424242'),
  ('currency = ''EUR'''), ('universe = ''["QBE"]'''), ('universe = ''[]'''), ('universe = ''5'''),
  ('universe = NULL'), ('timeframe = ''7m'''), ('timeframe = ''1h'''), ('start_date = NULL'),
  ('start_date = ''-infinity'''), ('end_date = ''2023-01-01'''), ('end_date = ''infinity'''),
  ('initial_capital = 0'), ('initial_capital = ''NaN'''), ('initial_capital = 1e13'),
  ('parameters = ''[]'''), ('parameters = ''{"level": "x"}'''),
  ('parameters = ''{"execution": {"fill": "later"}}'''),
  ('strategy_id = 8206, universe = ''["QBH"]'', initial_capital = 100000000')
) t(change);

\echo == Bars
SELECT price, sqlstate, message
FROM (VALUES ('NaN'), ('infinity'), ('-1'), ('0')) t(price), pg_temp.attempt(format(
  'INSERT INTO trading.market_data (symbol, "timestamp", timeframe, open_price, high_price,
    low_price, close_price)
    VALUES (''QBA'', ''2024-01-09 00:00+00'', ''1d'', %1$L, %1$L, %1$L, %1$L)', price));

\echo == Bars that do not begin at midnight
SELECT what, (pg_temp.attempt(change,
  format('SELECT warnings FROM quant.simulate(8201, ''["QBA", "QBB"]'', ''1d'', ''2024-01-01'', ''2024-01-06'',
    10000, %L)', parameters))).message
FROM (VALUES
  ('none', 'SET LOCAL timezone = ''UTC''', '{}'),
  ('all, in the zone of the run', 'SET LOCAL timezone = ''UTC''', '{"execution": {"timezone": "Europe/Paris"}}'),
  ('one in the middle', 'UPDATE trading.market_data SET "timestamp" = "timestamp" + interval ''5 hours''
    WHERE symbol = ''QBA'' AND "timestamp" = ''2024-01-04 00:00+00''', '{}'),
  ('the last two', 'UPDATE trading.market_data SET "timestamp" = "timestamp" - interval ''1 hour''
    WHERE symbol = ''QBB'' AND "timestamp" > ''2024-01-04 00:00+00''', '{}'),
  ('all of one symbol', 'UPDATE trading.market_data SET "timestamp" = "timestamp" - interval ''1 hour''
    WHERE symbol = ''QBA''', '{"execution": {"timezone": "Europe/Paris"}}')
) t(what, change, parameters);

\set ECHO all
-- A run that fails leaves nothing behind, also where the caller goes on.
CREATE VIEW pg_temp.stored AS
SELECT (SELECT count(*) FROM trading.portfolios WHERE backtest_id = b.id) AS portfolios,
  (SELECT count(*) FROM trading.trades WHERE backtest_id = b.id) AS trades,
  (SELECT count(*) FROM trading.signals WHERE backtest_id = b.id) AS signals, status, final_value
FROM trading.backtests b WHERE id = 8201;
SELECT * FROM pg_temp.stored;
DO $$
BEGIN
  PERFORM quant.run_backtest(8201);
  RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN
  UPDATE trading.backtests SET status = 'failed', error_message = SQLERRM WHERE id = 8201;
END
$$;
SELECT * FROM pg_temp.stored;
SELECT final_value, total_trades FROM quant.run_backtest(8201);
SELECT * FROM pg_temp.stored;
-- What an earlier run stored stays when a later one fails.
SELECT sqlstate, message FROM pg_temp.attempt('SELECT quant.run_backtest(8201)',
  'UPDATE trading.backtests SET universe = ''["QBX"]'' WHERE id = 8201',
  'SELECT quant.run_backtest(8201)');
SELECT * FROM pg_temp.stored;

-- A read-only transaction takes simulations, no runs.
BEGIN READ ONLY;
SELECT (pg_temp.attempt('SELECT quant.run_backtest(8201)')).sqlstate;
SELECT (pg_temp.simulate()).*;
SELECT count(*) FROM quant.simulate_trades(8201, '["QBA"]', '1d', '2024-01-01', '2024-01-06', 10000);
SELECT count(*) FROM quant.simulate_equity(8201, '["QBA"]', '1d', '2024-01-01', '2024-01-06', 10000);
COMMIT;

DELETE FROM trading.transactions
WHERE portfolio_id IN (SELECT id FROM trading.portfolios WHERE backtest_id = 8201);
DELETE FROM trading.portfolios WHERE backtest_id = 8201;
DELETE FROM trading.backtests WHERE id = 8201;
DELETE FROM trading.strategies WHERE user_id IN (8201, 8202);
DELETE FROM trading.market_data WHERE symbol LIKE 'QB_';
DELETE FROM trading.assets WHERE symbol LIKE 'QB_';
DELETE FROM trading.users WHERE id IN (8201, 8202);
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
