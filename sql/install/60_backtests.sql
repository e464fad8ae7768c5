-- SPDX-License-Identifier: PostgreSQL
-- Backtests: one that is stored, and simulations that only read.

CREATE TYPE quant.backtest_summary AS (
  backtest_id bigint,
  final_value numeric,
  total_return numeric,
  annualized_return numeric,
  sharpe_ratio numeric,
  max_drawdown numeric,
  total_trades integer,
  win_rate numeric,
  profit_factor numeric,
  warnings jsonb
);
COMMENT ON TYPE quant.backtest_summary IS
'Headline figures of a stored run. Money in the account''s currency; rates, returns and drawdown are
fractions (0.12 is 12 %), drawdown positive. NULL where a figure is not defined.';

CREATE TYPE quant.backtest_metrics AS (
  final_value numeric,
  total_return numeric,
  annualized_return numeric,
  volatility numeric,
  downside_deviation numeric,
  sharpe_ratio numeric,
  sortino_ratio numeric,
  calmar_ratio numeric,
  max_drawdown numeric,
  max_drawdown_amount numeric,
  max_drawdown_duration_days integer,
  benchmark_return numeric,
  alpha numeric,
  beta numeric,
  tracking_error numeric,
  information_ratio numeric,
  exposure numeric,
  turnover numeric,
  total_trades integer,
  winning_trades integer,
  losing_trades integer,
  open_trades integer,
  win_rate numeric,
  profit_factor numeric,
  expectancy numeric,
  gross_profit numeric,
  gross_loss numeric,
  average_win numeric,
  average_loss numeric,
  largest_win numeric,
  largest_loss numeric,
  max_consecutive_wins integer,
  max_consecutive_losses integer,
  average_bars_held numeric,
  total_commission numeric,
  total_fees numeric,
  total_slippage numeric,
  total_income numeric,
  bars_processed bigint,
  ambiguous_bars integer,
  warnings jsonb,
  metrics jsonb
);
COMMENT ON TYPE quant.backtest_metrics IS
'The figures of a run: the result columns of trading.backtests. metrics repeats each with twelve
decimals beside the conventions that it follows.';

CREATE FUNCTION quant.run_backtest(backtest_id bigint)
RETURNS quant.backtest_summary LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'quant_run_backtest';
COMMENT ON FUNCTION quant.run_backtest(bigint) IS
'Runs the backtest and stores what comes out, in place of what an earlier run stored: an account of
type backtest with its positions, transactions and equity curve, the trades, the engine''s signals,
and the result columns. All or nothing: a run that fails raises and changes nothing.
Errors: 42704 no such backtest, strategy or symbol; 42501 another user''s strategy; 22023 a rule,
parameter or universe that cannot be used; P0002 no bars; 22003 an amount too large.
Example: SELECT * FROM quant.run_backtest(7)';

CREATE FUNCTION quant.simulate(
  strategy_id bigint, universe jsonb, timeframe text, start_date date, end_date date,
  initial_capital numeric, parameters jsonb DEFAULT '{}')
RETURNS quant.backtest_metrics LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_simulate';
COMMENT ON FUNCTION quant.simulate(bigint, jsonb, text, date, date, numeric, jsonb) IS
'Runs a strategy without storing anything, also on a standby, and gives its figures as one row.
parameters holds values for the strategy''s parameters, and "execution".
Example: SELECT * FROM quant.simulate(1, ''["AAPL", "MSFT"]'', ''1d'', ''2015-01-01'', ''2020-12-31'', 100000)';

CREATE FUNCTION quant.simulate_trades(
  strategy_id bigint, universe jsonb, timeframe text, start_date date, end_date date,
  initial_capital numeric, parameters jsonb DEFAULT '{}')
RETURNS TABLE (
  trade_number integer, symbol text, side text, quantity numeric, entry_date timestamptz,
  entry_price numeric, exit_date timestamptz, exit_price numeric, exit_reason text, pnl numeric,
  trade_return numeric, commission numeric, fees numeric, slippage numeric, income numeric,
  bars_held integer, mae numeric, mfe numeric, conditions jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_simulate_trades';
COMMENT ON FUNCTION quant.simulate_trades(bigint, jsonb, text, date, date, numeric, jsonb) IS
'The trades of such a run, closed ones in order of exit, then those still open (exit columns NULL,
pnl at the last mark). pnl is net of the trade''s own costs; mae and mfe are fractions of the entry
price.
Example: SELECT * FROM quant.simulate_trades(1, ''["AAPL"]'', ''1d'', ''2015-01-01'', ''2020-12-31'', 100000)';

CREATE FUNCTION quant.simulate_equity(
  strategy_id bigint, universe jsonb, timeframe text, start_date date, end_date date,
  initial_capital numeric, parameters jsonb DEFAULT '{}')
RETURNS TABLE (
  "timestamp" timestamptz, cash_balance numeric, market_value numeric, equity numeric,
  drawdown numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_simulate_equity';
COMMENT ON FUNCTION quant.simulate_equity(bigint, jsonb, text, date, date, numeric, jsonb) IS
'The account at the close of every bar of such a run. drawdown is the fall from the highest equity
so far, a positive fraction.
Example: SELECT * FROM quant.simulate_equity(1, ''["AAPL"]'', ''1d'', ''2015-01-01'', ''2020-12-31'', 100000)';

CREATE FUNCTION quant.verify_backtest(
  backtest_id bigint, OUT reproduces boolean, OUT data_changed boolean, OUT strategy_changed boolean,
  OUT engine_changed boolean, OUT engine_version text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_verify_backtest';
COMMENT ON FUNCTION quant.verify_backtest(bigint) IS
'Runs a stored backtest again, without storing anything. reproduces: it gives the same fills, and the
final value and the equity curve that are stored. The others say whether bars and corporate actions, the
rules and parameters (with the limits of the risk profile, where the run uses it), or the version of the
engine differ from those of the stored run, whose version is engine_version.
Errors: 42704 no such backtest; P0002 it has not been run; and those of a run.
Example: SELECT * FROM quant.verify_backtest(7)';

CREATE FUNCTION quant.check_lookahead(backtest_id bigint, cuts integer DEFAULT 10)
RETURNS TABLE ("timestamp" timestamptz, decisions bigint, matches boolean, difference text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_check_lookahead';
COMMENT ON FUNCTION quant.check_lookahead(bigint, integer) IS
'Shows that no decision knew the future: runs a backtest again on bars that end at each of up to `cuts`
evenly spaced days, and compares every decision and fill up to there with those of the whole run. One
row for each cut: its last bar, the decisions up to it, whether all match, and the first that does not.
Errors: 42704 no such backtest; 22023 cuts not between 1 and 1000; and those of a run.
Example: SELECT bool_and(matches) FROM quant.check_lookahead(7)';

CREATE FUNCTION quant.explain_trade(trade_id bigint)
RETURNS text LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_explain_trade';
COMMENT ON FUNCTION quant.explain_trade(bigint) IS
'Why a trade of a stored run was made, in words: the rules of entry and exit with the values that they
compared on their deciding bars (of a rotation its rank, what it ranks by and its weight; of a signal
from outside its id, its target and its status), how each fill came about, the levels, the costs. Runs the backtest
again to look; position and account in a rule are shown as the trade itself left them.
Errors: 42704 no such trade; 22023 no run wrote it; P0002 the backtest no longer gives it.
Example: SELECT quant.explain_trade(3)';
