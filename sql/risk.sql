-- SPDX-License-Identifier: PostgreSQL
-- Aggregates: value at risk, expected shortfall, statistics of returns, drawdown.
\set VERBOSITY terse

-- An error as one row: SQLSTATE, message, detail, hint.
\i test/regress/error_of.sql

CREATE TEMP TABLE returns (i integer, r numeric);
INSERT INTO returns
SELECT row_number() OVER (), r
FROM unnest('{-0.1, -0.07, -0.05, -0.04, -0.01, 0, 0.01, 0.02, 0.03, 0.06}'::numeric[]) r;

-- The nine quantile types, exact; type 8 has thirds
SELECT type, quant.value_at_risk(r, 0.9, 'historical', jsonb_build_object('quantile_type', type)),
  quant.value_at_risk(r, 0.75, 'historical', jsonb_build_object('quantile_type', type))
FROM returns, generate_series(1, 9) type GROUP BY type ORDER BY type;
SELECT quant.value_at_risk(r, 0.95), quant.value_at_risk(r, 0.99, 'historical'),
  quant.expected_shortfall(r, 0.95), quant.expected_shortfall(r, 0.75, 'historical'),
  quant.expected_shortfall(r, 0.85) AS boundary_share
FROM returns;
SELECT quant.expected_shortfall(r, 0.75, 'historical', '{"tail": "integral"}') AS integral,
  quant.expected_shortfall(r, 0.75, 'historical', '{"tail": "below"}') AS below,
  quant.expected_shortfall(r, 0.75, 'historical', '{"tail": "below", "quantile_type": 1}') AS below_1
FROM returns;
SELECT quant.volatility(r, 252), quant.downside_deviation(r, 252, 0), quant.sharpe_ratio(r, 252),
  quant.sortino_ratio(r, 252, 0)
FROM returns;
SELECT quant.omega_ratio(r, 0), quant.skewness(r), quant.excess_kurtosis(r), quant.tail_ratio(r)
FROM returns;

-- No row, only NULLs, one row, NULLs among others
SELECT quant.value_at_risk(r, 0.95), quant.expected_shortfall(r, 0.95), quant.volatility(r, 252),
  quant.sortino_ratio(r, 252, 0), quant.skewness(r), quant.max_drawdown(r, now())
FROM returns WHERE false;
SELECT quant.value_at_risk(NULL, 0.95), quant.expected_shortfall(NULL, 0.95),
  quant.volatility(NULL, 252), quant.sortino_ratio(NULL, 252, 0), quant.skewness(NULL),
  quant.max_drawdown(NULL, now()), quant.max_drawdown(100, NULL)
FROM returns;
SELECT quant.value_at_risk(0.02, 0.95), quant.expected_shortfall(-0.02, 0.95),
  quant.expected_shortfall(-0.02, 0.95, 'historical', '{"tail": "below"}') AS below,
  quant.volatility(0.02, 252), quant.downside_deviation(0.02, 252, 0), quant.sharpe_ratio(0.02, 252),
  quant.sortino_ratio(0.02, 252, 0), quant.skewness(0.02), quant.max_drawdown(100, now());
SELECT quant.volatility(r, 252), quant.sharpe_ratio(r, 252), quant.excess_kurtosis(r)
FROM (VALUES (0.01), (0.01), (0.01)) constant (r);
SELECT quant.value_at_risk(x, 0.95) = (SELECT quant.value_at_risk(r, 0.95) FROM returns) AS skipped
FROM (SELECT r FROM returns UNION ALL SELECT NULL FROM generate_series(1, 5)) with_nulls (x);

-- Drawdown sorts by time
SELECT quant.max_drawdown(equity, "timestamp")
FROM (VALUES (75, timestamptz '2024-01-04'), (100, '2024-01-01'), (120, '2024-01-02'),
  (90, '2024-01-03'), (130, '2024-01-05')) curve (equity, "timestamp");

-- Values are kept exactly, whatever their scale
SELECT quant.value_at_risk(r, 0.5)
FROM (VALUES (0.123456789012345678901234567890123456), (-1)) wide (r);
SELECT quant.value_at_risk(r, 0.5)
FROM (VALUES (99999999999999999999999999999999999999), (-1)) wide (r);
SELECT quant.value_at_risk(r, 0.5) FROM (VALUES (9e18), (9.3e18), (0.5), (-0.25)) widening (r);

-- Bad arguments
SELECT arguments, pg_temp.error_of(format('SELECT quant.value_at_risk(%s)', arguments))
FROM unnest(ARRAY['0.1, 0', '0.1, 1', '0.1, 95', '0.1, -0.5', '0.1, ''NaN''', '0.1, ''Infinity''',
  '0.1, NULL', 'NULL, 2', '0.1, 0.00000000000000000000000000001', '''NaN'', 0.95',
  '''-Infinity'', 0.95', '-1.01, 0.95', '1e38, 0.95', '0.1, 0.95, ''garch''',
  '0.1, 0.95, ''historcal''', '0.1, 0.95, ''''', '0.1, 0.95, NULL',
  '0.1, 0.95, ''historical'', ''{"quantil_type": 1}''',
  '0.1, 0.95, ''historical'', ''{"quantile_type": 10}''',
  '0.1, 0.95, ''historical'', ''{"quantile_type": 7.5}''',
  '0.1, 0.95, ''historical'', ''{"quantile_type": "7"}''',
  '0.1, 0.95, ''historical'', ''{"tail": "left"}''', '0.1, 0.95, ''historical'', ''[]''',
  '0.1, 0.95, ''historical'', NULL']) arguments;
SELECT call, pg_temp.error_of('SELECT quant.' || call)
FROM unnest(ARRAY['expected_shortfall(0.1, 1.5)', 'expected_shortfall(0.1, 0.95, ''garch'')',
  'volatility(0.1, 0)', 'volatility(0.1, NULL)', 'volatility(0.1, ''NaN'')',
  'sharpe_ratio(0.1, -252)', 'sortino_ratio(-2, 252, 0)', 'skewness(''NaN'')',
  'max_drawdown(0, now())', 'max_drawdown(''NaN'', now())',
  'value_at_risk(r, 0.95) FROM (VALUES (1e30), (1e-20)) v (r)',
  'value_at_risk(0.1, level) FROM (VALUES (0.95), (0.99)) v (level)',
  'value_at_risk(0.1, 0.95, ''historical'', options) FROM (VALUES (''{}''::jsonb), (''{"quantile_type": 1}'')) v (options)',
  'volatility(0.1, periods) FROM (VALUES (252), (365)) v (periods)']) call;
SELECT quant.value_at_risk(0.1, level), quant.value_at_risk(0.1, 0.95, 'historical', options)
FROM (VALUES (0.95, '{}'::jsonb), (0.950, '{"quantile_type": 7}')) same (level, options);

-- Agreement with the server's own percentiles and deviation
CREATE TEMP TABLE many AS
SELECT i, ((i::bigint * 7919) % 100003 - 50001) / 1000000.0 AS r, i % 7 AS bucket,
  timestamptz '2000-01-01 00:00+00' + ((i::bigint * 104729) % 1000003) * interval '1 minute' AS t
FROM generate_series(1, 20000) i;
SELECT bool_and(abs(cont + quant.value_at_risk) < 1e-12) AS percentile_cont,
  bool_and(disc = -value_at_risk_1) AS percentile_disc,
  bool_and(abs(deviation - volatility) < 1e-11) AS stddev_samp
FROM (
  SELECT percentile_cont(0.05) WITHIN GROUP (ORDER BY r::float8) AS cont,
    quant.value_at_risk(r, 0.95)::float8,
    percentile_disc(0.05) WITHIN GROUP (ORDER BY r) AS disc,
    quant.value_at_risk(r, 0.95, 'historical', '{"quantile_type": 1}') AS value_at_risk_1,
    stddev_samp(r) * sqrt(252::numeric) AS deviation, quant.volatility(r, 252)
  FROM many GROUP BY bucket) quant;

-- A parallel plan gives what a serial one gives
CREATE TABLE public.risk_many AS SELECT * FROM many;
ALTER TABLE public.risk_many SET (parallel_workers = 2);
ANALYZE public.risk_many;
CREATE TEMP TABLE serial AS
SELECT quant.value_at_risk(r, 0.95), quant.expected_shortfall(r, 0.975), quant.volatility(r, 252),
  quant.sortino_ratio(r, 252, 0), quant.skewness(r), quant.max_drawdown(1 + r, t)
FROM public.risk_many;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
EXPLAIN (COSTS OFF)
SELECT quant.value_at_risk(r, 0.95), quant.max_drawdown(1 + r, t) FROM public.risk_many;
CREATE TEMP TABLE parallel AS
SELECT quant.value_at_risk(r, 0.95), quant.expected_shortfall(r, 0.975), quant.volatility(r, 252),
  quant.sortino_ratio(r, 252, 0), quant.skewness(r), quant.max_drawdown(1 + r, t)
FROM public.risk_many;
-- Workers that see no value at all
SELECT quant.value_at_risk(r, 0.95) FROM public.risk_many WHERE i = 77;
SELECT quant.value_at_risk(r, 0.95) FROM public.risk_many WHERE i < 0;
-- (which two rows of which worker meet first is left open)
SELECT left(pg_temp.error_of('SELECT quant.value_at_risk(r, 0.9 + (i % 2) * 0.01) FROM public.risk_many'), 68);
COMMIT;
SELECT serial = parallel AS equal FROM serial, parallel;
SELECT * FROM serial;
DROP TABLE public.risk_many;

-- Moving windows restart or extend the state and read it again and again
SELECT bool_and(moving = alone) AS moving_window
FROM (
  SELECT i, quant.value_at_risk(r, 0.8) OVER (ORDER BY i ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS moving
  FROM many WHERE i <= 300) w
CROSS JOIN LATERAL (
  SELECT quant.value_at_risk(m.r, 0.8) AS alone FROM many m WHERE m.i BETWEEN w.i - 4 AND w.i) a;
SELECT bool_and(extending = alone) AS extending_window
FROM (
  SELECT i, quant.expected_shortfall(r, 0.8) OVER (ORDER BY i) AS extending
  FROM many WHERE i <= 200) w
CROSS JOIN LATERAL (
  SELECT quant.expected_shortfall(m.r, 0.8) AS alone FROM many m WHERE m.i <= w.i) a;

-- Forged states: the functions of an aggregate can be called with any bytes
SELECT quant.value_at_risk_final(quant.tail_risk_accumulate(
  quant.tail_risk_accumulate(NULL, -0.02, 0.5), -0.04, 0.5)) AS called_directly;
SELECT quant.value_at_risk_final(quant.tail_risk_combine(quant.tail_risk_accumulate(NULL, -0.02, 0.5),
  quant.tail_risk_accumulate(NULL, -0.041, 0.50))) AS combined,
  quant.tail_risk_combine(NULL, NULL) IS NULL AS of_nulls,
  quant.value_at_risk_final(quant.tail_risk_combine(NULL,
    quant.tail_risk_accumulate(NULL, -0.02, 0.5))) AS first_null,
  quant.value_at_risk_final(quant.tail_risk_accumulate(NULL, NULL, 0.5)) AS empty,
  quant.value_at_risk_final(NULL) AS of_null;
SELECT pg_temp.error_of($$SELECT quant.tail_risk_combine(quant.tail_risk_accumulate(NULL, 0, 0.5),
  quant.tail_risk_accumulate(NULL, 0, 0.6))$$);
CREATE TEMP TABLE states AS
SELECT quant.tail_risk_accumulate(quant.tail_risk_accumulate(NULL, -0.02, 0.95), 0.5, 0.95) AS tail,
  quant.return_statistic_accumulate(quant.return_statistic_accumulate(NULL, -0.02, 252), 0.5, 252)
    AS statistic,
  quant.equity_accumulate(quant.equity_accumulate(NULL, 100, 'epoch'), 90, 'epoch') AS equity;
SELECT forgery, pg_temp.error_of(format('SELECT quant.value_at_risk_final(%L)', bytes))
FROM states, LATERAL (VALUES
  ('empty', ''::bytea), ('short', '\x00'), ('zeros', decode(repeat('00', 400), 'hex')),
  ('other aggregate', statistic), ('magic', set_byte(tail, 0, 0)),
  ('version', set_byte(tail, 4, 9)), ('element size', set_byte(tail, 6, 3)),
  ('scale', set_byte(tail, 7, 99)), ('count', set_byte(tail, 14, 255)),
  ('cut', substring(tail FOR 90))) forged (forgery, bytes);
SELECT pg_temp.error_of(format('SELECT quant.max_drawdown_final(%L)', set_byte(equity, 8, 200))),
  pg_temp.error_of(format('SELECT quant.volatility_final(%L)', equity))
FROM states;

-- Each byte of a state set to several values: a figure or a plain error, never more than that
CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RETURN '00000';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$$;
SELECT DISTINCT pg_temp.sqlstate_of(format(call, set_byte(state, at, byte))) AS sqlstate
FROM states,
  LATERAL (VALUES (tail, 'SELECT quant.value_at_risk_final(%L)'),
    (tail, 'SELECT quant.expected_shortfall_final(%L)'),
    (tail, 'SELECT quant.value_at_risk_final(quant.tail_risk_accumulate(%L, 0.123456789, 0.95))'),
    (tail, 'SELECT quant.tail_risk_combine(quant.tail_risk_accumulate(NULL, 0.1, 0.95), %L)'),
    (statistic, 'SELECT quant.volatility_final(%L)'),
    (statistic, 'SELECT quant.sortino_ratio_final(%L)'),
    (statistic, 'SELECT quant.return_statistic_accumulate(%L, 1e20, 252)'),
    (equity, 'SELECT quant.max_drawdown_final(%L)'),
    (equity, 'SELECT quant.equity_accumulate(%L, 80.25, ''epoch'')')) calls (state, call),
  generate_series(0, 103) at, unnest('{0, 1, 2, 16, 37, 127, 128, 255}'::integer[]) byte
ORDER BY sqlstate;

-- An aggregate of the user's own hands a forged state to the in-place path
CREATE AGGREGATE pg_temp.forged (numeric, numeric) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, FINALFUNC = quant.value_at_risk_final,
  INITCOND = '\x3154535101010800ffffff');
SELECT pg_temp.error_of('SELECT pg_temp.forged(0.1, 0.95)');
CREATE FUNCTION pg_temp.state_text() RETURNS text LANGUAGE sql AS $$SELECT tail::text FROM states$$;
DO $$
BEGIN
  EXECUTE format('CREATE AGGREGATE pg_temp.continued (numeric, numeric) (
    SFUNC = quant.tail_risk_accumulate, STYPE = bytea, FINALFUNC = quant.value_at_risk_final,
    INITCOND = %L)', pg_temp.state_text());
END
$$;
SELECT pg_temp.continued(0, 0.95) FROM generate_series(1, 1000);
