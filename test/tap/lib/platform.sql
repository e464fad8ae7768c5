-- SPDX-License-Identifier: PostgreSQL
-- A small platform with at least one row in every table, in a database that has the extension.
-- Nothing is random: two databases made by this script hold the same runs.
SET timezone = 'UTC';

INSERT INTO trading.users (username, email, password_hash)
VALUES ('ann', 'ann@example.com', 'no login'), ('ben', 'ben@example.com', 'no login');
INSERT INTO trading.user_preferences (user_id, theme) VALUES (1, 'dark');
INSERT INTO trading.sign_in_keys (secret) VALUES (sha256('platform'));
INSERT INTO trading.risk_profiles (user_id, name, is_default) VALUES (1, 'main', true);
INSERT INTO trading.assets (symbol, name, asset_type, exchange, sector, industry)
VALUES ('AAA', 'Alpha', 'stock', 'XNYS', 'Technology', 'Software'),
  ('BBB', 'Beta', 'stock', 'XNYS', 'Energy', 'Oil'),
  ('CCC', 'Gamma', 'etf', 'XNAS', NULL, NULL);
INSERT INTO trading.benchmarks (symbol, name) VALUES ('CCC', 'Gamma');

-- Four months have a partition of their own; what lies before and after is in the default one.
CALL quant.create_partitions('2020-01-01', '2020-04-30');
INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT b.symbol, '1d', timestamptz '2019-11-01 00:00+00' + b.day * interval '1 day',
  b.open, b.open + 0.60, b.open - 0.60, b.open + (b.day * 7 % 11 - 5) * 0.10, 1000 + b.day
FROM (
  -- Waves of different length: 40 and more crossings of short averages.
  SELECT a.symbol, day,
    (50 * a.id + abs(day % (14 + 4 * a.id) - (7 + 2 * a.id)) + (day * 13 % 17) * 0.05)::numeric(10, 4) AS open
  FROM generate_series(0, 399) day, trading.assets a
) b
ORDER BY b.day, b.symbol;
INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, bid_price,
   ask_price, vwap, trade_count, additional_data)
VALUES ('AAA', '1m', '2020-02-03 14:30+00', 10, 11.5, 9.5, 10.25, 10.2, 10.3, 10.1, 7, '{"venue": "X"}');

INSERT INTO trading.strategies (user_id, name, strategy_type, parameters, entry_rules, exit_rules, risk_rules)
VALUES (1, 'SMA cross', 'trend', '{"fast": 3, "slow": 9}',
  '{"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"}}',
  '[{"id": "below", "side": "long", "when": "crosses_below(sma(close, $fast), sma(close, $slow))"}]',
  '{"stop_loss": 0.04, "size": {"percent_equity": 30}}');
INSERT INTO trading.backtests
  (user_id, strategy_id, benchmark_id, name, start_date, end_date, initial_capital, universe, parameters)
VALUES (1, 1, NULL, 'stored', '2019-12-01', '2020-10-31', 100000.50, '["AAA", "BBB"]',
    '{"execution": {"commission": {"percent": 0.1}}}'),
  (1, 1, 1, 'never run', '2020-01-01', '2020-06-30', 5000, '["CCC"]', '{}');
INSERT INTO trading.signals (backtest_id, symbol, signal_type, signal_date)
VALUES (1, 'AAA', 'buy', '2020-01-05 00:00+00');
DO $$ BEGIN PERFORM quant.run_backtest(1); END $$;
DO $$
BEGIN
  PERFORM quant.record_risk_metrics(p.id, date '2020-10-31') FROM trading.portfolios p;
END $$;

-- A paper account that was kept by hand.
INSERT INTO trading.portfolios (user_id, name, initial_capital) VALUES (1, 'Paper', 10000);
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, current_price)
SELECT p.id, 'BBB', 9.7, 99.5, 101.25 FROM trading.portfolios p WHERE p.name = 'Paper';
INSERT INTO trading.transactions (portfolio_id, position_id, quantity, price, commission, transaction_date)
SELECT o.portfolio_id, o.id, 9.7, 99.5, 1.25, '2020-11-02 15:00+00'
FROM trading.positions o
JOIN trading.portfolios p ON p.id = o.portfolio_id AND p.name = 'Paper';

INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, amount)
VALUES (3, 'dividend', '2020-03-10', 0.25);
INSERT INTO trading.import_batches (source, rows_received, rows_rejected) VALUES ('vendor', 2, 1);
INSERT INTO trading.market_data_rejects (batch_id, symbol, raw, reasons)
VALUES (1, 'AAA', '{"high": "1", "low": "2"}', '{high_below_low}');
INSERT INTO trading.maintenance_log (job, action, status) VALUES ('nightly', 'data_check', 'succeeded');
