-- SPDX-License-Identifier: PostgreSQL
-- The risk record of a portfolio, recomputed here by plain SQL.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Tokyo';

-- An error as one row: SQLSTATE, message, detail, hint.
CREATE FUNCTION pg_temp.error_of(portfolio_id bigint, date date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  PERFORM quant.record_risk_metrics(portfolio_id, date);
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (901, 'risk_owner', 'risk@example.com', 'x'), (902, 'no_profile', 'none@example.com', 'x');
INSERT INTO trading.assets (id, symbol, asset_type)
VALUES (901, 'RISKA', 'stock'), (902, 'RISKB', 'stock'), (903, 'RISKC', 'crypto'),
  (904, 'RISKNEW', 'stock');
-- A close a day from 2023-01-02 on; RISKB lacks two days, RISKNEW has 70
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price,
  low_price, close_price)
SELECT a.id, a.symbol, timestamptz '2023-01-02 00:00+00' + day * interval '1 day', '1d', p, p, p, p
FROM trading.assets a, generate_series(0, 399) day,
  LATERAL (SELECT round(50 + ((day * day * 37 + day * a.id * 11) % 1009) / 290.0, 4)) price (p)
WHERE a.id BETWEEN 901 AND 904
  AND NOT (a.symbol = 'RISKB' AND day IN (300, 310))
  AND NOT (a.symbol = 'RISKNEW' AND day < 330);
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, portfolio_type)
VALUES (901, 901, 'positions', 100000, 'paper'), (902, 901, 'ledger', 100000, 'paper'),
  (903, 901, 'empty', 5000.25, 'paper'), (904, 902, 'no profile', 5000, 'paper'),
  (905, 901, 'young', 5000, 'paper'), (906, 901, 'crypto', 5000, 'paper'),
  (907, 901, 'no bars', 5000, 'paper');
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at)
VALUES (901, 'RISKA', 100.5, 50, '2023-01-02 00:00+00'), (901, 'RISKB', -40, 50, '2023-01-02 00:00+00'),
  (905, 'RISKNEW', 10, 50, '2023-01-02 00:00+00'), (906, 'RISKC', 3.25, 50, '2023-01-02 00:00+00'),
  (907, 'RISKA', 1, 50, '2023-01-02 00:00+00'), (907, 'NOWHERE', 1, 50, '2023-01-02 00:00+00');

-- Refused
SELECT pg_temp.error_of(999, '2023-10-01') AS unknown_portfolio;
SELECT pg_temp.error_of(904, '2023-10-01') AS no_profile;
INSERT INTO trading.risk_profiles (id, user_id, name, is_active)
VALUES (901, 901, 'retired', false);
SELECT pg_temp.error_of(901, '2023-10-01') AS no_active_profile;
INSERT INTO trading.risk_profiles (id, user_id, name, is_default)
VALUES (902, 901, 'plain', false), (903, 901, 'default', true);
UPDATE trading.risk_profiles SET allow_short = true WHERE id = 903;
SELECT pg_temp.error_of(901, '2023-02-01') AS too_few;
SELECT pg_temp.error_of(907, '2024-02-05') AS no_bars;
SELECT date, pg_temp.error_of(901, date)
FROM unnest('{infinity, -infinity, 5874897-12-31}'::date[]) date;
UPDATE trading.assets SET currency = 'EUR' WHERE symbol = 'RISKB';
SELECT pg_temp.error_of(901, '2024-02-05') AS two_currencies;
UPDATE trading.assets SET currency = 'USD' WHERE symbol = 'RISKB';
SELECT pg_temp.error_of(NULL, '2024-02-05') AS of_null;
BEGIN READ ONLY;
SELECT pg_temp.error_of(901, '2024-02-05') AS read_only;
ROLLBACK;

-- Recorded, and recorded again in the same row
SELECT quant.record_risk_metrics(901, '2024-02-05') AS recorded \gset
SELECT quant.record_risk_metrics(901, '2024-02-05') = :recorded AS same_row;
SELECT risk_profile_id, calculation_date, method, observations, missing_observations,
  portfolio_value, gross_exposure, net_exposure, concentration_hhi
FROM trading.risk_metrics WHERE id = :recorded;
SELECT var_1d_95, var_1d_99, var_10d_95, var_10d_99, expected_shortfall_1d_95 AS es_95,
  expected_shortfall_1d_99 AS es_99, volatility, downside_deviation, skewness, excess_kurtosis
FROM trading.risk_metrics WHERE id = :recorded;
SELECT parameters - 'tail_dates' - 'figures' AS parameters, engine_version IS NOT NULL AS engine,
  jsonb_array_length(parameters #> '{tail_dates,0.95}') AS tail_95,
  jsonb_array_length(parameters #> '{tail_dates,0.99}') AS tail_99
FROM trading.risk_metrics WHERE id = :recorded;
SELECT risk_contributions, (SELECT sum(value::numeric) FROM jsonb_each_text(risk_contributions)) = var_1d_95 AS adds_up
FROM trading.risk_metrics WHERE id = :recorded;

-- The same from the bars by plain SQL: joint days, scenario P&L, type 7 quantile, tail mean
CREATE TEMP TABLE pnl AS
WITH held (symbol, quantity) AS (VALUES ('RISKA', 100.5), ('RISKB', -40)),
joint AS (
  SELECT timestamp FROM trading.market_data JOIN held USING (symbol)
  WHERE timeframe = '1d' AND timestamp < timestamptz '2024-02-06 00:00+00'
  GROUP BY timestamp HAVING count(*) = 2 ORDER BY timestamp DESC LIMIT 251),
returns AS (
  SELECT timestamp, symbol, close_price / lag(close_price) OVER w - 1 AS r
  FROM trading.market_data JOIN joint USING (timestamp) JOIN held USING (symbol)
  WINDOW w AS (PARTITION BY symbol ORDER BY timestamp)),
valued AS (
  SELECT DISTINCT ON (symbol) symbol, quantity * close_price AS value
  FROM trading.market_data JOIN held USING (symbol) WHERE timestamp < '2024-02-06 00:00+00'
  ORDER BY symbol, timestamp DESC)
SELECT row_number() OVER (ORDER BY sum(value * r)) AS k, timestamp, sum(value * r) AS x
FROM returns JOIN valued USING (symbol) WHERE r IS NOT NULL GROUP BY timestamp;
CREATE FUNCTION pg_temp.x(rank integer) RETURNS numeric LANGUAGE sql
AS $$SELECT x FROM pnl WHERE k = rank$$;
SELECT count(*) = observations AS observations,
  round(-(pg_temp.x(13) + 0.45 * (pg_temp.x(14) - pg_temp.x(13))), 2) = var_1d_95 AS var_95,
  round(-(pg_temp.x(3) + 0.49 * (pg_temp.x(4) - pg_temp.x(3))), 2) = var_1d_99 AS var_99,
  round(-(pg_temp.x(13) + 0.45 * (pg_temp.x(14) - pg_temp.x(13))) * sqrt(10::numeric), 2)
    = var_10d_95 AS var_10d,
  round(-(sum(x) FILTER (WHERE k <= 12) + 0.5 * pg_temp.x(13)) / 12.5, 2)
    = expected_shortfall_1d_95 AS shortfall_95,
  round(-(sum(x) FILTER (WHERE k <= 2) + 0.5 * pg_temp.x(3)) / 2.5, 2)
    = expected_shortfall_1d_99 AS shortfall_99,
  round(stddev_samp(x) * sqrt(252::numeric) / portfolio_value, 4) = volatility AS volatility
FROM pnl, trading.risk_metrics m WHERE m.id = :recorded GROUP BY m.id;
SELECT parameters #>> '{tail_dates,0.99}' = (
  SELECT jsonb_agg((timestamp AT TIME ZONE 'UTC')::date ORDER BY k) FROM pnl WHERE k <= 3)::text
  AS tail_dates
FROM trading.risk_metrics WHERE id = :recorded;

-- A ledger: holdings and cash replayed to the end of the UTC day, a split by its signed change; the
-- stored positions are not asked
INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, transaction_date, quantity,
  price, total_value, commission)
VALUES (902, 'RISKA', 'buy', '2023-12-01 15:00+00', 20, 60, 1200, 1.50),
  (902, 'RISKA', 'split', '2023-12-05 00:00+00', 20, NULL, 0, 0),
  (902, 'RISKA', 'sell', '2023-12-10 23:59:59+00', 5, 70, 350, 1),
  (902, 'RISKB', 'short', '2023-12-11 00:00+00', 8, 55, 440, 0),
  (902, NULL, 'deposit', '2023-12-11 10:00+00', NULL, NULL, 1000, 0),
  (902, 'RISKB', 'cover', '2023-12-20 10:00+00', 8, 50, 400, 0);
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at)
VALUES (902, 'RISKC', 999, 50, '2023-01-02 00:00+00');
SELECT count(quant.record_risk_metrics(902, date)) AS recorded
FROM unnest('{2023-11-30, 2023-12-10, 2023-12-11, 2023-12-20}'::date[]) date;
SELECT calculation_date, portfolio_value - net_exposure AS cash, symbol, quantity,
  parameters ->> 'holdings_source' AS source
FROM trading.risk_metrics
LEFT JOIN LATERAL jsonb_to_recordset(parameters -> 'holdings') h (symbol text, quantity numeric)
  ON true
WHERE portfolio_id = 902 ORDER BY calculation_date, symbol;

-- No holdings: no risk, no error; so it is before the first position was opened
SELECT quant.record_risk_metrics(901, '2023-01-01') AS before \gset
SELECT observations, var_1d_95, parameters -> 'holdings' AS holdings FROM trading.risk_metrics
WHERE id = :before;
SELECT quant.record_risk_metrics(903, '2024-02-05') AS empty \gset
SELECT observations, missing_observations, portfolio_value, var_1d_95, var_1d_99, var_10d_95,
  expected_shortfall_1d_99 AS es_99, volatility, skewness, gross_exposure, concentration_hhi,
  max_drawdown
FROM trading.risk_metrics WHERE id = :empty;

-- Between 60 and 100 returns only the 95 percent figures; crypto assets have 365 periods a year
SELECT quant.record_risk_metrics(905, '2024-02-05') AS young,
  quant.record_risk_metrics(906, '2024-02-05') AS crypto \gset
SELECT observations, var_1d_95 IS NOT NULL AS at_95, var_1d_99, var_10d_99,
  expected_shortfall_1d_99 AS es_99, parameters -> 'tail_dates' ? '0.99' AS tail_99
FROM trading.risk_metrics WHERE id = :young;
SELECT parameters -> 'periods_per_year' AS periods_per_year FROM trading.risk_metrics
WHERE id = :crypto;

-- Drawdown of the equity curve up to the date, the starting capital its first peak; gone again when
-- the curve is
INSERT INTO trading.equity_curves (portfolio_id, timestamp, cash_balance, market_value, equity)
SELECT 903, timestamp, equity, 0, equity
FROM (VALUES (timestamptz '2024-02-01 14:00+00', 4800.00), ('2024-02-01 20:00+00', 4900),
  ('2024-02-02 20:00+00', 6000), ('2024-02-03 20:00+00', 4500), ('2024-02-04 20:00+00', 5100),
  ('2024-02-05 23:59:59+00', 5400), ('2024-02-06 00:00+00', 1)) curve (timestamp, equity);
SELECT quant.record_risk_metrics(903, '2024-02-05') = :empty AS same_row;
SELECT current_drawdown, max_drawdown, average_drawdown, max_drawdown_duration_days AS days,
  ulcer_index, high_water_mark,
  round(sqrt((power(100.25 / 5000.25, 2) + power(0.25, 2) + power(0.15, 2) + power(0.1, 2)) / 5), 4)
    AS ulcer_by_hand
FROM trading.risk_metrics WHERE id = :empty;
DELETE FROM trading.equity_curves WHERE portfolio_id = 903;
SELECT quant.record_risk_metrics(903, '2024-02-05') = :empty AS same_row;
SELECT current_drawdown, max_drawdown, high_water_mark, max_drawdown_duration_days AS days
FROM trading.risk_metrics WHERE id = :empty;

-- A split that is not recorded is the worst loss, a recorded one is none
UPDATE trading.market_data SET open_price = close_price / 2, high_price = close_price / 2,
  low_price = close_price / 2, close_price = close_price / 2
WHERE symbol = 'RISKC' AND timestamp >= '2023-12-01 00:00+00';
UPDATE trading.positions SET quantity = 6.5 WHERE portfolio_id = 906;
SELECT expected_shortfall_1d_99 AS before_split FROM trading.risk_metrics WHERE id = :crypto \gset
SELECT quant.record_risk_metrics(906, '2024-02-05') = :crypto AS same_row;
SELECT expected_shortfall_1d_99 > 2 * :before_split AS jump_is_a_loss,
  parameters #> '{tail_dates,0.99,0}' AS worst_date
FROM trading.risk_metrics WHERE id = :crypto;
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from)
VALUES (903, 'split', '2023-12-01', 2, 1);
SELECT quant.record_risk_metrics(906, '2024-02-05') = :crypto AS same_row;
SELECT abs(expected_shortfall_1d_99 - :before_split) <= 0.01 AS jump_is_none
FROM trading.risk_metrics WHERE id = :crypto;

-- A ratio that does not fit its column is kept whole and named
UPDATE trading.positions SET quantity = 65 WHERE portfolio_id = 906;
SELECT quant.record_risk_metrics(906, '2024-02-05') = :crypto AS same_row;
UPDATE trading.portfolios SET cash_balance = -parameters.value + 0.01
FROM (SELECT net_exposure AS value FROM trading.risk_metrics WHERE id = :crypto) parameters
WHERE id = 906;
SELECT quant.record_risk_metrics(906, '2024-02-05') = :crypto AS same_row;
SELECT portfolio_value, volatility, (parameters #>> '{figures,volatility}')::numeric > 9999 AS whole,
  parameters -> 'warnings' AS warnings
FROM trading.risk_metrics WHERE id = :crypto;

DELETE FROM trading.transactions WHERE portfolio_id BETWEEN 901 AND 907;
DELETE FROM trading.portfolios WHERE id BETWEEN 901 AND 907;
DELETE FROM trading.users WHERE id IN (901, 902);
DELETE FROM trading.corporate_actions WHERE asset_id BETWEEN 901 AND 904;
DELETE FROM trading.market_data WHERE asset_id BETWEEN 901 AND 904;
DELETE FROM trading.assets WHERE id BETWEEN 901 AND 904;
