-- SPDX-License-Identifier: PostgreSQL
-- Risk of a portfolio by each method and its parts, recomputed here by plain SQL.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET datestyle = 'ISO, YMD';

\i test/regress/error_of.sql

BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (911, 'officer', 'officer@example.com', 'x');
INSERT INTO trading.assets (id, symbol) VALUES (911, 'PRA'), (912, 'PRB'), (913, 'PRC');
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT a.id, a.symbol, timestamptz '2023-01-02 00:00+00' + day * interval '1 day', '1d', p, p, p, p
FROM trading.assets a, generate_series(0, 399) day,
  LATERAL (SELECT round(50 + ((day * day * 37 + day * a.id * 11) % 1009) / 290.0, 4)) price (p)
WHERE a.id BETWEEN 911 AND 913 AND NOT (a.symbol = 'PRB' AND day IN (300, 310));
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, portfolio_type) VALUES
  (911, 911, 'three', 100000, 'paper'), (912, 911, 'empty', 5000.25, 'paper'), (913, 911, 'one', 5000, 'paper');
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at) VALUES
  (911, 'PRA', 100.5, 50, '2023-01-02 00:00+00'), (911, 'PRB', -40, 50, '2023-01-02 00:00+00'),
  (911, 'PRC', 333.333333, 50, '2023-01-02 00:00+00'), (913, 'PRA', 7, 50, '2023-01-02 00:00+00');

-- Value of each position on its last day times its return between joint days, the last 250.
CREATE TEMP TABLE pnl AS
WITH close AS (
  SELECT symbol, timestamp::date AS day, close_price, quantity,
    quantity * last_value(close_price) OVER (PARTITION BY symbol ORDER BY timestamp ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS value
  FROM trading.market_data JOIN trading.positions USING (symbol)
  WHERE portfolio_id = 911 AND timestamp < '2024-01-31 00:00+00'
), joint AS (
  SELECT *, count(*) OVER (PARTITION BY day) AS closes FROM close
), moved AS (
  SELECT symbol, day, value, value * (close_price::numeric(60, 40) / lag(close_price) OVER (PARTITION BY symbol ORDER BY day) - 1) AS pnl
  FROM joint WHERE closes = 3
)
SELECT symbol, day, value, pnl FROM moved WHERE day IN (SELECT DISTINCT day FROM moved ORDER BY day DESC LIMIT 250);
CREATE TEMP VIEW total AS SELECT day, sum(pnl) AS pnl FROM pnl GROUP BY day;

SELECT r.*, -round(percentile_cont(0.05) WITHIN GROUP (ORDER BY t.pnl)::numeric, 2) AS by_sql
FROM quant.portfolio_risk(911, '2024-01-30') AS r, total AS t GROUP BY r.*, r.value_at_risk, r.expected_shortfall,
  r.portfolio_value, r.observations, r.missing_observations, r.first_date, r.last_date \gx
SELECT r.value_at_risk = (SELECT round(-(avg(pnl) - 2.32634787404084110089 * stddev_samp(pnl)), 2) FROM total) AS normal
FROM quant.portfolio_risk(911, '2024-01-30', 'normal', 0.99) AS r;
SELECT r.value_at_risk = (SELECT round(-(10 * avg(pnl) - 2.32634787404084110089 * stddev_samp(pnl) * sqrt(10.0::numeric(20, 18))), 2) FROM total) AS ten_days
FROM quant.portfolio_risk(911, '2024-01-30', 'normal', 0.99, horizon => 10) AS r;
-- The other methods are those of the aggregate, which takes P&L in units of a million.
SELECT method, r.value_at_risk, r.value_at_risk - round(1000000 * a.var, 2) AS var_differs, r.expected_shortfall - round(1000000 * a.es, 2) AS es_differs
FROM (SELECT method, quant.value_at_risk(round(pnl / 1000000, 20), 0.99, method ORDER BY day) AS var,
        quant.expected_shortfall(round(pnl / 1000000, 20), 0.99, method ORDER BY day) AS es
      FROM total, unnest(ARRAY['historical', 'normal', 'student_t', 'cornish_fisher', 'ewma', 'filtered_historical', 'age_weighted']) AS method
      GROUP BY method) AS a, quant.portfolio_risk(911, '2024-01-30', a.method, 0.99) AS r
ORDER BY method;

-- The parts add up to the cent, whatever the method, level and horizon.
SELECT c.* FROM quant.risk_contributions(911, '2024-01-30') AS c;
SELECT method, level, horizon, sum(c.component_var) - max(r.value_at_risk) AS var_left, sum(c.component_es) - max(r.expected_shortfall) AS es_left
FROM unnest(ARRAY['historical', 'normal', 'ewma']) AS method, unnest(ARRAY[0.9, 0.95, 0.99]) AS level, unnest(ARRAY[1, 10]) AS horizon,
  quant.portfolio_risk(911, '2024-01-30', method, level, horizon) AS r, quant.risk_contributions(911, '2024-01-30', method, level, horizon) AS c
GROUP BY method, level, horizon ORDER BY method, level, horizon;
-- Normal: minus the mean, and z times the covariance with the whole over its deviation.
SELECT c.symbol, c.component_var - round(-avg(p.pnl) + 1.64485362695147271486 * sum((p.pnl - m.own) * (t.pnl - m.whole)) / 249 / m.deviation, 2) AS differs,
  c.marginal_var - round((-avg(p.pnl) + 1.64485362695147271486 * sum((p.pnl - m.own) * (t.pnl - m.whole)) / 249 / m.deviation) / max(p.value), 12) AS marginal_differs
FROM quant.risk_contributions(911, '2024-01-30', 'normal') AS c JOIN pnl AS p USING (symbol) JOIN total AS t USING (day),
  LATERAL (SELECT (SELECT avg(pnl) FROM pnl WHERE symbol = c.symbol) AS own, (SELECT avg(pnl) FROM total) AS whole, (SELECT stddev_samp(pnl) FROM total) AS deviation) AS m
GROUP BY c.symbol, c.component_var, c.marginal_var, m.deviation ORDER BY c.symbol;
-- Historical: the position's own P&L in the scenarios around the quantile: the 13th and 14th of 250.
WITH ranked AS (SELECT day, row_number() OVER (ORDER BY pnl, day) AS rank FROM total)
SELECT c.symbol, abs(c.component_var - round(-(max(p.pnl) FILTER (WHERE rank = 13) + 0.45 * (max(p.pnl) FILTER (WHERE rank = 14) - max(p.pnl) FILTER (WHERE rank = 13))), 2)) <= 0.01 AS near
FROM quant.risk_contributions(911, '2024-01-30') AS c JOIN pnl AS p USING (symbol) JOIN ranked USING (day) GROUP BY c.symbol, c.component_var ORDER BY c.symbol;
-- Incremental: with all, less without the one.
SELECT c.symbol, c.incremental_var - round((SELECT -percentile_cont(0.05) WITHIN GROUP (ORDER BY pnl) FROM total)::numeric
    - (SELECT -percentile_cont(0.05) WITHIN GROUP (ORDER BY rest) FROM (SELECT sum(pnl) AS rest FROM pnl WHERE symbol <> c.symbol GROUP BY day) AS others)::numeric, 2) AS differs
FROM quant.risk_contributions(911, '2024-01-30') AS c ORDER BY c.symbol;
-- One position is all of it; none has no risk.
SELECT c.component_var = r.value_at_risk AND c.incremental_var = r.value_at_risk AND c.component_es = r.expected_shortfall AS all_of_it
FROM quant.portfolio_risk(913, '2024-01-30') AS r, quant.risk_contributions(913, '2024-01-30') AS c;
SELECT * FROM quant.portfolio_risk(912, '2024-01-30', 'student_t', 0.99);
SELECT count(*) FROM quant.risk_contributions(912, '2024-01-30');
-- A tail without a loss beyond the quantile has no parts.
SELECT r.expected_shortfall, c.component_es
FROM quant.portfolio_risk(913, '2024-01-30', 'historical', 0.999, options => '{"tail": "below", "quantile_type": 1}') AS r,
  quant.risk_contributions(913, '2024-01-30', 'historical', 0.999, options => '{"tail": "below", "quantile_type": 1}') AS c;
SELECT sum(c.component_es) - max(r.expected_shortfall) AS left_below
FROM quant.portfolio_risk(911, '2024-01-30', options => '{"tail": "below"}') AS r, quant.risk_contributions(911, '2024-01-30', options => '{"tail": "below"}') AS c;

-- Refused
SELECT call, pg_temp.error_of('SELECT quant.' || call)
FROM unnest(ARRAY['portfolio_risk(999)', 'portfolio_risk(NULL)', 'portfolio_risk(911, NULL)', 'portfolio_risk(911, ''infinity'')',
  'portfolio_risk(911, ''2023-02-10'')', 'portfolio_risk(911, ''2023-03-20'', ''normal'', 0.99)', 'portfolio_risk(911, ''2024-01-30'', ''magic'')',
  'portfolio_risk(911, ''2024-01-30'', ''normal'', 95)', 'portfolio_risk(911, ''2024-01-30'', lookback => 0)', 'portfolio_risk(911, ''2024-01-30'', lookback => 59)',
  'portfolio_risk(911, ''2024-01-30'', horizon => -1)', 'portfolio_risk(911, ''2024-01-30'', options => ''{"lambda": 0.9}'')',
  'risk_contributions(911, ''2024-01-30'', ''student_t'')', 'portfolio_risk(911, ''2024-01-30'', NULL)']) AS call;
\echo 'a split after the last bar counts once it is booked, or where nothing was held before it'
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (914, 911, 'split', 1000), (915, 911, 'late', 1000);
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from) VALUES (911, 'split', '2024-02-07', 2, 1);
CREATE TEMP VIEW split_value AS SELECT as_of, r.portfolio_value FROM unnest('{2024-02-06,2024-02-08}'::date[]) as_of, quant.portfolio_risk(914, as_of) r ORDER BY as_of;
SELECT quant.record_transaction(914, 'buy', 'PRA', 9, 50, transaction_date => '2024-02-01 15:00+00') > 0,
  quant.record_transaction(915, 'buy', 'PRA', 3, 25.1234, transaction_date => '2024-02-08 15:00+00') > 0;
SELECT * FROM split_value;
SELECT quant.record_transaction(914, 'split', 'PRA', 9, transaction_date => '2024-02-07 00:00+00') > 0;
SELECT * FROM split_value;
SELECT r.portfolio_value, close_price, 550 + 9 * close_price AS before, 550 + 18 * round(close_price / 2, 4) AS after, 1000 - 75.37 + 3 * round(close_price / 2, 4) AS late
FROM trading.market_data, quant.portfolio_risk(915, '2024-02-08') r WHERE symbol = 'PRA' ORDER BY timestamp DESC LIMIT 1;
-- It only reads.
SET TRANSACTION READ ONLY;
SELECT value_at_risk FROM quant.portfolio_risk(911, '2024-01-30');
ROLLBACK;
