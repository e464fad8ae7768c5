-- SPDX-License-Identifier: PostgreSQL
-- Risk: aggregates over equity.
--
-- Drawdown depends on the order of the rows, so the state keeps each row's time and sorts itself.

CREATE FUNCTION quant.equity_accumulate(state bytea, equity numeric, "timestamp" timestamptz)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_equity_accumulate';
COMMENT ON FUNCTION quant.equity_accumulate(bytea, numeric, timestamptz) IS
'Transition function of max_drawdown.
Example: SELECT quant.max_drawdown(equity, "timestamp") FROM trading.equity_curves WHERE portfolio_id = 1';

CREATE FUNCTION quant.equity_combine(state bytea, other bytea)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_equity_combine';
COMMENT ON FUNCTION quant.equity_combine(bytea, bytea) IS
'Combine function of max_drawdown: joins the curves of parallel workers.
Example: SELECT quant.equity_combine(quant.equity_accumulate(NULL, 100, now()), quant.equity_accumulate(NULL, 90, now()))';

CREATE FUNCTION quant.max_drawdown_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_max_drawdown_final';
COMMENT ON FUNCTION quant.max_drawdown_final(bytea) IS
'Final function of max_drawdown.
Example: SELECT quant.max_drawdown_final(quant.equity_accumulate(NULL, 100, now())) -- 0';

CREATE AGGREGATE quant.max_drawdown(equity numeric, "timestamp" timestamptz) (
  SFUNC = quant.equity_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.max_drawdown_final, COMBINEFUNC = quant.equity_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.max_drawdown(numeric, timestamptz) IS
'Largest fall of equity below its running peak, a positive fraction of the peak, rounded to 12 decimals. Sorts by timestamp itself, so it needs no ORDER BY. 0 where equity never fell; rows with a NULL are skipped.
Example: SELECT quant.max_drawdown(equity, "timestamp") FROM trading.equity_curves WHERE portfolio_id = 1';

CREATE FUNCTION quant.calmar_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_calmar_ratio_final';
COMMENT ON FUNCTION quant.calmar_ratio_final(bytea) IS
'Final function of calmar_ratio.
Example: SELECT quant.calmar_ratio_final(quant.equity_accumulate(NULL, 100, now()))';

CREATE AGGREGATE quant.calmar_ratio(equity numeric, "timestamp" timestamptz) (
  SFUNC = quant.equity_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.calmar_ratio_final, COMBINEFUNC = quant.equity_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.calmar_ratio(numeric, timestamptz) IS
'Compound annual growth over the largest drawdown (Young 1991, whole series), by the calendar days from the first to the last timestamp, UTC; to 12 decimals. Sorts by timestamp itself. NULL without a drawdown, within one day, or for a negative last value.
Example: SELECT quant.calmar_ratio(equity, "timestamp") FROM trading.equity_curves WHERE portfolio_id = 1';

CREATE FUNCTION quant.ulcer_index_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_ulcer_index_final';
COMMENT ON FUNCTION quant.ulcer_index_final(bytea) IS
'Final function of ulcer_index.
Example: SELECT quant.ulcer_index_final(quant.equity_accumulate(NULL, 100, now()))';

CREATE AGGREGATE quant.ulcer_index(equity numeric, "timestamp" timestamptz) (
  SFUNC = quant.equity_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.ulcer_index_final, COMBINEFUNC = quant.equity_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.ulcer_index(numeric, timestamptz) IS
'Root mean square of the drawdowns of all values after the first (Martin 1987), a fraction with 12 decimals. Sorts by timestamp itself. NULL for fewer than 2 values.
Example: SELECT quant.ulcer_index(equity, "timestamp") FROM trading.equity_curves WHERE portfolio_id = 1';
