-- SPDX-License-Identifier: PostgreSQL
-- Models over arrays, simulated and GARCH tails, factor exposures, drawdowns and the rest of a record;
-- regressions beside those of the server itself.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

\i test/regress/error_of.sql

BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (931, 'modeller', 'modeller@example.com', 'x');
INSERT INTO trading.assets (id, symbol, sector) VALUES (931, 'RMA', 'Tech'), (932, 'RMB', 'Energy'), (933, 'RMM', NULL), (934, 'RMS', NULL), (935, 'RMX-Y', NULL);
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT a.id, a.symbol, timestamptz '2023-01-02 00:00+00' + day * interval '1 day', '1d', p, p + 1, p - 1, p
FROM trading.assets a, generate_series(0, 299) day, LATERAL (SELECT round(50 + ((day * day * 37 + day * a.id * 11) % 1009) / 290.0, 4)) price (p) WHERE a.id BETWEEN 931 AND 934;
INSERT INTO trading.benchmarks (id, symbol) VALUES (931, 'RMM');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, benchmark_id) VALUES (931, 931, 'two', 10000, 931), (932, 931, 'empty', 5000, NULL);
SELECT quant.record_transaction(931, 'buy', 'RMA', 100, 50, transaction_date => '2023-01-02') IS NOT NULL, quant.record_transaction(931, 'buy', 'RMB', 40.5, 50, transaction_date => '2023-01-03') IS NOT NULL;
-- The portfolio's returns and those of the factors on their joint days.
CREATE TEMP TABLE joint AS
WITH r AS (SELECT symbol, timestamp::date AS day, close_price / lag(close_price) OVER w - 1 AS r, last_value(close_price) OVER (PARTITION BY symbol ORDER BY timestamp ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS price
  FROM trading.market_data WHERE asset_id BETWEEN 931 AND 934 WINDOW w AS (PARTITION BY symbol ORDER BY timestamp))
SELECT a.day, (100 * a.price * a.r + 40.5 * b.price * b.r) / (2975 + 100 * a.price + 40.5 * b.price) AS y, m.r AS market, s.r AS size
FROM r a JOIN r b USING (day) JOIN r m USING (day) JOIN r s USING (day) WHERE a.symbol = 'RMA' AND b.symbol = 'RMB' AND m.symbol = 'RMM' AND s.symbol = 'RMS' AND a.r IS NOT NULL ORDER BY day DESC LIMIT 250;

\echo 'one factor: slope, intercept, R squared beside regr_*'
SELECT term, round(estimate, 8) AS estimate, round(r_squared, 8) AS r2, observations FROM quant.factor_exposures(931, '2023-12-31', '{RMM}');
SELECT round(regr_slope(y, market)::numeric, 8), round(regr_intercept(y, market)::numeric, 8), round(regr_r2(y, market)::numeric, 8), regr_count(y, market) FROM joint;
\echo 'two, one of them a difference; the residuals of the array form are orthogonal to the factors'
SELECT term, estimate, standard_error, t_statistic, p_value FROM quant.factor_exposures(931, '2023-12-31', '{RMM,RMS-RMM}', standard_errors => 'newey_west');
CREATE TEMP TABLE f AS SELECT * FROM quant.regression((SELECT array_agg(round(y, 18) ORDER BY day) FROM joint), (SELECT array_agg(ARRAY[round(market, 18), round(size - market, 18)] ORDER BY day) FROM joint), 'newey_west');
SELECT term, estimate, standard_error, t_statistic, p_value FROM f;
WITH e AS (SELECT j.*, y - (SELECT estimate FROM f WHERE term = 'alpha') - market * (SELECT estimate FROM f WHERE term = 'x1') - (size - market) * (SELECT estimate FROM f WHERE term = 'x2') AS e FROM joint j)
SELECT abs(sum(e)) < 1e-9 AS zero, abs(sum(e * market)) < 1e-9 AS zero, abs(sum(e * size)) < 1e-9 AS zero FROM e;

\echo 'covariance beside covar_samp; methods'
SELECT round(c.matrix[1][2], 10) = round(b.xy::numeric, 10) AS same, round(c.matrix[1][1], 10) = round(b.xx::numeric, 10) AS same, c.observations, c.shrinkage
FROM quant.covariance((SELECT array_agg(ARRAY[market, size] ORDER BY day) FROM joint)) c, (SELECT covar_samp(market, size) AS xy, var_samp(market) AS xx FROM joint) b;
SELECT m, matrix, shrinkage FROM unnest('{sample,ewma,ledoit_wolf,constant_correlation}'::text[]) m, quant.covariance('{{0.01,0.02},{-0.01,0.015},{0.02,-0.01},{0.005,0.001}}', m);
SELECT matrix FROM quant.covariance('{0.01,-0.02,0.03}'), LATERAL (SELECT var_samp(r) FROM unnest('{0.01,-0.02,0.03}'::numeric[]) r) v;

\echo 'volatility by range'
SELECT e, quant.price_volatility('{10,10.2,10.1,10.4}', '{10.5,10.6,10.3,10.9}', '{9.8,10,9.9,10.2}', '{10.2,10.1,10.2,10.8}', e) FROM unnest('{close_close,parkinson,garman_klass,rogers_satchell,yang_zhang}'::text[]) e;
SELECT round(stddev_samp(ln(c / before)) * sqrt(252::numeric), 12) FROM (VALUES (10.1, 10.2), (10.2, 10.1), (10.8, 10.2)) v (c, before);
SELECT quant.price_volatility('{10,NULL,11}', '{10,10,11}', '{10,10,11}', '{10,10,11}', 'parkinson'), quant.price_volatility('{}', '{}', '{}', '{}'), quant.price_volatility('{5,5,5}', '{5,5,5}', '{5,5,5}', '{5,5,5}', 'yang_zhang');

\echo 'expected shortfall has held, or not'
SELECT * FROM quant.es_backtest('{3,1,-2,5}', '{2,2,2,2}', '{3,3,3,4}', 0.75);
SELECT 1 - (3 / 3.0 + 5 / 4.0) / 2, 1 - (3 / 3.0 + 5 / 4.0) / (4 * 0.25);
SELECT * FROM quant.es_backtest('{1,NULL}', '{2,2}', '{3,3}', 0.975);

\echo 'simulated: the same for the same seed, near the normal figure; GARCH is its own process'
SELECT quant.value_at_risk(y, 0.99, 'monte_carlo', '{"seed": 7}') = quant.value_at_risk(y, 0.99, 'monte_carlo', '{"seed": 7}') AS same, quant.value_at_risk(y, 0.99, 'monte_carlo', '{"seed": 7}') <> quant.value_at_risk(y, 0.99, 'monte_carlo', '{"seed": 8}') AS other,
  abs(quant.value_at_risk(y, 0.99, 'monte_carlo', '{"paths": 1000000}') / quant.value_at_risk(y, 0.99, 'normal') - 1) < 0.01 AS near,
  abs(quant.expected_shortfall(y, 0.99, 'monte_carlo', '{"paths": 1000000, "horizon": 4}') / (2 * quant.expected_shortfall(y, 0.99, 'monte_carlo', '{"paths": 1000000}')) - 1) < 1e-9 AS twice FROM joint;
SELECT round(quant.value_at_risk(y, 0.99, 'monte_carlo', '{"seed": 7}'), 9) AS var, round(quant.expected_shortfall(y, 0.99, 'monte_carlo', '{"seed": 7, "tail": "below", "quantile_type": 1}'), 9) AS es FROM joint;
SELECT method, value_at_risk, expected_shortfall, observations FROM unnest('{normal,monte_carlo}'::text[]) method, quant.portfolio_risk(931, '2023-10-28', method, 0.99);
SELECT value_at_risk, expected_shortfall FROM quant.portfolio_risk(931, '2023-10-28', 'monte_carlo', 0.99, options => '{"seed": 1, "paths": 200000}');
SELECT round(quant.value_at_risk(r, 0.99, 'garch'), 8) AS one, round(quant.value_at_risk(r, 0.99, 'garch', '{"horizon": 10}'), 8) AS ten, quant.value_at_risk(r, 0.99, 'garch') = quant.value_at_risk(r, 0.99, 'garch') AS same
FROM (SELECT round((sin(i * 0.7) * (1 + sin(i * 0.05)) + ((i * 7919) % 100 - 50) / 60.0)::numeric / 100, 6) AS r FROM generate_series(1, 300) i) x;
\echo 'overlapping horizons: the compounded returns one by one'
WITH r AS (SELECT row_number() OVER (ORDER BY day) AS n, round(y, 10) AS y FROM joint), h AS (SELECT (1 + a.y) * (1 + b.y) * (1 + c.y) - 1 AS y FROM r a JOIN r b ON b.n = a.n + 1 JOIN r c ON c.n = a.n + 2)
SELECT round(quant.value_at_risk(r.y, 0.95, 'historical', '{"horizon": 3, "horizon_method": "overlapping"}' ORDER BY n), 12) = (SELECT round(quant.value_at_risk(h.y, 0.95), 12) FROM h) AS same,
  round(quant.expected_shortfall(r.y, 0.95, 'normal', '{"horizon": 3, "horizon_method": "overlapping"}' ORDER BY n), 12) = (SELECT round(quant.expected_shortfall(h.y, 0.95, 'normal'), 12) FROM h) AS same FROM r;
SELECT quant.value_at_risk(r, 0.95, 'normal', '{"horizon": 3, "horizon_method": "overlapping"}') FROM (VALUES (0.1), (0.2)) v (r);
SELECT o, p.value_at_risk, p.expected_shortfall FROM unnest(ARRAY['{}', '{"horizon_method": "sqrt"}', '{"horizon_method": "overlapping"}']::jsonb[]) o, quant.portfolio_risk(931, '2023-10-28', horizon => 5, options => o) p;
-- The P&L over five days of each holding, compounded, from plain SQL.
WITH r AS (SELECT symbol, row_number() OVER w AS n, close_price / lag(close_price) OVER w AS g, 1.0 * last_value(close_price) OVER (PARTITION BY symbol ORDER BY timestamp ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) * CASE symbol WHEN 'RMA' THEN 100 ELSE 40.5 END AS v
  FROM trading.market_data WHERE symbol IN ('RMA', 'RMB') WINDOW w AS (PARTITION BY symbol ORDER BY timestamp)),
h AS (SELECT a.n, sum(a.v * (a.g * b.g * c.g * d.g * e.g - 1)) AS pnl FROM r a JOIN r b ON b.symbol = a.symbol AND b.n = a.n + 1 JOIN r c ON c.symbol = a.symbol AND c.n = a.n + 2 JOIN r d ON d.symbol = a.symbol AND d.n = a.n + 3 JOIN r e ON e.symbol = a.symbol AND e.n = a.n + 4 WHERE a.n > 50 GROUP BY a.n)
SELECT round(-percentile_cont(0.05) WITHIN GROUP (ORDER BY pnl)::numeric, 2), count(*) FROM h;
SELECT pg_temp.error_of($$SELECT quant.risk_contributions(931, '2023-10-28', horizon => 5, options => '{"horizon_method": "overlapping"}')$$), pg_temp.error_of($$SELECT quant.portfolio_risk(931, '2023-10-28', options => '{"horizon_method": "square"}')$$);

\echo 'GARCH and correlations by themselves'
SELECT round(mu, 6) AS mu, round(omega, 6) AS omega, round(alpha, 6) AS alpha, round(beta, 6) AS beta, round(log_likelihood, 6) AS l, observations, missing_observations FROM quant.garch((SELECT array_agg(round(100 * y, 8) ORDER BY day) || NULL::numeric FROM joint));
SELECT round(log_likelihood, 10), round(forecast, 10) FROM quant.garch('{0.5,-1.25,0.75,2,-3.5,0.1,0,-0.2,1.1,0.3}', '{0.05,0.05,0.08,0.9}');
SELECT * FROM quant.nearest_correlation('{{1,0.9,0.7},{0.9,1,0.3},{0.7,0.3,1}}');

\echo 'factor shocks: the exposures times the shocks'
SELECT p ->> 'symbol' AS symbol, p ->> 'source' AS source, round((p ->> 'shock')::numeric, 10) AS shock FROM jsonb_array_elements(quant.stress_test(931, '2023-10-28', '{"factors": {"RMM": -0.1, "RMS-RMM": 0.05}, "symbols": {"RMB": -0.2}}') -> 'positions') p;
WITH r AS (SELECT symbol, timestamp, round(close_price / lag(close_price) OVER (PARTITION BY symbol ORDER BY timestamp) - 1, 18) AS r FROM trading.market_data WHERE symbol LIKE 'RM%'),
j AS (SELECT a.r AS y, m.r AS m, s.r - m.r AS s FROM r a JOIN r m USING (timestamp) JOIN r s USING (timestamp) WHERE a.symbol = 'RMA' AND m.symbol = 'RMM' AND s.symbol = 'RMS' AND a.r IS NOT NULL ORDER BY timestamp DESC LIMIT 250)
SELECT round(sum(estimate * CASE term WHEN 'x1' THEN -0.1 WHEN 'x2' THEN 0.05 ELSE 0 END), 10) FROM quant.regression((SELECT array_agg(y) FROM j), (SELECT array_agg(ARRAY[m, s]) FROM j));
SELECT s, pg_temp.error_of(format('SELECT quant.stress_test(931, ''2023-10-28'', %L)', s)) FROM unnest(ARRAY['{"factors": {"NOPE": 1}}', '{"factors": {"RMM": -0.1}, "all": 0.1}', '{"factors": {"RMM": 1}, "from": "2023-01-01", "to": "2023-02-01"}', '{"factors": {"RMS": 1, "RMS-RMM": 1, "RMM": 1}}', '{"factors": ["RMM"]}']) s;

\echo 'so many daily standard deviations, of a long position and a shorter sample'
SELECT p ->> 'symbol' AS symbol, p ->> 'source' AS source, (p ->> 'shock')::numeric AS shock, (p ->> 'pnl')::numeric AS pnl FROM jsonb_array_elements(quant.stress_test(931, '2023-10-28', '{"volatility": -2.5, "symbols": {"RMB": -0.2}}') -> 'positions') p;
WITH r AS (SELECT timestamp, close_price, close_price / lag(close_price) OVER (ORDER BY timestamp) - 1 AS r FROM trading.market_data WHERE symbol = 'RMA' AND timestamp < '2023-10-29'),
l AS (SELECT * FROM r WHERE r IS NOT NULL ORDER BY timestamp DESC LIMIT 250)
SELECT round(-2.5 * stddev_samp(r), 12) AS shock, round(100 * (array_agg(close_price ORDER BY timestamp DESC))[1] * -2.5 * stddev_samp(r), 2) AS pnl FROM l;
SELECT s, pg_temp.error_of(format('SELECT quant.stress_test(931, ''2023-10-28'', %L)', s)) FROM unnest(ARRAY['{"volatility": -2, "all": 0.1}', '{"volatility": "high"}', '{"volatility": 1, "factors": {"RMM": -0.1}}', '{"volatility": 1, "from": "2023-01-01", "to": "2023-02-01"}', '{"volatility": -1000}']) s;

SAVEPOINT twins;
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price) SELECT 'RMX-Y', m.timestamp, '1d', open_price, high_price, low_price, close_price FROM trading.market_data m WHERE symbol = 'RMA';
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (933, 931, 'twins', 10000);
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at) VALUES (933, 'RMA', 10, 50, '2023-01-02'), (933, 'RMX-Y', 20, 50, '2023-01-02');
\echo 'two holdings that are one: repaired'
SELECT value_at_risk > 0 AS found FROM quant.portfolio_risk(933, '2023-10-28', 'monte_carlo');
\echo 'an asset with a hyphen is itself'
SELECT term FROM quant.factor_exposures(931, '2023-12-31', '{RMX-Y}');
SELECT pg_temp.error_of($$SELECT * FROM quant.factor_exposures(931, '2023-12-31', '{RMA,RMX-Y}')$$);
ROLLBACK TO twins;

\echo 'equity: Calmar ratio and ulcer index beside plain SQL; Sharpe ratios that luck explains'
CREATE TEMP TABLE curve AS SELECT * FROM (VALUES (100, timestamptz '2024-01-01'), (120, '2024-06-01'), (90, '2024-09-01'), (130, '2025-01-01')) v (equity, at);
SELECT quant.calmar_ratio(equity, at ORDER BY equity), quant.ulcer_index(equity, at) FROM curve;
SELECT round((1.3 ^ (365.25 / 366) - 1) / 0.25, 12), round(sqrt((0 + 0.0625 + 0) / 3), 12);
SELECT quant.calmar_ratio(equity, at), quant.ulcer_index(equity, at) FROM curve WHERE equity = 100;
SELECT quant.calmar_ratio(equity, at), quant.ulcer_index(equity, at) FROM curve WHERE equity <> 90;
SELECT round(quant.probabilistic_sharpe_ratio(y, 0), 8), round(quant.deflated_sharpe_ratio(y, 0.001, 20), 8), quant.deflated_sharpe_ratio(y, 0.001, 1) FROM joint;
SELECT quant.probabilistic_sharpe_ratio(r, 0), quant.deflated_sharpe_ratio(r, 0, 2) FROM (VALUES (0.01), (0.01)) v (r);

\echo 'drawdowns with their dates: the deposit is no recovery'
SELECT quant.mark_portfolio(931, at) FROM unnest('{2023-01-10 21:00+00,2023-01-11 21:00+00,2023-01-12 21:00+00}'::timestamptz[]) at;
SELECT quant.record_transaction(931, 'deposit', amount => 5000, transaction_date => '2023-01-13 12:00+00') IS NOT NULL;
SELECT quant.mark_portfolio(931, at) FROM unnest('{2023-01-13 21:00+00,2023-01-20 21:00+00}'::timestamptz[]) at;
SELECT timestamp, equity, drawdown FROM trading.equity_curves WHERE portfolio_id = 931 ORDER BY timestamp;
SELECT * FROM quant.drawdowns(931);
SELECT * FROM quant.drawdowns(931, '2023-01-11');
SELECT count(*) FROM quant.drawdowns(932);

\echo 'the whole record'
INSERT INTO trading.risk_profiles (id, user_id, name, max_position_size_pct, max_portfolio_var, max_sector_exposure_pct, advanced_settings)
VALUES (931, 931, 'full', 20, 0.0001, 90, '{"factors": {"size": "RMS-RMM"}, "stress_scenarios": {"crash": {"all": -0.1}, "tech": {"sectors": {"Tech": -0.3}}, "odd": {"al": 1}}}');
SELECT quant.record_risk_metrics(931, '2023-10-28') = quant.record_risk_metrics(931, '2023-10-28') AS replaced;
SELECT market_beta, size_exposure, value_exposure, momentum_exposure, quality_exposure, r_squared, benchmark_correlation FROM trading.risk_metrics WHERE portfolio_id = 931;
SELECT round(corr(y, market)::numeric, 4) AS correlation, round(regr_slope(y, market)::numeric, 4) AS beta FROM joint;
SELECT jsonb_pretty(limit_breaches), stress_test_results FROM trading.risk_metrics WHERE portfolio_id = 931;
SELECT parameters -> 'profile_warnings' AS warnings, parameters -> 'factor_observations' AS n, length(parameters ->> 'data_hash') AS hash, parameters -> 'profile_figures' -> 'market_beta' IS NOT NULL AS whole FROM trading.risk_metrics WHERE portfolio_id = 931;
\echo 'factors that span each other: a warning, no figure but the beta of the market alone'
UPDATE trading.risk_profiles SET advanced_settings = '{"factors": {"size": "RMS-RMM", "value": "RMS"}}' WHERE id = 931;
SELECT quant.record_risk_metrics(931, '2023-10-28') IS NOT NULL;
SELECT market_beta, size_exposure, parameters -> 'profile_warnings' AS warnings FROM trading.risk_metrics WHERE portfolio_id = 931;
SELECT quant.record_risk_metrics(932, '2023-10-28') IS NOT NULL;
SELECT market_beta, stress_test_results, limit_breaches FROM trading.risk_metrics WHERE portfolio_id = 932;

\echo 'a date long after the last bar is told of'
SELECT quant.record_risk_metrics(931, '2024-03-01') IS NOT NULL;
SELECT parameters -> 'profile_warnings' -> 0 AS warning FROM trading.risk_metrics WHERE portfolio_id = 931 AND calculation_date = '2024-03-01';
\echo 'recorded value at risk against what followed, of the holdings and of the curve; the same from plain SQL'
SELECT count(quant.record_risk_metrics(931, date '2023-05-01' + d)) FROM generate_series(0, 20) d;
SELECT count(quant.mark_portfolio(931, timestamptz '2023-05-01 21:00+00' + d * interval '1 day')) FROM generate_series(0, 20) d;
SELECT exceptions, kupiec_lr, zone, observations, missing_observations FROM unnest('{hypothetical,actual}'::text[]) pnl, quant.portfolio_var_backtest(931, 0.95, '2023-05-01', '2023-05-21', pnl);
WITH r AS (SELECT calculation_date AS d, var_1d_95 AS var FROM trading.risk_metrics WHERE portfolio_id = 931 AND calculation_date BETWEEN '2023-05-01' AND '2023-05-21'),
p AS (SELECT m.timestamp::date AS d, sum(CASE symbol WHEN 'RMA' THEN 100 ELSE 40.5 END * close_price) AS v FROM trading.market_data m WHERE symbol IN ('RMA', 'RMB') GROUP BY 1),
l AS (SELECT r.d, r.var, p.v - lead(p.v) OVER (ORDER BY r.d) AS loss FROM r JOIN p USING (d))
SELECT b.exceptions, b.kupiec_lr, b.zone, b.observations, b.missing_observations FROM (SELECT array_agg(loss ORDER BY d) AS loss, array_agg(var ORDER BY d) AS var FROM l WHERE loss IS NOT NULL) a, quant.var_backtest(loss, var, 0.95) b;
\echo 'a forecast of one day is held against one day: records that are missing, days without bars'
SAVEPOINT gaps;
DELETE FROM trading.risk_metrics WHERE portfolio_id = 931 AND calculation_date IN ('2023-05-07', '2023-05-08', '2023-05-15');
SELECT observations, missing_observations FROM unnest('{hypothetical,actual}'::text[]) pnl, quant.portfolio_var_backtest(931, 0.95, '2023-05-01', '2023-05-21', pnl);
SELECT count(quant.record_risk_metrics(931, day)) FROM unnest('{2024-05-01,2024-05-02}'::date[]) day;
SELECT pg_temp.error_of($$SELECT quant.portfolio_var_backtest(931, 0.95, '2024-05-01')$$);
ROLLBACK TO gaps;
SELECT pg_temp.error_of($$SELECT quant.portfolio_risk(931, '2023-05-01', horizon => 5, options => '{"horizon": 10}')$$);
SELECT s, pg_temp.error_of('SELECT quant.portfolio_var_backtest(' || s || ')') FROM unnest(ARRAY['99931', 'NULL', '931, 0.9', $$931, 0.95, pnl => 'real'$$, '932, 0.99', $$931, 0.95, 'infinity'$$]) s;

\echo 'an exposure that does not fit its column is named'
SAVEPOINT tiny;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (935, 'tiny', 'tiny@example.com', 'x');
INSERT INTO trading.risk_profiles (user_id, name) VALUES (935, 'plain');
INSERT INTO trading.benchmarks (id, symbol) VALUES (935, 'RMB');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, benchmark_id, cash_balance, current_capital)
SELECT 935, 935, 'tiny', 1000, 935, 0.01 - round(100 * close_price, 2), 1000 FROM trading.market_data WHERE symbol = 'RMA' AND timestamp = '2023-10-28 00:00+00';
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at) VALUES (935, 'RMA', 100, 10, '2022-01-01');
SELECT quant.record_risk_metrics(935, '2023-10-28') IS NOT NULL;
SELECT portfolio_value, market_beta, abs((parameters #>> '{profile_figures,market_beta}')::numeric) > 9999 AS whole, parameters -> 'profile_warnings' AS warnings FROM trading.risk_metrics WHERE portfolio_id = 935;
ROLLBACK TO tiny;

\echo 'refused'
SELECT statement, pg_temp.error_of('SELECT quant.' || statement) FROM unnest(ARRAY[
  $$factor_exposures(99931, '2023-12-31', '{RMM}')$$, $$factor_exposures(931, '2023-12-31', '{NOPE}')$$, $$factor_exposures(931, '2023-12-31', '{RMM-NOPE}')$$, $$factor_exposures(931, '2023-12-31', '{}')$$, $$factor_exposures(931, '2023-12-31', '{NULL}')$$,
  $$factor_exposures(931, 'infinity', '{RMM}')$$, $$factor_exposures(931, '2023-12-31', '{RMM}', 0)$$, $$factor_exposures(931, '2023-12-31', '{RMM}', 250, 'white')$$, $$factor_exposures(931, '2023-01-04', '{RMM}')$$, $$factor_exposures(931, '2023-12-31', NULL)$$,
  $$regression('{1,2}', '{1,2}')$$, $$regression('{1,2,3}', '{1,2}')$$, $$regression('{1,2,3}', '{1,1,1}')$$, $$regression('{1,2,NULL}', '{1,2,3}')$$, $$regression('{1,2,NaN}', '{1,2,3}')$$, $$regression('{1,2,3,4}', '{{1,2},{2,4},{3,6},{5,10}}')$$, $$regression('{}', '{}')$$,
  $$regression('{1,2,3}', '{{{1}},{{2}},{{3}}}')$$, $$regression(NULL, '{1}')$$, $$regression('{1e37,1,2}', '{1e-37,2,4}')$$,
  $$covariance('{{0.1,0.2}}')$$, $$covariance('{}')$$, $$covariance('{{0.1,NULL},{1,2}}')$$, $$covariance('{1,2}', 'spectral')$$, $$covariance('{1,2}', 'ewma', 1)$$, $$covariance('{1,2}', 'ewma', 0)$$, $$covariance(NULL)$$,
  $$price_volatility('{1}', '{1,2}', '{1}', '{1}')$$, $$price_volatility('{0}', '{1}', '{1}', '{1}', 'parkinson')$$, $$price_volatility('{-1}', '{1}', '{1}', '{1}')$$, $$price_volatility('{1}', '{1}', '{1}', '{1}', 'garman')$$, $$price_volatility('{1}', '{1}', '{1}', '{1}', 'parkinson', 0)$$, $$price_volatility(NULL, '{1}', '{1}', '{1}')$$,
  $$es_backtest('{1}', '{1,2}', '{1}', 0.95)$$, $$es_backtest('{}', '{}', '{}', 0.95)$$, $$es_backtest('{3}', '{1}', '{0}', 0.95)$$, $$es_backtest('{3}', '{1}', '{2}', 1)$$,
  $$garch('{1,2}')$$, $$garch('{}', '{0,1,0,0}')$$, $$garch('{1}', '{0,0,0,0}')$$, $$garch('{1}', '{0,1,0}')$$, $$garch('{1}', '{0,1,NULL,0}')$$, $$garch(NULL)$$, $$garch('{NaN}', '{0,1,0,0}')$$, $$nearest_correlation('{{1,2},{2,1}}')$$, $$nearest_correlation('{{1,0.5}}')$$, $$nearest_correlation('{{1,0.5},{0.4,1}}')$$, $$nearest_correlation('{{2}}')$$, $$nearest_correlation(NULL)$$,
  $$drawdowns(99931)$$, $$drawdowns(NULL)$$, $$drawdowns(931, 'infinity')$$]) AS s (statement);
SELECT options, pg_temp.error_of(format('SELECT quant.value_at_risk(r, 0.95, ''monte_carlo'', %L) FROM (VALUES (0.1), (0.2)) v (r)', options)) FROM unnest(ARRAY['{"paths": 99}', '{"paths": 10000001}', '{"seed": -1}', '{"seed": 9007199254740993}', '{"seed": 0.5}', '{"lambda": 0.9}', '{"path": 100}']) options;
SELECT quant.value_at_risk(r, 0.95, 'monte_carlo') FROM (VALUES (0.1)) v (r);
SELECT pg_temp.error_of($$SELECT quant.value_at_risk(r, 0.95, 'garch') FROM (SELECT 0.01 AS r FROM generate_series(1, 50)) x$$), pg_temp.error_of($$SELECT quant.deflated_sharpe_ratio(0.1, -1, 5)$$);
ROLLBACK;
