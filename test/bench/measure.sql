-- SPDX-License-Identifier: PostgreSQL
-- Times the simulation against a plain scan of the same rows and against the loop, in turn, on one
-- core each, and prints medians and ratios. First it checks that both runs mean the same.
\set ON_ERROR_STOP 1
\pset footer off
SET max_parallel_workers_per_gather = 0;
SET jit = off;

DO $$
DECLARE
  simulated record;
  looped record;
BEGIN
  SELECT final_value, total_trades INTO simulated
  FROM quant.simulate(1, '{"asset_type": "stock"}', '1d', '2010-01-01', '2019-12-31', 10000000);
  SELECT * INTO looped FROM public.sma_cross_loop();
  IF simulated <> looped THEN
    RAISE EXCEPTION 'the simulation gives %, the loop %', simulated, looped;
  END IF;
END $$;

CREATE TEMP TABLE sample (what text, ms numeric);
CREATE PROCEDURE pg_temp.take(what text, statement text) LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  INSERT INTO sample VALUES (what, 1000 * extract(epoch FROM clock_timestamp() - started));
END $$;

DO $$
BEGIN
  FOR round IN 1 .. 9 LOOP
    CALL pg_temp.take('sum(close_price)', 'SELECT sum(close_price) FROM trading.market_data');
    CALL pg_temp.take('quant.simulate', $sql$
      SELECT quant.simulate(1, '{"asset_type": "stock"}', '1d', '2010-01-01', '2019-12-31', 10000000)$sql$);
    IF round <= 3 THEN
      CALL pg_temp.take('PL/pgSQL loop', 'SELECT public.sma_cross_loop()');
    END IF;
  END LOOP;
END $$;

\echo
\echo 500 symbols x 2,500 daily bars, one core, medians:
WITH median AS (
  SELECT what, count(*) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, min(ms) AS least, max(ms) AS most
  FROM sample GROUP BY what
), scan AS (SELECT ms FROM median WHERE what = 'sum(close_price)')
SELECT m.what, m.runs, round(m.ms::numeric) AS "median ms", round(m.least) AS min, round(m.most) AS max,
       round((m.ms * 1e6 / 1250000)::numeric) AS "ns a bar",
       round((m.ms / scan.ms)::numeric, 2) AS "times the scan"
FROM median m, scan ORDER BY m.ms;
