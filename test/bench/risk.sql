-- SPDX-License-Identifier: PostgreSQL
-- Risk: twelve tail figures of 100 assets over 1,000 days against reading those bars, the same of a
-- portfolio of them, a simulation of 100,000 paths of 20 assets, and records of many portfolios.
\set ON_ERROR_STOP 1
\pset footer off
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET client_min_messages = warning;

CREATE TABLE public.read_bars AS
SELECT m.symbol, m.timestamp, m.close_price, m.close_price / lag(m.close_price) OVER (PARTITION BY m.symbol ORDER BY m.timestamp) - 1 AS r
FROM trading.market_data m JOIN trading.assets a USING (symbol)
WHERE m.timestamp >= '2016-01-01' AND a.id IN (SELECT id FROM trading.assets ORDER BY id LIMIT 100);
VACUUM ANALYZE public.read_bars;
INSERT INTO trading.users (id, username, email, password_hash) VALUES (5000, 'risk', 'risk@example.com', 'x');
INSERT INTO trading.risk_profiles (user_id, name, is_default) VALUES (5000, 'bench', true);
-- The first two hold 100 and 20 assets, the others 5 each.
INSERT INTO trading.portfolios (id, user_id, name, initial_capital) SELECT 5000 + i, 5000, 'p' || i, 100000000 FROM generate_series(1, 802) i;
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, opened_at)
SELECT 5000 + i, a.symbol, 100, 80, '2010-01-01' FROM generate_series(1, 802) i
CROSS JOIN LATERAL (SELECT symbol FROM trading.assets ORDER BY CASE WHEN i > 2 THEN (id * 7919 + i * 104729) % 1009 ELSE id END LIMIT CASE i WHEN 1 THEN 100 WHEN 2 THEN 20 ELSE 5 END) a;
VACUUM ANALYZE trading.positions, trading.portfolios;

CREATE TEMP TABLE risk_sample (what text, ms numeric);
CREATE PROCEDURE pg_temp.take(what text, statement text) LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  INSERT INTO risk_sample VALUES (what, 1000 * extract(epoch FROM clock_timestamp() - started));
END $$;
CREATE PROCEDURE pg_temp.record(first int, last int) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN first .. last LOOP
    PERFORM quant.record_risk_metrics(5000 + i, '2019-06-28');
  END LOOP;
END $$;

DO $$
BEGIN
  FOR round IN 1 .. 7 LOOP
    CALL pg_temp.take('a: sum(close_price) of 100 x 1,000 bars', $sql$
      SELECT sum(close_price) FROM trading.market_data m WHERE m.timestamp >= '2016-01-01' AND m.symbol IN (SELECT symbol FROM trading.assets ORDER BY id LIMIT 100)$sql$);
    CALL pg_temp.take('b: sum(close_price) by symbol', 'SELECT symbol, sum(close_price) FROM public.read_bars GROUP BY symbol');
    CALL pg_temp.take('c: twelve aggregates by symbol', $sql$
      SELECT symbol, quant.value_at_risk(r, 0.95), quant.expected_shortfall(r, 0.95), quant.value_at_risk(r, 0.99), quant.expected_shortfall(r, 0.99),
        quant.value_at_risk(r, 0.95, 'normal'), quant.expected_shortfall(r, 0.95, 'normal'), quant.value_at_risk(r, 0.99, 'normal'), quant.expected_shortfall(r, 0.99, 'normal'),
        quant.value_at_risk(r, 0.95, 'cornish_fisher'), quant.expected_shortfall(r, 0.95, 'cornish_fisher'), quant.value_at_risk(r, 0.99, 'cornish_fisher'), quant.expected_shortfall(r, 0.99, 'cornish_fisher')
      FROM public.read_bars GROUP BY symbol$sql$);
    CALL pg_temp.take('d: portfolio_risk, 100 assets x 1,000 days', $sql$SELECT quant.portfolio_risk(5001, '2019-06-28', lookback => 1000)$sql$);
    CALL pg_temp.take('e: monte_carlo, 100,000 paths x 20 assets', $sql$SELECT quant.portfolio_risk(5002, '2019-06-28', 'monte_carlo', 0.99, options => '{"paths": 100000}')$sql$);
    CALL pg_temp.take('f: 200 records of 5 assets', 'CALL pg_temp.record(3, 202)');
    CALL pg_temp.take('g: 800 records of 5 assets', 'CALL pg_temp.record(3, 802)');
  END LOOP;
END $$;

\echo
\echo Risk, medians:
SELECT what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS "median ms", round(min(ms), 1) AS min, round(max(ms), 1) AS max FROM risk_sample GROUP BY what ORDER BY what;
