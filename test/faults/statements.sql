-- SPDX-License-Identifier: PostgreSQL
-- A statement for every entry point of the library, on the platform of test/tap/lib/platform.sql.
-- Between blank lines; each is run in a transaction that is rolled back, a CALL by itself. What ends in a
-- semicolon only goes before it, and what it selects.

SELECT quant.version(), quant.current_user_id(), quant.bind_schema()

SELECT quant.sign_in(quant.issue_token(1, '15 minutes'))

SELECT count(*) FROM quant.indicator_definitions()

SELECT count(*) FROM quant.indicators()

SELECT quant.indicator_lookback('macd(close, 12, 26, 9).signal'), quant.indicator_stable_after('rsi(close, 14)')

SELECT * FROM quant.validate_strategy('{"long": {"when": "close > opn"}}'::jsonb)

SELECT v.* FROM trading.strategies s, quant.validate_strategy(s.id) v

SELECT quant.explain_strategy(1)

INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, exit_rules)
VALUES (1, 'other', '{"n": 5}', '{"long": {"when": "rsi(close, $n) < 30"}}', '[{"side": "long", "when": "bars_held >= 5"}]')

SELECT * FROM quant.run_backtest(1)

SELECT * FROM quant.run_backtest(2)

SELECT * FROM quant.verify_backtest(1)

SELECT * FROM quant.check_lookahead(1)

SELECT * FROM quant.simulate(1, '["AAA", "BBB"]', '1d', '2019-12-01', '2020-10-31', 100000, '{"benchmark": "CCC", "execution": {"commission": {"percent": 0.1}}}')

SELECT count(*), sum(equity) FROM quant.simulate_equity(1, '["AAA"]', '1d', '2019-12-01', '2020-10-31', 100000)

SELECT count(*), sum(pnl) FROM quant.simulate_trades(1, '["AAA"]', '1d', '2019-12-01', '2020-10-31', 100000)

SELECT quant.explain_trade((SELECT min(id) FROM trading.trades))

SELECT * FROM quant.drawdowns(1) ORDER BY depth DESC LIMIT 5

SELECT quant.check_bar(10, 11, 9, 8, 1000)

INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT 'AAA', '1h', timestamptz '2020-02-05 00:00+00' + i * interval '1 hour', 10, 11, 9, 10, 5 FROM generate_series(1, 5) i

INSERT INTO trading.market_data_import (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
SELECT s, '1h', t, 10, h, 9, 10, v FROM (VALUES ('AAA', '2020-02-05 01:00+00', '11', '5'), ('AAA', '2020-02-05 02:00+00', '8', '5'),
  ('NONE', '2020-02-05 01:00+00', '11', '5'), ('AAA', '2020-02-05 01:00+00', '12', '5'), ('AAA', '2020-02-05 03:00+00', 'x', '')) v (s, t, h, v)

INSERT INTO trading.market_data_import (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, additional_data)
SELECT symbol, timeframe, timestamp::text, '10', '11', '9', '10', d FROM trading.market_data, unnest('{"{}", "{"}'::text[]) d WHERE timeframe = '1m'

UPDATE trading.market_data_rejects SET raw = raw || '{"timeframe": "1d", "timestamp": "2020-02-05 03:00+00", "open": "1", "close": "1.5", "high": "2", "low": "1"}';
SELECT * FROM quant.retry_rejects(1)

SELECT * FROM quant.check_market_data()

SELECT count(*), sum(close_price) FROM quant.adjusted_bars('CCC', adjustment => 'full')

SELECT count(*), sum(close_price) FROM quant.resample_bars('AAA', '1d', '1w')

SELECT quant.record_corporate_action('AAA', '2020-03-31', 'split', 4) IS NOT NULL

SELECT quant.candlestick(timestamp, close_price, volume) FROM trading.market_data WHERE timeframe = '1d'

SELECT quant.candlestick_final(quant.candlestick_combine(
  quant.candlestick_accumulate(NULL, '2020-01-01', 1, 2), quant.candlestick_accumulate(NULL, '2020-01-02', 2, 2)))

SELECT quant.sma(close_price, 5) OVER w, quant.rsi(close_price, 5) OVER w, quant.macd(close_price, 3, 6, 4) OVER w,
  quant.atr(high_price, low_price, close_price, 5) OVER w, quant.accbands(high_price, low_price, close_price) OVER w
FROM trading.market_data WHERE timeframe = '1d' WINDOW w AS (PARTITION BY symbol ORDER BY timestamp)

SELECT count(*), sum(value2) FROM quant.indicator_series('AAA', '1d', NULL, NULL, 'rsi(close, 14)', 'bollinger(close, 20, 2).upper')

SELECT quant.value_at_risk(r, 0.95), quant.expected_shortfall(r, 0.95), quant.value_at_risk(r, 0.95, 'normal'),
  quant.value_at_risk(r, 0.95, 'ewma'), quant.volatility(r, 252), quant.downside_deviation(r, 252, 0), quant.sharpe_ratio(r, 252), quant.sortino_ratio(r, 252, 0),
  quant.omega_ratio(r, 0), quant.skewness(r), quant.excess_kurtosis(r), quant.tail_ratio(r), quant.probabilistic_sharpe_ratio(r, 0),
  quant.deflated_sharpe_ratio(r, 0.001, 10), quant.beta(r, b), quant.alpha(r, b, 252), quant.tracking_error(r, b, 252), quant.information_ratio(r, b, 252),
  quant.max_drawdown(100 + r, now() + i * interval '1 day'), quant.calmar_ratio(100 + r, now() + i * interval '1 day'),
  quant.ulcer_index(100 + r, now() + i * interval '1 day')
FROM (SELECT i, 0.01 * sin(i)::numeric AS r, 0.01 * cos(i)::numeric AS b FROM generate_series(1, 300) i) t

SELECT quant.value_at_risk_final(quant.tail_risk_combine(quant.tail_risk_accumulate(NULL, -0.01, 0.95), quant.tail_risk_accumulate(NULL, 0.02, 0.95))),
  quant.volatility_final(quant.return_statistic_combine(quant.return_statistic_accumulate(NULL, 0.01, 252), quant.return_statistic_accumulate(NULL, 0.02, 252))),
  quant.beta_final(quant.relative_statistic_combine(quant.relative_statistic_accumulate(NULL, 0.01, 0.02), quant.relative_statistic_accumulate(NULL, 0.02, 0.03))),
  quant.max_drawdown_final(quant.equity_combine(quant.equity_accumulate(NULL, 100, '2020-01-01'), quant.equity_accumulate(NULL, 90, '2020-01-02')))

SELECT * FROM quant.covariance('{{0.01,0.02},{-0.01,0.01},{0.02,-0.01}}', 'ledoit_wolf')

SELECT * FROM quant.nearest_correlation('{{1,0.9,0.7},{0.9,1,0.3},{0.7,0.3,1}}')

SELECT * FROM quant.regression('{1,2,4,5}', '{1,2,3,5}')

SELECT * FROM quant.garch((SELECT array_agg((1 + i / 30 % 3) * sin(i * i)::numeric ORDER BY i) FROM generate_series(1, 300) i))

SELECT * FROM quant.var_backtest(ARRAY[120, 80, 310.5], ARRAY[200, 210, 205], 0.99)

SELECT * FROM quant.es_backtest(ARRAY[120, 80, 310.5], ARRAY[200, 210, 205], ARRAY[260, 270, 265], 0.975)

SELECT quant.price_volatility(array_agg(open_price ORDER BY timestamp), array_agg(high_price ORDER BY timestamp),
  array_agg(low_price ORDER BY timestamp), array_agg(close_price ORDER BY timestamp), 'yang_zhang') FROM trading.market_data WHERE symbol = 'AAA' AND timeframe = '1d'

SELECT * FROM quant.factor_exposures(1, '2020-10-31', '{CCC,AAA-CCC}')

SELECT * FROM quant.portfolio_risk(1, '2020-10-31', 'normal', 0.99, horizon => 10)

SELECT * FROM quant.risk_contributions(1, '2020-10-31')

SELECT * FROM quant.portfolio_var_backtest(1, 0.95)

SELECT quant.stress_test(1, '2020-10-31', '{"all": -0.1, "symbols": {"AAA": -0.25}}')

SELECT quant.record_risk_metrics(1, '2020-10-30')

SELECT quant.record_transaction(2, 'buy', 'AAA', 10, 48.5, commission => 1.25) < quant.record_transaction(2, 'sell', 'BBB', 5, 101, commission => 1.25)

INSERT INTO trading.transactions (portfolio_id, symbol, transaction_type, quantity, price) VALUES (2, 'AAA', 'buy', 10, 48.5)

SELECT * FROM quant.check_limits(2, 'buy', 'AAA', 100, 50)

SELECT * FROM quant.reconcile_portfolio(2)

SELECT quant.mark_portfolio(2, '2020-11-03'), quant.update_portfolio_metrics(2), quant.update_benchmark_metrics('CCC')

SELECT * FROM quant.partition_status()

SELECT action, partition_name FROM quant.partition_plan()

SELECT quant.create_monthly_partition('2020-06-01')

DROP TABLE IF EXISTS trading.market_data_y2021m03, trading.market_data_y2021m04;
CALL quant.create_partitions('2021-03-01', '2021-04-30')

DROP TABLE IF EXISTS trading.market_data_y2018m01, trading.market_data_y2030m01;
SELECT format('DROP TABLE %s', i.inhrelid::regclass) FROM pg_inherits i WHERE i.inhparent = 'trading.market_data'::regclass
  AND i.inhrelid::regclass::text > 'trading.market_data_y2022';
INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
VALUES ('AAA', '1h', '2018-01-05 10:00+00', 10, 11, 9, 10) ON CONFLICT DO NOTHING;
CALL quant.maintain_partitions()
