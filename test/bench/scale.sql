-- SPDX-License-Identifier: PostgreSQL
-- Large runs: time and memory a bar. One of 500 symbols that share one account and are ranked, one of
-- a million one-minute bars with stops and a trailing stop.
\set ON_ERROR_STOP 1
\pset footer off

INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
SELECT 3, user_id, 'Strongest first',
  '{"long": {"when": "close > sma(close, 50)"}, "priority": "close / close[60] - 1"}'::jsonb,
  '[{"side": "long", "when": "close < sma(close, 50)"}]'::jsonb,
  '{"size": {"percent_equity": 4}, "max_positions": 25}'::jsonb
FROM trading.strategies WHERE id = 1
UNION ALL
SELECT 4, user_id, 'Rotation',
  '{"rotate": {"every": "month", "rank_by": "close / close[120] - 1", "top": 25, "keep_if_rank_within": 40}}', '[]', '{}'
FROM trading.strategies WHERE id = 1
UNION ALL
SELECT 5, user_id, 'Stops on minutes',
  '{"long": {"when": "crosses_above(sma(close, 30), sma(close, 120))"}}',
  '[{"side": "long", "when": "crosses_below(sma(close, 30), sma(close, 120))"}]',
  '{"size": {"percent_equity": 50}, "stop_loss": 0.01, "trailing_stop": 0.005}'
FROM trading.strategies WHERE id = 1;

-- Two years of minutes around the clock, with an hour missing in every three days.
INSERT INTO trading.assets (symbol, name, asset_type, lot_size) VALUES ('MINUTES', 'bench', 'crypto', 0.000001);
INSERT INTO trading.market_data (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT 'MINUTES', timestamptz '2018-01-01 00:00+00' + n * interval '1 minute', '1m', p.price,
       greatest(p.price, p.close) + p.width, least(p.price, p.close) - p.width, p.close, 100 + n % 50
FROM generate_series(0, 1014099) n
CROSS JOIN LATERAL (SELECT round((9000 + 2500 * sin(n / 90000.0) + 400 * sin(n / 700.0)
  + ((n::bigint * 7919) % 1009 - 504) / 25.0)::numeric, 2) AS price, ((n::bigint * 104729) % 997) / 100.0 AS width,
  round(((n::bigint * 611953) % 1013 - 506) / 40.0, 2) AS move) w
CROSS JOIN LATERAL (SELECT w.price, round(w.width, 2) AS width, w.price + w.move AS close) p
WHERE n % 4320 >= 60;
VACUUM (ANALYZE, FREEZE) trading.market_data;

CREATE TABLE public.scale (what text, bars bigint, ms numeric, bytes numeric);
CREATE FUNCTION public.memory(key text) RETURNS numeric LANGUAGE sql AS $$
  SELECT 1024 * (regexp_match(pg_read_file('/proc/self/status'), key || ':\s+(\d+)'))[1]::numeric
$$;
CREATE PROCEDURE public.take(what text, bars bigint, statement text) LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz;
  base numeric;
  took numeric;
BEGIN
  -- The pages of the shared buffers count to a process once it has touched them.
  PERFORM sum(close_price) FROM trading.market_data;
  base := memory('VmRSS');
  started := clock_timestamp();
  EXECUTE statement;
  took := 1000 * extract(epoch FROM clock_timestamp() - started);
  INSERT INTO scale VALUES (what, bars, took, memory('VmHWM') - base);
END $$;

-- Each in a session of its own: the peak of a process never falls.
\connect
SET max_parallel_workers_per_gather = 0;
CALL public.take('500 symbols, ranked entries', 1250000, $sql$
  SELECT quant.simulate(3, '{"asset_type": "stock"}', '1d', '2010-01-01', '2019-12-31', 10000000)$sql$);
\connect
SET max_parallel_workers_per_gather = 0;
CALL public.take('500 symbols, rotation', 1250000, $sql$
  SELECT quant.simulate(4, '{"asset_type": "stock"}', '1d', '2010-01-01', '2019-12-31', 10000000)$sql$);
\connect
SET max_parallel_workers_per_gather = 0;
CALL public.take('minutes, stop and trailing stop', 1000000, $sql$
  SELECT quant.simulate(5, '["MINUTES"]', '1m', '2018-01-01', '2019-12-31', 1000000)$sql$);

\echo
\echo Large runs, once each:
SELECT what, bars, round(ms) AS ms, round(ms * 1e6 / bars) AS "ns a bar", round(bytes / bars) AS "bytes a bar" FROM public.scale;
SELECT what, r.total_trades AS trades
FROM (VALUES ('500 symbols, ranked entries', 3, '{"asset_type": "stock"}', '1d'),
             ('500 symbols, rotation', 4, '{"asset_type": "stock"}', '1d'),
             ('minutes, stop and trailing stop', 5, '["MINUTES"]', '1m')) c(what, strategy, universe, timeframe)
CROSS JOIN LATERAL quant.simulate(c.strategy, c.universe::jsonb, c.timeframe, '2010-01-01', '2019-12-31', 10000000) r;
