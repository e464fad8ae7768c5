-- SPDX-License-Identifier: PostgreSQL
-- What users add to the tables that the extension made: each kind of object once, and each a kind
-- that a dump of an extension's own tables would lose.
ALTER TABLE trading.market_data ADD COLUMN vendor text NOT NULL DEFAULT 'one';
ALTER TABLE trading.strategies ADD COLUMN tags text[];
UPDATE trading.strategies SET tags = '{fast,"two words"}';
CREATE INDEX my_bar_vendor ON trading.market_data (vendor);
CREATE INDEX my_february ON trading.market_data_y2020m02 (volume);
ALTER TABLE trading.market_data_y2020m01 SET (autovacuum_enabled = false);
ALTER TABLE trading.trades ADD CONSTRAINT my_quantity CHECK (quantity < 1000000);
COMMENT ON COLUMN trading.market_data.vendor IS 'added by a user';
COMMENT ON COLUMN trading.assets.name IS 'as the user words it';

CREATE FUNCTION public.note_asset() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.fundamentals := coalesce(NEW.fundamentals, '{"noted": 1}'); RETURN NEW; END $$;
CREATE TRIGGER my_note BEFORE INSERT ON trading.assets
  FOR EACH ROW EXECUTE FUNCTION public.note_asset();
ALTER TABLE trading.users DISABLE TRIGGER set_updated_at;

ALTER TABLE trading.portfolios ENABLE ROW LEVEL SECURITY;
CREATE POLICY my_own ON trading.portfolios FOR SELECT TO analyst USING (name = 'Paper');
GRANT USAGE ON SCHEMA trading, quant TO analyst;
GRANT SELECT ON trading.portfolios TO analyst;
GRANT SELECT (id, username) ON trading.users TO analyst;

CREATE VIEW trading.my_last_bar AS
  SELECT DISTINCT ON (m.symbol) m.symbol, m.timestamp, m.close_price
  FROM trading.market_data m WHERE m.timeframe = '1d' ORDER BY m.symbol, m.timestamp DESC;
ALTER VIEW trading.my_last_bar OWNER TO analyst;
CREATE TABLE trading.my_notes (portfolio_id bigint REFERENCES trading.portfolios, note text);
INSERT INTO trading.my_notes
SELECT p.id, 'kept' FROM trading.portfolios p WHERE p.name = 'Paper';
ALTER TABLE trading.my_notes OWNER TO analyst;
