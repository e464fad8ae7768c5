-- SPDX-License-Identifier: PostgreSQL
-- Orders, stops, sizes and limits that cannot be stored, and in which words they are refused.
-- The output is a table, a case a line: the case | SQLSTATE | message | detail | hint.
\set SHOW_CONTEXT never
\pset null ''
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET datestyle = 'ISO, YMD';
SELECT pg_postmaster_start_time() AS server_start \gset

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8401, 'bad_orders', 'bad_orders@example.com', 'x');

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
  VALUES (8401, 'case', entry::jsonb, exits::jsonb, risk::jsonb, parameters::jsonb);
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

-- The same for the order of an entry, and for one exit rule.
CREATE FUNCTION pg_temp.store_order(ordered text) RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(format('{"long": {"when": "close > open", "order": %s}}', ordered));
CREATE FUNCTION pg_temp.store_exit(rule text) RETURNS pg_temp.outcome LANGUAGE sql
RETURN pg_temp.store(exits => format('[%s]', rule));

-- Each line names its case, so the statements are not repeated.
\set ECHO none

\echo == Orders: their type, and what belongs to it
SELECT ordered, (pg_temp.store_order(ordered)).*
FROM (VALUES
  ('{}'), ('null'), ('[]'), ('{"type": "lmit"}'), ('{"type": ""}'), ('{"type": null}'),
  ('{"type": 1}'), ('{"type": "Limit", "limit": "close"}'), ('{"type": "limit"}'),
  ('{"type": "stop"}'), ('{"type": "stop_limit", "stop": "high"}'),
  ('{"type": "stop_limit", "limit": "high"}'), ('{"type": "market", "limit": "close"}'),
  ('{"type": "market_on_close", "stop": "close"}'),
  ('{"type": "limit", "limit": "close", "stop": "high"}'),
  ('{"type": "stop", "stop": "high", "limit": "close"}'), ('{"type": "limit", "limt": "close"}'),
  ('{"limit": "close"}')
) t(ordered);

\echo == Prices of orders
SELECT price, (pg_temp.store_order(format('{"type": "limit", "limit": %s}', price))).*
FROM (VALUES
  ('null'), ('""'), ('true'), ('[]'), ('{}'), ('0'), ('-1'), ('"-1"'), ('"1 - 1"'), ('"$zero"'),
  ('"$less"'), ('"$none"'), ('"close > open"'), ('"clsoe"'), ('"NaN"'), ('"close -"'), ('1e30'),
  ('1e38'), ('99999999999999999999999999999999999999'), ('"close * 1e30 * 1e30"'),
  ('{"left": "close", "op": ">", "right": 1}'), ('{"left": "close", "op": "*", "right": 0.98}'),
  ('"at(\"SPY\", close > 1)"')
) t(price);
SELECT price, (pg_temp.store_order(format('{"type": "stop_limit", "stop": %s, "limit": "close"}', price))).*
FROM (VALUES
  ('0'), ('"hihg"'), ('"not high"'), ('"sma(close, 0)"'), ('"sma(equity, 3)"')
) t(price);

\echo == Time in force
SELECT tif, (pg_temp.store_order(format('{"type": "limit", "limit": "close", "tif": %s}', tif))).*
FROM (VALUES
  ('null'), ('1'), ('"ioc"'), ('"GTC"'), ('""'), ('[]'), ('{}'), ('{"bars": 0}'), ('{"bars": -1}'),
  ('{"bars": 1.5}'), ('{"bars": 1000001}'), ('{"bars": 1e30}'), ('{"bars": 1e400}'),
  ('{"bars": "3"}'), ('{"bars": null}'), ('{"days": 3}'), ('{"bars": 3, "days": 3}'),
  ('{"bars": 3.0}')
) t(tif);
SELECT ordered, (pg_temp.store_order(ordered)).*
FROM (VALUES
  ('{"type": "market", "tif": "gtc"}'), ('{"type": "market_on_close", "tif": {"bars": 2}}')
) t(ordered);

\echo == Exit rules: orders, parts, trailing stops
SELECT rule, (pg_temp.store_exit(rule)).*
FROM (VALUES
  ('{"when": "close < open", "portion": 0}'), ('{"when": "close < open", "portion": -0.5}'),
  ('{"when": "close < open", "portion": 50}'), ('{"when": "close < open", "portion": "0.5"}'),
  ('{"when": "close < open", "portion": null}'), ('{"when": "close < open", "portion": 1e-30}'),
  ('{"when": "close < open", "portion": 1}'), ('{"portion": 0.5}'),
  ('{"when": "close < open", "protion": 0.5}'),
  ('{"when": "close < open", "order": {"type": "limit", "limit": 0}}'),
  ('{"when": "close < open", "order": {"type": "trailing_stop"}}'),
  ('{"when": "close < open", "id": ""}'), ('{"when": "close < open", "id": null}'),
  ('{"when": "close < open"}, {"when": "close < open", "id": "exit 1"}'),
  ('{"type": "trailing_stop"}'), ('{"type": "trailing_stop", "distance": null}'),
  ('{"type": "trailing_stop", "distance": 0}'),
  ('{"type": "trailing_stop", "distance": "-atr(14)"}'),
  ('{"type": "trailing_stop", "distance": "close > 1"}'),
  ('{"type": "trailing_stop", "distance": {}}'),
  ('{"type": "trailing_stop", "distance": "atr(14)", "when": "close > 1"}'),
  ('{"type": "trailing_stop", "distance": "atr(14)", "portion": 0.5}'),
  ('{"type": "trailing_stop", "distance": "atr(14)", "side": "short"}'),
  ('{"type": "trailing", "distance": "atr(14)"}'), ('{"type": null, "distance": 1}'),
  ('{"type": "trailing_stop", "price": "low"}'), ('null'), ('[]')
) t(rule);
SELECT 'an id twice', (pg_temp.store(exits => '[{"type": "trailing_stop", "distance": 1, "id": "trailing_stop"}]',
  risk => '{"trailing_stop": 0.1}')).*;

\echo == Stops, targets and what follows the price
SELECT risk, (pg_temp.store(risk => risk)).*
FROM (VALUES
  ('{"stop_loss": {"distance": 0}}'), ('{"stop_loss": {"distance": "$less"}}'),
  ('{"stop_loss": {"price": null}}'), ('{"stop_loss": {"distance": "equity[1]"}}'),
  ('{"stop_loss": 1e-30}'), ('{"stop_loss": 1e30}'), ('{"stop_loss": "NaN"}'),
  ('{"stop_loss": true}'), ('{"stop_loss": []}'), ('{"take_profit": 1e30}'),
  ('{"take_profit": 1e400}'), ('{"take_profit": {"price": -5}}'),
  ('{"take_profit": {"price": "hihg"}}'), ('{"trailing_stop": 1}'), ('{"trailing_stop": 0}'),
  ('{"trailing_stop": -0.1}'), ('{"trailing_stop": {"distance": "atr(0)"}}'),
  ('{"trailing_stop": {"price": "low", "distance": 1}}'),
  ('{"trailing_stop": {"distance": {"price": 1}}}'), ('{"trailing_stop": null}'),
  ('{"trailing_stop": {"percent": 5}}'), ('{"trailing_stop": "0.1"}'), ('{"time_stop_bars": 0}'),
  ('{"time_stop_bars": -1}'), ('{"time_stop_bars": 1.5}'), ('{"time_stop_bars": "5"}'),
  ('{"time_stop_bars": 1e30}'), ('{"time_stop_bars": null}'), ('{"cooldown_bars": -1}'),
  ('{"cooldown_bars": 0.5}'), ('{"cooldown_bars": 1000001}'), ('{"cooldown_bars": {}}')
) t(risk);
SELECT 'a target beyond all', (pg_temp.store(entry => '{"short": {"when": "close > open"}}',
  risk => '{"take_profit": 1}')).*;

\echo == Pyramiding
SELECT rule, (pg_temp.store(risk => format('{"pyramiding": %s}', rule))).*
FROM (VALUES
  ('3'), ('null'), ('{}'), ('{"max": 0}'), ('{"max": -2}'), ('{"max": 1.5}'), ('{"max": "2"}'),
  ('{"max": 1e30}'), ('{"step": 1}'), ('{"max": 2, "step": -1}'),
  ('{"max": 2, "step": "-atr(14)"}'), ('{"max": 2, "step": "close > 1"}'),
  ('{"max": 2, "step": null}'), ('{"max": 2, "stpe": 1}'), ('{"max": 2, "step": "bars_held[1]"}'),
  ('{"max": 2, "step": "1 - 2"}')
) t(rule);

\echo == Sizes
SELECT size, (pg_temp.store(risk => format('{"size": %s}', size))).*
FROM (VALUES
  ('null'), ('[]'), ('"all"'), ('{"units": 1, "weight": 1}'), ('{"percent": 50}'),
  ('{"units": null}'), ('{"units": "close"}'), ('{"units": 1e9}'), ('{"units": 1e30}'),
  ('{"units": 1e37}'), ('{"units": 1e38}'), ('{"units": "NaN"}'), ('{"cash": 1e13}'),
  ('{"cash": 1e37}'), ('{"cash": 99999999999999999999999999999999999999}'),
  ('{"percent_equity": 100001}'), ('{"percent_equity": 1e-30}'),
  ('{"percent_equity": 33.333333333333333333333333333333333333}'), ('{"percent_equity": "10"}'),
  ('{"risk_percent": 1}'), ('{"risk_percent": 0, "distance": 1}'),
  ('{"risk_percent": 101, "distance": 1}'), ('{"risk_percent": 1, "distance": 0}'),
  ('{"risk_percent": 1, "distance": "close > 1"}'),
  ('{"risk_percent": 1, "distance": "2 * art(14)"}'), ('{"risk_percent": 1, "distance": null}'),
  ('{"distance": 1}'), ('{"units": 1, "distance": 1}'), ('{"volatility_target_percent": 10}'),
  ('{"volatility_target_percent": 10, "lookback": 1}'),
  ('{"volatility_target_percent": 10, "lookback": 100001}'),
  ('{"volatility_target_percent": 10, "lookback": "20"}'),
  ('{"volatility_target_percent": 0, "lookback": 20}'),
  ('{"volatility_target_percent": 1e30, "lookback": 20}'),
  ('{"volatility_target_percent": 10, "lokback": 20}'), ('{"percent_equity": 10, "lookback": 20}'),
  ('{"weight": 0}'), ('{"weight": -0.5}'), ('{"weight": "close > 1"}'), ('{"weight": "wieght"}'),
  ('{"weight": {}}'), ('{"weight": "$zero"}')
) t(size);

\echo == Limits and halts
SELECT risk, (pg_temp.store(risk => risk)).*
FROM (VALUES
  ('{"max_positions": null}'), ('{"max_positions": 1000001}'), ('{"max_positions": -1}'),
  ('{"max_position_size_pct": 0}'), ('{"max_position_size_pct": -10}'),
  ('{"max_position_size_pct": "10"}'), ('{"max_position_size_pct": 100001}'),
  ('{"max_gross_exposure_pct": 1e30}'), ('{"max_gross_exposure_pct": null}'),
  ('{"max_gross_exposure_pct": 99999.999999999999999999999999999999}'),
  ('{"max_net_exposure_pct": 0}'), ('{"max_net_exposure_pct": []}'),
  ('{"daily_loss_halt_pct": 0}'), ('{"daily_loss_halt_pct": 101}'),
  ('{"daily_loss_halt_pct": -3}'), ('{"daily_loss_halt_pct": "3"}'),
  ('{"drawdown_halt_pct": 100.01}'), ('{"drawdown_halt_pct": null}'),
  ('{"drawdown_halt_pct": 1e-37}'), ('{"halt_action": "close"}'),
  ('{"halt_action": "clsoe", "drawdown_halt_pct": 10}'),
  ('{"halt_action": 1, "drawdown_halt_pct": 10}'), ('{"max_postions": 3}'),
  ('{"max_drawdown_pct": 10}'), ('{"trailing_stop_pct": 5}'), ('[]'), ('{"cooldown": 3}')
) t(risk);

\set ECHO all
DELETE FROM trading.users WHERE id = 8401;
SELECT 'server restarted:', pg_postmaster_start_time() <> :'server_start';
