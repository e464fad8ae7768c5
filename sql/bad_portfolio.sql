-- SPDX-License-Identifier: PostgreSQL
-- Rotations, legs, signals and other series that cannot be stored, and in which words they are refused.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8402, 'bad_portfolio', 'bad_portfolio@example.com', 'x');

CREATE TYPE pg_temp.outcome AS (sqlstate text, message text, detail text, hint text);

-- Stores a strategy and takes it back, whatever comes of it. It is right but for what is given.
CREATE FUNCTION pg_temp.store(
  entry text DEFAULT '{"long": {"when": "close > open"}}', exits text DEFAULT '[]',
  risk text DEFAULT '{}', parameters text DEFAULT '{"zero": 0, "less": -1, "half": 0.5, "five": 5}')
RETURNS pg_temp.outcome LANGUAGE plpgsql AS $$
DECLARE
  result pg_temp.outcome;
BEGIN
  INSERT INTO trading.strategies (user_id, name, entry_rules, exit_rules, risk_rules, parameters)
  VALUES (8402, 'case', entry::jsonb, exits::jsonb, risk::jsonb, parameters::jsonb);
  RAISE EXCEPTION SQLSTATE 'QQ000' USING MESSAGE = 'stored';
EXCEPTION
  WHEN SQLSTATE 'QQ000' THEN
    RETURN ('00000'::text, 'stored'::text, NULL::text, NULL::text);
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result.sqlstate = RETURNED_SQLSTATE, result.message = MESSAGE_TEXT,
      result.detail = PG_EXCEPTION_DETAIL, result.hint = PG_EXCEPTION_HINT;
    RETURN result;
END
$$;

-- The same for one rotation, and for one condition.
CREATE FUNCTION pg_temp.store_rotation(rotation text) RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(format('{"rotate": %s}', rotation));
CREATE FUNCTION pg_temp.store_rule(condition text) RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(jsonb_build_object('long', jsonb_build_object('when', condition))::text);
-- Adds keys to a rotation that is right.
CREATE FUNCTION pg_temp.rotation(keys text) RETURNS text LANGUAGE sql
RETURN (jsonb '{"every": "month", "rank_by": "close / close[5]", "top": 2}' || keys::jsonb)::text;

-- Each line names its case, so the statements are not repeated.
\set ECHO none

\echo == Rotations: what must be given
SELECT rotation, (pg_temp.store_rotation(rotation)).*
FROM (VALUES
  ('null'), ('[]'), ('true'), ('{}'), ('{"every": "month"}'), ('{"every": "month", "top": 2}'),
  ('{"every": "month", "rank_by": "close"}'), ('{"rank_by": "close", "top": 2}'),
  ('{"evry": "month", "rank_by": "close", "top": 2}')
) t(rotation);
\echo == Rotations: values of their keys
SELECT keys, (pg_temp.store_rotation(pg_temp.rotation(keys))).*
FROM (VALUES
  ('{"every": "monthly"}'), ('{"every": 1}'), ('{"every": null}'), ('{"every": "Month"}'),
  ('{"on": "end"}'), ('{"on": 1}'), ('{"gate": "close"}'), ('{"gate": null}'),
  ('{"gate": "1 > 2"}'), ('{"gate": "tredn"}'), ('{"rank_by": "close > open"}'),
  ('{"rank_by": ""}'), ('{"rank_by": "momentum(close, 5)"}'), ('{"rank_by": "clsoe"}'),
  ('{"rank_by": 1e38}'), ('{"order": "descending"}'), ('{"order": null}'), ('{"top": 0}'),
  ('{"top": -1}'), ('{"top": 2.5}'), ('{"top": 100001}'), ('{"top": "2"}'), ('{"top": 1e30}'),
  ('{"keep_if_rank_within": 1}'), ('{"keep_if_rank_within": 0}'), ('{"keep_if_rank_within": "4"}'),
  ('{"weight": "inverse_vol"}'), ('{"weight": "Equal"}'), ('{"weight": "close > open"}'),
  ('{"weight": 0}'), ('{"weight": -0.1}'), ('{"weight": null}'), ('{"weight": []}'),
  ('{"weight": "inverse_volatility", "lookback": 1}'), ('{"weight": "equal", "lookback": 20}'),
  ('{"weight": "inverse_volatility", "lookback": 1e9}'), ('{"lookback": 20}'),
  ('{"cash_buffer_percent": -1}'), ('{"cash_buffer_percent": 101}'),
  ('{"cash_buffer_percent": "5"}'), ('{"cash_buffer_percent": 1e-37}'),
  ('{"drift_threshold_percent": -1}'), ('{"drift_threshold_percent": 100.5}'),
  ('{"drift_threshold_percent": null}'), ('{"rank": "close"}'), ('{"gate": "position = 0"}'),
  ('{"cash_buffer_percent": 100}')
) t(keys);

\echo == What a rotation does not go together with
SELECT keys, (pg_temp.store(format('{"rotate": %s, %s', pg_temp.rotation('{}'), substr(keys, 2)))).*
FROM (VALUES
  ('{"long": {"when": "close > open"}}'), ('{"short": {"when": "close > open"}}'),
  ('{"signals": true}'), ('{"priority": "close"}'),
  ('{"legs": {"a": {"asset": "KO"}, "b": {"asset": "PEP"}}}'), ('{"signals": 0}'),
  ('{"signals": false}')
) t(keys);
SELECT risk, (pg_temp.store(format('{"rotate": %s}', pg_temp.rotation('{}')), risk => risk)).*
FROM (VALUES
  ('{"size": {"percent_equity": 50}}'), ('{"pyramiding": {"max": 2}}')
) t(risk);
SELECT 'an exit of short positions', (pg_temp.store(format('{"rotate": %s}', pg_temp.rotation('{}')),
  '[{"side": "short", "when": "close > open"}]')).*;

\echo == Legs
SELECT legs, (pg_temp.store(format('{"long": {"when": "y.close > x.close"}, "legs": %s}', legs))).*
FROM (VALUES
  ('null'), ('[]'), ('{}'), ('{"x": {"asset": "KO"}}'),
  ('{"x": {"asset": "KO"}, "z": {"asset": "PEP"}}'), ('{"x": "KO", "y": "PEP"}'),
  ('{"x": {"asset": "KO"}, "y": {"asset": "KO"}}'), ('{"x": {"asset": "KO"}, "y": {}}'),
  ('{"x": {"asset": null}, "y": {"asset": "KO"}}'), ('{"x": {"asset": ""}, "y": {"asset": "KO"}}'),
  ('{"x": {"asset": 5}, "y": {"asset": "KO"}}'), ('{"x": {"aset": "KO"}, "y": {"asset": "PEP"}}'),
  ('{"close": {"asset": "KO"}, "y": {"asset": "PEP"}}'),
  ('{"1": {"asset": "KO"}, "y": {"asset": "PEP"}}'),
  ('{"": {"asset": "KO"}, "y": {"asset": "PEP"}}'),
  ('{"x y": {"asset": "KO"}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": 0}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": "close > 1"}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": "-$beta"}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": null}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": "1 / 0"}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "ratio": 1e38}, "y": {"asset": "PEP"}}'),
  ('{"x": {"asset": "KO", "weight": 1}, "y": {"asset": "PEP"}}')
) t(legs);
\echo == What legs do not go together with
CREATE FUNCTION pg_temp.store_legs(
  keys text DEFAULT '{"long": {"when": "y.close > x.close"}}', exits text DEFAULT '[]', risk text DEFAULT '{}')
RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(
  (jsonb '{"legs": {"x": {"asset": "KO"}, "y": {"asset": "PEP", "ratio": -1}}}' || keys::jsonb)::text, exits, risk);
SELECT keys, (pg_temp.store_legs(keys)).*
FROM (VALUES
  ('{"signals": true}'),
  ('{"long": {"when": "y.close > 1", "order": {"type": "limit", "limit": "close"}}}'),
  ('{"short": {"when": "y.close > 1", "order": {"type": "market_on_close"}}}'),
  ('{"long": {"when": "y.clsoe > 1"}}'), ('{"long": {"when": "z.close > 1"}}'),
  ('{"long": {"when": "y.position > 1"}}'), ('{"long": {"when": "y > 1"}}'),
  ('{"long": {"when": "y. > 1"}}'), ('{"long": {"when": "y.close.open > 1"}}'),
  ('{"long": {"when": "y.sma(close, 3) > 1"}}'), ('{"long": {"when": "tf(\"1w\", y.close) > 1"}}'),
  ('{"long": {"when": "sma(y.close, 3) > y.close[1]"}}'),
  ('{"long": {"when": "at(\"KO\", x.close) > 1"}}'), ('{"long": {"when": "y . close > 1"}}'),
  ('{"long": {"when": "y.close > 1"}, "indicators": {"y": "close"}}')
) t(keys);
SELECT exits, (pg_temp.store_legs(exits => exits)).*
FROM (VALUES
  ('[{"when": "y.close < 1", "portion": 0.5}]'),
  ('[{"when": "y.close < 1", "order": {"type": "stop", "stop": "low"}}]'),
  ('[{"type": "trailing_stop", "distance": 1}]'), ('[{"when": "z.close < 1"}]')
) t(exits);
SELECT risk, (pg_temp.store_legs(risk => risk)).*
FROM (VALUES
  ('{"stop_loss": 0.1}'), ('{"take_profit": 0.1}'), ('{"trailing_stop": 0.1}'),
  ('{"pyramiding": {"max": 2}}'), ('{"size": {"risk_percent": 1}}'),
  ('{"size": {"weight": "y.close > 1"}}'), ('{"size": {"units": 10}}')
) t(risk);

\echo == Signals
SELECT entry, (pg_temp.store(entry)).*
FROM (VALUES
  ('{"signals": 1}'), ('{"signals": "true"}'), ('{"signals": null}'),
  ('{"signals": true, "long": {"when": "close > open"}}'),
  ('{"signals": true, "priority": "close"}'), ('{"signals": true, "rotate": {}}'),
  ('{"signal": true}'), ('{"signals": false}'), ('{"signals": true}')
) t(entry);

\echo == Other symbols and coarser bars
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('at() > 1'), ('at("SPY") > 1'), ('at("SPY", close, 1) > 1'), ('at(close, "SPY") > 1'),
  ('at(SPY, close) > 1'), ('at($five, close) > 1'), ('at(1, close) > 1'),
  ('at("SPY", "close") > 1'), ('at("", close) > 1'), ('at("SPY, close) > 1'),
  ('at("SPY", position) > 1'), ('at("SPY", equity > 1)'), ('at("SPY", clsoe) > 1'),
  ('at("SPY", at("QQQ", close)) > 1'), ('tf("1w", at("SPY", close)) > 1'), ('at > 1'), ('tf > 1'),
  ('"SPY" > 1'), ('sma("SPY", 3) > 1'), ('close > "open"'), ('tf("1w") > 1'),
  ('tf(1w, close) > 1'), ('tf("7m", close) > 1'), ('tf("1W", close) > 1'), ('tf("", close) > 1'),
  ('tf("1M", close) > 1'), ('tf("weekly", close) > 1'), ('tf("1w", tf("1mo", close)) > 1'),
  ('tf("1w", bars_held) > 1'), ('tf("1w", close)'), ('at("SPY", close)'),
  ('tf("1w", sma(close, 100001)) > 1'), ('At("SPY", close) > 1'), ('SPY.close > 1'),
  ('at("SPY", close)[-1] > 1'), ('crosses_above(at("SPY", close), close > 1)'),
  ('at("SPY", close > open)'), ('tf("1mo", close)[3] > at("SPY", tf("1w", close))')
) t(condition);
\echo == The same as objects
SELECT condition, (pg_temp.store('{"long": {"when": ' || condition || '}}')).*
FROM (VALUES
  ('{"at": "SPY"}'), ('{"at": 5, "value": "close > 1"}'), ('{"at": null, "value": "close > 1"}'),
  ('{"at": "SPY", "tf": "1w", "value": "close > 1"}'), ('{"value": "close > 1"}'),
  ('{"tf": "7m", "value": "close > 1"}'), ('{"tf": "1w", "value": "close"}'),
  ('{"tf": "1w", "value": null}'), ('{"at": "SPY", "value": {"at": "QQQ", "value": "close > 1"}}'),
  ('{"at": "SPY", "valeu": "close > 1"}')
) t(condition);

\echo == Names of the calendar
SELECT condition, (pg_temp.store_rule(condition)).*
FROM (VALUES
  ('weekday'), ('week = 1'), ('dayofweek = 1'), ('month() = 1'), ('Year = 2024'),
  ('day and month = 1'), ('monht = 1'), ('at("SPY", weekday) = 1')
) t(condition);
SELECT 'as the name of an indicator', (pg_temp.store('{"indicators": {"hour": "close"}, "long": {"when": "close > 1"}}')).*;

\echo == Indicators that read one another through other series
SELECT indicators, (pg_temp.store(format('{"indicators": %s, "long": {"when": "a > 1"}}', indicators))).*
FROM (VALUES
  ('{"a": "tf(\"1w\", b)", "b": "at(\"SPY\", a)"}'),
  ('{"a": "at(\"SPY\", b)", "b": "at(\"QQQ\", close)"}'), ('{"a": "tf(\"1w\", b)", "b": "equity"}')
) t(indicators);

\set ECHO all
DELETE FROM trading.users WHERE id = 8402;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
