-- SPDX-License-Identifier: PostgreSQL
-- 500 symbols x 2,500 daily bars in monthly partitions, loaded symbol by symbol. Prices are a
-- bounded pseudo-random walk of cents from integer arithmetic alone, so every machine has the same.
\set ON_ERROR_STOP 1
CREATE EXTENSION pg_quant;
CALL quant.create_partitions('2010-01-01', '2019-12-31');
INSERT INTO trading.users (username, email, password_hash) VALUES ('bench', 'bench@example.com', 'x');
INSERT INTO trading.assets (symbol, name) SELECT format('S%s', lpad(i::text, 3, '0')), 'bench' FROM generate_series(1, 500) i;

CREATE TEMP TABLE session_day AS
SELECT row_number() OVER (ORDER BY d) AS n, d
FROM generate_series(timestamptz '2010-01-01 00:00+00', '2019-12-31 00:00+00', '1 day') d
WHERE extract(isodow FROM d AT TIME ZONE 'UTC') < 6 LIMIT 2500;

INSERT INTO trading.market_data (asset_id, symbol, "timestamp", timeframe, open_price, high_price, low_price, close_price, volume)
SELECT a.id, a.symbol, s.d, '1d', c.price, c.price + 0.50, c.price - 0.50, c.price + c.move, 100000 + c.noise
FROM trading.assets a
CROSS JOIN session_day s
CROSS JOIN LATERAL (SELECT (a.id * 7919 + s.n * 104729) % 1000 AS noise) r
CROSS JOIN LATERAL (SELECT r.noise,
  round((80 + 25 * sin(s.n / (20.0 + a.id % 40)) + s.n / 100.0)::numeric + (r.noise - 500) / 2000.0, 2) AS price,
  round((r.noise - 500) / 1100.0, 2) AS move) c
ORDER BY a.id, s.d;

INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, exit_rules, risk_rules)
SELECT id, 'SMA cross', '{"fast": 10, "slow": 30}',
  '{"long": {"when": "crosses_above(sma(close, $fast), sma(close, $slow))"}}',
  '[{"side": "long", "when": "crosses_below(sma(close, $fast), sma(close, $slow))"}]',
  '{"size": {"cash": 10000}}'
FROM trading.users;
VACUUM (ANALYZE, FREEZE) trading.market_data;
VACUUM ANALYZE trading.assets;
