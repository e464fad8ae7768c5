-- SPDX-License-Identifier: PostgreSQL
-- Times the storing of a run with more than 30,000 trades against plain INSERT ... SELECT of the rows
-- that it wrote, into the same tables. Storing is quant.run_backtest less quant.simulate of the same.
\set ON_ERROR_STOP 1
\pset footer off
SET max_parallel_workers_per_gather = 0;
SET jit = off;

INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
SELECT 2, user_id, 'Many trades', '{"fast": 2, "slow": 5}', entry_rules, exit_rules, risk_rules
FROM trading.strategies WHERE id = 1;
INSERT INTO trading.backtests (id, user_id, strategy_id, start_date, end_date, initial_capital, universe)
SELECT n, user_id, 2, '2010-01-01', '2019-12-31', 10000000, '{"asset_type": "stock"}'
FROM trading.strategies, generate_series(1, 3) n WHERE id = 2;
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, current_capital, cash_balance, total_value)
SELECT 1000000, user_id, 'copy', 1, 1, 1, 1 FROM trading.strategies WHERE id = 2;
SELECT total_trades AS "trades of the run" FROM quant.run_backtest(1);
VACUUM ANALYZE trading.positions, trading.transactions, trading.trades, trading.signals, trading.equity_curves;

CREATE PROCEDURE pg_temp.copy_rows() LANGUAGE plpgsql AS $$
DECLARE
  run bigint := (SELECT id FROM trading.portfolios WHERE backtest_id = 1);
BEGIN
  -- Ids of their own, so that transactions find their positions.
  INSERT INTO trading.positions (id, portfolio_id, symbol, quantity, avg_entry_price, current_price, market_value,
    cost_basis, realized_pnl, unrealized_pnl, income, is_open, opened_at, closed_at)
  SELECT id + 1000000000, 1000000, symbol, quantity, avg_entry_price, current_price, market_value,
    cost_basis, realized_pnl, unrealized_pnl, income, is_open, opened_at, closed_at
  FROM trading.positions WHERE portfolio_id = run;
  INSERT INTO trading.transactions (portfolio_id, position_id, symbol, transaction_type, transaction_date, quantity,
    price, total_value, commission, slippage, realized_pnl, metadata)
  SELECT 1000000, position_id + 1000000000, symbol, transaction_type, transaction_date, quantity,
    price, total_value, commission, slippage, realized_pnl, metadata
  FROM trading.transactions WHERE portfolio_id = run;
  INSERT INTO trading.trades (backtest_id, trade_number, symbol, side, quantity, entry_date, entry_price, exit_date,
    exit_price, exit_reason, pnl, trade_return, commission, fees, slippage, income, bars_held, mae, mfe, conditions)
  SELECT 3, trade_number, symbol, side, quantity, entry_date, entry_price, exit_date,
    exit_price, exit_reason, pnl, trade_return, commission, fees, slippage, income, bars_held, mae, mfe, conditions
  FROM trading.trades WHERE backtest_id = 1;
  INSERT INTO trading.signals (backtest_id, source, symbol, signal_type, signal_date, signal_price, confidence,
    strength, status, status_reason, conditions)
  SELECT 3, source, symbol, signal_type, signal_date, signal_price, confidence,
    strength, status, status_reason, conditions
  FROM trading.signals WHERE backtest_id = 1;
  INSERT INTO trading.equity_curves
  SELECT 1000000, "timestamp", cash_balance, market_value, equity, gross_exposure, drawdown, benchmark_value
  FROM trading.equity_curves WHERE portfolio_id = run;
END $$;

CREATE TEMP TABLE store_sample (what text, ms numeric);
DO $$
DECLARE
  what text;
  statement text;
  started timestamptz;
  took numeric;
BEGIN
  FOR round IN 1 .. 5 LOOP
    FOR what, statement IN VALUES
      ('INSERT ... SELECT of its rows', 'CALL pg_temp.copy_rows()'),
      ('quant.simulate', $sql$SELECT quant.simulate(2, '{"asset_type": "stock"}', '1d', '2010-01-01', '2019-12-31', 10000000)$sql$),
      ('quant.run_backtest', 'SELECT quant.run_backtest(2)')
    LOOP
      started := clock_timestamp();
      EXECUTE statement;
      took := 1000 * extract(epoch FROM clock_timestamp() - started);
      ROLLBACK;
      INSERT INTO store_sample VALUES (what, took);
      COMMIT;
    END LOOP;
  END LOOP;
END $$;

\echo
\echo Storing a run, medians:
WITH median AS (
  SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms, min(ms) AS least, max(ms) AS most
  FROM store_sample GROUP BY what
), stored AS (
  SELECT r.ms - s.ms AS ms FROM median r, median s WHERE r.what = 'quant.run_backtest' AND s.what = 'quant.simulate'
), plain AS (SELECT ms FROM median WHERE what LIKE 'INSERT%')
SELECT what, round(median.ms) AS "median ms", round(least) AS min, round(most) AS max,
       CASE WHEN what = 'quant.run_backtest' THEN round(stored.ms / plain.ms, 2) END AS "storing, times the plain insert"
FROM median, stored, plain ORDER BY median.ms;
