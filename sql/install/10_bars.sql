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

-- Coarser bars.

CREATE FUNCTION quant.resample_bars(
  symbol text, source_timeframe text, target_timeframe text,
  from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
  time_zone text DEFAULT 'UTC', session text DEFAULT NULL,
  OUT "timestamp" timestamptz, OUT open_price numeric, OUT high_price numeric, OUT low_price numeric,
  OUT close_price numeric, OUT volume numeric, OUT vwap numeric)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_resample_bars';
COMMENT ON FUNCTION quant.resample_bars(text, text, text, timestamptz, timestamptz, text, text) IS
'The bars of a symbol joined to bars of a coarser timeframe, oldest first, from those with
from_time <= timestamp < to_time; NULL leaves an end open. open_price is that of the first bar,
high_price and low_price the extremes, close_price that of the last, volume the sum, vwap the mean
weighted by volume, rounded to four decimals, NULL where a bar with volume has none. Where there are
no bars there is no coarser one. A bar at an end of the range is made of the part inside.
time_zone: whose days and hours count, UTC or an area and city. session: the hours of its trading
day, such as 09:30-16:00, in that zone; bars that start outside are left out, hours count from its
begin, and one that ends before it begins runs over midnight and belongs to the day of its end.
Intraday bars bear the instant at which they start; days, weeks (from Monday) and months 00:00 UTC of
their first date, as trading.market_data has them. Bars of a day and longer have their date in UTC.
Errors: 22004 NULL; 42704 unknown symbol; 22023 unknown timeframe, zone or session, or a target that
is not made of whole bars of the source.
Example: SELECT * FROM quant.resample_bars(''BTCUSD'', ''1m'', ''1h'')
Example: INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price,
  low_price, close_price, volume, vwap)
SELECT ''AAPL'', ''1d'', b.* FROM quant.resample_bars(''AAPL'', ''1m'', ''1d'', time_zone =>
  ''America/New_York'', session => ''09:30-16:00'') b';

CREATE TYPE quant.candle AS (
  open_price numeric, high_price numeric, low_price numeric, close_price numeric,
  volume numeric, vwap numeric, trade_count bigint, first_time timestamptz, last_time timestamptz);
COMMENT ON TYPE quant.candle IS
'A bar made of trades: what quant.candlestick() gives. vwap has 12 decimals, and is NULL without
volume.';

CREATE FUNCTION quant.candlestick_accumulate(state bytea, "timestamp" timestamptz, price numeric, volume numeric)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_candlestick_accumulate';
COMMENT ON FUNCTION quant.candlestick_accumulate(bytea, timestamptz, numeric, numeric) IS
'Transition function of candlestick.
Example: SELECT quant.candlestick("timestamp", price, volume) FROM ticks';
CREATE FUNCTION quant.candlestick_combine(a bytea, b bytea)
RETURNS bytea LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_candlestick_combine';
COMMENT ON FUNCTION quant.candlestick_combine(bytea, bytea) IS
'Combine function of candlestick, for parallel and distributed plans.
Example: SELECT quant.candlestick("timestamp", price, volume) FROM ticks';
CREATE FUNCTION quant.candlestick_final(state bytea)
RETURNS quant.candle LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_candlestick_final';
COMMENT ON FUNCTION quant.candlestick_final(bytea) IS
'Final function of candlestick.
Example: SELECT quant.candlestick("timestamp", price, volume) FROM ticks';
CREATE AGGREGATE quant.candlestick("timestamp" timestamptz, price numeric, volume numeric) (
  SFUNC = quant.candlestick_accumulate, STYPE = bytea, SSPACE = 256,
  FINALFUNC = quant.candlestick_final, COMBINEFUNC = quant.candlestick_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE quant.candlestick(timestamptz, numeric, numeric) IS
'The bar that trades make: prices of the first and the last one by time, extremes, sum of the
volumes, vwap (sum of price x volume over volume, rounded once, to 12 decimals), count and times. A row
without timestamp or price is skipped, a volume that is NULL counts as none. Of trades at one instant
the first row opens and the last one closes: give ORDER BY where that matters. NULL without a trade.
Errors: 22023 NaN, infinity or a negative volume; 22003 more than 38 digits.
Example: SELECT date_trunc(''hour'', t) AS hour, (quant.candlestick(t, price, size)).*
FROM ticks GROUP BY 1';

-- Comparable prices from raw ones.

CREATE FUNCTION quant.adjusted_bars(
  symbol text, timeframe text DEFAULT '1d',
  from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
  adjustment text DEFAULT 'full', time_zone text DEFAULT 'UTC',
  OUT "timestamp" timestamptz, OUT open_price numeric, OUT high_price numeric, OUT low_price numeric,
  OUT close_price numeric, OUT volume numeric, OUT vwap numeric, OUT factor numeric)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_adjusted_bars';
COMMENT ON FUNCTION quant.adjusted_bars(text, text, timestamptz, timestamptz, text, text) IS
'The bars of a symbol with from_time <= timestamp < to_time (NULL leaves an end open), oldest first,
their raw prices adjusted by trading.corporate_actions to those of the last stored bar, so that a range
changes no figure in it. adjustment: split; full (splits and dividends: the last close chained back with
total returns, each dividend reinvested at the close of its ex-date); yahoo (each dividend takes
dividend / close before off the prices before it, as the adjusted close of many vendors). Prices and
factor (adjusted over raw) are rounded half away from zero to 12 decimals, volumes (by splits alone) to
whole units. An action counts from the first bar on or after its ex-date in time_zone, one before the
first or after the last bar not at all. A WARNING where a split does not show in the prices.
Errors: 22004 NULL; 42704 unknown symbol; 22023 unknown timeframe, adjustment or zone.
Example: SELECT timestamp, close_price FROM quant.adjusted_bars(''AAPL'', adjustment => ''split'')';

-- What looks wrong in bars that are valid one by one.

CREATE FUNCTION quant.check_market_data(
  INOUT symbol text DEFAULT NULL, INOUT timeframe text DEFAULT '1d',
  from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL, OUT finding text, OUT first_bar timestamptz,
  OUT last_bar timestamptz, OUT bars bigint, OUT value numeric, OUT detail text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_check_market_data';
COMMENT ON FUNCTION quant.check_market_data(text, text, timestamptz, timestamptz) IS
'What looks wrong in the bars of a symbol, or of all symbols, with from_time <= timestamp < to_time
(NULL leaves an end open), by symbol and time. finding is one of
gap: bars that at least half of the symbols of its exchange have on that day, between its first and its
last (crypto: the whole grid; a symbol alone: Monday to Friday at the times of day of half of its days,
forex and futures the times of half of its weeks, by the clock of UTC, New York, London or Sydney that fits best);
outlier: a return r beyond 2 percent whose distance from the median of the 100 before it (at least 20)
is over 8 times 1.4826 times their median distance (value: how many times); spike: one of which the
next takes back 80 percent or more;
stale: 5 bars (intraday 30) at one price or, where the symbol has volume at all, without;
split_suspect: an open of 25 percent or more off the close before, near the ratio of a split, with no
split recorded within 3 days; jump_at_action: a recorded split that the price does not show;
ticker_reuse: more than 180 days without a bar, then a price that differs by more than half;
duplicate: bars of one period; out_of_session: weekend bars of what is neither crypto, forex nor a future, by the same clocks;
timeframe_mismatch: a bar that is not what the finest bars inside it join to (UTC), or most of them.
Errors: 22004 NULL timeframe; 42704 unknown symbol; 22023 unknown timeframe.
Example: SELECT finding, first_bar, last_bar, detail FROM quant.check_market_data(''AAPL'')
Example: SELECT finding, count(*) FROM quant.check_market_data() GROUP BY 1';

CREATE FUNCTION quant.record_corporate_action(
  symbol text, ex_date date, action_type text, value numeric DEFAULT NULL, currency text DEFAULT NULL)
RETURNS bigint LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_record_corporate_action';
COMMENT ON FUNCTION quant.record_corporate_action(text, date, text, numeric, text) IS
'Records what happened to a share in trading.corporate_actions, in place of what is recorded of that type
for that day, and returns the id of the row. value: of a split or stock_dividend the new units for each
old one, 2 or 1.5 or 0.1, taken as the nearest fraction whose denominator is at most 1,000, with a NOTICE
where that is another number (7.000007 is 7:1); of a dividend or special_dividend the amount per share of
the ex-date; of other types none. currency: by default the asset''s.
Errors: 22004 NULL; 42704 unknown symbol; 22023 a value that is none; 23514 an unknown type.
Example: SELECT quant.record_corporate_action(''AAPL'', ''2020-08-31'', ''split'', 4)';
