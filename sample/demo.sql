-- SPDX-License-Identifier: PostgreSQL
-- The tour of `make demo`: load bars, run two backtests, look at the result. Run it by hand in an
-- empty database, from the top of the checkout: psql -X -f sample/demo.sql
\set QUIET on
\set ON_ERROR_STOP on
\pset border 1
\pset footer off
\pset null '-'
SET timezone = 'UTC';
SET client_min_messages = warning;

CREATE TEMP TABLE demo_step (name text, finished_at timestamptz DEFAULT clock_timestamp());
INSERT INTO demo_step VALUES ('start');

CREATE EXTENSION pg_quant;
INSERT INTO demo_step VALUES ('create the extension: schemas quant and trading');

CALL quant.create_partitions('2000-01-01', '2020-12-31');
INSERT INTO demo_step VALUES ('create 252 monthly partitions');

-- An index is not for sale: it stands for a fund that follows it, which sells fractions.
INSERT INTO trading.assets (symbol, name, asset_type, tick_size, lot_size)
VALUES ('SPX', 'S&P 500', 'index', 0.01, 0.001);
INSERT INTO trading.benchmarks (symbol, name)
VALUES ('SPX', 'S&P 500') RETURNING id AS benchmark \gset

CREATE TEMP TABLE demo_bar
  (day date, open numeric, high numeric, low numeric, close numeric, volume numeric);
\copy demo_bar FROM 'sample/sp500_daily.csv' WITH (FORMAT csv, HEADER)
INSERT INTO trading.market_data
  (asset_id, symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT a.id, a.symbol, '1d', b.day::timestamp AT TIME ZONE 'UTC',
  b.open, b.high, b.low, b.close, b.volume
FROM demo_bar b, trading.assets a
WHERE a.symbol = 'SPX'
ORDER BY b.day;
ANALYZE trading.market_data;
INSERT INTO demo_step
SELECT format('load and check %s daily bars', to_char(count(*), 'FM99,999'))
FROM trading.market_data;

INSERT INTO trading.users (username, email, password_hash)
VALUES ('ann', 'ann@example.com', 'no login') RETURNING id AS ann \gset
INSERT INTO trading.risk_profiles (user_id, name, is_default) VALUES (:ann, 'demo', true);

INSERT INTO trading.strategies
  (user_id, name, strategy_type, parameters, entry_rules, exit_rules, risk_rules)
VALUES (:ann, 'SMA 50/200', 'trend', '{"fast": 50, "slow": 200}',
  '{"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"}}',
  '[{"id": "cross below", "side": "long",
     "when": "crosses_below(sma(close, $fast), sma(close, $slow))"}]',
  '{"size": {"percent_equity": 100}}')
RETURNING id AS sma_strategy \gset

INSERT INTO trading.strategies (user_id, name, strategy_type, entry_rules, risk_rules)
VALUES (:ann, 'buy and hold', 'buy_and_hold',
  '{"long": {"when": "close > 0"}}', '{"size": {"percent_equity": 100}}')
RETURNING id AS hold_strategy \gset

INSERT INTO trading.backtests
  (user_id, strategy_id, benchmark_id, name, start_date, end_date, initial_capital, universe,
   parameters)
SELECT :ann, s.id, :benchmark, s.name, '2000-01-01', '2020-12-31', 100000, '["SPX"]',
  '{"execution": {"commission": {"percent": 0.1}}}'
FROM trading.strategies s;
SELECT id AS sma FROM trading.backtests WHERE strategy_id = :sma_strategy \gset
SELECT id AS hold FROM trading.backtests WHERE strategy_id = :hold_strategy \gset
INSERT INTO demo_step VALUES ('store a user, two strategies and two backtests');

SELECT quant.run_backtest(:sma) AS summary \gset
INSERT INTO demo_step VALUES ('run SMA 50/200 over 20 years');
SELECT quant.run_backtest(:hold) AS summary \gset
INSERT INTO demo_step VALUES ('run buy and hold over 20 years');

SELECT id AS sma_portfolio FROM trading.portfolios WHERE backtest_id = :sma \gset
SELECT id AS hold_portfolio FROM trading.portfolios WHERE backtest_id = :hold \gset

\echo
\echo '== 100,000 dollars in the S&P 500, 2000-01-03 to 2020-04-17, 0.1 % commission a fill'
SELECT f.figure,
  max(lpad(f.value, 12)) FILTER (WHERE b.id = :sma) AS " SMA 50/200",
  max(lpad(f.value, 12)) FILTER (WHERE b.id = :hold) AS "buy and hold"
FROM trading.backtests b
CROSS JOIN LATERAL (VALUES
  (1, 'final value', to_char(b.final_value, 'FM999,999,990.00')),
  (2, 'total return', to_char(b.total_return * 100, 'FM9990.00') || ' %'),
  (3, 'annualized return', to_char(b.annualized_return * 100, 'FM9990.00') || ' %'),
  (4, 'volatility', to_char(b.volatility * 100, 'FM9990.00') || ' %'),
  (5, 'Sharpe ratio', to_char(b.sharpe_ratio, 'FM990.000')),
  (6, 'maximum drawdown', to_char(b.max_drawdown * 100, 'FM990.00') || ' %'),
  (7, 'bars with a position', to_char(b.exposure * 100, 'FM990.0') || ' %'),
  (8, 'closed trades (won)', format('%s (%s)', b.total_trades, b.winning_trades)),
  (9, 'profit factor', to_char(b.profit_factor, 'FM990.00')),
  (10, 'commission', to_char(b.total_commission, 'FM999,990.00'))
) AS f (place, figure, value)
GROUP BY f.place, f.figure
ORDER BY f.place;

\echo '== The last trades of SMA 50/200'
SELECT trade_number AS "#", quantity::numeric(12, 3),
  entry_date::date AS bought, entry_price::numeric(10, 2) AS "at",
  exit_date::date AS sold, exit_price::numeric(10, 2) AS "at ", exit_reason AS reason, pnl,
  (trade_return * 100)::numeric(8, 2) AS "return %"
FROM trading.trades
WHERE backtest_id = :sma
ORDER BY entry_date DESC
LIMIT 8;

\echo '== The worst drawdowns'
WITH peaks AS (
  SELECT portfolio_id, timestamp, equity,
    max(equity) OVER (PARTITION BY portfolio_id ORDER BY timestamp) AS peak
  FROM trading.equity_curves
  WHERE portfolio_id IN (:sma_portfolio, :hold_portfolio)
), spells AS (
  -- Between two peaks lies one drawdown; it ends where the next peak begins.
  SELECT portfolio_id, peak, min(equity) AS trough, min(timestamp)::date AS peak_day,
    (array_agg(timestamp ORDER BY equity, timestamp))[1]::date AS trough_day,
    lead(min(timestamp)::date) OVER (PARTITION BY portfolio_id ORDER BY peak) AS recovered
  FROM peaks
  GROUP BY portfolio_id, peak
), ranked AS (
  SELECT *, 1 - trough / peak AS depth,
    row_number() OVER (PARTITION BY portfolio_id ORDER BY trough / peak) AS place
  FROM spells
)
SELECT CASE portfolio_id WHEN :sma_portfolio THEN 'SMA 50/200' ELSE 'buy and hold' END AS run,
  (depth * 100)::numeric(5, 2) AS "depth %", peak_day AS "from", trough_day AS lowest,
  coalesce(recovered::text, 'not yet') AS recovered
FROM ranked
WHERE place <= 3
ORDER BY portfolio_id = :hold_portfolio, place;

\echo '== One-day value at risk (historical): the most a day loses, 95 and 99 times in 100'
WITH returns AS (
  SELECT portfolio_id,
    equity / lag(equity) OVER (PARTITION BY portfolio_id ORDER BY timestamp) - 1 AS return
  FROM trading.equity_curves
  WHERE portfolio_id IN (:sma_portfolio, :hold_portfolio)
)
SELECT b.name AS run,
  (quant.value_at_risk(r.return, 0.95) * 100)::numeric(5, 2) AS "% of equity, 95 %",
  (quant.value_at_risk(r.return, 0.99) * 100)::numeric(5, 2) AS "% of equity, 99 %"
FROM returns r
JOIN trading.portfolios p ON p.id = r.portfolio_id
JOIN trading.backtests b ON b.id = p.backtest_id
GROUP BY b.id
ORDER BY b.id;
INSERT INTO demo_step VALUES ('print the figures above');

SELECT quant.record_risk_metrics(id, date '2020-02-19')
FROM trading.portfolios
WHERE id IN (:sma_portfolio, :hold_portfolio)
ORDER BY id \g /dev/null
INSERT INTO demo_step VALUES ('record the risk of both portfolios');

\echo '== In dollars, for what both held on 2020-02-19, the eve of the crash (trading.risk_metrics)'
SELECT b.name AS run, m.var_1d_95, m.var_1d_99, m.volatility, m.current_drawdown, m.max_drawdown
FROM trading.risk_metrics m
JOIN trading.portfolios p ON p.id = m.portfolio_id
JOIN trading.backtests b ON b.id = p.backtest_id
ORDER BY b.id;

CALL quant.maintain_partitions();
INSERT INTO demo_step VALUES ('maintain the partitions: the months ahead are ready');

\echo '== The partitions of trading.market_data'
SELECT count(*) AS partitions,
  min(t.relid::text) FILTER (WHERE t.relid::text ~ 'y[0-9]{4}m[0-9]{2}$') AS first,
  max(t.relid::text) FILTER (WHERE t.relid::text ~ 'y[0-9]{4}m[0-9]{2}$') AS last,
  pg_size_pretty(sum(pg_total_relation_size(t.relid))) AS size
FROM pg_partition_tree('trading.market_data') t
WHERE t.isleaf;
SELECT tableoid::regclass AS partition, count(*) AS bars,
  min(timestamp)::date AS "from", max(timestamp)::date AS "to"
FROM trading.market_data
WHERE timestamp >= '2020-01-01+00'
GROUP BY tableoid
ORDER BY min(timestamp);

\echo '== How long each step took'
SELECT name AS step, to_char(extract(epoch FROM finished_at - before) * 1000, 'FM999,990.0') AS ms
FROM (SELECT *, lag(finished_at) OVER (ORDER BY finished_at) AS before FROM demo_step) s
WHERE before IS NOT NULL
ORDER BY finished_at;
