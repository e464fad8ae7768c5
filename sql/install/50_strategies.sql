-- SPDX-License-Identifier: PostgreSQL
-- Strategies: checked when they are stored.

CREATE FUNCTION quant.check_strategy_trigger()
RETURNS trigger LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_check_strategy_trigger';
COMMENT ON FUNCTION quant.check_strategy_trigger() IS
'Refuses a strategy whose rules cannot run: an unknown key or name, a wrong type or range, a
malformed expression, a missing parameter, a rule that could never act. SQLSTATE 22023, the JSON path
and column in DETAIL. A pure check: it changes nothing.';
