-- SPDX-License-Identifier: PostgreSQL
-- Indicators as window functions: NULLs, partitions, frames, bad input for each of them.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';

\i test/regress/error_of.sql

\echo 'by hand: a window forgets what leaves it, a missing value passes, a recursion goes on behind it'
CREATE TEMP TABLE x (g text, i int, x numeric);
INSERT INTO x SELECT 'a', i, v FROM unnest(ARRAY[1, 2, 3, NULL, 4, 5, 6]::numeric[]) WITH ORDINALITY u (v, i);
INSERT INTO x SELECT 'b', i, v FROM unnest(ARRAY[10000000000000000, 1, 1, 1, 1]::numeric[]) WITH ORDINALITY u (v, i);
INSERT INTO x SELECT 'c', i, v FROM unnest(ARRAY[102, 107, 106, 111, 113, 114, 117, 119]::numeric[]) WITH ORDINALITY u (v, i);
SELECT g, i, x, quant.sma(x, 3) OVER w, quant.ema(x, 3) OVER w, quant.highest(x, 2) OVER w, quant.momentum(x, 2) OVER w FROM x WINDOW w AS (PARTITION BY g ORDER BY i) ORDER BY g, i;
\echo 'the frame is ignored, double precision counts as the decimal that it prints as, defaults stand'
SELECT bool_and(a IS NOT DISTINCT FROM b), bool_and(a IS NOT DISTINCT FROM c), count(d) FROM (
  SELECT quant.sma(x, 3) OVER w AS a, quant.sma(x, 3) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b, quant.sma(x::float8, 3) OVER w AS c, quant.sma(x) OVER w AS d
  FROM x WINDOW w AS (PARTITION BY g ORDER BY i)) s;
\echo 'several results, computed once; rounded half away from zero'
SELECT i, (quant.bollinger(x, 3, 2) OVER w).*, (quant.donchian(x + 1, x - 1, 3) OVER w).upper FROM x WHERE g = 'c' WINDOW w AS (ORDER BY i);
SELECT quant.sma(v, 2) OVER (ORDER BY i), quant.sma(-v, 2) OVER (ORDER BY i) FROM unnest(ARRAY[0.000000000001, 0.000000000002, 0.0000000000015]::numeric[]) WITH ORDINALITY u (v, i);
\echo 'arguments of a partition are its own, and do not change inside it'
SELECT g, count(s) FROM (SELECT g, quant.sma(x, CASE g WHEN 'a' THEN 2 ELSE 4 END) OVER (PARTITION BY g ORDER BY i) AS s FROM x) s GROUP BY g ORDER BY g;
SELECT pg_temp.error_of('SELECT quant.sma(x, i) OVER (ORDER BY i) FROM x');
SELECT pg_temp.error_of('SELECT quant.sma(1, 2)'), pg_temp.error_of('SELECT quant.macd(x, 26, 12, 9) OVER () FROM x');
SELECT pg_temp.error_of(format('SELECT quant.sma(%s, 2) OVER () FROM generate_series(1, 3)', x)) FROM unnest(ARRAY['1e26::numeric', '1e27::numeric', '170141183460469231731687303.7158841057275::numeric', '-170141183460469231731687303.7158841057275::numeric', '''NaN''::float8', '''Infinity''::numeric', '1e300::float8', '1e-300::float8']) x;
SELECT pg_temp.error_of($$SELECT quant.ema(x, 3, 'last') OVER () FROM x$$), pg_temp.error_of('SELECT quant.bollinger(x, 3, -1) OVER () FROM x');

\echo 'a function of another version of the library'
CREATE FUNCTION pg_temp.ema(numeric, integer) RETURNS numeric LANGUAGE c WINDOW IMMUTABLE AS '$libdir/pg_quant', 'quant_indicator';
CREATE FUNCTION pg_temp.macd(numeric, integer, integer, integer, text) RETURNS quant.di_result LANGUAGE c WINDOW IMMUTABLE AS '$libdir/pg_quant', 'quant_indicator';
CREATE FUNCTION pg_temp.nothing(numeric, integer) RETURNS numeric LANGUAGE c WINDOW IMMUTABLE AS '$libdir/pg_quant', 'quant_indicator';
SELECT pg_temp.error_of('SELECT pg_temp.ema(1.5, 3) OVER ()'), pg_temp.error_of($$SELECT pg_temp.macd(1.5, 3, 4, 5, 'own') OVER ()$$), pg_temp.error_of('SELECT pg_temp.nothing(1.5, 3) OVER ()');

\echo 'for every indicator, over 40 bars: its first value with the default arguments, and what comes of bad ones'
CREATE TEMP TABLE bars AS
SELECT i, p AS open, p + 1.5 AS high, p - 1.25 AS low, p + 0.5 * (i % 3) - 0.5 AS close, p AS x, p + (i * 7) % 5 AS y, 1000 + (i * 37) % 11 AS volume, 2 + i % 9 AS periods, date '2024-01-01' + i AS session
FROM generate_series(1, 40) i, LATERAL (SELECT round(100 + 10 * sin(i / 3.0)::numeric + (i * i) % 7 / 4.0, 4)) p (p);
CREATE FUNCTION pg_temp.outcome(inputs text, source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  EXECUTE format('SELECT coalesce(min(i) FILTER (WHERE v IS NOT NULL)::text, ''NULL'') FROM (SELECT row_number() OVER (ORDER BY i) - 1 AS i, (%s OVER (ORDER BY i))::text AS v FROM %s) s', inputs, source) INTO found;
  RETURN found;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$$;
-- A call with the default arguments, but for one that takes each of the values.
CREATE FUNCTION pg_temp.call(name text, inputs text[], arguments text[], which bigint, value text) RETURNS text LANGUAGE sql AS $$
  SELECT format('quant.%I(%s%s)', name, array_to_string(inputs, ', '), CASE WHEN which > 0 THEN format(', %I => %s', arguments[which], value) WHEN name = 'beta' THEN ', 5' ELSE '' END)
$$;
SELECT name, a.argument, pg_temp.outcome(pg_temp.call(name, inputs, arguments, 0, ''), 'bars') AS first,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, '0'), 'bars') AS zero,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, '-1'), 'bars') AS negative,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, 'NULL'), 'bars') AS null,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, '2147483648'), 'bars') AS huge,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, '100000'), 'bars') AS longer,
  pg_temp.outcome(pg_temp.call(name, inputs, arguments, a.i, '''none'''), 'bars') AS word
FROM quant.indicators(), unnest(arguments) WITH ORDINALITY a (argument, i);
\echo 'no rows, NULLs, NaN, infinity, a number that does not fit'
SELECT name, pg_temp.outcome(call, 'bars WHERE false') AS empty, pg_temp.outcome(replaced, '(SELECT i, NULL::numeric AS bad, NULL::date AS session FROM bars) b') AS nulls,
  pg_temp.outcome(replaced, '(SELECT i, ''NaN''::numeric AS bad, session FROM bars) b') AS nan, pg_temp.outcome(replaced, '(SELECT i, ''Infinity''::float8 AS bad, session FROM bars) b') AS infinity,
  pg_temp.outcome(replaced, '(SELECT i, 1e30 AS bad, session FROM bars) b') AS too_large, pg_temp.outcome(replaced, '(SELECT i, 0::numeric AS bad, session FROM bars) b') AS zeros
FROM quant.indicators(), LATERAL (SELECT pg_temp.call(name, inputs, arguments, 0, ''), pg_temp.call(name, (SELECT array_agg(CASE c WHEN 'session' THEN c ELSE 'bad' END ORDER BY o) FROM unnest(inputs) WITH ORDINALITY u (c, o)), arguments, 0, '')) c (call, replaced);

\echo 'columns of expressions over the bars of a symbol: every result of every indicator as its window function gives it'
BEGIN;
INSERT INTO trading.assets (id, symbol) VALUES (941, 'ISA'), (942, 'ISB');
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'ISA', timestamptz '2024-01-01 00:00+00' + i * interval '1 day', '1d', open, high, low, close, volume FROM (
  SELECT i, p AS open, p + 1.5 AS high, p - 1.25 AS low, p + 0.5 * (i % 3) - 0.5 AS close, 1000 + (i * 37) % 11 AS volume
  FROM generate_series(1, 120) i, LATERAL (SELECT round(10 + 4 * sin(i / 3.0)::numeric + (i * i) % 7 / 4.0, 2)) p (p)) b WHERE i % 29 <> 0;
CREATE FUNCTION pg_temp.differences(name text, inputs text[], outputs text[], OUT results bigint, OUT "values" bigint, OUT differ bigint) LANGUAGE plpgsql AS $$
DECLARE
  call text := format('quant.%I(%s%s)', name, (SELECT string_agg(CASE c WHEN 'x' THEN 'close_price' WHEN 'y' THEN 'high_price' WHEN 'periods' THEN 'close_price' WHEN 'volume' THEN c WHEN 'session' THEN 'timestamp::date' ELSE c || '_price' END, ', ' ORDER BY o) FROM unnest(inputs) WITH ORDINALITY u (c, o)), CASE name WHEN 'beta' THEN ', 5' ELSE '' END);
  expression text := format('%s(%s)', name, (SELECT string_agg(CASE c WHEN 'y' THEN 'high' ELSE 'close' END, ', ' ORDER BY o) FROM unnest(inputs) WITH ORDINALITY u (c, o) WHERE c IN ('x', 'y', 'periods')));
  output text;
  found record;
BEGIN
  results := array_length(outputs, 1);
  "values" := 0;
  differ := 0;
  -- The prices lie outside their domain, so there is nothing to compare.
  IF name IN ('acos', 'asin') THEN
    RETURN;
  END IF;
  FOREACH output IN ARRAY outputs LOOP
    EXECUTE format('SELECT count(w.v) AS n, count(*) FILTER (WHERE w.v IS DISTINCT FROM s.value OR s.timestamp IS NULL) AS d FROM (SELECT timestamp, %s AS v FROM trading.market_data WHERE symbol = ''ISA'' WINDOW w AS (ORDER BY timestamp)) w LEFT JOIN quant.indicator_series(''ISA'', ''1d'', NULL, NULL, %L) s USING (timestamp)',
      CASE WHEN results = 1 THEN call || ' OVER w' ELSE format('(%s OVER w).%I', call, output) END, expression || CASE WHEN results = 1 THEN '' ELSE '.' || output END) INTO found;
    "values" := "values" + found.n;
    differ := differ + found.d;
  END LOOP;
END
$$;
SELECT "group", count(*) AS indicators, sum(results) AS results, sum("values") > 0 AS some, count(*) FILTER (WHERE "values" = 0) AS without, sum(differ) AS differ
FROM quant.indicators() i, pg_temp.differences(i.name, i.inputs, i.outputs) GROUP BY "group" ORDER BY "group" COLLATE "C";
\echo 'a range begins with the values that the bars before it make; several expressions, conditions, other timeframes'
SELECT timestamp::date AS day, round(value1, 6) AS rsi, value2 AS above, value3 AS week FROM quant.indicator_series('ISA', '1d', '2024-03-04', '2024-03-09', 'rsi(14)', 'close > sma(close, 10)', 'tf("1w", close)');
SELECT a.timestamp = b.timestamp AS same_bar, a.value = b.value AS same_value FROM quant.indicator_series('ISA', '1d', '2024-04-01', NULL, 'sma(close, 20)') a, quant.indicator_series('ISA', '1d', NULL, NULL, 'sma(close, 20)') b WHERE a.timestamp = b.timestamp LIMIT 1;
SELECT count(*), count(b) FROM quant.indicator_series('ISA', '1d', NULL, NULL, VARIADIC ARRAY['close', 'sma(close, 30)']) AS s ("timestamp" timestamptz, a numeric, b numeric);
SELECT count(*) FROM quant.indicator_series('ISB', '1d', NULL, NULL, 'close');
\echo 'a split: prices in the units of the bar'
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from) VALUES (941, 'split', '2024-04-27', 2, 1);
SELECT s.timestamp::date AS day, m.close_price, s.value1 AS close, s.value2 AS before, s.value3 AS mean FROM quant.indicator_series('ISA', '1d', '2024-04-26', '2024-04-29', 'close', 'close[1]', 'sma(close, 2)') s JOIN trading.market_data m USING (timestamp) WHERE m.symbol = 'ISA';
\echo 'refused'
SELECT arguments, pg_temp.error_of(format('SELECT * FROM quant.indicator_series(%s)', arguments)) FROM unnest(ARRAY[$$NULL, '1d', NULL, NULL, 'close'$$, $$'NOPE', '1d', NULL, NULL, 'close'$$, $$'ISA', '1x', NULL, NULL, 'close'$$, $$'ISA', '1d', NULL, NULL, NULL::text$$,
  $$'ISA', '1d', NULL, NULL, ''$$, $$'ISA', '1d', NULL, NULL, 'sma(close, 0)'$$, $$'ISA', '1d', NULL, NULL, 'close', 'equity'$$, $$'ISA', '1d', NULL, NULL, 'macd(close)'$$, $$'ISA', '1d', NULL, NULL, '$fast'$$, $$'ISA', '1d', NULL, NULL, 'at("NOPE", close)'$$, $$'ISA', '1d', NULL, NULL, VARIADIC '{}'::text[]$$]) AS arguments;
SELECT pg_temp.error_of($$SELECT * FROM quant.indicator_series('ISA', '1d', NULL, NULL, VARIADIC ARRAY['close']) AS s ("timestamp" timestamptz, a numeric, b numeric)$$);
SELECT pg_temp.error_of($$SELECT * FROM quant.indicator_series('ISA', '1d', NULL, NULL, VARIADIC ARRAY['close']) AS s ("timestamp" timestamptz, a text)$$);
SELECT quant.indicator_lookback(e), quant.indicator_stable_after(e) FROM unnest(ARRAY['close', 'close[3]', 'sma(close, 20)', 'macd(close, 12, 26, 9).macd', 'macd(close, 12, 26, 9).signal', 'ichimoku().senkou_b', 'ema(rsi(14), 5)', 'close > highest(high, 20)[1]', 'tf("1w", rsi(14))', NULL]) e;
SELECT count(*) FILTER (WHERE quant.indicator_stable_after(expression) >= quant.indicator_lookback(expression)) = count(*) AS usable FROM quant.indicators();
SELECT pg_temp.error_of($$SELECT quant.indicator_lookback('smaa(close, 2)')$$);
\echo 'only read'
SET TRANSACTION READ ONLY;
SELECT count(*) FROM quant.indicator_series('ISA', '1d', NULL, NULL, 'close');
ROLLBACK;
