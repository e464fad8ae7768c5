-- SPDX-License-Identifier: PostgreSQL
-- Strategies are read when they are stored: what is refused, in which words, and what is taken.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8101, 'bad_strategy', 'bad_strategy@example.com', 'x');

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
  VALUES (8101, name, entry_rules::jsonb, exit_rules::jsonb, risk_rules::jsonb, parameters::jsonb);
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

\echo == Keys and kinds of the entry rules
SELECT entry, (pg_temp.store(entry)).*
FROM (VALUES
  ('{"lng": {"when": "close > open"}}'), ('{"long": {"wen": "close > open"}}'),
  ('{"l\u00f6ng": {"when": "close > open"}}'), ('{"long": {}}'), ('{"long": null}'),
  ('{"long": "close > open"}'), ('{"long": {"when": 1}}'), ('{"long": {"when": null}}'),
  ('[{"when": "close > open"}]'), ('"close > open"'),
  ('{"long": {"when": "close > open"}, "priority": "close > open"}'),
  ('{"long": {"when": "close > open", "order": {"typ": "market"}}}'),
  ('{"long": {"when": "close > open", "order": "market"}}'), ('{"long": {"when"'),
  ('{"long": {"when": "close > \u0000"}}'), (NULL)
) t(entry);

\echo == Exit rules
SELECT exits, (pg_temp.store('{"long": {"when": "close > open"}}', exits)).*
FROM (VALUES
  ('[{"side": "long", "whn": "close < open"}]'), ('[{"side": "lnog", "when": "close < open"}]'),
  ('[{"id": 5, "side": "long", "when": "close < open"}]'), ('[{"side": "long"}]'),
  ('["close < open"]'), ('{"side": "long", "when": "close < open"}'),
  ('[{"side": "long", "when": "close < open"}, {"side": "long", "when": "clsoe < open"}]'),
  -- No rule opens a short position, so this one can never act.
  ('[{"side": "short", "when": "close < open"}]')
) t(exits);

\echo == Amounts and ranges of the risk rules
SELECT risk, (pg_temp.store('{"long": {"when": "close > open"}}', risk_rules => risk)).*
FROM (VALUES
  ('{"stop_los": 0.02}'), ('{"stop_loss": -0.02}'), ('{"stop_loss": 0}'), ('{"stop_loss": 2}'),
  ('{"stop_loss": 1}'), ('{"stop_loss": "2 %"}'), ('{"stop_loss": null}'), ('{"stop_loss": {}}'),
  ('{"stop_loss": {"distance": 1, "price": 2}}'), ('{"stop_loss": {"distanc": "atr(14)"}}'),
  ('{"stop_loss": {"price": "low > 1"}}'), ('{"take_profit": -0.1}'), ('{"take_profit": 0}'),
  ('{"size": {"percent_equty": 50}}'), ('{"size": {"units": 1, "cash": 100}}'), ('{"size": {}}'),
  ('{"size": 100}'), ('{"size": {"percent_equity": 100000.5}}'), ('{"size": {"percent_equity": 0}}'),
  ('{"size": {"percent_equity": -10}}'), ('{"size": {"units": -3}}'),
  ('{"size": {"units": 0.0000001}}'), ('{"size": {"cash": -100}}'), ('{"size": {"cash": 0.001}}'),
  ('{"max_positions": 0}'), ('{"max_positions": 2.5}'), ('{"max_positions": 1e10}'),
  ('{"max_positions": "5"}'), (NULL)
) t(risk);

\echo == Malformed expressions, and the column where they break
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('   '), ('close >'), ('> close'), ('close > > open'), ('()'), ('not'),
  ('(close > open'), ('close > open)'), ('close open'), ('close > 1,5'),
  ('close > open; low'), ('close > open and'),
  ('close > open or or low > 1'), ('close[1 > open'), ('close[] > open'),
  ('close % 2 = 0'), ('close ? 1 : 2'), ('close > $'), ('close > $1'),
  ('sma(close 3) > 1'), ('sma(close,) > 1'), ('close crosses_above open'), ('(close crosses_below open)'),
  ('close > 1 and close crosses above open')
) t(condition);
\echo == Text outside ASCII, and what looks like a blank
SELECT condition, (pg_temp.store_rule(condition::jsonb #>> '{}')).*
FROM (VALUES
  ('"cl\u00f4se > open"'), ('"close > open \u00e9\u00e9"'), ('"close\u200b > open"'),
  ('"close \u2265 open"'), ('"close > $\u540d"')
) t(condition);

\echo == Names, with the nearest one as a hint
SELECT condition, (pg_temp.store_rule(condition, '{"fast": 10}')).*
FROM (VALUES
  ('fast > 1'), ('lag(close, 1) > open'), ('close.shift(1) > open'), ('PREV(close) > open'),
  ('clsoe > open'), ('close > opn'), ('hihg > open'), ('close > open -- why'),
  ('x > 1'), ('smaa(close, 3) > 1'), ('cross_above(close, open)'),
  ('foo(close) > 1'), ('macd(close) > 1'), ('stddev > 1'), ('sma(close, $fsat) > 1'), ('sma(close, $n) > 1'), ('close > $Fast')
) t(condition);

\echo == Numbers where conditions belong, and the reverse
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('close'), ('1'), ('not close'), ('close and open'), ('(close > open) + 1 > 2'),
  ('(close > open) = (low > 1)'), ('-(close > open) > 1'), ('sma(close > open, 3) > 1'),
  ('crosses_above(close > open, low)'), ('crosses_above(close, open) > 1')
) t(condition);

\echo == Arguments: how many, of which kind, within which limits
SELECT condition, (pg_temp.store_rule(condition, '{"zero": 0, "half": 2.5}')).*
FROM (VALUES
  ('sma(close) > 1'), ('sma(close, 3, 4) > 1'), ('atr(close, 14) > 1'), ('max(close) > 1'),
  ('crosses_above(close)'), ('sma(3, close) > 1'),
  ('sma(close, 0) > 1'), ('sma(close, -3) > 1'), ('sma(close, 2.5) > 1'), ('sma(close, $zero) > 1'),
  ('sma(close, $half) > 1'), ('sma(close, 1000000) > 1'),
  ('highest(high, 0) > 1'), ('atr(0) > 1'),
  ('close[-1] > open'), ('close[open] > 1'), ('close[1000000] > 1'),
  ('round(close, 2.5) > 1'), ('equity[1] > 1000'),
  ('crosses_above(equity, 1000)')
) t(condition);

\echo == Rules that could never act, and arithmetic that cannot be done
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('1 > 2'), ('not (1 < 2)'), ('1 / 0 > 1'), ('close / (1 - 1) > 1'),
  ('close > 99999999999999999999 * 99999999999999999999')
) t(condition);

\echo == Objects in place of expressions
SELECT condition, (pg_temp.store('{"long": {"when": ' || condition || '}}')).*
FROM (VALUES
  ('{"all": []}'), ('{"any": []}'), ('{"all": {"a": 1}}'), ('{"all": "close > open"}'),
  ('{"all": ["close > open", null]}'), ('{"al": ["close > open"]}'),
  ('{"left": "close", "op": "=>", "right": "open"}'),
  ('{"left": "close", "op": "and", "right": "open"}'),
  ('{"left": "close", "op": 1, "right": "open"}'), ('{"left": "close", "op": ">"}'),
  ('{"left": "close", "right": "open"}'), ('{"left": {"sma": ["close", 3]}, "op": ">", "right": 1}')
) t(condition);

\echo == Indicators
SELECT indicators, condition, (pg_temp.store(format(
  '{"indicators": %s, "long": {"when": "%s"}}', indicators, condition))).*
FROM (VALUES
  ('{"close": "open"}', 'close > 1'), ('{"sma": "open"}', 'sma > 1'),
  ('{"position": "open"}', 'close > 1'), ('{"a": null}', 'close > 1'),
  ('{"a": "sma(close,"}', 'close > 1'), ('{"trend": "close"}', 'tredn > 1'),
  ('{"up": "close > open"}', 'up > 1')
) t(indicators, condition);

\echo == Sizes that would cost more than they could be worth
SELECT name, sqlstate, message, detail, hint
FROM (VALUES
  ('brackets', repeat('(', 201) || 'close > open' || repeat(')', 201)),
  ('square brackets', 'close' || repeat('[1]', 3000) || ' > 1'),
  ('calls', repeat('abs(', 2400) || '1'),
  ('many brackets', repeat('(', 100000) || 'close > open' || repeat(')', 100000)),
  ('blanks', 'close > ' || repeat(' ', 1000000) || '1'),
  ('digits', 'close > 1' || repeat('0', 100000))
) t(name, condition), pg_temp.store_rule(condition);
SELECT name, sqlstate, message, detail, hint
FROM (VALUES
  ('not in not', format('{"long": {"when": %s"close > 1"%s}}', repeat('{"not": ', 5000), repeat('}', 5000))),
  ('list in list', format('{"long": {"when": %s"close > 1"%s}}', repeat('{"all": [', 99), repeat(']}', 99)))
) t(name, entry), pg_temp.store(entry);
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('close > 0.00000000000000000000000000000000000000001'), ('close > 1e400')
) t(condition);

\echo == The columns that are no rules
SELECT 'parameters in a list', (pg_temp.store('{}', parameters => '[1]')).sqlstate;
SELECT 'blank name', (pg_temp.store('{}', name => '  ')).*;

\echo == Taken
SELECT name, sqlstate, message, detail, hint
FROM (VALUES
  ('draft', '{}', '[]', '{}', '{}'),
  ('draft of lists', '[]', '[]', '{}', '{}'),
  ('draft of limits', '{}', '[]', '{"stop_loss": 0.02}', '{}'),
  ('parameters that no rule reads', '{}', '[]', '{}',
    '{"lookback_period": 30, "threshold": 0.05, "note": "text", "list": [1, null],
      "risk_management": {"stop_loss": 0.02, "take_profit": 0.06}}'),
  ('crossover',
    '{"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"},
      "short": {"when": "crosses_below(sma(close, $fast), sma(close, $slow))"}}',
    '[{"id": "reverse", "side": "long", "when": "crosses_below(sma(close, $fast), sma(close, $slow))"}]',
    '{"stop_loss": 0.02, "take_profit": 0.06, "size": {"percent_equity": 100}, "max_positions": 5}',
    '{"fast": 10, "slow": 30}'),
  ('grid and range', '{"long": {"when": "sma(close, $fast) > sma(close, $slow)"}}', '[]', '{}',
    '{"fast": {"default": 10, "grid": [5, 10, 20]}, "slow": {"default": 10, "range": [5, 50, 5]}}'),
  ('objects',
    '{"long": {"when": {"all": ["close > open", {"any": ["low > 1", {"not": "high > 2"}]},
      {"left": {"left": "close", "op": "+", "right": 1.5}, "op": ">=", "right": "sma(close, 5)"}]}}}',
    '[{"side": "long", "when": {"not": {"left": "close", "op": "!=", "right": "$level"}}}]',
    '{}', '{"level": -0.5}'),
  ('named indicators',
    '{"indicators": {"trend": "sma(close, 50)", "pull": "(trend - close) / trend", "up": "close > open"},
      "long": {"when": "up and pull > 0.05"}}', '[{"side": "long", "when": "close > trend"}]', '{}', '{}'),
  ('priority', '{"long": {"when": "close > open"}, "priority": "rsi(close, 14)"}', '[]', '{}', '{}'),
  ('state of the account', '{"long": {"when": "position = 0 and equity > 1000 and cash > 1"}}',
    '[{"side": "long", "when": "bars_held >= 5 or close > entry_price * 1.1"}]', '{}', '{}'),
  ('every indicator and function',
    '{"long": {"when": {"all": ["ema(close, 3) > 1", "rsi(close, 14) < 30", "atr(14) > 0",
      "highest(high, 5)[1] > lowest(low, 5)", "abs(close - open) > min(high - low, 1)",
      "max(open, close, 2) > round(close, 1)", "sqrt(volume) > vwap"]}}}', '[]', '{}', '{}'),
  ('every comparison, blanks and keywords in capitals',
    E'{"long": {"when": "close>open AND\\n\\tclose>=open Or close<open or close<=open or NOT close!=open"}}',
    '[]', '{}', '{}'),
  ('numbers', '{"long": {"when": {"all": ["close > .5", "close > 5.", "close > 1e2",
      "close > 1E-3", "close > -1", "close < 99999999999999999999999999999999999999"]}}}',
    '[]', '{}', '{}'),
  ('levels by expression', '{"long": {"when": "close > open"}}', '[]',
    '{"stop_loss": {"distance": "2 * atr(14)"}, "take_profit": {"price": "highest(high, 20)"}}', '{}'),
  ('200 levels', format('{"long": {"when": "%sclose > open%s"}}', repeat('(', 200), repeat(')', 200)),
    '[]', '{}', '{}'),
  ('1000 conditions', '{"long": {"when": {"all": ["close > open"' || repeat(', "close > 1"', 999) || ']}}}',
    '[]', '{}', '{}')
) t(name, entry, exits, risk, parameters), pg_temp.store(entry, exits, risk, parameters);

\set ECHO all
-- An UPDATE is read as an INSERT is; what is stored stays as it was.
INSERT INTO trading.strategies (id, user_id, name, entry_rules)
VALUES (8101, 8101, 'kept', '{"long": {"when": "close > open"}}');
UPDATE trading.strategies SET entry_rules = '{"long": {"when": "close > opne"}}' WHERE id = 8101;
UPDATE trading.strategies SET parameters = '{"used": 1}' WHERE id = 8101;
UPDATE trading.strategies SET entry_rules = '{"long": {"when": "close > $used"}}' WHERE id = 8101;
UPDATE trading.strategies SET parameters = '{}' WHERE id = 8101;
UPDATE trading.strategies SET is_active = false WHERE id = 8101;
SELECT entry_rules, parameters, is_active FROM trading.strategies WHERE id = 8101;

DELETE FROM trading.strategies WHERE user_id = 8101;
DELETE FROM trading.users WHERE id = 8101;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
