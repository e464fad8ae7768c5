-- SPDX-License-Identifier: PostgreSQL
-- Backtests that work, on data small enough for every cent to be computed by hand; docs/semantics is
-- cited by number. Days are those of January 2024, UTC.
\pset null NULL
\pset format unaligned
\pset footer off
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

INSERT INTO trading.users (id, username, email, password_hash)
VALUES (8301, 'backtests', 'backtests@example.com', 'x');
INSERT INTO trading.assets (symbol) VALUES ('RTA'), ('RTB'), ('RTC');
INSERT INTO trading.market_data
  (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT symbol, timestamptz '2024-01-01 00:00+00' + (day - 1) * interval '1 day', '1d', o, h, l, c, 1000
FROM (VALUES
  ('RTA', 1, 10, 11, 9, 10), ('RTA', 2, 10, 12, 10, 12), ('RTA', 3, 12, 13, 12, 13),
  ('RTA', 4, 13, 13, 8, 9), ('RTA', 5, 9.5, 10, 8, 8.5), ('RTA', 6, 8, 8, 7, 7),
  ('RTA', 7, 7, 12, 7, 12), ('RTA', 8, 12.5, 13, 12, 13),
  ('RTB', 1, 100, 101, 99, 100.5), ('RTB', 2, 100, 104, 98, 103), ('RTB', 3, 93, 94, 92, 93),
  ('RTB', 4, 93, 95, 92, 94), ('RTB', 5, 94, 106, 93, 105), ('RTB', 6, 108, 108, 107, 107.5),
  ('RTB', 7, 120, 125, 119, 121), ('RTB', 8, 121, 140, 110, 115),
  ('RTC', 1, 20, 20, 20, 20), ('RTC', 2, 20, 22, 20, 22)
) t(symbol, day, o, h, l, c)
UNION ALL SELECT 'RTC', timestamptz '2024-01-03 00:00+00' + n * interval '1 day', '1d', 22, 22, 22, 22, 1000
FROM generate_series(0, 5) n;
INSERT INTO trading.strategies (id, user_id, name, parameters, entry_rules, exit_rules, risk_rules)
VALUES
  (8301, 8301, 'reversal', '{"high": 11, "low": 9.5}',
    '{"long": {"when": "close > $high"}, "short": {"when": "close < $low"}}', '[]',
    '{"size": {"units": 10}}'),
  (8302, 8301, 'stop and target', '{}', '{"long": {"when": "close > open"}}', '[]',
    '{"stop_loss": 0.05, "take_profit": 0.10, "size": {"units": 10}}'),
  (8303, 8301, 'exit rule', '{}', '{"long": {"when": "close > 11"}}',
    '[{"id": "fall", "side": "long", "when": "close < 9.5"}]', '{"size": {"units": 10}}'),
  (8304, 8301, 'cash', '{}', '{"long": {"when": "close > 1"}}', '[]', '{"size": {"cash": 600}}'),
  (8305, 8301, 'cash, dearest first', '{}',
    '{"long": {"when": "close > 1"}, "priority": "close"}', '[]', '{"size": {"cash": 600}}'),
  (8306, 8301, 'share of equity', '{}', '{"long": {"when": "close > 1"}}', '[]',
    '{"size": {"percent_equity": 33.3}}'),
  (8307, 8301, 'one position', '{}', '{"long": {"when": "close > 1"}}', '[]',
    '{"size": {"units": 1}, "max_positions": 1}'),
  (8308, 8301, 'above its mean', '{"n": 3}', '{"long": {"when": "close > sma(close, $n)"}}', '[]',
    '{"size": {"units": 10}}'),
  (8309, 8301, 'short with stop and target', '{}', '{"short": {"when": "close < open"}}', '[]',
    '{"stop_loss": 0.05, "take_profit": 0.10, "size": {"units": 10}}');

-- The trades of a run from day 1 to day 8, as short as they can be read.
CREATE FUNCTION pg_temp.trades(
  strategy bigint, universe text, capital numeric, execution text DEFAULT '{}')
RETURNS TABLE (n integer, symbol text, side text, quantity numeric, entry text, entry_price numeric,
  exit text, exit_price numeric, reason text, pnl numeric, commission numeric)
LANGUAGE sql AS $$
  SELECT trade_number, symbol, side, trim_scale(quantity), to_char(entry_date, 'DD'), entry_price,
    to_char(exit_date, 'DD'), exit_price, exit_reason, pnl, commission
  FROM quant.simulate_trades(strategy, universe::jsonb, '1d', '2024-01-01', '2024-01-08', capital,
    jsonb_build_object('execution', execution::jsonb))
$$;

-- Long and short in turn (3, 5), 0.2 percent a fill (15).
-- Close of 2 is 12: bought on 3 at 12.00, 120.00 + 0.24. Close of 4 is 9: on 5 sold at 9.50,
-- 95.00 - 0.19, pnl 95.00 - 120.00 - 0.24 - 0.19 = -25.43, and sold short, 95.00 - 0.19. Close of 7
-- is 12: on 8 covered at 12.50, 125.00 + 0.25, pnl 95.00 - 125.00 - 0.19 - 0.25 = -30.44, and bought,
-- 125.00 + 0.25, marked at 13: 130.00 - 125.00 - 0.25 = 4.75.
SELECT * FROM pg_temp.trades(8301, '["RTA"]', 1000, '{"commission": {"percent": 0.2}}');
-- Return of the first -25.43 / 120.24, of the second -30.44 / 95.19, of the open one 4.75 / 125.25.
-- Against the long from 12: low 8; for it: high 13. Against the short from 9.5: not the high of 8, but
-- the fill at its open, 12.5; for it: low 7.
SELECT trade_number, trade_return, bars_held, mae, mfe, conditions
FROM quant.simulate_trades(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
  '{"execution": {"commission": {"percent": 0.2}}}');
-- Cash 1000 - 120.24 = 879.76, + 94.81 + 94.81 = 1069.38, - 125.25 - 125.25 = 818.88. Peak 1009.76.
SELECT * FROM quant.simulate_equity(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
  '{"execution": {"commission": {"percent": 0.2}}}');
-- Drawdown 60.88 from day 3 to the end; fills of 560.00; 6 of 8 bars in the market.
SELECT final_value, total_return, max_drawdown, max_drawdown_amount, max_drawdown_duration_days AS days,
  exposure, total_trades, winning_trades, losing_trades, open_trades, win_rate, profit_factor,
  expectancy, gross_profit, gross_loss, average_win, average_loss, largest_win, largest_loss,
  max_consecutive_wins AS wins, max_consecutive_losses AS losses, average_bars_held, total_commission,
  bars_processed, warnings
FROM quant.simulate(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
  '{"execution": {"commission": {"percent": 0.2}}}');
-- The rates, from the curve by their definitions (docs/formulas).
WITH e AS (
  SELECT equity, lag(equity, 1, 1000.00) OVER (ORDER BY "timestamp") AS before
  FROM quant.simulate_equity(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
    '{"execution": {"commission": {"percent": 0.2}}}')
), r AS (SELECT equity, equity / before - 1 AS r FROM e)
SELECT round(power(948.88 / 1000, 365.25 / 7) - 1, 6) AS annualized_return,
  round(stddev_samp(r) * sqrt(252::numeric), 6) AS volatility,
  round(sqrt(avg(least(r, 0) ^ 2)) * sqrt(252::numeric), 6) AS downside_deviation,
  round(avg(r) / stddev_samp(r) * sqrt(252::numeric), 6) AS sharpe_ratio,
  round(280 / avg(equity) * 365.25 / 7, 6) AS turnover
FROM r;
SELECT annualized_return, volatility, downside_deviation, sharpe_ratio, turnover
FROM quant.simulate(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
  '{"execution": {"commission": {"percent": 0.2}}}');

-- The other settings for an opposite entry. Closed only: the short waits for day 6.
SELECT what, t.* FROM (VALUES ('close'), ('ignore')) v(what),
  pg_temp.trades(8301, '["RTA"]', 1000, format('{"on_opposite": "%s"}', what)) t;
-- 100 buys 8 at 12 (16); 76 + 4 backs a short of 8 at 9.5 (20); 80 + 76 - 100 = 56 buys 4 at 12.5.
-- Skipped are 10 for 120 with 100, and 10 for 125 with 70.
SELECT what, t.* FROM (VALUES ('reduce'), ('skip')) v(what),
  pg_temp.trades(8301, '["RTA"]', 100, format('{"on_short_cash": "%s"}', what)) t;

-- Stop 5 and target 10 percent (10 to 12). Bought on 2 at 100: on 3 the open, 93, is below 95. Bought
-- on 5 at 94: the high of that very bar is beyond 103.40. Bought on 6 at 108: the open of 7, 120, is
-- beyond 118.80. Bought on 8 at 121: that bar reaches 114.95 and 133.10, the worse is taken.
SELECT * FROM pg_temp.trades(8302, '["RTB"]', 10000);
-- From the open to the high first, or to the low first; the low is nearer.
SELECT intrabar, n, exit_price, reason, pnl
FROM (VALUES ('ohlc'), ('olhc'), ('nearest_extreme'), ('stop_first')) v(intrabar),
  pg_temp.trades(8302, '["RTB"]', 10000, format('{"intrabar": "%s"}', intrabar))
WHERE n = 4;
SELECT final_value, ambiguous_bars, total_slippage
FROM quant.simulate(8302, '["RTB"]', '1d', '2024-01-01', '2024-01-08', 10000);
-- Slippage of 0.5 percent on market and stop fills, to the tick against the trader, none on targets
-- (14): 100.50 and 93 * 0.995 = 92.535 -> 92.53; 94.47, target 103.917 -> 103.92; 108.54; 121.605 ->
-- 121.61, stop 115.5295 -> 115.53, 114.95235 -> 114.95.
SELECT n, entry_price, exit_price, reason, pnl
FROM pg_temp.trades(8302, '["RTB"]', 10000, '{"slippage": {"percent": 0.5}}');
-- Per fill against the price before: 5.00 + 4.70 + 4.70 + 5.40 + 6.10 + 5.80.
SELECT total_slippage FROM quant.simulate(8302, '["RTB"]', '1d', '2024-01-01', '2024-01-08', 10000,
  '{"execution": {"slippage": {"percent": 0.5}}}');
-- Short on 7 at 120: the high of 8 is beyond 126.
SELECT * FROM pg_temp.trades(8309, '["RTB"]', 10000);

-- At the close of the deciding bar (3): bought on 2 at 12, sold on 4 at 9, bought on 7 at 12. At the
-- next open: bought on 3 at 12, sold on 5 at 9.5, bought on 8 at 12.5; closed there or left open.
SELECT fill, finalize, n, entry, entry_price, exit, exit_price, reason, pnl
FROM (VALUES ('same_close', 'none'), ('same_close', 'last_close'), ('next_open', 'none')) v(fill, finalize),
  pg_temp.trades(8303, '["RTA"]', 1000, format('{"fill": "%s", "finalize": "%s"}', fill, finalize));

-- One account for three symbols (2, 16, 17). 600 each of 1000 at the open of 2, in order of symbol: 60
-- at 10, 4 at 100 for what is left, none at 20. Dearest first: 6 at 100, 20 at 20, none at 10.
-- At most one position: the first symbol.
SELECT strategy, n, symbol, quantity, entry_price, pnl
FROM unnest('{8304, 8305, 8307}'::bigint[]) strategy,
  pg_temp.trades(strategy, '["RTC", "RTB", "RTA"]', 1000);
-- A third of the equity each: 333.00 = 32.970 * 10 + 3.30 = 3.297 * 100 + 3.30 = 16.485 * 20 + 3.30.
SELECT n, symbol, quantity, entry_price, pnl, commission FROM pg_temp.trades(8306,
  '["RTA", "RTB", "RTC"]', 1000, '{"quantity_step": 0.001, "commission": {"percent": 1}}');

-- Bars before the start fill the window (8), but nothing is decided on them: the close of 3 is above
-- its mean, the first one from day 4 on is that of 7.
SELECT trade_number, to_char(entry_date, 'DD') AS entry, entry_price, pnl
FROM quant.simulate_trades(8308, '["RTA"]', '1d', '2024-01-04', '2024-01-08', 1000);
-- The last day is inclusive: with day 7 the last, the decision finds no next open.
SELECT count(*) FROM quant.simulate_trades(8308, '["RTA"]', '1d', '2024-01-04', '2024-01-07', 1000);
-- Another length for one run: the close of 2, 12, is above 11, so it buys on 3 at 12.
SELECT trade_number, to_char(entry_date, 'DD') AS entry, entry_price, pnl
FROM quant.simulate_trades(8308, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000, '{"n": 2}');

-- A stored run, with a signal of the user beside it.
INSERT INTO trading.backtests
  (id, user_id, strategy_id, start_date, end_date, initial_capital, universe, parameters)
VALUES
  (8301, 8301, 8301, '2024-01-01', '2024-01-08', 1000, '["RTA"]',
    '{"execution": {"commission": {"percent": 0.2}}}'),
  (8302, 8301, 8304, '2024-01-01', '2024-01-08', 1000, '["RTA", "RTB", "RTC"]', '{}'),
  (8303, 8301, 8302, '2024-01-01', '2024-01-08', 5000, '["RTA", "RTB", "RTC"]',
    '{"execution": {"commission": {"percent": 0.15, "min": 1}, "slippage": {"percent": 0.1}}}');
INSERT INTO trading.signals (backtest_id, symbol, signal_type, signal_date)
VALUES (8301, 'RTA', 'hold', '2024-01-06 00:00+00');
SELECT * FROM quant.run_backtest(8301);
SELECT backtest_id, final_value, total_trades, warnings FROM quant.run_backtest(8302);
-- RTB -74.89, 91.14, 115.48 and -65.34, RTA -8.20 and (open) 3.80, RTC (open) -1.30.
SELECT backtest_id, final_value, total_trades FROM quant.run_backtest(8303);

-- One row a decision (37): a level that stays true writes no more, a refusal has its reason.
SELECT backtest_id AS run, source, symbol, signal_type, to_char(signal_date, 'DD') AS day, signal_price,
  strength, confidence, status, status_reason
FROM trading.signals WHERE backtest_id IN (8301, 8302) ORDER BY backtest_id, signal_date, symbol;
-- From flat to flat (35).
SELECT symbol, trim_scale(quantity) AS quantity, avg_entry_price, current_price, market_value,
  cost_basis, p.realized_pnl, p.unrealized_pnl, is_open, to_char(opened_at, 'DD') AS opened,
  to_char(closed_at, 'DD') AS closed
FROM trading.positions p JOIN trading.portfolios a ON a.id = p.portfolio_id
WHERE backtest_id = 8301 ORDER BY p.id;
SELECT transaction_type, to_char(transaction_date, 'DD') AS day, trim_scale(quantity) AS quantity, price,
  t.total_value, t.commission, fees, net_amount, t.realized_pnl, t.metadata
FROM trading.transactions t JOIN trading.portfolios a ON a.id = t.portfolio_id
WHERE backtest_id = 8301 ORDER BY t.id;
-- 1000 - 25.43 - 30.44 - 0.25 = 943.88; the entry fee of the open lot is in it (39).
SELECT portfolio_type, user_id, currency, initial_capital, current_capital, cash_balance, total_value,
  realized_pnl, unrealized_pnl, total_return, max_drawdown, is_active
FROM trading.portfolios WHERE backtest_id = 8301;
SELECT status, engine_version = quant.version() AS engine FROM trading.backtests WHERE id = 8301;

-- The identities, of all runs; each counts what breaks it.
CREATE TEMP VIEW account AS SELECT a.* FROM trading.portfolios a WHERE backtest_id BETWEEN 8301 AND 8303;
SELECT count(*) AS accounts,
  count(*) FILTER (WHERE cash_balance <> initial_capital
    + (SELECT sum(net_amount) FROM trading.transactions t WHERE t.portfolio_id = a.id)) AS cash,
  count(*) FILTER (WHERE total_value <> cash_balance
    + (SELECT sum(market_value) FROM trading.positions p WHERE p.portfolio_id = a.id)) AS equity,
  count(*) FILTER (WHERE unrealized_pnl <>
    (SELECT sum(unrealized_pnl) FROM trading.positions p WHERE p.portfolio_id = a.id)) AS unrealized,
  count(*) FILTER (WHERE realized_pnl IS DISTINCT FROM
    (SELECT coalesce(sum(pnl), 0) FROM trading.trades t
      WHERE t.backtest_id = a.backtest_id AND exit_date IS NOT NULL)) AS realized,
  count(*) FILTER (WHERE total_value <> initial_capital
    + (SELECT sum(pnl) FROM trading.trades t WHERE t.backtest_id = a.backtest_id)) AS pnl,
  count(*) FILTER (WHERE total_value <>
    (SELECT final_value FROM trading.backtests b WHERE b.id = a.backtest_id)) AS final_value,
  count(*) FILTER (WHERE total_value <> (SELECT equity FROM trading.equity_curves e
    WHERE e.portfolio_id = a.id ORDER BY timestamp DESC LIMIT 1)) AS last_mark
FROM account a;
-- On every bar: the cash of the transactions so far, the value of the units so far at the last close.
CREATE TEMP VIEW change AS SELECT *,
  CASE WHEN transaction_type IN ('buy', 'cover') THEN quantity ELSE -quantity END AS units
FROM trading.transactions WHERE portfolio_id IN (SELECT id FROM account);
SELECT count(*) AS bars, count(*) FILTER (WHERE equity <> e.cash_balance + market_value) AS equity,
  count(*) FILTER (WHERE e.cash_balance <> a.initial_capital + cash) AS cash,
  count(*) FILTER (WHERE market_value <> worth) AS market_value,
  count(*) FILTER (WHERE drawdown <> round(1 - equity / greatest(a.initial_capital, peak), 6)) AS drawdown
FROM account a JOIN (SELECT *, max(equity) OVER (PARTITION BY portfolio_id ORDER BY timestamp) AS peak
    FROM trading.equity_curves) e ON e.portfolio_id = a.id,
  LATERAL (SELECT coalesce(sum(net_amount), 0) AS cash FROM change c
    WHERE c.portfolio_id = a.id AND transaction_date <= e.timestamp) c,
  LATERAL (SELECT coalesce(sum(round(units * close_price, 2)), 0) AS worth
    FROM (SELECT symbol, sum(units) AS units FROM change c
      WHERE c.portfolio_id = a.id AND transaction_date <= e.timestamp GROUP BY symbol) u
      JOIN trading.market_data m USING (symbol)
    WHERE m.timeframe = '1d' AND m.timestamp = e.timestamp) w;
-- The transactions replay to the positions.
SELECT count(*) AS positions, count(*) FILTER (WHERE p.quantity <> r.units) AS units,
  count(*) FILTER (WHERE p.realized_pnl <> r.pnl) AS pnl,
  count(*) FILTER (WHERE p.opened_at <> r.first OR p.closed_at <> r.last) AS times
FROM trading.positions p JOIN account a ON a.id = p.portfolio_id,
  LATERAL (SELECT sum(units) AS units, coalesce(sum(c.realized_pnl), 0) AS pnl,
      min(transaction_date) AS first, max(transaction_date) AS last
    FROM change c WHERE c.position_id = p.id) r;

-- What is stored is what simulations give: rows of one side only.
SELECT count(*) AS trades FROM trading.trades t FULL JOIN (
    SELECT b.id AS backtest_id, s.* FROM trading.backtests b, quant.simulate_trades(b.strategy_id,
      b.universe, b.timeframe, b.start_date, b.end_date, b.initial_capital, b.parameters) s
    WHERE b.id BETWEEN 8301 AND 8303) s USING (backtest_id, trade_number)
WHERE backtest_id BETWEEN 8301 AND 8303
  AND to_jsonb(t) - '{id,created_at}'::text[] IS DISTINCT FROM to_jsonb(s);
SELECT count(*) AS bars FROM trading.equity_curves e FULL JOIN (
    SELECT a.id AS portfolio_id, s.* FROM account a JOIN trading.backtests b ON b.id = backtest_id,
      quant.simulate_equity(b.strategy_id, b.universe, b.timeframe, b.start_date, b.end_date,
        b.initial_capital, b.parameters) s) s USING (portfolio_id, "timestamp")
WHERE to_jsonb(e) - '{gross_exposure,benchmark_value}'::text[] IS DISTINCT FROM to_jsonb(s)
  AND portfolio_id IN (SELECT id FROM account);
-- Every column of the metrics has its column of the same name in backtests.
SELECT b.id, count(*) AS figures, count(*) FILTER (WHERE m.value IS DISTINCT FROM s.value) AS different
FROM trading.backtests b, quant.simulate(b.strategy_id, b.universe, b.timeframe, b.start_date,
    b.end_date, b.initial_capital, b.parameters) r, jsonb_each(to_jsonb(r)) m
  LEFT JOIN LATERAL jsonb_each(to_jsonb(b)) s ON s.key = m.key
WHERE b.id BETWEEN 8301 AND 8303 GROUP BY b.id ORDER BY b.id;

-- A rerun, in a session far from UTC, replaces the rows and gives the same fills.
CREATE TEMP TABLE first_run AS
  SELECT b.id, fills_hash, data_hash, strategy_hash, final_value, b.metrics, a.id AS portfolio_id
  FROM trading.backtests b JOIN account a ON a.backtest_id = b.id;
SET timezone = 'Pacific/Kiritimati';
SET datestyle = 'SQL, DMY';
SELECT id, (quant.run_backtest(id)).final_value FROM first_run ORDER BY id;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
SELECT b.id, b.fills_hash = f.fills_hash AS fills, b.data_hash = f.data_hash AS data,
  b.strategy_hash = f.strategy_hash AS strategy, b.metrics = f.metrics AS figures,
  (SELECT count(*) FROM trading.portfolios a WHERE a.backtest_id = b.id) AS accounts,
  (SELECT count(*) FROM trading.trades t WHERE t.backtest_id = b.id) AS trades,
  (SELECT count(*) FROM trading.signals s WHERE s.backtest_id = b.id AND source = 'engine') AS engine,
  (SELECT count(*) FROM trading.signals s WHERE s.backtest_id = b.id AND source = 'user') AS "user",
  (SELECT count(*) FROM trading.equity_curves e JOIN account a ON a.id = e.portfolio_id
    WHERE a.backtest_id = b.id) AS bars
FROM trading.backtests b JOIN first_run f USING (id) ORDER BY b.id;
SELECT count(*) AS left_over FROM first_run f JOIN trading.equity_curves e USING (portfolio_id);
-- Another bar, the same fills.
UPDATE trading.market_data SET close_price = 12.99
WHERE symbol = 'RTA' AND "timestamp" = '2024-01-08 00:00+00';
SELECT final_value FROM quant.run_backtest(8301);
SELECT b.data_hash = f.data_hash AS data, b.fills_hash = f.fills_hash AS fills
FROM trading.backtests b JOIN first_run f USING (id) WHERE b.id = 8301;

-- By symbol: of the runs above, and of trades whose figures are plain to see. 1 of 3 closed ones
-- wins; 30 / 10; 20 / 3; 0.50 of the commission is the open one's.
SELECT count(*) AS symbols, count(*) FILTER (WHERE (v.total_trades, v.winning_trades, v.losing_trades,
    v.open_trades, v.pnl + v.open_pnl, v.commission) IS DISTINCT FROM (t.closed, t.won, t.lost, t.held,
    t.pnl, t.commission)) AS different
FROM trading.backtest_symbols v FULL JOIN (
    SELECT backtest_id, symbol, sum((exit_date IS NOT NULL)::integer)::integer AS closed,
      sum((exit_date IS NOT NULL AND pnl > 0)::integer)::integer AS won,
      sum((exit_date IS NOT NULL AND pnl < 0)::integer)::integer AS lost,
      sum((exit_date IS NULL)::integer)::integer AS held, sum(pnl) AS pnl, sum(commission) AS commission
    FROM trading.trades GROUP BY backtest_id, symbol) t USING (backtest_id, symbol)
WHERE backtest_id BETWEEN 8301 AND 8303;
INSERT INTO trading.backtests
  (id, user_id, strategy_id, start_date, end_date, initial_capital, universe, parameters)
VALUES
  (8304, 8301, 8301, '2024-01-31', '2024-05-01', 1000, '["RTA"]',
    '{"execution": {"timezone": "America/New_York"}}'),
  (8305, 8301, 8301, '2024-01-31', '2024-05-01', 1000, '["RTA"]', '{}');
INSERT INTO trading.trades (backtest_id, symbol, quantity, entry_date, entry_price, exit_date,
  exit_price, pnl, commission, slippage, bars_held)
SELECT 8304, symbol, 1, '2024-02-01', 10, CASE WHEN closed THEN timestamptz '2024-02-02' END,
  CASE WHEN closed THEN 10 END, pnl, commission, slippage, bars
FROM (VALUES ('RTA', true, 30, 1, 0.1, 2), ('RTA', true, -10, 1, 0.2, 4), ('RTA', true, 0, 1, 0.3, 3),
  ('RTA', false, 7, 0.5, 0, 9), ('RTB', true, 5, 1, 0, 1), ('RTC', false, -3, 0.25, 0, 1))
  t(symbol, closed, pnl, commission, slippage, bars);
SELECT symbol, total_trades AS closed, winning_trades AS won, losing_trades AS lost, open_trades AS open,
  win_rate, pnl, open_pnl, gross_profit, gross_loss, profit_factor, expectancy, commission, slippage,
  average_bars_held AS bars, max_bars_held AS most
FROM trading.backtest_symbols WHERE backtest_id = 8304 ORDER BY symbol;
-- By month, in the zone of the run: 3 o'clock UTC on 1 February is January in New York, 2 o'clock on
-- 1 May is April. No bar in March; nothing is earned on an equity of 0. 500 / 1089 = 0.459137.
INSERT INTO trading.portfolios (user_id, backtest_id, name, portfolio_type, initial_capital,
  current_capital, cash_balance, total_value, unrealized_pnl)
VALUES (8301, 8304, 'New York', 'backtest', 1000, 500, 500, 500, 0),
  (8301, 8305, 'UTC', 'backtest', 1000, 500, 500, 500, 0);
INSERT INTO trading.equity_curves (portfolio_id, "timestamp", cash_balance, market_value, equity)
SELECT a.id, at, equity, 0, equity FROM trading.portfolios a, (VALUES
  (timestamptz '2024-01-31 12:00+00', 1100), ('2024-02-01 03:00+00', 990),
  ('2024-02-01 12:00+00', 1188), ('2024-02-29 12:00+00', 1089), ('2024-04-02 12:00+00', 0),
  ('2024-05-01 02:00+00', 500)) t(at, equity)
WHERE a.backtest_id IN (8304, 8305);
SELECT * FROM trading.backtest_months WHERE backtest_id IN (8304, 8305)
ORDER BY backtest_id, year, month;
-- A run of one month earns what the whole run earns.
SELECT b.id, m.year, m.month, m.start_equity = b.initial_capital AS start,
  m.end_equity = b.final_value AS end, m.monthly_return = b.total_return AS return
FROM trading.backtests b JOIN trading.backtest_months m ON m.backtest_id = b.id
WHERE b.id BETWEEN 8301 AND 8303 ORDER BY b.id;

-- By the conventions of another engine, here with 365 periods a year; they say so.
SELECT round(s.volatility / o.volatility, 3) = round(sqrt(365::numeric / 252), 3) AS volatility,
  s.metrics -> 'conventions' ->> 'name' AS name,
  s.metrics -> 'conventions' ->> 'periods_per_year' AS periods_per_year,
  s.metrics -> 'conventions' -> 'formulas' ->> 'annualized_return' AS annualized_return,
  s.annualized_return = round(power(s.final_value / 1000, 365::numeric / 8) - 1, 6) AS so_it_is,
  o.metrics -> 'conventions' AS ours
FROM quant.simulate(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000,
    '{"execution": {"conventions": "vectorbt"}}') s,
  quant.simulate(8301, '["RTA"]', '1d', '2024-01-01', '2024-01-08', 1000) o;

\set ECHO none
DELETE FROM trading.transactions WHERE portfolio_id IN (SELECT id FROM account);
DELETE FROM trading.portfolios WHERE backtest_id BETWEEN 8301 AND 8305;
DELETE FROM trading.backtests WHERE user_id = 8301;
DELETE FROM trading.strategies WHERE user_id = 8301;
DELETE FROM trading.market_data WHERE symbol LIKE 'RT_';
DELETE FROM trading.assets WHERE symbol LIKE 'RT_';
DELETE FROM trading.users WHERE id = 8301;
