-- SPDX-License-Identifier: PostgreSQL
-- Holds nothing: its triggers take what is written to it.
CREATE VIEW trading.market_data_import WITH (security_invoker = true) AS
SELECT
  NULL::text AS symbol,
  NULL::text AS timestamp,
  NULL::text AS timeframe,
  NULL::text AS open_price,
  NULL::text AS high_price,
  NULL::text AS low_price,
  NULL::text AS close_price,
  NULL::text AS volume,
  NULL::text AS bid_price,
  NULL::text AS ask_price,
  NULL::text AS vwap,
  NULL::text AS trade_count,
  NULL::text AS additional_data,
  NULL::text AS source
WHERE false;

-- No trigger fires under this role, and the rows would be lost without a word.
ALTER VIEW trading.market_data_import ALTER COLUMN source SET DEFAULT
  CASE WHEN current_setting('session_replication_role') = 'replica'
    THEN ('rows cannot be imported while session_replication_role is '
      || current_setting('session_replication_role'))::integer::text END;

COMMENT ON VIEW trading.market_data_import IS
  'Takes bars as text, from COPY or INSERT: what is right goes to market_data, the rest to '
  'market_data_rejects. The settings quant.import_* say what happens to duplicates, excess '
  'decimals, fractional volumes and unknown symbols.';
COMMENT ON COLUMN trading.market_data_import.symbol IS 'Ticker of the asset';
COMMENT ON COLUMN trading.market_data_import.timestamp IS
  'Start of the bar: ISO 8601, UTC where no offset stands, or milliseconds since 1970';
COMMENT ON COLUMN trading.market_data_import.timeframe IS 'Length of the bar: 1s to 12h, 1d, 1w, 1mo';
COMMENT ON COLUMN trading.market_data_import.open_price IS 'First price';
COMMENT ON COLUMN trading.market_data_import.high_price IS 'Highest price';
COMMENT ON COLUMN trading.market_data_import.low_price IS 'Lowest price';
COMMENT ON COLUMN trading.market_data_import.close_price IS 'Last price';
COMMENT ON COLUMN trading.market_data_import.volume IS 'Units traded; 0 where none stands';
COMMENT ON COLUMN trading.market_data_import.bid_price IS 'Best bid';
COMMENT ON COLUMN trading.market_data_import.ask_price IS 'Best ask';
COMMENT ON COLUMN trading.market_data_import.vwap IS 'Volume-weighted average price';
COMMENT ON COLUMN trading.market_data_import.trade_count IS 'Number of trades';
COMMENT ON COLUMN trading.market_data_import.additional_data IS 'JSON';
COMMENT ON COLUMN trading.market_data_import.source IS
  'Where the row comes from; kept with the batch and the rejects';
