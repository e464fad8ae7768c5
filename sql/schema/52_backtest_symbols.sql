-- SPDX-License-Identifier: PostgreSQL
CREATE VIEW trading.backtest_symbols WITH (security_invoker = true) AS
SELECT
  t.backtest_id,
  t.symbol,
  count(t.exit_price)::integer AS total_trades,
  count(*) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl > 0)::integer AS winning_trades,
  count(*) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl < 0)::integer AS losing_trades,
  count(*) FILTER (WHERE t.exit_price IS NULL)::integer AS open_trades,
  round(count(*) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl > 0)::numeric
    / nullif(count(t.exit_price), 0), 6) AS win_rate,
  coalesce(sum(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL), 0.00) AS pnl,
  coalesce(sum(t.pnl) FILTER (WHERE t.exit_price IS NULL), 0.00) AS open_pnl,
  coalesce(sum(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl > 0), 0.00) AS gross_profit,
  coalesce(-sum(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl < 0), 0.00) AS gross_loss,
  round(coalesce(sum(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl > 0), 0)
    / -sum(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL AND t.pnl < 0), 6) AS profit_factor,
  round(avg(t.pnl) FILTER (WHERE t.exit_price IS NOT NULL), 2) AS expectancy,
  sum(t.commission) AS commission,
  sum(t.slippage) AS slippage,
  round(avg(t.bars_held) FILTER (WHERE t.exit_price IS NOT NULL), 2) AS average_bars_held,
  max(t.bars_held) FILTER (WHERE t.exit_price IS NOT NULL) AS max_bars_held
FROM trading.trades t
GROUP BY t.backtest_id, t.symbol;

COMMENT ON VIEW trading.backtest_symbols IS
  'What each symbol brought in a run: the figures of its trades.';
COMMENT ON COLUMN trading.backtest_symbols.backtest_id IS 'Run';
COMMENT ON COLUMN trading.backtest_symbols.symbol IS 'Instrument';
COMMENT ON COLUMN trading.backtest_symbols.total_trades IS 'Closed trades';
COMMENT ON COLUMN trading.backtest_symbols.winning_trades IS 'pnl > 0';
COMMENT ON COLUMN trading.backtest_symbols.losing_trades IS 'pnl < 0';
COMMENT ON COLUMN trading.backtest_symbols.open_trades IS 'Without an exit';
COMMENT ON COLUMN trading.backtest_symbols.win_rate IS
  'Winning over closed trades, 0 to 1; NULL without a closed one';
COMMENT ON COLUMN trading.backtest_symbols.pnl IS
  'Sum over the closed trades, net of their own commission and fees';
COMMENT ON COLUMN trading.backtest_symbols.open_pnl IS
  'Sum over the open trades, at the last mark';
COMMENT ON COLUMN trading.backtest_symbols.gross_profit IS 'Sum of the winning pnl';
COMMENT ON COLUMN trading.backtest_symbols.gross_loss IS 'Sum of the losing pnl, positive';
COMMENT ON COLUMN trading.backtest_symbols.profit_factor IS
  'gross_profit / gross_loss; NULL without a loss';
COMMENT ON COLUMN trading.backtest_symbols.expectancy IS
  'Mean pnl per closed trade; NULL without one';
COMMENT ON COLUMN trading.backtest_symbols.commission IS 'Of all its trades, open ones included';
COMMENT ON COLUMN trading.backtest_symbols.slippage IS
  'Of all its trades, against the reference prices; part of the prices already';
COMMENT ON COLUMN trading.backtest_symbols.average_bars_held IS
  'Mean holding time of the closed trades in bars';
COMMENT ON COLUMN trading.backtest_symbols.max_bars_held IS
  'Longest holding time of a closed trade in bars';
