-- SPDX-License-Identifier: PostgreSQL
-- Risk: aggregates over returns; those over equity are in 43_equity_aggregates.sql.
--
-- The state of an aggregate is a bytea that holds its whole sample exactly, so that parallel
-- workers' states can be combined and any sample quantile found. Each family shares one transition
-- and one combine function; value_at_risk and expected_shortfall of the same column share one state.

CREATE FUNCTION quant.tail_risk_accumulate(state bytea, r numeric, level numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tail_risk_accumulate';
COMMENT ON FUNCTION quant.tail_risk_accumulate(bytea, numeric, numeric) IS
'Transition function of value_at_risk(r, level) and expected_shortfall(r, level).
Example: SELECT quant.value_at_risk(r, 0.95) FROM returns';

CREATE FUNCTION quant.tail_risk_accumulate(state bytea, r numeric, level numeric, method text)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tail_risk_accumulate';
COMMENT ON FUNCTION quant.tail_risk_accumulate(bytea, numeric, numeric, text) IS
'Transition function of value_at_risk(r, level, method) and expected_shortfall(r, level, method).
Example: SELECT quant.value_at_risk(r, 0.95, ''historical'') FROM returns';

CREATE FUNCTION quant.tail_risk_accumulate(
  state bytea, r numeric, level numeric, method text, options jsonb)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tail_risk_accumulate';
COMMENT ON FUNCTION quant.tail_risk_accumulate(bytea, numeric, numeric, text, jsonb) IS
'Transition function of value_at_risk and expected_shortfall with options.
Example: SELECT quant.value_at_risk(r, 0.95, ''historical'', ''{"quantile_type": 1}'') FROM returns';

CREATE FUNCTION quant.tail_risk_combine(state bytea, other bytea)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tail_risk_combine';
COMMENT ON FUNCTION quant.tail_risk_combine(bytea, bytea) IS
'Combine function of value_at_risk and expected_shortfall: joins the samples of parallel workers.
Example: SELECT quant.tail_risk_combine(quant.tail_risk_accumulate(NULL, -0.01, 0.95), quant.tail_risk_accumulate(NULL, 0.02, 0.95))';

CREATE FUNCTION quant.value_at_risk_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_value_at_risk_final';
COMMENT ON FUNCTION quant.value_at_risk_final(bytea) IS
'Final function of value_at_risk.
Example: SELECT quant.value_at_risk_final(quant.tail_risk_accumulate(NULL, -0.01, 0.95)) -- 0.01';

CREATE FUNCTION quant.expected_shortfall_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_expected_shortfall_final';
COMMENT ON FUNCTION quant.expected_shortfall_final(bytea) IS
'Final function of expected_shortfall.
Example: SELECT quant.expected_shortfall_final(quant.tail_risk_accumulate(NULL, -0.01, 0.95)) -- 0.01';

CREATE AGGREGATE quant.value_at_risk(r numeric, level numeric) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.value_at_risk_final, COMBINEFUNC = quant.tail_risk_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.value_at_risk(numeric, numeric) IS
'Historical value at risk of simple returns at a confidence level: minus the sample quantile (type 7, as percentile_cont) at 1 - level, exact. A loss is positive, a sure gain negative. NULLs are skipped; NULL without a return.
Example: SELECT symbol, quant.value_at_risk(r, 0.95) FROM returns GROUP BY symbol';

CREATE AGGREGATE quant.value_at_risk(r numeric, level numeric, method text) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.value_at_risk_final, COMBINEFUNC = quant.tail_risk_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.value_at_risk(numeric, numeric, text) IS
'Value at risk of simple returns by a method: ''historical'', ''normal'', ''student_t'' (degrees of freedom by the kurtosis), ''cornish_fisher'' (NULL where its correction is not increasing, Maillard 2012), ''ewma'' (RiskMetrics 1996, lambda 0.94), ''filtered_historical'' (Hull, White 1998), ''age_weighted'' (Boudoukh, Richardson, Whitelaw 1998, lambda 0.98), ''garch'' (GARCH(1,1) fitted by maximum likelihood, Bollerslev 1986; 22023 where that has none), ''monte_carlo'' (draws of the normal distribution, the same for the same seed). All between ewma and garch need the returns oldest first: give the aggregate an ORDER BY. Rounded correctly to 12 decimals. NULL where the method finds none, as for a single return.
Example: SELECT quant.value_at_risk(r, 0.99, ''ewma'' ORDER BY day) FROM returns';

CREATE AGGREGATE quant.value_at_risk(r numeric, level numeric, method text, options jsonb) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.value_at_risk_final, COMBINEFUNC = quant.tail_risk_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.value_at_risk(numeric, numeric, text, jsonb) IS
'Value at risk with options. "horizon": periods ahead (default 1; mean times h and deviation times root h, or the figure times root h), with "horizon_method" "overlapping" over compounded returns of h periods (historical, normal, student_t, cornish_fisher). historical, filtered_historical: "quantile_type" 1 to 9 (Hyndman and Fan; default 7, 1 = percentile_disc). ewma, filtered_historical, age_weighted: "lambda". ewma: "init" "recursive" (default) or "window". student_t: "degrees_of_freedom" above 2, or "ml" for those of largest likelihood. monte_carlo: "seed" (default 0), "paths" (default 10000), and those of historical. cornish_fisher: "ddof" 0 or 1 (default). An option that means nothing to the method is an error (22023).
Example: SELECT quant.value_at_risk(r, 0.95, ''historical'', ''{"quantile_type": 1}'') FROM returns';

CREATE AGGREGATE quant.expected_shortfall(r numeric, level numeric) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.expected_shortfall_final, COMBINEFUNC = quant.tail_risk_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.expected_shortfall(numeric, numeric) IS
'Historical expected shortfall of simple returns: the mean loss in exactly the worst 1 - level of the sample, the return at the boundary with its share. A loss is positive. Exact, or rounded to 12 decimals where the quotient never ends.
Example: SELECT quant.expected_shortfall(r, 0.975) FROM returns';

CREATE AGGREGATE quant.expected_shortfall(r numeric, level numeric, method text) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.expected_shortfall_final, COMBINEFUNC = quant.tail_risk_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.expected_shortfall(numeric, numeric, text) IS
'Expected shortfall of simple returns by a method, those of value_at_risk: the mean loss beyond the quantile that the method gives, of Cornish-Fisher the integral of its corrected quantiles.
Example: SELECT quant.expected_shortfall(r, 0.975, ''student_t'') FROM returns';

CREATE AGGREGATE quant.expected_shortfall(r numeric, level numeric, method text, options jsonb) (
  SFUNC = quant.tail_risk_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.expected_shortfall_final, COMBINEFUNC = quant.tail_risk_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.expected_shortfall(numeric, numeric, text, jsonb) IS
'Expected shortfall with the options of value_at_risk, and for historical and filtered_historical "tail": "integral" (default) or "below", the mean of the returns strictly below the quantile of "quantile_type" (NULL where there is none).
Example: SELECT quant.expected_shortfall(r, 0.95, ''historical'', ''{"tail": "below"}'') FROM returns';

-- Statistics of returns: one transition function for those without, with one, with two parameters.

CREATE FUNCTION quant.return_statistic_accumulate(state bytea, r numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_return_statistic_accumulate';
COMMENT ON FUNCTION quant.return_statistic_accumulate(bytea, numeric) IS
'Transition function of skewness, excess_kurtosis and tail_ratio.
Example: SELECT quant.skewness(r) FROM returns';

CREATE FUNCTION quant.return_statistic_accumulate(state bytea, r numeric, parameter numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_return_statistic_accumulate';
COMMENT ON FUNCTION quant.return_statistic_accumulate(bytea, numeric, numeric) IS
'Transition function of volatility, sharpe_ratio and omega_ratio.
Example: SELECT quant.volatility(r, 252) FROM returns';

CREATE FUNCTION quant.return_statistic_accumulate(
  state bytea, r numeric, parameter numeric, second_parameter numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_return_statistic_accumulate';
COMMENT ON FUNCTION quant.return_statistic_accumulate(bytea, numeric, numeric, numeric) IS
'Transition function of downside_deviation and sortino_ratio.
Example: SELECT quant.sortino_ratio(r, 252, 0) FROM returns';

CREATE FUNCTION quant.return_statistic_combine(state bytea, other bytea)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_return_statistic_combine';
COMMENT ON FUNCTION quant.return_statistic_combine(bytea, bytea) IS
'Combine function of the statistics of returns: joins the samples of parallel workers.
Example: SELECT quant.return_statistic_combine(quant.return_statistic_accumulate(NULL, 0.01), quant.return_statistic_accumulate(NULL, 0.02))';

CREATE FUNCTION quant.volatility_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_volatility_final';
COMMENT ON FUNCTION quant.volatility_final(bytea) IS
'Final function of volatility.
Example: SELECT quant.volatility_final(quant.return_statistic_accumulate(NULL, 0.01, 252))';

CREATE AGGREGATE quant.volatility(r numeric, periods_per_year numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.volatility_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.volatility(numeric, numeric) IS
'Annualised volatility: standard deviation of the returns (divisor n - 1) times the square root of periods_per_year, a fraction. NULL for fewer than 2 returns. Rounded correctly to 12 decimals.
Example: SELECT symbol, quant.volatility(r, 252) FROM returns GROUP BY symbol';

CREATE FUNCTION quant.downside_deviation_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_downside_deviation_final';
COMMENT ON FUNCTION quant.downside_deviation_final(bytea) IS
'Final function of downside_deviation.
Example: SELECT quant.downside_deviation_final(quant.return_statistic_accumulate(NULL, 0.01, 252, 0))';

CREATE AGGREGATE quant.downside_deviation(r numeric, periods_per_year numeric, target numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.downside_deviation_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.downside_deviation(numeric, numeric, numeric) IS
'Annualised downside deviation: root of the mean square of what the returns fall short of target (a fraction per period), all returns in the divisor (Sortino, Price 1994).
Example: SELECT quant.downside_deviation(r, 252, 0) FROM returns';

CREATE FUNCTION quant.sharpe_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_sharpe_ratio_final';
COMMENT ON FUNCTION quant.sharpe_ratio_final(bytea) IS
'Final function of sharpe_ratio.
Example: SELECT quant.sharpe_ratio_final(quant.return_statistic_accumulate(NULL, 0.01, 252))';

CREATE AGGREGATE quant.sharpe_ratio(r numeric, periods_per_year numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.sharpe_ratio_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.sharpe_ratio(numeric, numeric) IS
'Annualised Sharpe ratio: mean over standard deviation (divisor n - 1) of the returns, times the square root of periods_per_year (Sharpe 1994). Subtract the risk-free return from r where it is not 0. NULL where the deviation is 0.
Example: SELECT quant.sharpe_ratio(r - 0.02 / 252, 252) FROM returns';

CREATE FUNCTION quant.sortino_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_sortino_ratio_final';
COMMENT ON FUNCTION quant.sortino_ratio_final(bytea) IS
'Final function of sortino_ratio.
Example: SELECT quant.sortino_ratio_final(quant.return_statistic_accumulate(NULL, 0.01, 252, 0))';

CREATE AGGREGATE quant.sortino_ratio(r numeric, periods_per_year numeric, target numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.sortino_ratio_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.sortino_ratio(numeric, numeric, numeric) IS
'Annualised Sortino ratio: mean return above target (a fraction per period) over the downside deviation. NULL where no return is below target.
Example: SELECT quant.sortino_ratio(r, 252, 0) FROM returns';

CREATE FUNCTION quant.omega_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_omega_ratio_final';
COMMENT ON FUNCTION quant.omega_ratio_final(bytea) IS
'Final function of omega_ratio.
Example: SELECT quant.omega_ratio_final(quant.return_statistic_accumulate(NULL, 0.01, 0))';

CREATE AGGREGATE quant.omega_ratio(r numeric, target numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.omega_ratio_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.omega_ratio(numeric, numeric) IS
'Omega ratio: sum of the returns above target over the sum of what the others fall short of it (Keating, Shadwick 2002). NULL where no return is below target.
Example: SELECT quant.omega_ratio(r, 0) FROM returns';

CREATE FUNCTION quant.skewness_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_skewness_final';
COMMENT ON FUNCTION quant.skewness_final(bytea) IS
'Final function of skewness.
Example: SELECT quant.skewness_final(quant.return_statistic_accumulate(NULL, 0.01))';

CREATE AGGREGATE quant.skewness(r numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.skewness_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.skewness(numeric) IS
'Skewness of the returns: third central moment over the 1.5th power of the second, divisor n. NULL for a constant series.
Example: SELECT quant.skewness(r) FROM returns';

CREATE FUNCTION quant.excess_kurtosis_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_excess_kurtosis_final';
COMMENT ON FUNCTION quant.excess_kurtosis_final(bytea) IS
'Final function of excess_kurtosis.
Example: SELECT quant.excess_kurtosis_final(quant.return_statistic_accumulate(NULL, 0.01))';

CREATE AGGREGATE quant.excess_kurtosis(r numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.excess_kurtosis_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.excess_kurtosis(numeric) IS
'Excess kurtosis of the returns: fourth central moment over the square of the second, minus 3, divisor n. NULL for a constant series.
Example: SELECT quant.excess_kurtosis(r) FROM returns';

CREATE FUNCTION quant.tail_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tail_ratio_final';
COMMENT ON FUNCTION quant.tail_ratio_final(bytea) IS
'Final function of tail_ratio.
Example: SELECT quant.tail_ratio_final(quant.return_statistic_accumulate(NULL, 0.01))';

CREATE AGGREGATE quant.tail_ratio(r numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.tail_ratio_final, COMBINEFUNC = quant.return_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.tail_ratio(numeric) IS
'Tail ratio: 95 percent quantile over the magnitude of the 5 percent quantile (type 7). NULL where the latter is 0.
Example: SELECT quant.tail_ratio(r) FROM returns';

-- Statistics of returns relative to a benchmark's: the state holds the pairs.

CREATE FUNCTION quant.relative_statistic_accumulate(state bytea, r numeric, b numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_relative_statistic_accumulate';
COMMENT ON FUNCTION quant.relative_statistic_accumulate(bytea, numeric, numeric) IS
'Transition function of beta.
Example: SELECT quant.beta(r, b) FROM returns';

CREATE FUNCTION quant.relative_statistic_accumulate(
  state bytea, r numeric, b numeric, parameter numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_relative_statistic_accumulate';
COMMENT ON FUNCTION quant.relative_statistic_accumulate(bytea, numeric, numeric, numeric) IS
'Transition function of alpha, tracking_error and information_ratio.
Example: SELECT quant.alpha(r, b, 252) FROM returns';

CREATE FUNCTION quant.relative_statistic_combine(state bytea, other bytea)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_relative_statistic_combine';
COMMENT ON FUNCTION quant.relative_statistic_combine(bytea, bytea) IS
'Combine function of the statistics relative to a benchmark: joins the pairs of parallel workers.
Example: SELECT quant.relative_statistic_combine(quant.relative_statistic_accumulate(NULL, 0.01, 0.02), quant.relative_statistic_accumulate(NULL, 0.02, 0.03))';

CREATE FUNCTION quant.beta_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_beta_final';
COMMENT ON FUNCTION quant.beta_final(bytea) IS
'Final function of beta.
Example: SELECT quant.beta_final(quant.relative_statistic_accumulate(NULL, 0.01, 0.02))';

CREATE AGGREGATE quant.beta(r numeric, b numeric) (
  SFUNC = quant.relative_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.beta_final, COMBINEFUNC = quant.relative_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.beta(numeric, numeric) IS
'Slope of the returns r on the benchmark''s returns b of the same periods: covariance over the variance of b. Rows with a NULL are skipped. NULL for fewer than 2 pairs or a constant benchmark. Rounded correctly to 12 decimals.
Example: SELECT symbol, quant.beta(r, b) FROM returns GROUP BY symbol';

CREATE FUNCTION quant.alpha_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_alpha_final';
COMMENT ON FUNCTION quant.alpha_final(bytea) IS
'Final function of alpha.
Example: SELECT quant.alpha_final(quant.relative_statistic_accumulate(NULL, 0.01, 0.02, 252))';

CREATE AGGREGATE quant.alpha(r numeric, b numeric, periods_per_year numeric) (
  SFUNC = quant.relative_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.alpha_final, COMBINEFUNC = quant.relative_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.alpha(numeric, numeric, numeric) IS
'Annual alpha (Jensen 1968): periods_per_year times (mean of r less beta times mean of b). Subtract the risk-free return from both where it is not 0. NULL where beta is.
Example: SELECT quant.alpha(r, b, 252) FROM returns';

CREATE FUNCTION quant.tracking_error_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_tracking_error_final';
COMMENT ON FUNCTION quant.tracking_error_final(bytea) IS
'Final function of tracking_error.
Example: SELECT quant.tracking_error_final(quant.relative_statistic_accumulate(NULL, 0.01, 0.02, 252))';

CREATE AGGREGATE quant.tracking_error(r numeric, b numeric, periods_per_year numeric) (
  SFUNC = quant.relative_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.tracking_error_final, COMBINEFUNC = quant.relative_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.tracking_error(numeric, numeric, numeric) IS
'Annualised standard deviation of r - b (divisor n - 1), a fraction. NULL for fewer than 2 pairs.
Example: SELECT quant.tracking_error(r, b, 252) FROM returns';

CREATE FUNCTION quant.information_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_information_ratio_final';
COMMENT ON FUNCTION quant.information_ratio_final(bytea) IS
'Final function of information_ratio.
Example: SELECT quant.information_ratio_final(quant.relative_statistic_accumulate(NULL, 0.01, 0.02, 252))';

CREATE AGGREGATE quant.information_ratio(r numeric, b numeric, periods_per_year numeric) (
  SFUNC = quant.relative_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.information_ratio_final, COMBINEFUNC = quant.relative_statistic_combine,
  PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.information_ratio(numeric, numeric, numeric) IS
'Annualised information ratio: mean of r - b over its standard deviation, times the square root of periods_per_year. NULL where the tracking error is 0.
Example: SELECT quant.information_ratio(r, b, 252) FROM returns';

CREATE FUNCTION quant.probabilistic_sharpe_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_probabilistic_sharpe_ratio_final';
COMMENT ON FUNCTION quant.probabilistic_sharpe_ratio_final(bytea) IS
'Final function of probabilistic_sharpe_ratio.
Example: SELECT quant.probabilistic_sharpe_ratio_final(quant.return_statistic_accumulate(NULL, 0.01, 0))';

CREATE AGGREGATE quant.probabilistic_sharpe_ratio(r numeric, benchmark numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.probabilistic_sharpe_ratio_final, COMBINEFUNC = quant.return_statistic_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.probabilistic_sharpe_ratio(numeric, numeric) IS
'Probability that the true Sharpe ratio is above a benchmark, both per period, given the length, skewness and kurtosis of the returns (Bailey and Lopez de Prado 2012), to 12 decimals. NULL for fewer than 2 returns or constant ones.
Example: SELECT quant.probabilistic_sharpe_ratio(r, 0) FROM returns';

CREATE FUNCTION quant.deflated_sharpe_ratio_final(state bytea)
RETURNS numeric LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_deflated_sharpe_ratio_final';
COMMENT ON FUNCTION quant.deflated_sharpe_ratio_final(bytea) IS
'Final function of deflated_sharpe_ratio.
Example: SELECT quant.deflated_sharpe_ratio_final(quant.return_statistic_accumulate(NULL, 0.01, 0.001, 10))';

CREATE AGGREGATE quant.deflated_sharpe_ratio(r numeric, trial_variance numeric, trials numeric) (
  SFUNC = quant.return_statistic_accumulate, STYPE = bytea, SSPACE = 4096,
  FINALFUNC = quant.deflated_sharpe_ratio_final, COMBINEFUNC = quant.return_statistic_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.deflated_sharpe_ratio(numeric, numeric, numeric) IS
'The same against the largest Sharpe ratio that so many trials without skill would show (Bailey and Lopez de Prado 2014): trial_variance is the variance of the Sharpe ratios per period of all trials. NULL for fewer than 2 trials.
Example: SELECT quant.deflated_sharpe_ratio(r, 0.0004, 50) FROM returns';
