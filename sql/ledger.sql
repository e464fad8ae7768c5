-- SPDX-License-Identifier: PostgreSQL
-- Accounts: what is booked moves transaction, position and portfolio together; what they are worth.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset null NULL
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

\i test/regress/error_of.sql
CREATE FUNCTION pg_temp.book(portfolio bigint, type text, ticker text DEFAULT NULL, quantity numeric DEFAULT NULL, price numeric DEFAULT NULL,
  amount numeric DEFAULT NULL, commission numeric DEFAULT 0, fees numeric DEFAULT 0, day int DEFAULT 0) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
  booked bigint := quant.record_transaction(portfolio, type, ticker, quantity, price, amount, commission, fees, timestamptz '2024-01-02 15:00+00' + day * interval '1 day');
BEGIN
  RETURN (SELECT t.realized_pnl FROM trading.transactions t WHERE t.id = booked);
END
$$;
CREATE VIEW pg_temp.accounts AS SELECT id, current_capital, cash_balance, total_value, realized_pnl, unrealized_pnl FROM trading.portfolios WHERE user_id = 921;
CREATE VIEW pg_temp.held AS SELECT portfolio_id AS id, symbol, quantity, avg_entry_price AS average, current_price AS price, market_value AS value, cost_basis, realized_pnl AS realized,
  unrealized_pnl AS unrealized, income, opened_at::date AS opened, closed_at::date AS closed FROM trading.positions WHERE portfolio_id BETWEEN 921 AND 929 ORDER BY positions.id;

BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (921, 'booker', 'booker@example.com', 'x');
INSERT INTO trading.assets (id, symbol, asset_type, sector, currency) VALUES (921, 'LDA', 'stock', 'Tech', 'USD'), (922, 'LDB', 'stock', 'Energy', 'USD'), (923, 'LDE', 'stock', 'Tech', 'EUR'), (924, 'LDC', 'crypto', NULL, 'USD');
INSERT INTO trading.portfolios (id, user_id, name, initial_capital, portfolio_type) VALUES (921, 921, 'one', 100000, 'paper'), (922, 921, 'two', 100000, 'live'), (923, 921, 'run', 1000, 'backtest');

\echo 'lots of 10 at 100 and 5 at 110, a commission of 1 each; 12 go at 120 for 1.51: 10 x 20 + 2 x 10 - 1 - 0.40 - 1.51'
SELECT pg_temp.book(921, 'buy', 'LDA', 10, 100, commission => 1), pg_temp.book(921, 'buy', 'LDA', 5, 110, commission => 1, day => 1), pg_temp.book(921, 'sell', 'LDA', 12, 120, commission => 1.5, fees => 0.01, day => 2);
SELECT * FROM pg_temp.held;
SELECT * FROM pg_temp.accounts WHERE id = 921;
\echo 'short 10 at 50, covered in thirds at 40: each cent once'
SELECT pg_temp.book(921, 'short', 'LDB', 10, 50, commission => 1);
SELECT pg_temp.book(921, 'cover', 'LDB', 3.333333, 40.0001, day => 3), pg_temp.book(921, 'cover', 'LDB', 3.333333, 40.0001, day => 3), pg_temp.book(921, 'cover', 'LDB', 3.333334, 40.0001, commission => 0.01, day => 4);
\echo 'cash: dividend, interest paid, fee, tax, borrow fee, deposit, withdrawal, adjustment'
SELECT pg_temp.book(921, 'dividend', 'LDA', amount => 3.30), pg_temp.book(921, 'dividend', 'LDB', amount => -1.25), pg_temp.book(921, 'interest', amount => -2), pg_temp.book(921, 'fee', amount => 5), pg_temp.book(921, 'tax', amount => 7),
  pg_temp.book(921, 'borrow_fee', 'LDB', amount => 0.5), pg_temp.book(921, 'deposit', amount => 1000), pg_temp.book(921, 'withdrawal', amount => 250.25), pg_temp.book(921, 'adjustment', amount => 0.01);
\echo 'split 2:1 of 3, then 3:1 down to 2 with a third paid out'
SELECT pg_temp.book(921, 'split', 'LDA', 3, day => 5), pg_temp.book(921, 'split', 'LDA', -4, amount => 1.5, day => 6);
SELECT * FROM pg_temp.held;
SELECT * FROM pg_temp.accounts WHERE id = 921;
SELECT transaction_type, count(*), sum(total_value) AS total, sum(net_amount) AS net, sum(realized_pnl) AS realized, bool_and(position_id IS NULL) AS loose FROM trading.transactions WHERE portfolio_id = 921 GROUP BY 1 ORDER BY transaction_type COLLATE "C";
\echo 'nothing differs; a position that closes and opens again is another one'
SELECT * FROM quant.reconcile_portfolio(921);
SELECT pg_temp.book(921, 'sell', 'LDA', 2, 200, day => 7), pg_temp.book(921, 'short', 'LDA', 2, 200, day => 7);
SELECT * FROM pg_temp.held;
SELECT * FROM quant.reconcile_portfolio(921);

\echo 'the same report of the broker is booked once'
SELECT quant.record_transaction(922, 'buy', 'LDA', 1, 10, external_id => 'x1') = quant.record_transaction(922, 'buy', 'LDA', 1.0, 10.00, external_id => 'x1') AS same;
SELECT quant.record_transaction(922, 'deposit', amount => 5, external_id => 'x2', metadata => '{"note": "opening"}', settlement_date => '2024-01-04') IS NOT NULL AS booked;
SELECT regexp_replace(pg_temp.error_of($$SELECT quant.record_transaction(922, 'buy', 'LDA', 2, 10, external_id => 'x1')$$), 'transaction \d+', 'transaction N');
SELECT count(*), max(metadata ->> 'note'), max(settlement_date) FROM trading.transactions WHERE portfolio_id = 922;

\echo 'refused, and nothing changes'
SELECT statement, pg_temp.error_of('SELECT quant.record_transaction(' || statement || ')') FROM unnest(ARRAY[
  $$NULL, 'buy', 'LDA', 1, 10$$, $$922, NULL$$, $$922, 'purchase', 'LDA', 1, 10$$, $$99921, 'buy', 'LDA', 1, 10$$, $$922, 'buy', 'NONE', 1, 10$$, $$922, 'buy', NULL, 1, 10$$, $$922, 'buy', 'LDA', NULL, 10$$, $$922, 'buy', 'LDA', 0, 10$$,
  $$922, 'buy', 'LDA', -1, 10$$, $$922, 'buy', 'LDA', 1$$, $$922, 'buy', 'LDA', 1, -10$$, $$922, 'buy', 'LDA', 1.0000001, 10$$, $$922, 'buy', 'LDA', 1, 10.00001$$, $$922, 'buy', 'LDA', 'NaN', 10$$, $$922, 'buy', 'LDA', 'Infinity', 10$$,
  $$922, 'buy', 'LDA', 1e30, 10$$, $$922, 'buy', 'LDA', 999999999, 999999.9999$$, $$922, 'buy', 'LDA', 1, 10, 11$$, $$922, 'buy', 'LDA', 1, 10, commission => -1$$, $$922, 'buy', 'LDA', 1, 10, fees => 0.001$$, $$922, 'buy', 'LDE', 1, 10$$,
  $$922, 'sell', 'LDA', 1.5, 10$$, $$922, 'sell', 'LDB', 1, 10$$, $$922, 'cover', 'LDA', 1, 10$$, $$922, 'short', 'LDA', 1, 10$$, $$922, 'deposit'$$, $$922, 'deposit', amount => -5$$, $$922, 'deposit', amount => 0$$, $$922, 'deposit', 'LDA', amount => 5$$, $$922, 'deposit', NULL, 5, 1, 100$$, $$922, 'dividend', 'LDA', 5, amount => 1$$,
  $$922, 'dividend', amount => 5$$, $$922, 'split', 'LDB', 1$$, $$922, 'split', 'LDA', -1$$, $$922, 'split', 'LDA', 0$$, $$922, 'spinoff', 'LDA', 1$$, $$922, 'merger', 'LDA', 1$$, $$923, 'buy', 'LDA', 1, 10$$,
  $$922, 'buy', 'LDA', 1, 10, transaction_date => 'infinity'$$, $$922, 'buy', 'LDA', 1, 10, transaction_date => NULL$$]) AS s (statement);
SELECT substring(pg_temp.error_of('SELECT quant.record_transaction(922, ''buy'', ''LDA'', 1, 10, ' || last || ')') FROM '^[^|]*\|[^|]*') FROM unnest(ARRAY[$$metadata => '[]'$$, $$settlement_date => '2020-01-01'$$, $$commission => 1e9$$]) AS s (last);
SELECT * FROM pg_temp.accounts WHERE id = 922;
SELECT * FROM quant.reconcile_portfolio(922);
SELECT pg_temp.error_of('SELECT quant.reconcile_portfolio(923)'), pg_temp.error_of('SELECT quant.reconcile_portfolio(99921)'), pg_temp.error_of('SELECT quant.reconcile_portfolio(NULL)');

\echo 'what was changed by hand is shown, and not built upon'
SAVEPOINT tampered;
UPDATE trading.positions SET cost_basis = cost_basis + 0.01 WHERE portfolio_id = 922;
UPDATE trading.portfolios SET cash_balance = cash_balance - 1 WHERE id = 922;
INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (922, 'LDB', 'buy', 1, 3);
SELECT object, symbol, figure, stored, replayed, detail FROM quant.reconcile_portfolio(922);
SELECT pg_temp.error_of($$SELECT quant.record_transaction(922, 'buy', 'LDA', 1, 10)$$) ~ '^55000 \| the position of LDA in portfolio 922 is not what its transactions lead to \| cost_basis is 10.01, the transactions give 10.00.' AS refused;
ROLLBACK TO tampered;

\echo 'marks: 100 of LDA at 10, 12 and 9, a deposit between the last two; then one in between'
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (924, 921, 'marked', 2000);
SELECT pg_temp.book(924, 'buy', 'LDA', 100, 10), pg_temp.book(924, 'deposit', amount => 2000, day => 3);
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
SELECT 'LDA', timestamptz '2024-01-02 00:00+00' + d * interval '1 day', '1d', p, p, p, p FROM (VALUES (0, 10), (1, 12), (4, 9)) v (d, p);
SELECT quant.mark_portfolio(924, timestamptz '2024-01-02 21:00+00' + d * interval '1 day') FROM (VALUES (0), (1), (4)) v (d);
SELECT timestamp, cash_balance, market_value, equity, gross_exposure, drawdown FROM trading.equity_curves WHERE portfolio_id = 924 ORDER BY timestamp;
SELECT * FROM pg_temp.held WHERE id = 924;
SELECT * FROM pg_temp.accounts WHERE id = 924;
\echo 'returns 0, 0.1, 3900 / 4200 - 1: 0.0214 in all'
SELECT quant.update_portfolio_metrics(924);
SELECT total_return, annualized_return, volatility, sharpe_ratio, sortino_ratio, max_drawdown, beta FROM trading.portfolios WHERE id = 924;
SELECT round(1.1 * 3900 / 4200 - 1, 4), round((1.1 * 3900 / 4200) ^ (365.25 / 4) - 1, 4), round(stddev_samp(r) * sqrt(252::numeric), 4), round(avg(r) / stddev_samp(r) * sqrt(252::numeric), 4), round(1 - 3900.0 / 4200, 4) FROM unnest(ARRAY[0, 0.1, 3900.0 / 4200 - 1]) r;
SELECT quant.mark_portfolio(924, '2024-01-04 21:00+00'), quant.mark_portfolio(924, '2024-01-03 21:00+00');
SELECT timestamp, equity, drawdown FROM trading.equity_curves WHERE portfolio_id = 924 ORDER BY timestamp;
SELECT * FROM quant.reconcile_portfolio(924);
\echo 'taken out and put back is no loss; more than there was at the last mark, after a gain, neither'
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (926, 921, 'emptied', 10000), (927, 921, 'doubled', 10000);
SELECT quant.mark_portfolio(926, '2024-01-02 21:00+00'), pg_temp.book(926, 'withdrawal', amount => 10000, day => 1), quant.mark_portfolio(926, '2024-01-03 21:00+00'), quant.mark_portfolio(926, '2024-01-04 21:00+00'), pg_temp.book(926, 'deposit', amount => 10000, day => 3), quant.mark_portfolio(926, '2024-01-05 21:00+00');
SELECT pg_temp.book(927, 'interest', amount => 10000, day => 1), pg_temp.book(927, 'withdrawal', amount => 15000, day => 1), quant.mark_portfolio(927, '2024-01-03 21:00+00'), quant.update_portfolio_metrics(927);
SELECT portfolio_id, equity, drawdown FROM trading.equity_curves WHERE portfolio_id IN (926, 927) ORDER BY portfolio_id, timestamp;
SELECT total_return, max_drawdown FROM trading.portfolios WHERE id = 927;
\echo 'a mark of the past knows no later price; a transaction that comes after marks is told of'
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (928, 921, 'late', 10000);
SELECT pg_temp.book(928, 'buy', 'LDB', 10, 100);
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price) VALUES ('LDB', '2024-02-01 00:00+00', '1d', 200, 200, 200, 200);
SELECT quant.mark_portfolio(928, '2024-01-15'), quant.mark_portfolio(928, '2024-03-01'), quant.mark_portfolio(928, '2024-01-15');
\set VERBOSITY default
SELECT pg_temp.book(928, 'deposit', amount => 1);
\set VERBOSITY terse
INSERT INTO trading.benchmarks (symbol, composition) VALUES ('LDA', NULL), ('LDMIX', '{"LDA": 0.5, "LDB": 0.5}'), ('LDBAD', '["LDA"]'), ('LDNONE', NULL);
SELECT quant.update_benchmark_metrics('LDA');
SELECT as_of_date, ytd_return, return_1y, annualized_return, volatility, sharpe_ratio, max_drawdown FROM trading.benchmarks WHERE symbol = 'LDA';
SELECT round(0.9 ^ (365.25 / 4) - 1, 4), round(stddev_samp(r) * sqrt(252::numeric), 4), round(avg(r) / stddev_samp(r) * sqrt(252::numeric), 4) FROM unnest(ARRAY[0.2, -0.25]) r;
SELECT name, pg_temp.error_of(format('SELECT quant.update_benchmark_metrics(%L)', name)) FROM unnest('{LDMIX,LDBAD,LDNONE,NOPE,NULL}'::text[]) name;
UPDATE trading.portfolios SET benchmark_id = (SELECT id FROM trading.benchmarks WHERE symbol = 'LDA') WHERE id = 924;
SELECT quant.mark_portfolio(924, '2024-01-06 21:00+00'), quant.update_portfolio_metrics(924);
SELECT beta, (SELECT benchmark_value FROM trading.equity_curves WHERE portfolio_id = 924 ORDER BY timestamp DESC LIMIT 1) FROM trading.portfolios WHERE id = 924;
\echo 'the benchmark begins at the first mark, in whatever order they come, and knows of splits'
SELECT timestamp, benchmark_value FROM trading.equity_curves WHERE portfolio_id = 924 ORDER BY timestamp;
INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date, split_to, split_from) VALUES (921, 'split', '2024-01-06', 2, 1);
SELECT quant.mark_portfolio(924, '2024-01-01 21:00+00'), quant.mark_portfolio(924, '2024-01-06 21:00+00');
SELECT timestamp, benchmark_value FROM trading.equity_curves WHERE portfolio_id = 924 ORDER BY timestamp;
SELECT pg_temp.error_of('SELECT quant.update_portfolio_metrics(922)'), pg_temp.error_of('SELECT quant.mark_portfolio(923)'), pg_temp.error_of($$SELECT quant.mark_portfolio(922, 'infinity')$$), pg_temp.error_of($$SELECT quant.mark_portfolio(922, now(), 'day')$$);

ROLLBACK;
\echo 'only read'
BEGIN READ ONLY;
SELECT pg_temp.error_of($$SELECT quant.record_transaction(1, 'deposit', amount => 1)$$);
ROLLBACK;
