-- SPDX-License-Identifier: PostgreSQL
-- Methods of value at risk, statistics relative to a benchmark, and the back-test of forecasts. The
-- figures are held against other computations here in SQL, and against an independent program in the
-- unit tests.
\set VERBOSITY terse
\pset null NULL

\i test/regress/error_of.sql

CREATE TEMP TABLE returns (i integer, r numeric, b numeric);
INSERT INTO returns
SELECT i, round((0.04 * sin(i * i) ^ 9 + 0.008 * cos(i))::numeric, 6), round((0.008 * cos(i))::numeric, 6)
FROM generate_series(1, 250) AS i;

-- Every method, for a day and for ten.
SELECT method, quant.value_at_risk(r, 0.99, method ORDER BY i) AS var,
  quant.expected_shortfall(r, 0.99, method ORDER BY i) AS es,
  quant.value_at_risk(r, 0.99, method, '{"horizon": 10}' ORDER BY i) AS var_10d
FROM returns, unnest(ARRAY['historical', 'normal', 'student_t', 'cornish_fisher', 'ewma',
  'filtered_historical', 'age_weighted']) AS method
GROUP BY method ORDER BY method;
-- The normal quantiles of 95 percent, by the tables 1.6448536269514727.
SELECT quant.value_at_risk(r, 0.95, 'normal') = round(-(avg(r) - 1.64485362695147271486 * stddev_samp(r)), 12) AS equal
FROM returns;
-- RiskMetrics' recursion, written as such.
WITH RECURSIVE variance AS (
  SELECT 1 AS i, r * r AS s2 FROM returns WHERE i = 1
  UNION ALL
  SELECT returns.i, 0.94 * s2 + 0.06 * r * r FROM variance JOIN returns ON returns.i = variance.i + 1)
SELECT (SELECT round(1.64485362695147271486 * sqrt(s2), 12) FROM variance WHERE i = 250)
  = (SELECT quant.value_at_risk(r, 0.95, 'ewma' ORDER BY i) FROM returns) AS equal;
-- The order of the rows counts for three of the methods, and only for them.
SELECT method, quant.value_at_risk(r, 0.95, method ORDER BY i) = quant.value_at_risk(r, 0.95, method ORDER BY i DESC) AS any_order
FROM returns, unnest(ARRAY['historical', 'normal', 'student_t', 'ewma', 'filtered_historical', 'age_weighted']) AS method
GROUP BY method ORDER BY method;
-- One or two returns, equal ones, none.
SELECT method, quant.value_at_risk(r, 0.95, method) AS one, quant.expected_shortfall(r, 0.95, method) AS es
FROM (VALUES (-0.02)) AS one (r), unnest(ARRAY['historical', 'normal', 'student_t', 'cornish_fisher',
  'ewma', 'filtered_historical', 'age_weighted']) AS method GROUP BY method ORDER BY method;
SELECT method, quant.value_at_risk(r, 0.95, method) AS equal_ones
FROM (VALUES (-0.02), (-0.02), (-0.02)) AS equal (r), unnest(ARRAY['normal', 'student_t', 'cornish_fisher',
  'ewma', 'filtered_historical']) AS method GROUP BY method ORDER BY method;
SELECT quant.value_at_risk(0.0, 0.95, 'filtered_historical') AS never_moved, quant.value_at_risk(NULL::numeric, 0.95, 'ewma') AS none;
-- Returns that fall too much on one side have no Cornish-Fisher quantile.
SELECT quant.value_at_risk(r, 0.95, 'cornish_fisher'), quant.expected_shortfall(r, 0.95, 'cornish_fisher')
FROM (SELECT 0.001 AS r FROM generate_series(1, 99) UNION ALL SELECT -0.9) AS crash;

-- Degrees of freedom of largest likelihood: 8.6918070667928... by an independent computation with 40
-- digits, which gives 0.0291331179522871, 0.0391096483880921 and 0.0449908174415925,
-- 0.0553561690045340 for these returns.
CREATE TEMP TABLE logistic AS
  SELECT round(ln((1 + u) / (1 - u)) / 100, 6) AS r FROM (SELECT (k * 61 % 200 + 0.5) / 100 - 1 AS u FROM generate_series(0, 199) k) AS draws;
SELECT level, quant.value_at_risk(r, level, 'student_t', '{"degrees_of_freedom": "ml"}'),
  quant.expected_shortfall(r, level, 'student_t', '{"degrees_of_freedom": "ml"}')
FROM logistic, unnest(ARRAY[0.95, 0.99]) AS level GROUP BY level ORDER BY level;
SELECT quant.value_at_risk(r, 0.99, 'student_t', '{"degrees_of_freedom": "ml"}') = quant.value_at_risk(r, 0.99, 'normal') AS normal
FROM (VALUES (0.01), (0.02), (-0.03), (0.04)) AS few (r);
SELECT pg_temp.error_of($$SELECT quant.value_at_risk(CASE k WHEN 7 THEN 0.5 ELSE k % 2 * 0.00001 END, 0.99, 'student_t', '{"degrees_of_freedom": "ml"}') FROM generate_series(1, 200) k$$) AS one_jump;

-- Bad options
SELECT arguments, pg_temp.error_of(format('SELECT quant.value_at_risk(0.1, 0.95, %s)', arguments))
FROM unnest(ARRAY['''monte_carlo''', '''normall''', '''normal'', ''{"lambda": 0.9}''', '''ewma'', ''{"lambda": 1}''',
  '''ewma'', ''{"lambda": 0}''', '''ewma'', ''{"lambda": "0.9"}''', '''ewma'', ''{"lambda": 0.9400000000001}''',
  '''ewma'', ''{"init": "start"}''', '''ewma'', ''{"init": 1}''', '''student_t'', ''{"degrees_of_freedom": 2}''', '''student_t'', ''{"degrees_of_freedom": 1}''', '''student_t'', ''{"degrees_of_freedom": "mle"}''',
  '''student_t'', ''{"degrees_of_freedom": 1e30}''', '''cornish_fisher'', ''{"ddof": 2}''', '''normal'', ''{"horizon": 0}''',
  '''normal'', ''{"horizon": 1.5}''', '''age_weighted'', ''{"tail": "below"}''', '''normal'', ''[1]''']) AS arguments;

-- Relative to a benchmark, as the server's own functions have it
SELECT quant.beta(r, b) = round(covar_samp(r, b)::numeric / var_samp(b), 12) AS beta_near, quant.beta(r, b) AS beta,
  quant.alpha(r, b, 252) AS alpha,
  quant.tracking_error(r, b, 252) = round(stddev_samp(r - b) * sqrt(252::numeric), 12) AS tracking_error,
  quant.information_ratio(r, b, 252) = round(avg(r - b) / stddev_samp(r - b) * sqrt(252::numeric), 12) AS information_ratio
FROM returns;
SELECT quant.beta(r, b) AS of_itself, quant.alpha(r, b, 252), quant.tracking_error(r, b, 252), quant.information_ratio(r, b, 252)
FROM (SELECT r, r AS b FROM returns) AS same;
SELECT quant.beta(r, b) AS constant_benchmark FROM (SELECT r, 0.01 AS b FROM returns) AS flat;
SELECT quant.beta(r, b) AS of_one, quant.tracking_error(r, b, 252) FROM (VALUES (0.1, 0.2), (NULL, 0.1), (0.1, NULL)) AS one (r, b);
SELECT call, pg_temp.error_of('SELECT quant.' || call)
FROM unnest(ARRAY['beta(0.1, -1.5)', 'beta(''NaN'', 0.1)', 'alpha(0.1, 0.1, 0)', 'alpha(0.1, 0.1, NULL)',
  'beta_final(quant.return_statistic_accumulate(NULL, 0.1))', 'relative_statistic_combine(''x'', NULL)']) AS call;

-- The back-test: Basel's year with five exceptions, apart from each other and in a row.
SELECT * FROM quant.var_backtest((SELECT array_agg(CASE WHEN i % 50 = 0 THEN 2 ELSE 0 END ORDER BY i) FROM returns), array_fill(1::numeric, ARRAY[250]), 0.99) \gx
SELECT exceptions, round(independence_p, 9) AS independence_p, zone
FROM quant.var_backtest((SELECT array_agg(CASE WHEN i <= 5 THEN 2 ELSE 0 END ORDER BY i) FROM returns), array_fill(1::numeric, ARRAY[250]), 0.99);
SELECT exceptions, zone, multiplier
FROM generate_series(0, 12) AS x, quant.var_backtest((SELECT array_agg(CASE WHEN i <= x THEN 2 ELSE 0 END ORDER BY i) FROM returns), array_fill(1::numeric, ARRAY[250]), 0.99);
-- A loss that equals the forecast is no exception; a day without one of the two is left out.
SELECT exceptions, kupiec_lr, kupiec_p, independence_lr, independence_p, zone, multiplier, observations, missing_observations
FROM quant.var_backtest(ARRAY[1, 2, NULL, 3], ARRAY[1, 1, 1, NULL], 0.5);
SELECT call, pg_temp.error_of('SELECT quant.var_backtest(' || call || ')')
FROM unnest(ARRAY['ARRAY[1], ARRAY[1, 2], 0.95', 'ARRAY[]::numeric[], ARRAY[]::numeric[], 0.95', 'ARRAY[NULL::numeric], ARRAY[1], 0.95',
  'NULL, ARRAY[1], 0.95', 'ARRAY[1], NULL, 0.95', 'ARRAY[1], ARRAY[1], NULL', 'ARRAY[1], ARRAY[1], 1', 'ARRAY[1], ARRAY[1], 95',
  'ARRAY[''NaN''::numeric], ARRAY[1], 0.95', 'ARRAY[[1, 2]], ARRAY[1, 2], 0.95', 'ARRAY[1], ARRAY[1], ''NaN''']) AS call;
