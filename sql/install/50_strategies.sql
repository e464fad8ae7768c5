-- SPDX-License-Identifier: PostgreSQL
-- Strategies: checked when they are stored.

CREATE FUNCTION quant.check_strategy_trigger()
RETURNS trigger LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_check_strategy_trigger';
COMMENT ON FUNCTION quant.check_strategy_trigger() IS
'Refuses a strategy whose rules cannot run: an unknown key or name, a wrong type or range, a
malformed expression, a missing parameter, a rule that could never act. SQLSTATE 22023, the JSON path
and column in DETAIL. A pure check: it changes nothing.';

CREATE FUNCTION quant.validate_strategy(
  entry_rules jsonb, exit_rules jsonb DEFAULT '[]', risk_rules jsonb DEFAULT '{}',
  parameters jsonb DEFAULT '{}',
  OUT sqlstate text, OUT message text, OUT detail text, OUT hint text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE ROWS 1
AS 'MODULE_PATHNAME', 'quant_validate_strategy';
COMMENT ON FUNCTION quant.validate_strategy(jsonb, jsonb, jsonb, jsonb) IS
'What would be refused if these rules were stored: one row with SQLSTATE, message, detail and hint of
the first fault, no row where there is none. Raises nothing for a bad strategy, only 22004 for a NULL.
Example: SELECT * FROM quant.validate_strategy(''{"long": {"when": "close > opn"}}''::jsonb);';

CREATE FUNCTION quant.validate_strategy(
  strategy_id bigint, OUT sqlstate text, OUT message text, OUT detail text, OUT hint text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE ROWS 1
AS 'MODULE_PATHNAME', 'quant_validate_stored_strategy';
COMMENT ON FUNCTION quant.validate_strategy(bigint) IS
'Likewise for a stored strategy, such as one that an older version let pass. SQLSTATE 42704 where
there is none of that id.
Example: SELECT s.id, v.* FROM trading.strategies s, quant.validate_strategy(s.id) v;';

CREATE FUNCTION quant.explain_strategy(strategy_id bigint)
RETURNS text LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_explain_strategy';
COMMENT ON FUNCTION quant.explain_strategy(bigint) IS
'The rules of a strategy in plain words, a sentence a line: what opens and closes a position, with
which orders, sizes, stops and limits. Parameters show their default values. SQLSTATE 42704 where
there is none of that id.
Example: SELECT quant.explain_strategy(1);';
