-- SPDX-License-Identifier: PostgreSQL
-- Risk: models over arrays of prices and returns.

CREATE FUNCTION quant.price_volatility(
  open numeric[], high numeric[], low numeric[], close numeric[],
  estimator text DEFAULT 'close_close', periods_per_year numeric DEFAULT 252)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_price_volatility';
COMMENT ON FUNCTION quant.price_volatility(numeric[], numeric[], numeric[], numeric[], text, numeric) IS
'Annual volatility of a price from its bars in the order of time, a fraction with 12 decimals, by an
estimator: close_close (standard deviation of log returns), parkinson (1980), garman_klass (1980),
rogers_satchell (1991), yang_zhang (2000; of the first bar only the close counts). Bars with a NULL are
left out. NULL for too few: close_close and yang_zhang need 3 bars, the others one.
Errors: 22004 NULL array; 22023 arrays of different lengths, a price or periods_per_year that is not
positive, an unknown estimator.
Example: SELECT quant.price_volatility(array_agg(open_price ORDER BY timestamp), array_agg(high_price ORDER BY timestamp), array_agg(low_price ORDER BY timestamp), array_agg(close_price ORDER BY timestamp), ''yang_zhang'') FROM quant.adjusted_bars(''AAPL'', adjustment => ''split'')';

CREATE FUNCTION quant.covariance(
  returns numeric[], method text DEFAULT 'sample', lambda numeric DEFAULT 0.94,
  OUT matrix numeric[], OUT shrinkage numeric, OUT observations bigint)
RETURNS record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_covariance';
COMMENT ON FUNCTION quant.covariance(numeric[], text, numeric) IS
'Covariance of returns, an array of rows (days, oldest first) of columns (assets), per period, to 12
decimals. method: sample (ddof 1), ewma (RiskMetrics 1996 with lambda, zero mean), ledoit_wolf (2004,
shrunk to a multiple of the identity, ddof 0), constant_correlation (Ledoit and Wolf 2003, ddof 0).
shrinkage: the weight of the target, 0 to 1, for the last two.
Errors: 22004 NULL; 22023 fewer than two rows (ewma: one), a NULL in a row, an unknown method.
Example: SELECT * FROM quant.covariance(''{{0.01,0.02},{-0.01,0.01},{0.02,-0.01}}'', ''ledoit_wolf'')';

CREATE FUNCTION quant.regression(
  y numeric[], x numeric[], standard_errors text DEFAULT 'ols',
  OUT term text, OUT estimate numeric, OUT standard_error numeric, OUT t_statistic numeric,
  OUT p_value numeric, OUT r_squared numeric, OUT adjusted_r_squared numeric,
  OUT residual_deviation numeric, OUT observations bigint)
RETURNS SETOF record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_regression';
COMMENT ON FUNCTION quant.regression(numeric[], numeric[], text) IS
'Ordinary least squares of y on a constant (alpha) and the columns of x (x1, x2, ...; one dimension is
one column), exact sums, figures correctly rounded to 12 decimals. standard_errors: ols, hc1 (White
1980), newey_west (1987, Bartlett weights, lag floor(4 (n/100)^(2/9))). p_value is two-sided by
t(n - k - 1). t and p are NULL where the standard error is 0, r_squared where y is constant.
Errors: 22004 NULL; 22023 n <= k + 1, a column that is a combination of those before it, a NULL in an
array.
Example: SELECT term, estimate, t_statistic FROM quant.regression(''{1,2,4,5}'', ''{1,2,3,5}'')';

CREATE FUNCTION quant.garch(
  returns numeric[], parameters numeric[] DEFAULT NULL,
  OUT mu numeric, OUT omega numeric, OUT alpha numeric, OUT beta numeric, OUT log_likelihood numeric,
  OUT forecast numeric, OUT observations bigint, OUT missing_observations bigint)
RETURNS record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_garch';
COMMENT ON FUNCTION quant.garch(numeric[], numeric[]) IS
'GARCH(1,1) with normal likelihood (Bollerslev 1986) of returns, oldest first: h_t = omega + alpha
e_(t-1)^2 + beta h_(t-1), e = r - mu, h_1 = omega + (alpha + beta) mean(e^2); fitted by maximum
likelihood, or with given parameters {mu, omega, alpha, beta}. forecast: the variance of the next
return. To 12 decimals: give tiny returns in percent. NULLs are left out and counted.
Errors: 22004 NULL array; 22023 no convergence (fewer than 20 returns, constant ones, a likelihood that
rises up to alpha + beta = 1), parameters out of their range; P0002 no return.
Example: SELECT alpha, beta, forecast FROM quant.garch((SELECT array_agg(100 * r ORDER BY day) FROM returns))';

CREATE FUNCTION quant.nearest_correlation(
  INOUT matrix numeric[], OUT largest_change numeric)
RETURNS record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_nearest_correlation';
COMMENT ON FUNCTION quant.nearest_correlation(numeric[]) IS
'A correlation matrix made positive semidefinite: negative eigenvalues become 0 and rows are scaled back
to a diagonal of 1 (Rebonato and Jaeckel 1999), to 12 decimals, with the largest change of an element.
Errors: 22004 NULL; 22023 what is no matrix of correlations.
Example: SELECT * FROM quant.nearest_correlation(''{{1,0.9,0.7},{0.9,1,0.3},{0.7,0.3,1}}'')';

CREATE FUNCTION quant.es_backtest(
  losses numeric[], value_at_risk numeric[], shortfall numeric[], level numeric,
  OUT exceptions bigint, OUT z1 numeric, OUT z2 numeric, OUT observations bigint,
  OUT missing_observations bigint)
RETURNS record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_es_backtest';
COMMENT ON FUNCTION quant.es_backtest(numeric[], numeric[], numeric[], numeric) IS
'Back-test of expected shortfall (Acerbi and Szekely 2014): z1, over the exceptions of value at risk, and
z2, over all days; 0 where the model is right, negative where the shortfall is too small. At 0.975 a z2
below -0.70 rejects the model at 5 percent. z1 is NULL without an exception. Days with a NULL are left
out and counted.
Errors: P0002 without a day; 22023 arrays of different lengths, a level not between 0 and 1, a shortfall
that is not positive on an exception.
Example: SELECT z1, z2 FROM quant.es_backtest(ARRAY[120, 80, 310.5], ARRAY[200, 210, 205], ARRAY[260, 270, 265], 0.975)';

CREATE FUNCTION quant.factor_exposures(
  portfolio_id bigint, as_of date, factors text[], lookback integer DEFAULT 250,
  standard_errors text DEFAULT 'ols',
  OUT term text, OUT estimate numeric, OUT standard_error numeric, OUT t_statistic numeric,
  OUT p_value numeric, OUT r_squared numeric, OUT adjusted_r_squared numeric,
  OUT residual_deviation numeric, OUT observations bigint)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_factor_exposures';
COMMENT ON FUNCTION quant.factor_exposures(bigint, date, text[], integer, text) IS
'Regression of the daily returns of a portfolio''s holdings at the end of a UTC date (P&L of their joint
history over the portfolio''s value) on factors: symbols such as SPY, or IWM-SPY for the difference of
two. Columns as quant.regression(); alpha is per day. Only reads.
Errors: 42704 unknown portfolio or factor; 22023 too few joint returns, a factor that others span, a
value that is not positive.
Example: SELECT term, estimate, p_value FROM quant.factor_exposures(1, ''2024-06-28'', ''{SPY,IWM-SPY}'')';
