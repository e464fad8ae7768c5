-- SPDX-License-Identifier: PostgreSQL
-- Strategies that are faulty where nobody looks, and strategies of absurd size: both are read whole
-- when they are stored, in bounded time and stack. A case a line: the case | SQLSTATE | message |
-- detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8301, 'strategy_limits', 'strategy_limits@example.com', 'x');

CREATE TYPE pg_temp.outcome AS (sqlstate text, message text, detail text, hint text);

-- Stores a strategy and takes it back, whatever comes of it. The detail of a violated constraint
-- holds ids and times, so it is left out.
CREATE FUNCTION pg_temp.store(
  entry_rules text, exit_rules text DEFAULT '[]', risk_rules text DEFAULT '{}',
  parameters text DEFAULT '{}', name text DEFAULT 'case')
RETURNS pg_temp.outcome LANGUAGE plpgsql AS $$
DECLARE
  result pg_temp.outcome;
BEGIN
  INSERT INTO trading.strategies (user_id, name, entry_rules, exit_rules, risk_rules, parameters)
  VALUES (8301, name, entry_rules::jsonb, exit_rules::jsonb, risk_rules::jsonb, parameters::jsonb);
  RAISE EXCEPTION SQLSTATE 'QQ000' USING MESSAGE = 'stored';
EXCEPTION
  WHEN SQLSTATE 'QQ000' THEN
    RETURN ('00000'::text, 'stored'::text, NULL::text, NULL::text);
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result.sqlstate = RETURNED_SQLSTATE, result.message = MESSAGE_TEXT,
      result.detail = PG_EXCEPTION_DETAIL, result.hint = PG_EXCEPTION_HINT;
    IF result.sqlstate LIKE '23%' THEN
      result.detail := NULL;
    END IF;
    RETURN result;
END
$$;

-- The same for a strategy of one condition.
CREATE FUNCTION pg_temp.store_rule(condition text, parameters text DEFAULT '{}')
RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(
  jsonb_build_object('long', jsonb_build_object('when', condition))::text,
  parameters => parameters);

-- Each line names its case, so the statements are not repeated.
\set ECHO none
SELECT wanted, (pg_temp.store(e, x, r, p)).* FROM (VALUES
 ('22023 unknown name clsoe, In entry_rules.indicators.a', '{"indicators": {"a": "clsoe"}, "long": {"when": "close > 1"}}', '[]', '{}', '{}'),
 ('22023 parameter $n has no value, In entry_rules.indicators.a', '{"indicators": {"a": "sma(close, $n)"}, "long": {"when": "close > 1"}}', '[]', '{}', '{}'),
 ('22023 indicator a is defined by itself', '{"indicators": {"a": "a + 1"}, "long": {"when": "close > 1"}}', '[]', '{}', '{}'),
 ('22023 "and" cannot name an indicator', '{"indicators": {"and": "open"}, "long": {"when": "close > 1"}}', '[]', '{}', '{}'),
 ('22023 "1x" cannot name an indicator', '{"indicators": {"1x": "open", "": "open", "a-b": "open"}, "long": {"when": "close > 1"}}', '[]', '{}', '{}'),
 ('22023 a number is expected, not a string, At parameters.fast', '{"long": {"when": "sma(close, $fast) > 1"}}', '[]', '{}', '{"fast": "3"}'),
 ('22023 key "default" is missing, At parameters.fast', '{"long": {"when": "sma(close, $fast) > 1"}}', '[]', '{}', '{"fast": {"grid": [1, 2]}}'),
 ('22023 an array is expected, At parameters.fast.grid', '{"long": {"when": "sma(close, $fast) > 1"}}', '[]', '{}', '{"fast": {"default": 3, "grid": 2}}'),
 ('22023 range is [from, to, step above 0]', '{"long": {"when": "sma(close, $fast) > 1"}}', '[]', '{}', '{"fast": {"default": 3, "range": [3, 9, -1]}}'),
 ('22023 number above 0, At risk_rules.stop_loss.distance', '{"long": {"when": "close > 1"}}', '[]', '{"stop_loss": {"distance": -2}}', '{}'),
 ('22003 At risk_rules.size.units', '{"long": {"when": "close > 1"}}', '[]', '{"size": {"units": 1e15}}', '{}'),
 ('stored: no rule reads it', '{}', '[]', '{}', '{"x": 1234567890123456789012345678901234567890.5}'),
 ('22023 never true', '{"long": {"when": "close > open and 1 > 2"}}', '[]', '{}', '{}'),
 ('In entry_rules.long.when.all[1].not', '{"long": {"when": {"all": ["close > open", {"not": "hihg > 2"}]}}}', '[]', '{}', '{}'),
 ('stored: 300 flat terms', '{"long": {"when": "close > 1' || repeat(' or close > 1', 300) || '"}}', '[]', '{}', '{}')
) t(wanted, e, x, r, p);


-- a parameter may switch a rule off, and a sweep may meet equal periods
SELECT wanted, (pg_temp.store(e, x, r, p)).* FROM (VALUES
 ('stored: a switch', '{"long": {"when": "$on = 1 and close > open"}}', '[]', '{}', '{"on": 0}'),
 ('refused: a run''s key', '{"long": {"when": "close > open"}}', '[]', '{}', '{"execution": {}}'),
 ('refused: two exits of one id', '{"long": {"when": "close > open"}}',
  '[{"id": "a", "when": "close < open"}, {"id": "a", "when": "close < low"}]', '{}', '{}'),
 ('refused: later function', '{"long": {"when": "macd(close, 12, 26, 9) > 0"}}', '[]', '{}', '{}'),
 ('refused: a function without arguments', '{"long": {"when": "sma() > 0"}}', '[]', '{}', '{}'),
 ('refused: a function as a name', '{"long": {"when": "sma > 1"}}', '[]', '{}', '{}'),
 ('refused: a name as a function', '{"long": {"when": "close(3) > 1"}}', '[]', '{}', '{}'),
 ('refused: upper case', '{"long": {"when": "CLOSE > 1"}}', '[]', '{}', '{}'),
 ('refused: equality of C', '{"long": {"when": "close == open"}}', '[]', '{}', '{}'),
 ('refused: conjunction of C', '{"long": {"when": "close > 1 && open > 1"}}', '[]', '{}', '{}'),
 ('refused: chained comparison', '{"long": {"when": "close > open > low"}}', '[]', '{}', '{}'),
 ('refused: doubled not', '{"long": {"when": "not not close > open"}}', '[]', '{}', '{}'),
 ('refused: malformed number', '{"long": {"when": "close > 1.2.3"}}', '[]', '{}', '{}'),
 ('refused: a quoted name', '{"long": {"when": "close > ''open''"}}', '[]', '{}', '{}'),
 ('stored: true', '{"long": {"when": "TRUE"}}', '[]', '{}', '{}'),
 ('refused: false', '{"long": {"when": false}}', '[]', '{}', '{}'),
 ('refused: compared with itself', '{"long": {"when": "close > close"}}', '[]', '{}', '{}'),
 ('refused: false in a list', '{"long": {"when": "true and 1 > 2"}}', '[]', '{}', '{}'),
 ('refused: a chain with !=', '{"long": {"when": "close = open != low"}}', '[]', '{}', '{}'),
 ('refused: a misplaced not', '{"long": {"when": "close > not open"}}', '[]', '{}', '{}'),
 ('refused: a short target of 1', '{"short": {"when": "close > open"}}', '[]', '{"take_profit": 1}', '{}')
) t(wanted, e, x, r, p);

-- size: lists, chains of indicators, doubling, many parameters, long texts
SELECT what, (pg_temp.store(e, '[]', '{}', p)).* FROM (
  SELECT 'list of 15,000' AS what,
    jsonb_build_object('long', jsonb_build_object('when', jsonb_build_object('all',
      (SELECT jsonb_agg('close > 1'::text) FROM generate_series(1, 15000)))))::text AS e, '{}' AS p
  UNION ALL SELECT 'list of 30,000',
    jsonb_build_object('long', jsonb_build_object('when', jsonb_build_object('any',
      (SELECT jsonb_agg('close > 1'::text) FROM generate_series(1, 30000)))))::text, '{}'
  UNION ALL SELECT format('chain of %s indicators', n),
    jsonb_build_object('indicators', (SELECT jsonb_object_agg('a' || i, CASE i WHEN 0 THEN 'close' ELSE format('a%s + 1', i - 1) END)
      FROM generate_series(0, n) i), 'long', jsonb_build_object('when', format('a%s > 1', n)))::text, '{}'
  FROM (VALUES (300), (3000)) v(n)
  UNION ALL SELECT 'doubling 60 times',
    jsonb_build_object('indicators', (SELECT jsonb_object_agg('a' || i, CASE i WHEN 0 THEN 'close' ELSE format('a%s + a%s', i - 1, i - 1) END)
      FROM generate_series(0, 60) i), 'long', jsonb_build_object('when', 'a60 > 1'))::text, '{}'
  UNION ALL SELECT 'doubling of the account',
    jsonb_build_object('indicators', (SELECT jsonb_object_agg('e' || i, CASE i WHEN 0 THEN 'equity + cash' ELSE format('e%s + e%s', i - 1, i - 1) END)
      FROM generate_series(0, 40) i), 'long', jsonb_build_object('when', 'e40 > close'))::text, '{}'
  UNION ALL SELECT '10,000 parameters', '{"long": {"when": "close > $p7"}}',
    (SELECT jsonb_object_agg('p' || i, i)::text FROM generate_series(1, 10000) i)
  UNION ALL SELECT '100,000 parameters', '{"long": {"when": "close > $p7"}}',
    (SELECT jsonb_object_agg('p' || i, i)::text FROM generate_series(1, 100000) i)
  UNION ALL SELECT 'long text', '{"long": {"when": "close > ' || repeat('1 + ', 3000) || '1"}}', '{}'
  UNION ALL SELECT '190 brackets', '{"long": {"when": "' || repeat('(', 190) || 'close' || repeat(')', 190) || ' > 1"}}', '{}'
  UNION ALL SELECT '5,000 brackets', '{"long": {"when": "' || repeat('(', 4000) || 'close' || repeat(')', 4000) || ' > 1"}}', '{}'
) t;

DELETE FROM trading.users WHERE id = 8301;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
