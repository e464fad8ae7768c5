-- SPDX-License-Identifier: PostgreSQL
-- The tables: nothing belongs to the extension, everything is documented, every foreign key has an
-- index, no number is binary floating point, and the triggers stand.
BEGIN;
SET client_min_messages = warning;
SET search_path = public, pg_catalog;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT no_plan();

SELECT has_table('trading', name, 'table ' || name)
FROM unnest(ARRAY['users', 'user_preferences', 'portfolios', 'positions', 'transactions', 'assets', 'market_data',
  'benchmarks', 'strategies', 'backtests', 'trades', 'signals', 'risk_profiles', 'risk_metrics', 'corporate_actions',
  'import_batches', 'market_data_rejects', 'partition_policy', 'maintenance_log', 'equity_curves',
  'schema_version', 'sign_in_keys']) t(name);

SELECT has_view('trading', name, 'view ' || name)
FROM unnest(ARRAY['backtest_symbols', 'backtest_months']) t(name);
SELECT is((SELECT string_agg(c.relname, ', ') FROM pg_class c
           WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind = 'v'
             AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}'))), NULL,
          'every view reads with the rights of its caller');
DROP VIEW trading.backtest_symbols, trading.backtest_months;
SELECT ok(i.lines @> ARRAY['created trading.backtest_symbols', 'created trading.backtest_months'],
          'quant.install() makes the views that are missing')
FROM (SELECT array_agg(line) FROM quant.install() line) i(lines);

SELECT is((SELECT string_agg(pg_describe_object(d.classid, d.objid, 0), ', ')
           FROM pg_depend d, pg_extension e, pg_identify_object(d.classid, d.objid, 0) o
           WHERE e.extname = 'pg_quant' AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
             AND d.deptype = 'e' AND (o.schema = 'trading' OR o.identity = 'trading')), NULL,
          'nothing of trading belongs to the extension');
SELECT ok(EXISTS (SELECT FROM pg_depend d, pg_extension e
          WHERE e.extname = 'pg_quant' AND d.classid = 'pg_extension'::regclass AND d.objid = e.oid
            AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'trading'::regnamespace AND d.deptype = 'n'),
          'the extension depends on schema trading');

SELECT is((SELECT string_agg(format('%s.%s', c.relname, a.attname), ', ')
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
             AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL), NULL,
          'every column has a comment');
SELECT is((SELECT string_agg(c.relname, ', ') FROM pg_class c
           WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
             AND obj_description(c.oid, 'pg_class') IS NULL), NULL, 'every table and view has a comment');
SELECT is((SELECT string_agg(format('%s.%s', c.relname, a.attname), ', ')
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
             AND a.atttypid IN ('real'::regtype, 'double precision'::regtype, 'money'::regtype, 'json'::regtype)), NULL,
          'no float, no money type, no plain json');
SELECT is((SELECT string_agg(format('%s.%s', k.conrelid::regclass, k.conname), ', ') FROM pg_constraint k
           WHERE k.connamespace = 'trading'::regnamespace AND k.contype = 'f' AND k.conparentid = 0
             AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
                             AND (i.indkey::int2[])[0] = k.conkey[1])), NULL, 'every foreign key leads an index');
SELECT is((SELECT string_agg(format('%s.%s', k.conrelid::regclass, k.conname), ', ')
           FROM pg_constraint k JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
           JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
           WHERE p.pronamespace = 'quant'::regnamespace), NULL, 'no constraint calls the extension');

SELECT is(pg_get_partkeydef('trading.market_data'::regclass), 'RANGE ("timestamp")', 'bars are partitioned by time');
SELECT has_trigger('trading', t.relation, t.name, format('%s has %s', t.relation, t.name))
FROM (VALUES ('market_data', 'check_bar'), ('strategies', 'check_strategy'), ('portfolios', 'fill_portfolio'),
             ('positions', 'fill_position'), ('transactions', 'fill_transaction')) t(relation, name)
UNION ALL
SELECT has_trigger('trading', t.relation, 'set_updated_at', t.relation || ' keeps updated_at')
FROM unnest(ARRAY['users', 'user_preferences', 'assets', 'benchmarks', 'strategies', 'backtests', 'portfolios',
                  'positions', 'risk_profiles', 'corporate_actions', 'partition_policy']) t(relation);
SELECT cmp_ok((SELECT count(*) FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
               WHERE p.pronamespace = 'quant'::regnamespace AND g.tgparentid = 0
                 AND p.proname IN ('check_bar_trigger', 'check_strategy_trigger')), '=', 2::bigint,
              'bars and strategies are checked');

SELECT * FROM finish();
ROLLBACK;
