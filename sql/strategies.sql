-- SPDX-License-Identifier: PostgreSQL
-- Strategies looked at without running them: what would be refused, and what the rules say.
\set SHOW_CONTEXT never
\pset null 'NULL'
SET client_encoding = 'UTF8';

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8401, 'strategies', 'strategies@example.com', 'x');
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES
  (8401, 8401, 'crossing', '{"fast": 10, "slow": {"default": 30, "grid": [20, 30]}}',
   '{"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"}}',
   '[{"id": "reverse", "side": "long", "when": "crosses_below(sma(close,$fast), sma(close,$slow))"}]',
   '{"stop_loss": 0.02, "take_profit": {"distance": "3*atr(14)"}, "size": {"cash": 5000}}'),
  (8402, 8401, 'monday',
   '{}', '{"indicators": {"calm": "tf(\"1w\", rsi(close, 14)) < 50"},
          "long": {"when": "weekday = 1 and calm and at(''SPY'', close > sma(close, 200))"},
          "short": {"when": {"at": "SPY", "value": {"not": "close>open"}}}}', '[]', '{"max_positions": 2}'),
  (8403, 8401, 'empty', '{}', '{}', '[]', '{}');

-- no fault, no row
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}'::jsonb);
SELECT * FROM quant.validate_strategy('{}'::jsonb, '[]', '{}', '{}');
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > $x"}}', '[]', '{}', '{"x": 5}');

-- the first fault of each document
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > opn"}}'::jsonb);
SELECT * FROM quant.validate_strategy('{"long": {"when": "close >"}}'::jsonb);
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > $x"}}'::jsonb);
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}', '[{"side": "short", "when": "close < open"}]');
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}', risk_rules => '{"stop_loss": 2}');
SELECT * FROM quant.validate_strategy('{"long": {"when": "macd(close, 5) > 0"}}'::jsonb);
SELECT * FROM quant.validate_strategy('null'::jsonb, '[]');
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}', 'null');
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}', risk_rules => 'null');
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > open"}}', parameters => 'null');
SELECT * FROM quant.validate_strategy(jsonb_build_object('long', jsonb_build_object('when', (repeat('{"not":', 70) || 'true' || repeat('}', 70))::jsonb)));
SELECT * FROM quant.validate_strategy('{"long": {"when": "close > 99999999999999999999999999999999999999 * 99999999999999999999999999999999999999"}}'::jsonb);
SELECT * FROM quant.validate_strategy('5'::jsonb);
SELECT * FROM quant.validate_strategy('"close > open"'::jsonb);
SELECT * FROM quant.validate_strategy('{"long": {"when": "tf(close, 5) > 1"}}'::jsonb);
SELECT * FROM quant.validate_strategy('{"long": {"when": {"at": "SPY", "value": "y.close > 1"}}}'::jsonb);

-- stored ones
SELECT s.name, v.* FROM trading.strategies AS s, quant.validate_strategy(s.id) AS v WHERE s.user_id = 8401;
SELECT * FROM quant.validate_strategy(8499);
SELECT * FROM quant.validate_strategy(NULL::bigint);
SELECT * FROM quant.validate_strategy(NULL::jsonb);
SELECT * FROM quant.validate_strategy('{}', NULL);

-- in plain words
\pset format unaligned
\pset tuples_only on
SELECT quant.explain_strategy(8401);
SELECT quant.explain_strategy(8402);
SELECT quant.explain_strategy(8403);
SELECT quant.explain_strategy(8499);
SELECT quant.explain_strategy(NULL);

DELETE FROM trading.strategies WHERE user_id = 8401;
DELETE FROM trading.users WHERE id = 8401;
