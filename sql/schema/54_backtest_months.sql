-- SPDX-License-Identifier: PostgreSQL
CREATE VIEW trading.backtest_months WITH (security_invoker = true) AS
WITH month_ends AS (
  SELECT DISTINCT ON (a.backtest_id, c.month)
    a.backtest_id, c.month, b.initial_capital, e.equity
  FROM trading.backtests b
  JOIN trading.portfolios a ON a.backtest_id = b.id AND a.portfolio_type = 'backtest'
  JOIN trading.equity_curves e ON e.portfolio_id = a.id
  CROSS JOIN LATERAL (SELECT date_trunc('month', e.timestamp AT TIME ZONE
    coalesce(b.parameters -> 'execution' ->> 'timezone', 'UTC')) AS month) c
  ORDER BY a.backtest_id, c.month, e.timestamp DESC
), months AS (
  SELECT
    m.backtest_id, m.month, m.equity AS end_equity,
    lag(m.equity, 1, m.initial_capital)
      OVER (PARTITION BY m.backtest_id ORDER BY m.month) AS start_equity
  FROM month_ends m
)
SELECT
  m.backtest_id,
  extract(year FROM m.month)::integer AS year,
  extract(month FROM m.month)::integer AS month,
  m.start_equity,
  m.end_equity,
  round(CASE WHEN m.start_equity > 0 THEN m.end_equity / m.start_equity - 1 END, 6)
    AS monthly_return
FROM months m;

COMMENT ON VIEW trading.backtest_months IS
  'Return of each calendar month of a run, by the dates in the time zone of its execution.';
COMMENT ON COLUMN trading.backtest_months.backtest_id IS 'Run';
COMMENT ON COLUMN trading.backtest_months.year IS 'Calendar year';
COMMENT ON COLUMN trading.backtest_months.month IS '1 to 12; a month without a bar has no row';
COMMENT ON COLUMN trading.backtest_months.start_equity IS
  'Equity at the end of the month before, or the starting cash';
COMMENT ON COLUMN trading.backtest_months.end_equity IS 'Equity at the last bar of the month';
COMMENT ON COLUMN trading.backtest_months.monthly_return IS
  'end_equity / start_equity - 1, fraction; NULL where start_equity is not positive';
