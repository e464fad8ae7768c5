-- SPDX-License-Identifier: PostgreSQL
-- Paper and live accounts: what is booked, what it is worth, and the limits that orders keep to.

CREATE FUNCTION quant.record_transaction(
  portfolio_id bigint, transaction_type text, symbol text DEFAULT NULL, quantity numeric DEFAULT NULL,
  price numeric DEFAULT NULL, amount numeric DEFAULT NULL, commission numeric DEFAULT 0,
  fees numeric DEFAULT 0, transaction_date timestamptz DEFAULT now(), external_id text DEFAULT NULL,
  metadata jsonb DEFAULT NULL, settlement_date date DEFAULT NULL, slippage numeric DEFAULT 0)
RETURNS bigint LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_record_transaction';
COMMENT ON FUNCTION quant.record_transaction(bigint, text, text, numeric, numeric, numeric, numeric, numeric, timestamptz, text, jsonb, date, numeric) IS
'Books a transaction on a paper or live portfolio: the row of trading.transactions, its position, cash
and totals change together, to the cent, under a lock on the portfolio. Returns the id of the row.
buy and short open a position or add to it, sell and cover close it, first in, first out (symbol,
quantity, price); realized_pnl is net of the costs of both sides. A split has the signed change of the
holding as quantity, cash in lieu as amount. dividend, interest, adjustment: signed amount that is
received; fee, tax, borrow_fee: amount that is paid, negative where it is paid back; deposit, withdrawal: positive amount. Transactions
count in the order in which they are booked, whatever their date. The same external_id with the same
terms is booked once, and gives the id of that row again. Orders keep to the limits of the active risk
profile, see quant.check_limits().
Errors: 22023 terms that do not fit the type, more is sold than is held, another currency; 23514 a
limit; 42704 unknown portfolio or symbol; 55000 a position that is not what its transactions lead to;
0A000 spinoff, merger; 22003 a number that its column cannot hold.
Example: SELECT quant.record_transaction(1, ''buy'', ''AAPL'', 10, 187.5, commission => 1.25)
Example: SELECT quant.record_transaction(1, ''deposit'', amount => 5000)';

CREATE FUNCTION quant.reconcile_portfolio(
  portfolio_id bigint, OUT object text, OUT id bigint, OUT symbol text, OUT figure text,
  OUT stored numeric, OUT replayed numeric, OUT detail text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_reconcile_portfolio';
COMMENT ON FUNCTION quant.reconcile_portfolio(bigint) IS
'Replays the transactions of a paper or live portfolio and shows every stored figure that is not what
they lead to: of the portfolio, its positions, and the P&L of its transactions. No row: all agrees.
Errors: 42704 unknown portfolio; 22023 the account of a backtest.
Example: SELECT * FROM quant.reconcile_portfolio(1)';

CREATE FUNCTION quant.mark_portfolio(
  portfolio_id bigint, as_of timestamptz DEFAULT now(), timeframe text DEFAULT '1d')
RETURNS numeric LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_mark_portfolio';
COMMENT ON FUNCTION quant.mark_portfolio(bigint, timestamptz, text) IS
'Values a paper or live portfolio by the close of the last bar of the timeframe that began at or before
as_of (without one by the last fill), stores the point in trading.equity_curves, again for the same
instant replacing it, and returns the equity. Where nothing later is stored the open positions and the
totals of the portfolio are marked too. The drawdown leaves deposits and withdrawals out.
Errors: 42704 unknown portfolio; 22023 the account of a backtest, unknown timeframe.
Example: SELECT quant.mark_portfolio(1)
Example: SELECT quant.mark_portfolio(1, d + interval ''21 hours'') FROM generate_series(timestamptz ''2024-06-03'', ''2024-06-28'', ''1 day'') d';

CREATE FUNCTION quant.update_portfolio_metrics(portfolio_id bigint)
RETURNS void LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_update_portfolio_metrics';
COMMENT ON FUNCTION quant.update_portfolio_metrics(bigint) IS
'Fills total_return (time-weighted), annualized_return, volatility, sharpe_ratio, sortino_ratio,
max_drawdown and, with a benchmark, beta of a portfolio from the days of its equity curve, the drawdown
from all its points; all with 12 decimals in metrics, those that their columns cannot hold in warnings.
Errors: 42704 unknown portfolio; P0002 no equity curve; 22023 the account of a backtest.
Example: SELECT quant.update_portfolio_metrics(1)';

CREATE FUNCTION quant.update_benchmark_metrics(symbol text)
RETURNS void LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_update_benchmark_metrics';
COMMENT ON FUNCTION quant.update_benchmark_metrics(text) IS
'Fills as_of_date, the returns of the year so far and of 1, 3 and 5 years (the last two annual), annualized_return,
volatility, sharpe_ratio and max_drawdown of a benchmark from the total returns of its daily bars, or of
those of its composition ({"SPY": 0.6, "AGG": 0.4}, weights restored every day).
Errors: 42704 unknown benchmark; P0002 fewer than two days; 22023 a composition of another form.
Example: SELECT quant.update_benchmark_metrics(''SPY'')';

CREATE FUNCTION quant.check_limits(
  portfolio_id bigint, transaction_type text, symbol text, quantity numeric, price numeric DEFAULT NULL,
  costs numeric DEFAULT 0, as_of timestamptz DEFAULT now(),
  OUT limit_name text, OUT value numeric, OUT threshold numeric, OUT breached boolean, OUT detail text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_check_limits';
COMMENT ON FUNCTION quant.check_limits(bigint, text, text, numeric, numeric, numeric, timestamptz) IS
'What an order would make of each limit that the active risk profile of the portfolio''s user sets: the
position, its sector, gross and net exposure in percent of equity, leverage, positions, short sales,
asset_restrictions (allowed_ and forbidden_ symbols, sectors, asset_types), drawdown and the loss of the
day (which halt), value at risk and expected shortfall at 0.95 and volatility with the order (methods by
var_method and var_lookback of advanced_settings; a limit that cannot be judged counts as breached). No
row: no profile, or an order that reduces a position, which always passes. price: by default the last
daily close. The same limits are kept by quant.record_transaction() and by a trigger on
trading.transactions, as advanced_settings.limit_mode says: enforce (default; 23514 names limit, value
and threshold), warn or off. Only reads.
Errors: 22023 no order, a setting of the profile that is not known; 42704 unknown portfolio; P0002 no
price.
Example: SELECT * FROM quant.check_limits(1, ''buy'', ''AAPL'', 100, 187.5) WHERE breached';

CREATE FUNCTION quant.check_limits_trigger() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_check_limits_trigger';
COMMENT ON FUNCTION quant.check_limits_trigger() IS
'Trigger of trading.transactions: keeps fills of paper and live portfolios that are inserted or changed to
the limits of the active risk profile, under a lock on the portfolio. A restore is let pass.
Example: CREATE TRIGGER keep_limits BEFORE INSERT OR UPDATE ON trading.transactions
  FOR EACH ROW EXECUTE FUNCTION quant.check_limits_trigger();';

CREATE FUNCTION quant.drawdowns(
  portfolio_id bigint, as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date,
  OUT peak_at timestamptz, OUT trough_at timestamptz, OUT recovered_at timestamptz, OUT depth numeric,
  OUT peak numeric, OUT trough numeric, OUT duration_days integer)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'quant_drawdowns';
COMMENT ON FUNCTION quant.drawdowns(bigint, date) IS
'The falls of a portfolio''s equity curve below its peak, up to the end of a UTC date, in order of time:
last point at the peak, first at the lowest, first that is back (NULL: not yet), depth as a fraction of
the peak, money, calendar days from the peak to the recovery or the last point. With deposits and
withdrawals, money is what the initial capital alone would have become. Only reads.
Errors: 42704 unknown portfolio.
Example: SELECT * FROM quant.drawdowns(1) ORDER BY depth DESC LIMIT 5';
