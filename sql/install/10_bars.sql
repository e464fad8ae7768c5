-- SPDX-License-Identifier: PostgreSQL
-- Bars: what makes one wrong, asked for a bar at hand or told when a wrong one is stored.

CREATE FUNCTION quant.check_bar(
  open numeric, high numeric, low numeric, close numeric,
  volume numeric DEFAULT NULL, bid numeric DEFAULT NULL, ask numeric DEFAULT NULL,
  vwap numeric DEFAULT NULL, "timestamp" timestamptz DEFAULT NULL, timeframe text DEFAULT NULL)
RETURNS text[] LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_check_bar';
COMMENT ON FUNCTION quant.check_bar(
  numeric, numeric, numeric, numeric, numeric, numeric, numeric, numeric, timestamptz, text) IS
'The rules that a bar breaks, {} for a valid one: null_price, not_finite (NaN or infinity),
out_of_range (does not fit the column), not_positive, rounds_to_zero, high_below_low,
high_below_open_close, low_above_open_close, negative_volume, bid_above_ask, vwap_outside_range,
unknown_timeframe, misaligned (the timestamp is not what date_trunc of the timeframe in UTC gives;
a week begins on Monday). Numbers are judged as given, before a column rounds them. What is NULL
is not judged, but for the four prices.
misaligned is for judging data before it is loaded: the table itself takes a bar at any time of
day, as some venues begin their days elsewhere than at 00:00 UTC.
Example: SELECT quant.check_bar(10, 11, 9, 8, 1000) -- {low_above_open_close}';

CREATE FUNCTION quant.check_bar_trigger()
RETURNS trigger LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_check_bar_trigger';
COMMENT ON FUNCTION quant.check_bar_trigger() IS
'Trigger of trading.market_data: fills asset_id from symbol where it is left out, and refuses a
bar that a CHECK of the table would refuse, but says which rules it breaks and with what values
(23514 with the name of the constraint; 23503 for a symbol that trading.assets lacks). Fires
BEFORE INSERT OR UPDATE FOR EACH ROW.
Example: CREATE TRIGGER check_bar BEFORE INSERT OR UPDATE ON trading.market_data
  FOR EACH ROW EXECUTE FUNCTION quant.check_bar_trigger();';

CREATE FUNCTION quant.import_trigger()
RETURNS trigger LANGUAGE c
AS 'MODULE_PATHNAME', 'quant_import_trigger';
COMMENT ON FUNCTION quant.import_trigger() IS
'Triggers of the view trading.market_data_import: reads each row of text, stores the bars that are
right and keeps the others, with their reasons, in trading.market_data_rejects. Fires INSTEAD OF
INSERT FOR EACH ROW, and BEFORE and AFTER INSERT FOR EACH STATEMENT. Errors: P0002 where the view
lacks a column; 09000 where one of its triggers is missing.
Example: COPY trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price,
  low_price, close_price, volume) FROM STDIN CSV HEADER';

CREATE FUNCTION quant.retry_rejects(
  batch_id bigint,
  OUT received bigint, OUT inserted bigint, OUT replaced bigint, OUT skipped bigint, OUT rejected bigint)
RETURNS record LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_retry_rejects';
COMMENT ON FUNCTION quant.retry_rejects(bigint) IS
'Reads the open rejects of an import again, after their text was corrected, their symbols were made
known or other quant.import_* settings were made. Those that are stored now are marked resolved
("loaded", or "duplicate" where they were skipped), the others keep their place with the reasons of
today. The attempt is a batch of its own in trading.import_batches. Errors: 22004 NULL; P0002 no such
batch.
Example: SELECT * FROM quant.retry_rejects(12)';
