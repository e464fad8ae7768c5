-- SPDX-License-Identifier: PostgreSQL
-- Times COPY of 200,000 good bars into trading.market_data_import against COPY of the same file into
-- trading.market_data, with the same partitions, indexes, constraints and trigger, in turn.
\set ON_ERROR_STOP 1
\pset footer off
SET client_min_messages = warning;
SELECT current_setting('data_directory') || '/bars.csv' AS file \gset
COPY (SELECT symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume
      FROM trading.market_data WHERE timeframe = '1d' ORDER BY asset_id, "timestamp" LIMIT 200000) TO :'file' CSV;
SELECT set_config('bench.file', :'file', false) AS file \gset

CREATE TEMP TABLE import_sample (what text, ms numeric);
DO $$
DECLARE
  what text;
  target text;
  started timestamptz;
  took numeric;
BEGIN
  FOR round IN 1 .. 7 LOOP
    FOR what, target IN VALUES ('COPY market_data', 'trading.market_data'), ('COPY market_data_import', 'trading.market_data_import') LOOP
      TRUNCATE trading.market_data;
      started := clock_timestamp();
      EXECUTE format('COPY %s (symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume) FROM %L CSV',
        target, current_setting('bench.file'));
      took := 1000 * extract(epoch FROM clock_timestamp() - started);
      ROLLBACK;
      INSERT INTO import_sample VALUES (what, took);
      COMMIT;
    END LOOP;
  END LOOP;
END $$;

\echo
\echo 200,000 bars of a file, medians:
WITH median AS (
  SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms, min(ms) AS least, max(ms) AS most FROM import_sample GROUP BY what
), plain AS (SELECT ms FROM median WHERE what = 'COPY market_data')
SELECT what, round(m.ms) AS "median ms", round(least) AS min, round(most) AS max, round(200000 / m.ms * 1000) AS "rows a second",
       round(m.ms / plain.ms, 2) AS "times the plain COPY"
FROM median m, plain ORDER BY m.ms;
