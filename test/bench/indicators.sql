-- SPDX-License-Identifier: PostgreSQL
-- Indicators over a million bars: each window function against lag() over the same window, and
-- columns of expressions against reading the closes of those bars.
\set ON_ERROR_STOP 1
\pset footer off
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';

CREATE TABLE public.bars AS
SELECT symbol, timestamp, open_price, high_price, low_price, close_price, volume FROM trading.market_data
WHERE symbol IN (SELECT symbol FROM trading.assets ORDER BY id LIMIT 400) ORDER BY symbol, timestamp;
CREATE INDEX ON public.bars (symbol, timestamp);
VACUUM ANALYZE public.bars;
INSERT INTO trading.assets (id, symbol) VALUES (900, 'MINUTES');
CALL quant.create_partitions('2018-01-01', '2019-12-31');
INSERT INTO trading.market_data (asset_id, symbol, timestamp, timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 900, 'MINUTES', timestamptz '2018-01-01 00:00+00' + n * interval '1 minute', '1m', c.price, c.price + 0.5, c.price - 0.5, c.price + c.move, 1000 + n % 97
FROM generate_series(0, 999999) n
CROSS JOIN LATERAL (SELECT (n::bigint * 7919 % 1009) AS noise) r
CROSS JOIN LATERAL (SELECT round((80 + 25 * sin(n / 4000.0))::numeric + (r.noise - 500) / 2000.0, 2) AS price, round((r.noise - 500) / 1100.0, 2) AS move) c;
VACUUM ANALYZE trading.market_data;

CREATE TEMP TABLE indicator_sample (what text, ms numeric);
CREATE PROCEDURE pg_temp.take(what text, statement text) LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  INSERT INTO indicator_sample VALUES (what, 1000 * extract(epoch FROM clock_timestamp() - started));
END $$;

DO $$
DECLARE
  call text;
BEGIN
  FOR round IN 1 .. 5 LOOP
    FOREACH call IN ARRAY ARRAY['lag(close_price)', 'row_number()', 'quant.sma(close_price, 20)', 'quant.ema(close_price, 20)', 'quant.rsi(close_price, 14)',
      'quant.atr(high_price, low_price, close_price, 14)', 'quant.macd(close_price, 12, 26, 9)', 'quant.bollinger(close_price, 20, 2)', 'quant.highest(close_price, 20)',
      'quant.stochastic(high_price, low_price, close_price, 5, 3, 3)', 'quant.adx(high_price, low_price, close_price, 14)', 'quant.obv(close_price, volume)', 'quant.cdldoji(open_price, high_price, low_price, close_price)'] LOOP
      CALL pg_temp.take('window ' || call, format('SELECT count(v) FROM (SELECT %s OVER (PARTITION BY symbol ORDER BY timestamp) AS v FROM public.bars) s', call));
    END LOOP;
    CALL pg_temp.take('series sum(close_price)', $sql$SELECT sum(close_price) FROM trading.market_data WHERE symbol = 'MINUTES' AND timeframe = '1m'$sql$);
    FOREACH call IN ARRAY ARRAY['sma(close, 20)', 'ema(close, 20)', 'rsi(close, 14)', 'macd(close, 12, 26, 9).signal', 'bollinger(close, 20, 2).upper', 'atr(14)'] LOOP
      CALL pg_temp.take('series ' || call, format($sql$SELECT count(value) FROM quant.indicator_series('MINUTES', '1m', NULL, NULL, %L)$sql$, call));
    END LOOP;
  END LOOP;
END $$;

\echo
\echo Indicators, medians and ratios to lag(close_price) and to sum(close_price):
SELECT what, round(ms, 1) AS "median ms", round(ms / max(ms) FILTER (WHERE what IN ('window lag(close_price)', 'series sum(close_price)')) OVER (PARTITION BY split_part(what, ' ', 1)), 2) AS ratio
FROM (SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms FROM indicator_sample GROUP BY what) s ORDER BY split_part(what, ' ', 1) DESC, what;
