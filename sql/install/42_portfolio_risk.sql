-- SPDX-License-Identifier: PostgreSQL
-- Risk of a portfolio: its figures, its parts, its daily record, and whether the model has held.

-- Whether the model has held.

CREATE FUNCTION quant.var_backtest(
  losses numeric[], forecasts numeric[], level numeric,
  OUT exceptions bigint, OUT kupiec_lr numeric, OUT kupiec_p numeric,
  OUT independence_lr numeric, OUT independence_p numeric,
  OUT conditional_coverage_lr numeric, OUT conditional_coverage_p numeric,
  OUT zone text, OUT multiplier numeric, OUT observations bigint, OUT missing_observations bigint)
RETURNS record LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_var_backtest';
COMMENT ON FUNCTION quant.var_backtest(numeric[], numeric[], numeric) IS
'Back-test of value at risk: losses[i] is the loss of day i, positive, forecasts[i] the value at risk at the confidence level that was known before it, both in the order of time. A day is an exception where its loss is larger. Likelihood ratios with their p values, to 12 decimals: of the number of exceptions (Kupiec 1995, chi-squared 1), of their independence from one day to the next (Christoffersen 1998, chi-squared 1), of both (chi-squared 2). zone: Basel''s green, yellow or red by the probability of no more exceptions (0.95, 0.9999). multiplier: MAR99, for 250 days at 0.99, else NULL. Days with a NULL are left out and counted. Errors: P0002 without a day, 22023 for arrays of different lengths or a level not between 0 and 1.
Example: SELECT * FROM quant.var_backtest(ARRAY[120, 80, 310.5], ARRAY[200, 210, 205], 0.99)';

CREATE FUNCTION quant.portfolio_var_backtest(
  portfolio_id bigint, level numeric DEFAULT 0.95, from_date date DEFAULT '1900-01-01',
  to_date date DEFAULT (now() AT TIME ZONE 'UTC')::date, pnl text DEFAULT 'hypothetical',
  OUT exceptions bigint, OUT kupiec_lr numeric, OUT kupiec_p numeric,
  OUT independence_lr numeric, OUT independence_p numeric,
  OUT conditional_coverage_lr numeric, OUT conditional_coverage_p numeric,
  OUT zone text, OUT multiplier numeric, OUT observations bigint, OUT missing_observations bigint)
RETURNS record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_portfolio_var_backtest';
COMMENT ON FUNCTION quant.portfolio_var_backtest(bigint, numeric, date, date, text) IS
'quant.var_backtest() of the value at risk that trading.risk_metrics holds of a portfolio (var_1d_95 or var_1d_99, method historical) against the loss from each recorded date to the next. pnl: hypothetical, of the holdings of the recorded date (default), or actual, of the equity curve without deposits and withdrawals. Records whose loss is not known are counted as missing. Only reads. Errors: 42704 unknown portfolio; P0002 fewer than two records; 22023 another level or pnl.
Example: SELECT exceptions, kupiec_p, zone FROM quant.portfolio_var_backtest(1, 0.99)';

CREATE FUNCTION quant.record_risk_metrics(
  portfolio_id bigint, date date DEFAULT (now() AT TIME ZONE 'UTC')::date)
RETURNS bigint LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_record_risk_metrics';
COMMENT ON FUNCTION quant.record_risk_metrics(bigint, date) IS
'Computes the risk of a portfolio at the end of a UTC date by historical simulation over the last 250 joint daily returns of its holdings, with the factor exposures, stress scenarios and limits that its risk profile names (advanced_settings.factors: market, size, value, momentum, quality; advanced_settings.stress_scenarios), and stores it in trading.risk_metrics (again for the same date: replaces it). What the profile asks for and cannot be worked out is NULL and named in parameters.profile_warnings. Returns the id of the row. Money is positive for a loss.
Example: SELECT quant.record_risk_metrics(1, ''2024-06-28'')';

CREATE FUNCTION quant.portfolio_risk(
  portfolio_id bigint, as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date,
  method text DEFAULT 'historical', level numeric DEFAULT 0.95, horizon integer DEFAULT 1,
  lookback integer DEFAULT 250, options jsonb DEFAULT NULL,
  OUT value_at_risk numeric, OUT expected_shortfall numeric, OUT portfolio_value numeric,
  OUT observations integer, OUT missing_observations integer, OUT first_date date, OUT last_date date)
RETURNS record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_portfolio_risk';
COMMENT ON FUNCTION quant.portfolio_risk(bigint, date, text, numeric, integer, integer, jsonb) IS
'Value at risk and expected shortfall of a portfolio at the end of a UTC date, in money, a loss positive: its holdings revalued with each of the last lookback (1 to 10000) joint daily returns, by a method of quant.value_at_risk at a confidence level, over horizon days, rounded once. options as there. Needs 60 returns up to 0.95, 100 above (22023). NULL where the method finds none. Only reads.
Example: SELECT * FROM quant.portfolio_risk(1, ''2024-06-28'', ''normal'', 0.99, horizon => 10)';

CREATE FUNCTION quant.risk_contributions(
  portfolio_id bigint, as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date,
  method text DEFAULT 'historical', level numeric DEFAULT 0.95, horizon integer DEFAULT 1,
  lookback integer DEFAULT 250, options jsonb DEFAULT NULL,
  OUT symbol text, OUT quantity numeric, OUT position_value numeric, OUT component_var numeric,
  OUT component_es numeric, OUT marginal_var numeric, OUT incremental_var numeric)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_risk_contributions';
COMMENT ON FUNCTION quant.risk_contributions(bigint, date, text, numeric, integer, integer, jsonb) IS
'What each position adds to the risk of quant.portfolio_risk with the same arguments. component_var and component_es (money) follow Euler''s rule and add up to the figures of the portfolio to the cent; marginal_var is the component per unit of position_value; incremental_var is the value at risk with the position less that without it. Methods historical, normal and ewma (0A000 for others).
Example: SELECT symbol, component_var FROM quant.risk_contributions(1, ''2024-06-28'') ORDER BY component_var DESC';

CREATE FUNCTION quant.stress_test(portfolio_id bigint, as_of date, scenario jsonb)
RETURNS jsonb LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_stress_test';
COMMENT ON FUNCTION quant.stress_test(bigint, date, jsonb) IS
'What the holdings of a portfolio at the end of a UTC date would gain in a scenario, in money, a loss negative: {"pnl": ..., "positions": [{"symbol", "value", "shock", "pnl", "source"}]}. A scenario gives simple returns as fractions, the most specific one applies: {"symbols": {"AAPL": -0.2}, "sectors": {"Energy": -0.3}, "asset_types": {"crypto": -0.5}, "all": -0.1}; or, in place of all, shocks of factors, {"factors": {"SPY": -0.1, "IWM-SPY": 0.02}}, times the exposures to them; or {"volatility": -3}, standard deviations of the daily returns of each. Or days of history, whose total returns are applied: {"from": "2020-02-19", "to": "2020-03-23", "market": "SPY"}; a holding without bars then gets its beta times the return of the market. A JSON string names a scenario of advanced_settings.stress_scenarios in the active risk profile. Only reads.
Example: SELECT quant.stress_test(1, ''2024-06-28'', ''{"all": -0.1, "symbols": {"AAPL": -0.25}}'')';
