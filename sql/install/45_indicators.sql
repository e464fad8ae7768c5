-- SPDX-License-Identifier: PostgreSQL
-- Indicators: their list, columns of expressions over bars, and a window function for each.

CREATE FUNCTION quant.indicators(
  OUT name text, OUT "group" text, OUT title text, OUT signature text, OUT expression text,
  OUT inputs text[], OUT arguments text[], OUT outputs text[], OUT lookback bigint, OUT stable_after bigint,
  OUT formula text, OUT source text, OUT peers text)
RETURNS SETOF record LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 170
AS 'MODULE_PATHNAME', 'quant_indicators';
COMMENT ON FUNCTION quant.indicators() IS
'All indicators: signature of the window function in SQL; expression, a call in the strategy language;
inputs (x and y are series, the others columns of a bar), arguments, outputs; lookback, bars before the
first value, and stable_after, bars until the seed of a recursion weighs less than 10^-8, with the default
arguments; formula, source and what other libraries give.
Example: SELECT name, signature FROM quant.indicators() WHERE "group" = ''momentum''';

CREATE FUNCTION quant.indicator_lookback(expression text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'quant_indicator_lookback';
COMMENT ON FUNCTION quant.indicator_lookback(text) IS
'Bars before the first value of an expression of the strategy language.
Errors: 22023 malformed expression.
Example: SELECT quant.indicator_lookback(''macd(close, 12, 26, 9).signal'')';

CREATE FUNCTION quant.indicator_stable_after(expression text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'quant_indicator_stable_after';
COMMENT ON FUNCTION quant.indicator_stable_after(text) IS
'Bars after which the value of an expression no longer depends on where its series began: windows are
filled, and the seed of a recursion weighs less than 10^-8. A run reads so many bars before its first.
Errors: 22023 malformed expression.
Example: SELECT quant.indicator_stable_after(''rsi(close, 14)'')';

-- With one expression the value is named value, with more value1, value2, ...; more than twelve take a
-- list of columns.
DO $create$
DECLARE
  results text;
BEGIN
  FOR expressions IN 1 .. 13 LOOP
    results := CASE WHEN expressions = 1 THEN ', OUT value numeric' WHEN expressions = 13 THEN ''
      ELSE (SELECT string_agg(format(', OUT value%s numeric', i), '' ORDER BY i) FROM generate_series(1, expressions) i) END;
    EXECUTE format(
      'CREATE FUNCTION quant.indicator_series(symbol text, timeframe text, from_time timestamptz, to_time timestamptz, %s%s)
       RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE AS ''MODULE_PATHNAME'', ''quant_indicator_series''',
      CASE WHEN expressions = 13 THEN 'VARIADIC expressions text[]'
        ELSE (SELECT string_agg(format('expression%s text', i), ', ' ORDER BY i) FROM generate_series(1, expressions) i) END,
      CASE WHEN expressions = 13 THEN '' ELSE ', OUT "timestamp" timestamptz' || results END);
    EXECUTE format('COMMENT ON FUNCTION quant.indicator_series(text, text, timestamptz, timestamptz, %s) IS %L',
      CASE WHEN expressions = 13 THEN 'text[]' ELSE (SELECT string_agg('text', ', ') FROM generate_series(1, expressions)) END,
      'Expressions of the strategy language over the bars of a symbol with from_time <= timestamp < to_time (NULL
leaves an end open), one row for each bar, oldest first: numbers with 12 decimals, conditions as 1 or 0,
NULL where a value is missing. As many bars before from_time are read as the expressions need. Prices
across splits are in the units of the bar, as in rules. Reads only.
Errors: 22004 NULL; 42704 unknown symbol; 22023 malformed expression, unknown timeframe.
Example: SELECT * FROM quant.indicator_series(''AAPL'', ''1d'', NULL, NULL, ''rsi(close, 14)'', ''bollinger(close, 20, 2).upper'')');
  END LOOP;
END
$create$;

CREATE FUNCTION quant.indicator_definitions(OUT name text, OUT statement text) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'quant_indicator_definitions';
COMMENT ON FUNCTION quant.indicator_definitions() IS
'The statements that create the window functions of all indicators and their types. Internal.';
REVOKE ALL ON FUNCTION quant.indicator_definitions() FROM PUBLIC;

DO $create$
DECLARE
  definition text;
BEGIN
  FOR definition IN SELECT d.statement FROM quant.indicator_definitions() d LOOP
    EXECUTE definition;
  END LOOP;
END
$create$;
