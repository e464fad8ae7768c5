-- SPDX-License-Identifier: PostgreSQL
-- The tables are the user's: columns may get another type, and triggers may keep rows from being
-- stored. Either is an error that says so; nothing is half stored, and the server lives on.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SELECT pg_postmaster_start_time() AS server_start, pg_backend_pid() AS backend \gset
INSERT INTO trading.users (id, username, email, password_hash) VALUES (8401, 'altered', 'altered@example.com', 'x');
INSERT INTO trading.assets (id, symbol) VALUES (8401, 'ALT');
INSERT INTO trading.market_data (symbol, timeframe, "timestamp", open_price, high_price, low_price, close_price)
SELECT 'ALT', '1d', timestamptz '2024-01-01 00:00+00' + n * interval '1 day', 100 + n, 101 + n, 99 + n, 100 + n + n % 2
FROM generate_series(0, 99) n;
INSERT INTO trading.strategies (id, user_id, name, entry_rules) VALUES (8401, 8401, 's', '{"long": {"when": "close > open"}}');
INSERT INTO trading.backtests (id, user_id, strategy_id, start_date, end_date, initial_capital, universe)
VALUES (8401, 8401, 8401, '2024-01-01', '2024-04-09', 10000, '["ALT"]');
INSERT INTO trading.risk_profiles (user_id) VALUES (8401);
SELECT (quant.run_backtest(8401)).total_trades;

CREATE FUNCTION pg_temp.skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION pg_temp.outcome(change text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; state text; detail text;
BEGIN
  -- A view holds the types of the columns that it shows.
  DROP VIEW trading.backtest_symbols, trading.backtest_months;
  EXECUTE change;
  EXECUTE call;
  RAISE EXCEPTION SQLSTATE 'QQ000';
EXCEPTION
  WHEN SQLSTATE 'QQ000' THEN RETURN change || ' | taken';
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', change, state, message, nullif(detail, ''));
END $$;
\set ECHO none

SELECT pg_temp.outcome('ALTER TABLE trading.' || change,
  $$SELECT quant.simulate(8401, '["ALT"]', '1d', '2024-01-01', '2024-04-09', 1000)$$)
FROM (VALUES ('assets ALTER lot_size TYPE integer'), ('assets ALTER tick_size TYPE double precision'),
             ('market_data ALTER close_price TYPE double precision'),
             ('market_data ALTER close_price DROP NOT NULL, DISABLE TRIGGER USER; UPDATE trading.market_data SET close_price = NULL WHERE id % 7 = 0'),
             ('strategies ALTER parameters DROP DEFAULT, ALTER parameters TYPE text')) c(change);
SELECT pg_temp.outcome('ALTER TABLE trading.' || change, 'SELECT quant.run_backtest(8401)')
FROM (VALUES ('backtests ALTER initial_capital TYPE double precision')) c(change);
SELECT pg_temp.outcome('ALTER TABLE trading.' || change,
  $$SELECT quant.record_risk_metrics(id, '2024-04-05') FROM trading.portfolios WHERE backtest_id = 8401$$)
FROM (VALUES ('equity_curves ALTER equity TYPE double precision'),
             ('market_data ALTER close_price TYPE double precision')) c(change);

SELECT pg_temp.outcome(
  format('CREATE TRIGGER zz BEFORE %s ON trading.%s FOR EACH ROW EXECUTE FUNCTION pg_temp.skip()', event, relation),
  'SELECT quant.run_backtest(8401)')
FROM (VALUES ('INSERT', 'portfolios'), ('INSERT', 'positions'), ('INSERT', 'transactions'), ('INSERT', 'trades'),
             ('INSERT', 'signals'), ('INSERT', 'equity_curves'), ('UPDATE', 'backtests'), ('DELETE', 'portfolios')) t(event, relation);
SELECT pg_temp.outcome(
  'CREATE TRIGGER zz BEFORE INSERT ON trading.risk_metrics FOR EACH ROW EXECUTE FUNCTION pg_temp.skip()',
  $$SELECT quant.record_risk_metrics(id, '2024-04-05') FROM trading.portfolios WHERE backtest_id = 8401$$);

SELECT 'rerun: ', (quant.run_backtest(8401)).total_trades;
DELETE FROM trading.transactions WHERE portfolio_id IN (SELECT id FROM trading.portfolios WHERE backtest_id = 8401);
DELETE FROM trading.portfolios WHERE backtest_id = 8401;
DELETE FROM trading.backtests WHERE id = 8401;
DELETE FROM trading.strategies WHERE id = 8401;
DELETE FROM trading.users WHERE id = 8401;
DELETE FROM trading.market_data WHERE symbol = 'ALT';
DELETE FROM trading.assets WHERE id = 8401;
SELECT 'same backend: ', pg_backend_pid() = :backend AND pg_postmaster_start_time() = :'server_start';

-- A view in the table's place: what it hides is not read, nor where the planner needs none of the query's own conditions.
BEGIN;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (8401, 'altered', 'altered@example.com', 'x') ON CONFLICT DO NOTHING;
INSERT INTO trading.assets (id, symbol) VALUES (8402, 'VIEWED');
INSERT INTO trading.market_data (symbol, timeframe, "timestamp", open_price, high_price, low_price, close_price)
SELECT 'VIEWED', '1d', timestamptz '2024-01-01 00:00+00' + n * interval '1 day', 10 + n, 11 + n, 9 + n, 10 + n FROM generate_series(0, 19) n;
INSERT INTO trading.strategies (id, user_id, name, entry_rules) VALUES (8402, 8401, 'v', '{"long": {"when": "close > 0"}}');
SELECT 'the table: ', bars_processed FROM quant.simulate(8402, '["VIEWED"]', '1d', '2024-01-01', '2024-01-20', 1000);
ALTER TABLE trading.market_data RENAME TO bars;
CREATE TABLE trading.marked AS SELECT *, "timestamp" < '2024-01-10 00:00+00' AS hidden FROM trading.bars WHERE symbol = 'VIEWED';
CREATE VIEW trading.market_data AS
SELECT id, asset_id, 'VIEWED'::text AS symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume, bid_price, ask_price, vwap
FROM trading.marked WHERE NOT hidden;
SELECT 'the view: ', bars_processed FROM quant.simulate(8402, '["VIEWED"]', '1d', '2024-01-01', '2024-01-20', 1000);
ROLLBACK;
