-- SPDX-License-Identifier: PostgreSQL
-- What the functions promise to planner and caller: signature, result, volatility, parallel safety,
-- who may call them. And each answers NULL without a crash.
BEGIN;
SET client_min_messages = warning;
SET search_path = public, pg_catalog;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT no_plan();

CREATE TEMP TABLE promise (signature text, result text, volatility "char", parallel "char");
INSERT INTO promise VALUES
  ('quant.version()', 'text', 'i', 's'),
  ('quant.install()', 'SETOF text', 'v', 'u'),
  ('quant.check_bar(numeric, numeric, numeric, numeric, numeric, numeric, numeric, numeric, timestamptz, text)', 'text[]', 'i', 's'),
  ('quant.check_bar_trigger()', 'trigger', 'v', 'u'),
  ('quant.check_strategy_trigger()', 'trigger', 'v', 'u'),
  ('quant.validate_strategy(jsonb, jsonb, jsonb, jsonb)', 'SETOF record', 's', 's'),
  ('quant.validate_strategy(bigint)', 'SETOF record', 's', 's'),
  ('quant.explain_strategy(bigint)', 'text', 's', 's'),
  ('quant.create_monthly_partition(date)', 'text', 'v', 'u'),
  ('quant.run_backtest(bigint)', 'quant.backtest_summary', 'v', 'u'),
  ('quant.simulate(bigint, jsonb, text, date, date, numeric, jsonb)', 'quant.backtest_metrics', 's', 's'),
  ('quant.value_at_risk(numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.expected_shortfall(numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.max_drawdown(numeric, timestamptz)', 'numeric', 'i', 's'),
  ('quant.value_at_risk(numeric, numeric, text, jsonb)', 'numeric', 'i', 's'),
  ('quant.beta(numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.information_ratio(numeric, numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.portfolio_risk(bigint, date, text, numeric, integer, integer, jsonb)', 'record', 's', 's'),
  ('quant.risk_contributions(bigint, date, text, numeric, integer, integer, jsonb)', 'SETOF record', 's', 's'),
  ('quant.stress_test(bigint, date, jsonb)', 'jsonb', 's', 's'),
  ('quant.var_backtest(numeric[], numeric[], numeric)', 'record', 'i', 's'),
  ('quant.price_volatility(numeric[], numeric[], numeric[], numeric[], text, numeric)', 'numeric', 'i', 's'),
  ('quant.covariance(numeric[], text, numeric)', 'record', 'i', 's'),
  ('quant.regression(numeric[], numeric[], text)', 'SETOF record', 'i', 's'),
  ('quant.portfolio_var_backtest(bigint, numeric, date, date, text)', 'record', 's', 's'),
  ('quant.garch(numeric[], numeric[])', 'record', 'i', 's'),
  ('quant.nearest_correlation(numeric[])', 'record', 'i', 's'),
  ('quant.es_backtest(numeric[], numeric[], numeric[], numeric)', 'record', 'i', 's'),
  ('quant.factor_exposures(bigint, date, text[], integer, text)', 'SETOF record', 's', 's'),
  ('quant.drawdowns(bigint, date)', 'SETOF record', 's', 's'),
  ('quant.calmar_ratio(numeric, timestamptz)', 'numeric', 'i', 's'),
  ('quant.ulcer_index(numeric, timestamptz)', 'numeric', 'i', 's'),
  ('quant.probabilistic_sharpe_ratio(numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.deflated_sharpe_ratio(numeric, numeric, numeric)', 'numeric', 'i', 's'),
  ('quant.record_transaction(bigint, text, text, numeric, numeric, numeric, numeric, numeric, timestamptz, text, jsonb, date, numeric)', 'bigint', 'v', 'u'),
  ('quant.reconcile_portfolio(bigint)', 'SETOF record', 's', 's'),
  ('quant.mark_portfolio(bigint, timestamptz, text)', 'numeric', 'v', 'u'),
  ('quant.update_portfolio_metrics(bigint)', 'void', 'v', 'u'),
  ('quant.update_benchmark_metrics(text)', 'void', 'v', 'u'),
  ('quant.check_limits(bigint, text, text, numeric, numeric, numeric, timestamptz)', 'SETOF record', 's', 's'),
  ('quant.record_risk_metrics(bigint, date)', 'bigint', 'v', 'u'),
  ('quant.indicators()', 'SETOF record', 'i', 's'),
  ('quant.indicator_lookback(text)', 'integer', 'i', 's'),
  ('quant.indicator_stable_after(text)', 'integer', 'i', 's'),
  ('quant.indicator_series(text, text, timestamptz, timestamptz, text)', 'SETOF record', 's', 's'),
  ('quant.indicator_series(text, text, timestamptz, timestamptz, text, text)', 'SETOF record', 's', 's'),
  ('quant.indicator_series(text, text, timestamptz, timestamptz, text[])', 'SETOF record', 's', 's'),
  ('quant.current_user_id()', 'bigint', 's', 's'),
  ('quant.health()', 'jsonb', 's', 'u'),
  ('quant.health_checks()', 'SETOF record', 's', 'u'),
  ('quant.db_status()', 'jsonb', 's', 'u'),
  ('quant.db_test()', 'jsonb', 'v', 'u'),
  ('quant.validate_schema()', 'SETOF record', 'v', 'u'),
  ('quant.sign_in(text)', 'bigint', 'v', 'u'),
  ('quant.issue_token(bigint, interval)', 'text', 'v', 'u'),
  ('quant.rotate_sign_in_key(interval)', 'bigint', 'v', 'u'),
  ('quant.grant_access(text, text)', 'void', 'v', 'u'),
  ('quant.revoke_access(text)', 'void', 'v', 'u'),
  ('quant.access_privileges(text)', 'SETOF record', 'i', 's'),
  ('quant.check_security()', 'SETOF record', 's', 'u'),
  ('quant.sma(numeric, integer)', 'numeric', 'i', 's'),
  ('quant.sma(double precision, integer)', 'numeric', 'i', 's'),
  ('quant.macd(numeric, integer, integer, integer, text)', 'quant.macd_result', 'i', 's');

SELECT ok(to_regprocedure(signature) IS NOT NULL, signature || ' exists') FROM promise;
SELECT is(pg_get_function_result(to_regprocedure(signature)), result, signature || ' returns ' || result) FROM promise;
SELECT is(p.provolatile, m.volatility, m.signature || ' has its volatility')
FROM promise m JOIN pg_proc p ON p.oid = to_regprocedure(m.signature);
SELECT is(p.proparallel, m.parallel, m.signature || ' has its parallel safety')
FROM promise m JOIN pg_proc p ON p.oid = to_regprocedure(m.signature);

SELECT is((SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'quant'::regnamespace AND prokind = 'w' AND provolatile = 'i' AND proparallel = 's' AND proargtypes[0] = 'double precision'::regtype),
          (SELECT string_agg(name::name, ' ' ORDER BY name::name) FROM quant.indicators() WHERE name <> 'div'), 'every indicator is a window function of double precision, but for div');
SELECT is((SELECT string_agg(i.name, ' ') FROM quant.indicators() i WHERE NOT EXISTS (
             SELECT FROM pg_proc p WHERE p.pronamespace = 'quant'::regnamespace AND p.proname = i.name AND p.proargtypes[0] = 'numeric'::regtype AND p.prokind = 'w')),
          'acos asin atan cos cosh sin sinh tan tanh', 'and of numeric, but for what the server has of double precision alone');
SET LOCAL search_path = trading, quant, public;
SELECT lives_ok('SELECT sum(x), stddev(x), sin(x), div(9, 4) FROM (VALUES (1.5)) v(x) GROUP BY x', 'the short names leave those of the server alone');
SELECT is((SELECT beta(x, y) FROM (VALUES (0.1, 0.2), (0.2, 0.4)) v(x, y)), 0.5, 'the aggregate beta stays');
SET LOCAL search_path = public, pg_catalog;
SELECT is((SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc
           WHERE pronamespace = 'quant'::regnamespace AND prosecdef), NULL,
          'no function runs with another''s rights');
SELECT is((SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc
           WHERE pronamespace = 'quant'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL), NULL,
          'every function has a comment');
SELECT is((SELECT string_agg(oid::regtype::text, ', ') FROM pg_type
           WHERE typnamespace = 'quant'::regnamespace AND typelem = 0 AND obj_description(oid, 'pg_type') IS NULL),
          NULL, 'every type has a comment');
SELECT ok(NOT has_function_privilege('pg_monitor', signature, 'EXECUTE'), 'the public may not call ' || signature)
FROM (VALUES ('quant.install()'), ('quant.bind_schema()'), ('quant.issue_token(bigint, interval)'), ('quant.rotate_sign_in_key(interval)'),
  ('quant.grant_access(text, text)'), ('quant.revoke_access(text)'), ('quant.apply_access(text, text, text)'), ('quant.check_security()'), ('quant.validate_schema()'), ('quant.db_test()'), ('quant.db_tests()')) f(signature);
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ')
           FROM pg_proc p, unnest(p.proargtypes || coalesce(p.proallargtypes, '{}') || p.prorettype) t(type)
           JOIN pg_type ty ON ty.oid = t.type
           WHERE p.pronamespace = 'quant'::regnamespace AND ty.typnamespace = to_regnamespace('trading')), NULL,
          'no signature names a type of trading');

SELECT is(quant.version(), (SELECT extversion FROM pg_extension WHERE extname = 'pg_quant'),
          'library and extension are of one version');
SELECT is(quant.check_bar(NULL, NULL, NULL, NULL), ARRAY['null_price'], 'check_bar answers NULLs');
SELECT throws_ok('SELECT quant.run_backtest(NULL)', '22004');
SELECT throws_ok(format('SELECT quant.simulate(%s)', arguments), '22004', NULL, 'simulate refuses NULL in ' || arguments)
FROM (VALUES ($$NULL, '[]', '1d', '2024-01-01', '2024-01-02', 1$$), ($$1, NULL, '1d', '2024-01-01', '2024-01-02', 1$$),
             ($$1, '[]', NULL, '2024-01-01', '2024-01-02', 1$$), ($$1, '[]', '1d', NULL, '2024-01-02', 1$$),
             ($$1, '[]', '1d', '2024-01-01', NULL, 1$$), ($$1, '[]', '1d', '2024-01-01', '2024-01-02', NULL$$)) a(arguments);
SELECT is((SELECT quant.value_at_risk(r, 0.95) FROM (SELECT NULL::numeric) t(r)), NULL, 'no returns, no value at risk');
SELECT is((SELECT quant.max_drawdown(e, now()) FROM (SELECT NULL::numeric) t(e)), NULL, 'no equity, no drawdown');
SELECT throws_ok('SELECT quant.create_monthly_partition(NULL)');
SELECT throws_ok('SELECT quant.validate_strategy(NULL::bigint)', '22004');
SELECT throws_ok('SELECT quant.validate_strategy(NULL::jsonb)', '22004');
SELECT throws_ok('SELECT quant.explain_strategy(NULL)', '22004');
SELECT throws_ok('SELECT quant.record_risk_metrics(NULL)');

SELECT * FROM finish();
ROLLBACK;
