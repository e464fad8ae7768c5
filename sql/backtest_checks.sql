-- SPDX-License-Identifier: PostgreSQL
-- A stored run is asked: does it reproduce, did it know the future, why was a trade made.
\set VERBOSITY default
\pset format unaligned
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8600, 'checks', 'checks@example.invalid', 'none');
INSERT INTO trading.assets (id, symbol) VALUES (8600, 'QDA'), (8601, 'QDB');
CALL quant.create_partitions('2024-01-01', '2024-03-31');
-- A saw: ten days up by one, ten days down by one; QDB half as steep.
INSERT INTO trading.market_data (asset_id, symbol, timeframe, "timestamp", open_price, high_price,
                                 low_price, close_price, volume)
SELECT a.id, a.symbol, '1d', timestamptz '2024-01-01 00:00+00' + day * interval '1 day',
       at, at + 1, at - 1, at, 1000
FROM trading.assets a, generate_series(0, 79) day,
     LATERAL (SELECT 100 + (10 - abs(day % 20 - 10)) / (a.id - 8599.0) AS at) saw
WHERE a.id IN (8600, 8601);
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES (8600, 8600, 'turns', '{"days": 3}',
  '{"long": {"when": "crosses_above(close, sma(close, $days)) and month < 3"}}',
  '[{"id": "turned", "when": "close < sma(close, $days) and bars_held >= 2"}]',
  '{"stop_loss": 0.2, "size": {"cash": 10000}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, name, universe, timeframe, start_date,
                               end_date, initial_capital, parameters)
VALUES (8600, 8600, 8600, 'turns', '["QDA", "QDB"]', '1d', '2024-01-05', '2024-03-20', 50000,
        '{"execution": {"commission": {"per_order": 1}}}');

\echo == Before the run
SELECT * FROM quant.verify_backtest(8600);
SELECT * FROM quant.check_lookahead(-1);
SELECT quant.explain_trade(-1);

\echo == After it
SELECT total_trades, final_value FROM quant.run_backtest(8600);
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
SELECT "timestamp", decisions, matches, difference FROM quant.check_lookahead(8600, 3);
SELECT quant.explain_trade(id) FROM trading.trades
WHERE backtest_id = 8600 AND trade_number = 1;

\echo == The fills are the same, but not what is stored of the account
UPDATE trading.market_data SET close_price = close_price + 0.25
WHERE symbol = 'QDA' AND "timestamp" = '2024-01-26 00:00+00';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
UPDATE trading.market_data SET close_price = close_price - 0.25
WHERE symbol = 'QDA' AND "timestamp" = '2024-01-26 00:00+00';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
UPDATE trading.backtests SET final_value = final_value + 0.01 WHERE id = 8600;
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
UPDATE trading.backtests SET final_value = final_value - 0.01 WHERE id = 8600;
DELETE FROM trading.equity_curves e USING trading.portfolios p
WHERE p.id = e.portfolio_id AND p.backtest_id = 8600 AND e."timestamp" = '2024-03-20 00:00+00';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
SELECT total_trades, final_value FROM quant.run_backtest(8600);

\echo == The limits of the risk profile, where the run has them
INSERT INTO trading.risk_profiles (id, user_id, is_default, max_position_size_pct) VALUES (8600, 8600, true, 100);
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8600);
INSERT INTO trading.backtests (id, user_id, strategy_id, name, universe, timeframe, start_date,
                               end_date, initial_capital, parameters)
VALUES (8601, 8600, 8600, 'with profile', '["QDA", "QDB"]', '1d', '2024-01-05', '2024-03-20', 50000,
        '{"execution": {"commission": {"per_order": 1}, "use_risk_profile": true}}');
SELECT total_trades, final_value FROM quant.run_backtest(8601);
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8601);
-- What is no limit, and a limit that binds nothing, and one that does.
UPDATE trading.risk_profiles SET risk_tolerance = 'aggressive' WHERE id = 8600;
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8601);
UPDATE trading.risk_profiles SET max_positions = 10 WHERE id = 8600;
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8601);
UPDATE trading.risk_profiles SET max_positions = NULL, max_position_size_pct = 10 WHERE id = 8600;
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8601);
UPDATE trading.risk_profiles SET max_position_size_pct = 100, is_default = false WHERE id = 8600;
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8601);
SELECT reproduces, strategy_changed FROM quant.verify_backtest(8600);

\echo == Why: a rotation, signals from a table, numbers below zero, bars of other series
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES
  (8601, 8600, 'rotation', '{"days": 5}',
    '{"rotate": {"every": "week", "rank_by": "close / close[$days] - 1", "top": 1, "gate": "close > 100.2",
      "weight": "0.5", "cash_buffer_percent": 10}}', '[]', '{}'),
  (8602, 8600, 'from a table', '{}', '{"signals": true}', '[]', '{"size": {"percent_equity": 10}}'),
  (8603, 8600, 'below zero', '{"low": -1.5}',
    '{"long": {"when": "crosses_above(close - close[3], -1.5) and close - close[1] > $low and -$low > -2"}}',
    '[{"when": "bars_held >= 3"}]', '{"size": {"units": 1}}'),
  (8604, 8600, 'other bars', '{}',
    '{"long": {"when": "at(\"QDB\", close > sma(close, 3)) and (close > close[1])[2] and not tf(\"1w\", close < 100)"}}',
    '[{"when": "bars_held >= 3"}]', '{"size": {"units": 1}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, name, universe, timeframe, start_date, end_date,
                               initial_capital)
SELECT s.id + 10, 8600, s.id, s.name, '["QDA", "QDB"]', '1d', '2024-01-15', '2024-02-20', 50000
FROM trading.strategies s WHERE s.id BETWEEN 8601 AND 8604;
INSERT INTO trading.signals (id, backtest_id, symbol, signal_type, signal_date, target_quantity, target_weight_pct)
VALUES (860001, 8612, 'QDA', 'buy', '2024-01-20 12:00+00', NULL, 40),
  (860002, 8612, 'QDA', 'buy', '2024-01-20 12:00+00', 5, NULL),
  (860003, 8612, 'QDA', 'sell', '2024-01-25 12:00+00', 30, NULL),
  (860004, 8612, 'QDA', 'exit', '2024-01-30 12:00+00', NULL, NULL),
  (860005, 8612, 'QDB', 'short', '2024-01-20 12:00+00', 10, NULL),
  (860006, 8612, 'QDB', 'buy', '2024-01-25 12:00+00', NULL, NULL);
SELECT r.backtest_id, r.total_trades FROM generate_series(8611, 8614) AS id, quant.run_backtest(id) AS r;
SELECT quant.explain_trade(id) FROM trading.trades
WHERE backtest_id BETWEEN 8611 AND 8614 AND (backtest_id = 8612 OR trade_number <= 2)
ORDER BY backtest_id, trade_number;

\echo == Signals and steps that a run has read
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8612);
UPDATE trading.signals SET target_quantity = 6 WHERE id = 860002;
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8612);
UPDATE trading.signals SET target_quantity = 5 WHERE id = 860002;
UPDATE trading.assets SET lot_size = 0.5 WHERE symbol = 'QDA';
SELECT data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8612);
UPDATE trading.assets SET lot_size = 1 WHERE symbol = 'QDA';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8612);

\echo == An order of the day, and a trade that would cost something else now
BEGIN;
INSERT INTO trading.strategies (id, user_id, name, entry_rules)
VALUES (8605, 8600, 'day order', '{"long": {"when": true, "order": {"type": "limit", "limit": "close * 0.5", "tif": "day"}}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, name, universe, timeframe, start_date, end_date, initial_capital)
VALUES (8615, 8600, 8605, 'day order', '["QDA"]', '1d', '2024-01-15', '2024-02-20', 50000);
SELECT total_trades FROM quant.run_backtest(8615);
SELECT count(*), bool_and(matches) FROM quant.check_lookahead(8615, 10);
UPDATE trading.backtests SET parameters = '{"execution": {"commission": {"percent": 1}}}' WHERE id = 8611;
SELECT quant.explain_trade(id) FROM trading.trades WHERE backtest_id = 8611 AND trade_number = 1;
ROLLBACK;

\echo == What has changed since
UPDATE trading.strategies SET parameters = '{"days": 3, "note": "mine"}' WHERE id = 8600;
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
UPDATE trading.market_data SET close_price = close_price + 0.5
WHERE symbol = 'QDB' AND "timestamp" = '2024-01-20 00:00+00';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
UPDATE trading.market_data SET open_price = open_price + 0.5
WHERE symbol = 'QDA' AND "timestamp" = '2024-01-25 00:00+00';
SELECT reproduces, data_changed, strategy_changed, engine_changed FROM quant.verify_backtest(8600);
SELECT quant.explain_trade(id) FROM trading.trades
WHERE backtest_id = 8600 AND trade_number = 1;

\echo == Arguments
SELECT * FROM quant.verify_backtest(NULL);
SELECT * FROM quant.check_lookahead(8600, 0);
SELECT * FROM quant.check_lookahead(8600, NULL);
SELECT quant.explain_trade(NULL);
INSERT INTO trading.trades (id, backtest_id, symbol, quantity, entry_date, entry_price)
VALUES (860099, 8600, 'QDA', 1, '2024-01-10', 100);
SELECT quant.explain_trade(860099);
