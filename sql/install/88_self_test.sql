-- SPDX-License-Identifier: PostgreSQL
-- Does everything work? Each part is tried on rows of its own, which are undone.

CREATE FUNCTION quant.db_tests(OUT test text, OUT outcome text, OUT detail text, OUT ms numeric)
RETURNS SETOF record LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  reading constant text[] := ARRAY['versions', 'bar_rules', 'indicators', 'risk_figures', 'strategy_language', 'partition_plan'];
  writing constant text[] := ARRAY['exact_money', 'bars', 'bar_refused', 'import', 'simulation', 'backtest', 'ledger', 'risk_record', 'sign_in'];
  writes constant boolean := NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off';
  ticker constant text := 'QUANT.SELFTEST';
  results jsonb := '[]';
  began timestamptz;
  got text;
  wanted text;
BEGIN
  BEGIN
    PERFORM set_config('client_min_messages', 'error', true);
    FOREACH test IN ARRAY reading || CASE WHEN writes THEN writing ELSE '{}' END LOOP
      began := clock_timestamp();
      BEGIN
        CASE test
          WHEN 'versions' THEN
            SELECT e.extversion, quant.version() INTO wanted, got FROM pg_extension e WHERE e.extname = 'pg_quant';
          WHEN 'bar_rules' THEN
            wanted := 'high_below_low';
            got := (quant.check_bar(10, 9, 11, 10))[1];
          WHEN 'indicators' THEN
            wanted := '11.333333333333 11.96875';
            SELECT concat(s.mean, ' ', s.average) INTO got
            FROM (SELECT v.n, quant.sma(v.x, 3) OVER (ORDER BY v.n) AS mean, quant.ema(v.x, 3) OVER (ORDER BY v.n) AS average
                  FROM (VALUES (1, 10.5), (2, 10.0), (3, 11.0), (4, 13.0), (5, 10.0), (6, 11.0), (7, 13.0)) v (n, x)) s
            ORDER BY s.n DESC LIMIT 1;
          WHEN 'risk_figures' THEN
            wanted := '0.02 0.230769';
            SELECT concat((SELECT trim_scale(quant.value_at_risk(-0.02, 0.95))), ' ', round(quant.max_drawdown(v.equity, v.at::timestamptz), 6)) INTO got
            FROM (VALUES (13, '2001-01-01'), (10, '2001-01-02'), (12, '2001-01-03')) v (equity, at);
          WHEN 'strategy_language' THEN
            wanted := '22023';
            SELECT v.sqlstate INTO got FROM quant.validate_strategy('{"long": {"when": "close > opn"}}'::jsonb) v LIMIT 1;
          WHEN 'partition_plan' THEN
            wanted := '0 without a policy, 0 without a reason';
            SELECT format('%s without a policy, %s without a reason',
              count(*) FILTER (WHERE p.table_name NOT IN (SELECT format('%s.%s', y.table_schema, y.table_name) FROM trading.partition_policy y WHERE y.is_enabled)),
              count(*) FILTER (WHERE p.reason IS NULL OR p.reason = '')) INTO got FROM quant.partition_plan() p;
          WHEN 'exact_money' THEN
            INSERT INTO trading.users (id, username, email, password_hash) VALUES (-1, 'quant self-test', 'self-test@quant.invalid', 'no login');
            INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (-1, -1, 'self-test', 100000.50);
            wanted := '100000.50 100000.50';
            SELECT concat(p.initial_capital, ' ', p.cash_balance) INTO got FROM trading.portfolios p WHERE p.id = -1;
          WHEN 'bars' THEN
            INSERT INTO trading.assets (id, symbol) VALUES (-1, ticker);
            INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
            SELECT ticker, '1d', timestamptz '2001-01-01 00:00+00' + v.n * interval '1 day', v.o, greatest(v.o, v.c), least(v.o, v.c), v.c, 100
            FROM (VALUES (0, 10, 10), (1, 10, 11), (2, 11, 12), (3, 12, 13), (4, 13, 12), (5, 12, 11), (6, 11, 10), (7, 10, 11), (8, 11, 12), (9, 12, 13)) v (n, o, c);
            wanted := '10 115.0000';
            SELECT concat(count(*), ' ', sum(m.close_price)) INTO got FROM trading.market_data m WHERE m.symbol = ticker AND m.asset_id = -1;
          WHEN 'bar_refused' THEN
            wanted := '23514';
            BEGIN
              INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
              VALUES (ticker, '1d', '2001-02-01 00:00+00', 10, 9, 11, 10);
              got := 'stored';
            EXCEPTION WHEN check_violation THEN
              got := SQLSTATE;
            END;
          WHEN 'import' THEN
            INSERT INTO trading.market_data_import (symbol, timestamp, timeframe, open_price, high_price, low_price, close_price)
            VALUES (ticker, '2001-03-01 00:00+00', '1d', '10', '11', '9', '10.25'), (ticker, '2001-03-02 00:00+00', '1d', '10', '9', '11', '10');
            wanted := '1 stored, 1 kept with reasons';
            SELECT format('%s stored, %s kept with reasons',
              (SELECT count(*) FROM trading.market_data m WHERE m.symbol = ticker AND m.timestamp >= '2001-03-01 00:00+00'),
              (SELECT count(*) FROM trading.market_data_rejects r WHERE r.symbol = ticker AND 'high_below_low' = ANY (r.reasons))) INTO got;
          WHEN 'simulation' THEN
            -- Bought at 11, sold at 12; bought at 11, held at 13.
            INSERT INTO trading.strategies (id, user_id, name, entry_rules, exit_rules, risk_rules)
            VALUES (-1, -1, 'self-test', '{"long": {"when": "close > close[1]"}}', '[{"id": "fall", "when": "close < close[1]"}]', '{"size": {"units": 1}}');
            wanted := '1003.00 1 1';
            SELECT concat(m.final_value, ' ', m.total_trades, ' ', m.open_trades) INTO got
            FROM quant.simulate(-1, jsonb_build_array(ticker), '1d', '2001-01-01', '2001-01-10', 1000) m;
          WHEN 'backtest' THEN
            INSERT INTO trading.backtests (id, user_id, strategy_id, name, start_date, end_date, initial_capital, universe)
            VALUES (-1, -1, -1, 'self-test', '2001-01-01', '2001-01-10', 1000, jsonb_build_array(ticker));
            PERFORM quant.run_backtest(-1);
            wanted := '1003.00 t 10';
            SELECT concat(b.final_value, ' ', (SELECT v.reproduces FROM quant.verify_backtest(-1) v), ' ',
              (SELECT count(*) FROM trading.equity_curves e JOIN trading.portfolios p ON p.id = e.portfolio_id WHERE p.backtest_id = -1)) INTO got
            FROM trading.backtests b WHERE b.id = -1;
          WHEN 'ledger' THEN
            PERFORM quant.record_transaction(-1, 'buy', ticker, 3, 10.01, commission => 0.01, transaction_date => '2001-01-05 15:00+00');
            wanted := '99970.46 0';
            SELECT concat(p.cash_balance, ' ', (SELECT count(*) FROM quant.reconcile_portfolio(-1))) INTO got FROM trading.portfolios p WHERE p.id = -1;
          WHEN 'risk_record' THEN
            INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
            SELECT ticker, '1d', timestamptz '2001-01-01 00:00+00' - n * interval '1 day', 10, 10.5, 10, 10 + n % 2 * 0.5 FROM generate_series(1, 80) n;
            INSERT INTO trading.risk_profiles (id, user_id, name, is_default) VALUES (-1, -1, 'self-test', true);
            PERFORM quant.record_risk_metrics(-1, '2001-01-10');
            wanted := '1';
            SELECT count(*) INTO got FROM trading.risk_metrics r WHERE r.portfolio_id = -1 AND r.var_1d_95 > 0;
          WHEN 'sign_in' THEN
            wanted := '-1';
            IF EXISTS (SELECT FROM trading.sign_in_keys k WHERE k.expires_at IS NULL OR k.expires_at > now()) THEN
              PERFORM quant.sign_in(quant.issue_token(-1, '1 minute'));
              got := quant.current_user_id();
            ELSE
              got := NULL;
              wanted := 'skipped: there is no key, see quant.rotate_sign_in_key()';
            END IF;
        END CASE;
        IF got IS NULL AND wanted LIKE 'skipped: %' THEN
          outcome := 'skipped';
          detail := substr(wanted, 10);
        ELSIF got IS DISTINCT FROM wanted THEN
          outcome := 'failed';
          detail := format('%s was expected, not %s', wanted, got);
        ELSE
          outcome := 'passed';
          detail := NULL;
        END IF;
      EXCEPTION WHEN OTHERS THEN
        outcome := 'failed';
        detail := concat(SQLSTATE, ': ', SQLERRM);
      END;
      results := results || jsonb_build_object('test', test, 'outcome', outcome, 'detail', detail,
        'ms', round(1000 * extract(epoch FROM clock_timestamp() - began), 3));
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'QT000', MESSAGE = 'undone';
  EXCEPTION WHEN SQLSTATE 'QT000' THEN
    NULL;  -- nothing that was written stays, and no setting
  END;
  IF NOT writes THEN
    SELECT results || jsonb_agg(jsonb_build_object('test', w, 'outcome', 'skipped', 'detail', 'the transaction is read-only', 'ms', 0))
    INTO results FROM unnest(writing) w;
  END IF;
  RETURN QUERY SELECT r.test, r.outcome, r.detail, r.ms FROM jsonb_to_recordset(results) AS r (test text, outcome text, detail text, ms numeric);
END
$$;
COMMENT ON FUNCTION quant.db_tests() IS
'The tests of quant.db_test(), one row each: passed, failed or skipped, what was wrong, and how long it took.
Example: SELECT * FROM quant.db_tests() WHERE outcome <> ''passed''';
REVOKE ALL ON FUNCTION quant.db_tests() FROM PUBLIC;

CREATE FUNCTION quant.db_test() RETURNS jsonb
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object(
    'state', CASE WHEN bool_or(t.outcome = 'failed') THEN 'failed' ELSE 'ok' END,
    'passed', count(*) FILTER (WHERE t.outcome = 'passed'), 'failed', count(*) FILTER (WHERE t.outcome = 'failed'),
    'skipped', count(*) FILTER (WHERE t.outcome = 'skipped'), 'ms', sum(t.ms),
    'tests', jsonb_object_agg(t.test, jsonb_build_object('outcome', t.outcome, 'detail', t.detail, 'ms', t.ms)))
  FROM quant.db_tests() t
$$;
COMMENT ON FUNCTION quant.db_test() IS
'A quick test of every part: rules for bars, import, indicators, strategy language, simulation, a stored
backtest, ledger, risk, sign-in, partitions, against figures that are known. It works on rows of its own and
undoes all of them (sequences go on, as after any rollback). {"state": "ok", "passed": 15, "tests": {...}}.
What would write is skipped on a standby. For the owner of the tables.
Example: SELECT quant.db_test() ->> ''state''';
REVOKE ALL ON FUNCTION quant.db_test() FROM PUBLIC;
