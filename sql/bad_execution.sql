-- SPDX-License-Identifier: PostgreSQL
-- Settings of a run and universes that cannot be used, and in which words they are refused.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8403, 'bad_execution', 'bad_execution@example.com', 'x');
INSERT INTO trading.assets (symbol, currency, sector, lot_size)
VALUES ('QXA', 'USD', 'QX', 1), ('QXB', 'USD', 'QX', 0.000001), ('QXE', 'EUR', NULL, 1), ('QXN', 'USD', NULL, 1);
-- Ten days; QXN has no bars.
INSERT INTO trading.market_data
  (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT symbol, timestamptz '2024-01-01 00:00+00' + n * interval '1 day', '1d', o, o + 1, o - 1, o + n % 3 - 1, 1000
FROM (VALUES
  ('QXA', 100), ('QXB', 50), ('QXE', 20)
) t(symbol, first),
  generate_series(0, 9) n, LATERAL (SELECT first + n AS o) p;
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES
  (8431, 8403, 'in and out', '{}', '{"long": {"when": "close > 1"}}', '[{"when": "bars_held >= 2"}]', '{"size": {"units": 10}}'),
  (8432, 8403, 'by volatility', '{}', '{"long": {"when": "close > 1"}}', '[]', '{"size": {"volatility_target_percent": 10, "lookback": 3}}'),
  (8433, 8403, 'by signals', '{}', '{"signals": true}', '[]', '{}'),
  (8434, 8403, 'legs', '{}', '{"legs": {"x": {"asset": "QXA"}, "y": {"asset": "QXB", "ratio": -2}}, "long": {"when": "y.close > 1"}}', '[]', '{}'),
  (8435, 8403, 'reads no asset', '{}', '{"long": {"when": "at(\"QXX\", close) > 1"}}', '[]', '{}'),
  (8436, 8403, 'reads no bars', '{}', '{"long": {"when": "at(\"QXN\", close) > 1"}}', '[]', '{}'),
  (8437, 8403, 'coarser bars', '{}', '{"long": {"when": "tf(\"1d\", close) > 1"}}', '[]', '{}'),
  (8438, 8403, 'periods', '{"n": 2}', '{"long": {"when": "tf(\"1w\", sma(close, $n)) > close[$n]"}}', '[]', '{}'),
  (8439, 8403, 'no side', '{}', '{"legs": {"x": {"asset": "QXA"}, "y": {"asset": "QXB"}}}', '[]', '{}');

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

-- A simulation that is right but for the arguments that are given.
CREATE FUNCTION pg_temp.simulate(
  execution text DEFAULT '{}', strategy bigint DEFAULT 8431, universe text DEFAULT '["QXA"]',
  timeframe text DEFAULT '1d', parameters text DEFAULT '{}')
RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.attempt(format(
  $$SELECT format('%%s after %%s trades, %%s open, warnings %%s', final_value, total_trades,
      open_trades, warnings)
    FROM quant.simulate(%L, %L, %L, '2024-01-01', '2024-01-10', 10000,
      jsonb_build_object('execution', %L::jsonb) || %L)$$,
  strategy, universe, timeframe, execution, parameters));

-- Each line names its case, so the statements are not repeated.
\set ECHO none

\echo == Tiers of commission
SELECT tiers, (pg_temp.simulate(format('{"commission": {"tiers": %s}}', tiers))).*
FROM (VALUES
  ('[]'), ('{}'), ('null'), ('0.5'), ('["1"]'), ('[{}]'), ('[{"percent": "1"}]'),
  ('[{"percent": -1}]'), ('[{"percent": 101}]'), ('[{"percent": null}]'), ('[{"prcent": 1}]'),
  ('[{"up_to": 100, "percent": 1}]'), ('[{"percent": 1}, {"percent": 2}]'),
  ('[{"up_to": 100, "percent": 1}, {"up_to": 50, "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": 100, "percent": 1}, {"up_to": 100, "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": 0, "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": -5, "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": "100", "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": 0.001, "percent": 1}, {"percent": 1}]'),
  ('[{"up_to": 1e30, "percent": 1}, {"percent": 1}]'), ('[{"up_to": null, "percent": 1}]'),
  ('[{"up_to": 1e37, "percent": 1}, {"percent": 1}]'), ('[{"percent": 0.1234567890123}]'),
  ('[{"percent": 1}]'),
  ('[{"up_to": 9999999999999.99, "percent": 0.000000000001}, {"percent": 100}]')
) t(tiers);
SELECT 'many tiers', sqlstate, message, detail, hint FROM pg_temp.simulate(format('{"commission": {"tiers": [%s{"percent": 1}]}}',
  (SELECT string_agg(format('{"up_to": %s, "percent": 1}, ', n), '' ORDER BY n) FROM generate_series(1, 100) n)));
\echo == Commission and slippage
SELECT execution, (pg_temp.simulate(execution)).*
FROM (VALUES
  ('{"commission": {"tiers": [{"percent": 1}], "percent": 1}}'), ('{"commission": {"tires": []}}'),
  ('{"commission": {"per_share": 1e10}}'), ('{"commission": {"per_share": 1e-13}}'),
  ('{"commission": {"per_order": 1e30}}'), ('{"commission": {"percent": 1e-37}}'),
  ('{"commission": {"max": null}}'), ('{"commission": {"min": "NaN"}}'),
  ('{"commission": {"per_share": 1000000000, "percent": 100, "per_order": 1000000000}}'),
  ('{"commission": {"percent": 33.333333333333, "per_share": 0.000000000001}}'),
  ('{"commission": {"min": 1000000000}}'), ('{"slippage": {"volume_share": -0.1}}'),
  ('{"slippage": {"volume_share": 1.5}}'), ('{"slippage": {"volume_share": "0.1"}}'),
  ('{"slippage": {"volume_share": null}}'), ('{"slippage": {"volume_share": 0.1234567891}}'),
  ('{"slippage": {"volume_basis": "today"}}'), ('{"slippage": {"volume_basis": 1}}'),
  ('{"slippage": {"volume_shares": 0.1}}'), ('{"slippage": {"ticks": 1000001}}'),
  ('{"slippage": {"ticks": 1e30}}'), ('{"slippage": {"percent": 1e-13}}'),
  ('{"slippage": {"percent": 99.999999999999, "ticks": 1000000, "volume_share": 1}}'),
  ('{"slippage": {"volume_share": 0.999999999}}')
) t(execution);
\echo == Volumes, spreads, rates, ages
SELECT execution, (pg_temp.simulate(execution)).*
FROM (VALUES
  ('{"max_volume_share": 0}'), ('{"max_volume_share": -1}'), ('{"max_volume_share": 10}'),
  ('{"max_volume_share": "0.1"}'), ('{"max_volume_share": null}'), ('{"max_volume_share": 1e-13}'),
  ('{"max_volume_share": 0.000000000001}'), ('{"max_volum_share": 0.1}'), ('{"spread": "bid"}'),
  ('{"spread": true}'), ('{"on_leave": "sell"}'), ('{"on_leave": null}'),
  ('{"on_leaves": "keep"}'), ('{"borrow_rate_percent": -1}'), ('{"borrow_rate_percent": 1001}'),
  ('{"borrow_rate_percent": "3"}'), ('{"borrow_rate_percent": 1e-20}'),
  ('{"interest_rate_percent": -101}'), ('{"interest_rate_percent": 1e30}'),
  ('{"interest_rate_percent": null}'), ('{"interest_rate": 3}'), ('{"max_age": 5}'),
  ('{"max_age": "5"}'), ('{"max_age": ""}'), ('{"max_age": "5 d"}'), ('{"max_age": "-5d"}'),
  ('{"max_age": "1.5d"}'), ('{"max_age": "P5D"}'), ('{"max_age": "5y"}'),
  ('{"max_age": "99999999999999999999d"}'), ('{"max_age": "1000001d"}'), ('{"max_age": null}'),
  ('{"max_age": "0d"}'), ('{"stale_days": 0}'), ('{"stale_days": -1}'), ('{"stale_days": 2.5}'),
  ('{"stale_days": 100001}'), ('{"stale_days": "10"}'), ('{"stale_days": null}'),
  ('{"use_risk_profile": 1}'), ('{"use_risk_profile": "yes"}'), ('{"use_risk_profile": null}'),
  ('{"use_risk_profiles": true}'), ('{"use_risk_profile": true}'), ('{"intrabar": "lower"}'),
  ('{"intrabar": "lower_timeframe"}')
) t(execution);
\echo == Numbers at their bounds
SELECT execution, (pg_temp.simulate(execution)).*
FROM (VALUES
  ('{"leverage": 1e30}'), ('{"leverage": 1000.1}'), ('{"leverage": 1.0000000000001}'),
  ('{"leverage": 99999999999999999999999999999999999999}'), ('{"leverage": 1e38}'),
  ('{"leverage": "NaN"}'), ('{"leverage": null}'), ('{"leverage": 1000, "maintenance": 0}'),
  ('{"maintenance": 1e-13}'), ('{"maintenance": null}'), ('{"periods_per_year": 1e30}'),
  ('{"periods_per_year": 100000001}'), ('{"periods_per_year": 1e-13}'),
  ('{"periods_per_year": 0.000000000001}'), ('{"periods_per_year": 100000000}'),
  ('{"risk_free": 0.0000000000001}'), ('{"risk_free": null}'), ('{"quantity_step": 1e30}'),
  ('{"quantity_step": 1e37}'), ('{"quantity_step": 999999999}'), ('{"price_tick": 1e37}'),
  ('{"price_tick": 999999.9999}'), ('{"price_tick": 1000000}'), ('{"price_tick": null}')
) t(execution);

\echo == Dates of a universe
SELECT universe, (pg_temp.simulate(universe => universe)).*
FROM (VALUES
  ('[{"symbol": "QXA", "from": null}]'), ('[{"symbol": "QXA", "from": 20240101}]'),
  ('[{"symbol": "QXA", "from": ""}]'), ('[{"symbol": "QXA", "from": "soon"}]'),
  ('[{"symbol": "QXA", "from": "2024-13-01"}]'), ('[{"symbol": "QXA", "to": "2024-02-30"}]'),
  ('[{"symbol": "QXA", "to": "infinity"}]'), ('[{"symbol": "QXA", "from": "2024-1-1"}]'),
  ('[{"symbol": "QXA", "from": "01.01.2024"}]'),
  ('[{"symbol": "QXA", "from": "2024-01-01T00:00"}]'),
  ('[{"symbol": "QXA", "from": "99999-01-01"}]'), ('[{"symbol": "QXA", "from": "0000-01-01"}]'),
  ('[{"symbol": "QXA", "from": "-2024-01-01"}]'),
  ('[{"symbol": "QXA", "from": "2024-01-05", "to": "2024-01-04"}]'),
  ('[{"symbol": "QXA", "form": "2024-01-05"}]'), ('[{"from": "2024-01-05"}]'),
  ('[{"symbol": "QXX", "from": "2024-01-05"}]'),
  ('[{"symbol": "QXA", "from": "2024-01-02"}, "QXA"]'),
  ('["QXA", {"symbol": "QXA", "from": "2024-01-02"}]'),
  ('[{"symbol": "QXA", "to": "2024-01-03"}, {"symbol": "QXA", "to": "2024-01-03"}]'),
  ('[{"symbol": "QXA", "to": "2024-01-05"}, {"symbol": "QXA", "from": "2024-01-03"}]'),
  ('[{"symbol": "QXA", "to": "2024-01-03"}, {"symbol": "QXA", "from": "2024-01-08"}]'),
  ('[{"symbol": "QXA", "from": "2030-01-01"}]'), ('[{"symbol": "QXE", "from": "2024-01-02"}]')
) t(universe);
\echo == Filters
SELECT universe, (pg_temp.simulate(universe => universe)).*
FROM (VALUES
  ('{"sector": "QX", "min_history_bars": 0}'), ('{"sector": "QX", "min_history_bars": 1.5}'),
  ('{"sector": "QX", "min_history_bars": "5"}'), ('{"sector": "QX", "min_history_bars": 100001}'),
  ('{"sector": "QX", "min_history_bars": null}'), ('{"sector": "QX", "min_history_bars": 11}'),
  ('{"min_history_bars": "x"}'), ('{"sector": "QX", "exclude": "QXA"}'),
  ('{"sector": "QX", "exclude": [null]}'), ('{"sector": "QX", "exclude": ["QXA", "QXB"]}'),
  ('{"sector": null}'), ('{"sector": 1}'), ('{"sector": "QX", "min_history": 5}'),
  ('{"symbols": [{"symbol": "QXA", "from": "2024-01-05"}]}'),
  ('{"sector": "QX", "exclude": [{"symbol": "QXA", "to": "2024-01-05"}]}'), ('{"symbols": []}'),
  ('{"sector": "QX", "from": "2024-01-01"}')
) t(universe);

\echo == Strategies whose symbols, signals or bars are missing
SELECT name, (pg_temp.simulate(execution, strategy, universe, timeframe, parameters)).*
FROM (VALUES
  ('signals', '{}', 8433, '["QXA"]', '1d', '{}'),
  ('a leg outside', '{}', 8434, '["QXA"]', '1d', '{}'),
  ('more than legs', '{}', 8434, '["QXA", "QXB", "QXN"]', '1d', '{}'),
  ('a leg without bars', '{}', 8434, '["QXA", "QXN"]', '1d', '{}'),
  ('both legs', '{}', 8434, '["QXA", "QXB"]', '1d', '{}'),
  ('legs without a side', '{}', 8439, '["QXA", "QXB"]', '1d', '{}'),
  ('no asset', '{}', 8435, '["QXA"]', '1d', '{}'), ('no bars', '{}', 8436, '["QXA"]', '1d', '{}'),
  ('a finer timeframe', '{}', 8437, '["QXA"]', '1w', '{}'),
  ('coarser within coarser', '{}', 8438, '["QXA"]', '1mo', '{}'),
  ('no periods in a year', '{}', 8432, '["QXA"]', '1h', '{}'),
  ('$n of 0', '{}', 8438, '["QXA"]', '1d', '{"n": 0}'),
  ('$n of 100001', '{}', 8438, '["QXA"]', '1d', '{"n": 100001}'),
  ('$n of 1e30', '{}', 8438, '["QXA"]', '1d', '{"n": 1e30}'),
  ('$n of 1e400', '{}', 8438, '["QXA"]', '1d', '{"n": 1e400}'),
  ('$n of 2.5', '{}', 8438, '["QXA"]', '1d', '{"n": 2.5}'),
  ('$n of 2.0', '{}', 8438, '["QXA"]', '1d', '{"n": 2.0}'),
  ('$n of 100000', '{}', 8438, '["QXA"]', '1d', '{"n": 100000}')
) t(name, execution, strategy, universe, timeframe, parameters);

\set ECHO all
DELETE FROM trading.strategies WHERE user_id = 8403;
DELETE FROM trading.market_data WHERE symbol LIKE 'QX_';
DELETE FROM trading.assets WHERE symbol LIKE 'QX_';
DELETE FROM trading.users WHERE id = 8403;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
