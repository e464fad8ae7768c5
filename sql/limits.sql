-- SPDX-License-Identifier: PostgreSQL
-- Limits of a risk profile: judged beforehand, kept by the ledger and by the table.
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

BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (921, 'booker', 'booker@example.com', 'x');
INSERT INTO trading.assets (id, symbol, asset_type, sector) VALUES (921, 'LDA', 'stock', 'Tech'), (922, 'LDB', 'stock', 'Energy'), (924, 'LDC', 'crypto', NULL);
INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price) VALUES ('LDA', '2024-01-02 00:00+00', '1d', 10, 10, 10, 10);
\echo 'limits: 10 % a position by default'
INSERT INTO trading.risk_profiles (id, user_id, name, max_sector_exposure_pct, max_positions, max_gross_exposure_pct, max_net_exposure_pct)
VALUES (921, 921, 'tight', 15, 2, 30, 20);
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (925, 921, 'limited', 10000);
SELECT * FROM quant.check_limits(925, 'buy', 'LDA', 100, 10.01, 1);
SELECT * FROM quant.check_limits(925, 'sell', 'LDA', 100, 10);
SELECT limit_name, value FROM quant.check_limits(925, 'buy', 'LDA', 10) LIMIT 1;
SELECT pg_temp.error_of($$SELECT quant.check_limits(925, 'buy', 'LDA', NULL)$$), pg_temp.error_of($$SELECT quant.check_limits(925, 'deposit', NULL, 1)$$);
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDA', 100, 10.01, commission => 1)$$);
\echo '1000 of 10000: exactly 10 %'
SELECT pg_temp.book(925, 'buy', 'LDA', 100, 10);
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDA', 0.1, 10)$$), pg_temp.error_of($$SELECT quant.record_transaction(925, 'short', 'LDB', 1, 10)$$);
\echo 'rows that are inserted count as they come: two of 6 % are one too many'
SELECT pg_temp.error_of($$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 60, 10), (925, 'LDB', 'buy', 60, 10)$$);
SELECT count(*) FROM trading.transactions WHERE portfolio_id = 925;
\echo 'no way around: another date, no symbol, a sale of what is not held, a changed row, a conflict'
SAVEPOINT around;
SELECT n, regexp_replace(e, ' \| (max|allow).*', '') AS error FROM unnest(ARRAY[
  $$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price, transaction_date) VALUES (925, 'LDB', 'buy', 500, 10, 'infinity')$$,
  $$INSERT INTO trading.transactions (portfolio_id, transaction_type, quantity, price) VALUES (925, 'buy', 500, 10)$$,
  $$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'sell', 500, 10)$$,
  $$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'cover', 500, 10)$$,
  $$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDA', 'sell', 100.000001, 10)$$,
  $$UPDATE trading.transactions SET quantity = 101, total_value = 1010 WHERE portfolio_id = 925$$,
  $$UPDATE trading.transactions SET transaction_type = 'sell' WHERE portfolio_id = 925$$,
  $$INSERT INTO trading.transactions (id, portfolio_id, symbol, transaction_type, quantity, price) SELECT id, 925, 'LDA', 'sell', 1, 10 FROM trading.transactions WHERE portfolio_id = 925 ON CONFLICT (id) DO UPDATE SET quantity = 200, total_value = 2000$$,
  $$UPDATE trading.transactions SET quantity = 99, total_value = 990 WHERE portfolio_id = 925$$,
  $$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDA', 'sell', 99, 10)$$]) WITH ORDINALITY AS s (statement, n), pg_temp.error_of(statement) e;
SELECT sum(CASE transaction_type WHEN 'buy' THEN quantity ELSE -quantity END) FROM trading.transactions WHERE portfolio_id = 925;
ROLLBACK TO around;
\echo 'the first fill of a position that was written first is part of it'
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, current_price) VALUES (925, 'LDB', 101, 10, 10);
SELECT pg_temp.error_of($$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 50, 10)$$) ~ '1010.00 of an equity' AS refused;
UPDATE trading.positions SET quantity = 99 WHERE portfolio_id = 925 AND symbol = 'LDB';
INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 99, 10);
SELECT pg_temp.error_of($$INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 2, 10)$$) ~ '1010.00 of an equity' AS refused;
\echo 'nothing is booked beside fills that name no position'
SELECT regexp_replace(pg_temp.error_of($$SELECT quant.record_transaction(925, 'sell', 'LDB', 2, 10)$$), 'action \d+', 'action N');
ROLLBACK TO around;
\echo 'rows that were inserted directly count for the ledger, and a trigger of the user is judged like anybody'
INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 99, 10);
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDB', 2, 10)$$) ~ '^23514 \| buy of 2.000000 LDB exceeds max_position_size_pct' AS refused;
ROLLBACK TO around;
CREATE FUNCTION pg_temp.more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (925, 'LDB', 'buy', 500, 10); RETURN NULL; END $$;
CREATE TRIGGER more AFTER UPDATE ON trading.positions FOR EACH ROW EXECUTE FUNCTION pg_temp.more();
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'sell', 'LDA', 1, 10)$$) ~ '^23514 \| buy of 500.000000 LDB exceeds' AS refused;
ROLLBACK TO around;
\echo 'the date of an order does not choose the day that it is judged on'
UPDATE trading.risk_profiles SET max_daily_loss = 0.05, max_position_size_pct = 50, max_sector_exposure_pct = 50 WHERE id = 921;
INSERT INTO trading.equity_curves (portfolio_id, timestamp, cash_balance, market_value, equity) VALUES (925, now() - interval '2 days', 20000, 0, 20000);
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDB', 1, 10, transaction_date => now() + interval '3 days')$$) ~ 'exceeds max_daily_loss' AS refused, pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDB', 1, 10, transaction_date => '2020-01-01')$$) ~ 'exceeds max_daily_loss' AS refused;
ROLLBACK TO around;
\echo 'restrictions, warnings, off'
UPDATE trading.risk_profiles SET max_position_size_pct = 50, asset_restrictions = '{"forbidden_sectors": ["Energy"], "allowed_asset_types": ["stock"]}' WHERE id = 921;
SELECT limit_name, detail FROM quant.check_limits(925, 'buy', 'LDB', 1, 1) WHERE breached;
SELECT limit_name, detail FROM quant.check_limits(925, 'buy', 'LDC', 1, 1) WHERE breached;
UPDATE trading.risk_profiles SET asset_restrictions = '{"forbiden_sectors": ["Energy"]}' WHERE id = 921;
SELECT pg_temp.error_of($$SELECT quant.check_limits(925, 'buy', 'LDB', 1, 1)$$);
UPDATE trading.risk_profiles SET asset_restrictions = '{"allowed_symbols": ["LDA"]}', advanced_settings = '{"limit_mode": "warn"}' WHERE id = 921;
\set VERBOSITY default
SELECT pg_temp.book(925, 'buy', 'LDB', 1, 1);
\set VERBOSITY terse
UPDATE trading.risk_profiles SET advanced_settings = '{"limit_mode": "off"}' WHERE id = 921;
SELECT pg_temp.book(925, 'buy', 'LDB', 1, 1);
UPDATE trading.risk_profiles SET advanced_settings = '{"limit_mode": "loose"}' WHERE id = 921;
SELECT pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDB', 1, 1)$$);
\echo 'halts: 5 % below the capital; a limit that cannot be judged; sells pass'
UPDATE trading.risk_profiles SET asset_restrictions = '{}', advanced_settings = '{}', max_drawdown_limit = 0.01, max_daily_loss = 0.5, max_portfolio_var = 0.05, max_volatility = 0.4 WHERE id = 921;
UPDATE trading.positions SET current_price = 5 WHERE portfolio_id = 925 AND symbol = 'LDA';
UPDATE trading.portfolios p SET total_value = 9500, unrealized_pnl = 9500 - current_capital WHERE id = 925;
SELECT limit_name, value, threshold, breached FROM quant.check_limits(925, 'buy', 'LDA', 1, 5, as_of => '2024-02-01 12:00+00');
SELECT regexp_replace(line, 'up to [0-9-]+', 'up to now') AS line FROM regexp_split_to_table(pg_temp.error_of($$SELECT quant.record_transaction(925, 'buy', 'LDA', 1, 5)$$), '\n') AS line;
SELECT pg_temp.book(925, 'sell', 'LDA', 1, 5, day => 30);
UPDATE trading.risk_profiles SET is_active = false WHERE id = 921;
SELECT count(*) FROM quant.check_limits(925, 'buy', 'LDA', 1, 5);
SELECT statement, pg_temp.error_of('SELECT quant.check_limits(' || statement || ')') FROM unnest(ARRAY[$$NULL, 'buy', 'LDA', 1$$, $$925, 'deposit', 'LDA', 1$$, $$925, 'buy', 'LDA', 0$$, $$925, 'buy', 'LDA', 1, -1$$, $$925, 'buy', 'LDC', 1$$, $$99921, 'buy', 'LDA', 1$$]) AS s (statement);
ROLLBACK;
CREATE TEMP TABLE plain (a int);
CREATE TRIGGER t AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION quant.check_limits_trigger();
SELECT pg_temp.error_of('INSERT INTO plain VALUES (1)'), pg_temp.error_of('SELECT quant.check_limits_trigger()');
