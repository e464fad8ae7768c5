-- SPDX-License-Identifier: PostgreSQL
-- Is everything as it should be? For monitoring: each answers with one jsonb, on a standby too.

CREATE FUNCTION quant.health_checks(OUT "check" text, OUT state text, OUT detail text)
RETURNS SETOF record LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  checks constant text[] := ARRAY['versions', 'schema', 'dependency', 'partitions', 'default_partitions', 'partition_gaps', 'jobs',
    'security', 'indexes', 'triggers', 'replication', 'transaction_ids'];
  due record;
  plans boolean := true;
BEGIN
  BEGIN
    PERFORM FROM quant.partition_plan();
  EXCEPTION WHEN OTHERS THEN
    plans := SQLSTATE <> '42501';  -- what else is wrong, its check will tell
  END;
  FOREACH "check" IN ARRAY checks LOOP
    state := 'ok';
    detail := NULL;
    BEGIN
      CASE "check"
        WHEN 'versions' THEN
          detail := format('library %s, SQL objects %s', quant.version(), (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'pg_quant'));
          IF quant.version() IS DISTINCT FROM (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'pg_quant') THEN
            state := 'failed';
            detail := concat(detail, ': run ALTER EXTENSION pg_quant UPDATE, or open a new session');
          END IF;
        WHEN 'schema' THEN
          SELECT max(v.version) AS reached INTO due FROM trading.schema_version v;
          detail := format('step %s of %s', due.reached, quant.latest_schema_step());
          IF due.reached IS DISTINCT FROM quant.latest_schema_step() THEN
            state := 'failed';
            detail := concat(detail, ': run SELECT quant.install()');
          END IF;
        WHEN 'dependency' THEN
          IF NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON d.classid = 'pg_extension'::regclass AND d.objid = e.oid AND e.extname = 'pg_quant'
            WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace('trading') AND d.deptype = 'n') THEN
            state := 'failed';
            detail := 'pg_dump may write the extension before the schema: run SELECT quant.install()';
          END IF;
        WHEN 'partitions' THEN
          IF NOT EXISTS (SELECT FROM trading.partition_policy p WHERE p.is_enabled AND p.table_schema = 'trading' AND p.table_name = 'market_data') THEN
            state := 'warning';
            detail := 'partition_policy has no row for trading.market_data that is enabled';
            RETURN NEXT;
            CONTINUE;
          END IF;
          IF NOT plans THEN
            -- Without the right to read default partitions: whether there is one for now.
            SELECT string_agg(format('%I.%I', p.table_schema, p.table_name), ', ') AS missing INTO due
            FROM trading.partition_policy p
            WHERE p.is_enabled AND NOT EXISTS (SELECT FROM quant.partition_status() s
              WHERE s.table_name = format('%I.%I', p.table_schema, p.table_name) AND NOT s.is_default AND s.to_time > now());
            detail := coalesce('none for now: ' || due.missing, 'there is one for now');
            state := CASE WHEN due.missing IS NULL THEN 'ok' ELSE 'warning' END;
            RETURN NEXT;
            CONTINUE;
          END IF;
          SELECT count(*) FILTER (WHERE p.action = 'create') AS missing, count(*) FILTER (WHERE p.action = 'none') AS stuck,
            min(concat(p.table_name, ': ', p.reason)) FILTER (WHERE p.action = 'none') AS why,
            count(*) FILTER (WHERE p.action IN ('detach', 'drop')) AS beyond
          INTO due FROM quant.partition_plan() p;
          detail := format('%s to make, %s beyond retention, %s that cannot be done', due.missing, due.beyond, due.stuck);
          IF due.missing > 0 OR due.stuck > 0 THEN
            state := 'warning';
            detail := concat_ws('; ', detail, due.why, 'CALL quant.maintain_partitions()');
          END IF;
        WHEN 'default_partitions' THEN
          SELECT string_agg(format('%I.%I', p.table_schema, p.table_name), ', ') AS missing INTO due
          FROM trading.partition_policy p JOIN pg_partitioned_table t ON t.partrelid = to_regclass(format('%I.%I', p.table_schema, p.table_name))
          WHERE p.is_enabled AND t.partdefid = 0;
          IF due.missing IS NOT NULL THEN
            state := 'warning';
            detail := concat('none for ', due.missing);
            RETURN NEXT;
            CONTINUE;
          END IF;
          IF NOT plans THEN
            SELECT sum(s.estimated_rows) AS rows INTO due FROM quant.partition_status() s WHERE s.is_default AND s.estimated_rows > 0;
            detail := coalesce('about ' || due.rows || ' rows', 'empty, as of the last ANALYZE');
            state := CASE WHEN due.rows IS NULL THEN 'ok' ELSE 'warning' END;
            RETURN NEXT;
            CONTINUE;
          END IF;
          SELECT coalesce(sum(p.rows_to_move), 0) AS rows, count(*) AS actions
          INTO due FROM quant.partition_plan() p WHERE p.action IN ('promote_default', 'drain_default');
          detail := CASE WHEN due.actions = 0 THEN 'empty' ELSE format('rows of %s intervals', due.actions) END;
          IF due.actions > 0 THEN
            state := 'warning';
            detail := concat(detail, ', ', due.rows, ' to be moved: CALL quant.maintain_partitions()');
          END IF;
        WHEN 'partition_gaps' THEN
          SELECT count(*) AS gaps, min(format('%s before %s', g.table_name, g.from_time)) AS first
          INTO due FROM (
            SELECT s.table_name, s.from_time, lag(s.to_time) OVER (PARTITION BY s.table_name ORDER BY s.from_time) AS ended
            FROM quant.partition_status() s WHERE NOT s.is_default) g
          WHERE g.ended < g.from_time;
          detail := format('%s gaps', due.gaps);
          IF due.gaps > 0 THEN
            state := 'warning';
            detail := format('%s gaps between partitions, the first in %s: CALL quant.create_partitions(first_day, last_day)', due.gaps, due.first);
          END IF;
        WHEN 'jobs' THEN
          SELECT string_agg(format('%s: %s', j.job, CASE WHEN j.age IS NULL THEN 'no success yet' ELSE format('last success %s ago', date_trunc('second', j.age)) END), '; ') AS late
          INTO due FROM quant.jobs() j
          WHERE j.age IS NULL OR j.age > CASE j.job WHEN 'partitions' THEN interval '3 hours' WHEN 'log_purge' THEN interval '8 days' ELSE interval '26 hours' END;
          detail := coalesce(due.late, 'all in time');
          IF due.late IS NOT NULL THEN
            state := 'warning';
          END IF;
        WHEN 'security' THEN
          SELECT string_agg(c.relname, ', ') FILTER (WHERE c.relname = ANY (quant.user_tables()) AND NOT c.relrowsecurity) AS open,
            string_agg(c.relname, ', ') FILTER (WHERE c.relispartition AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)
              OR EXISTS (SELECT FROM pg_attribute t CROSS JOIN LATERAL aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND a.grantee <> c.relowner))) AS leaves
          INTO due FROM pg_class c WHERE c.relnamespace = to_regnamespace('trading') AND c.relkind IN ('r', 'p');
          IF due.open IS NOT NULL OR due.leaves IS NOT NULL THEN
            state := 'warning';
            detail := concat_ws('; ', 'no row-level security: ' || due.open, 'granted on partitions: ' || due.leaves, 'see quant.check_security()');
          END IF;
        WHEN 'indexes' THEN
          SELECT string_agg(x.indexrelid::regclass::text, ', ') AS invalid INTO due
          FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = to_regnamespace('trading') AND NOT (x.indisvalid AND x.indisready);
          IF due.invalid IS NOT NULL THEN
            state := 'warning';
            detail := concat('not valid: ', due.invalid);
          END IF;
        WHEN 'triggers' THEN
          SELECT string_agg(format('%s on %s', t.tgname, t.tgrelid::regclass), ', ') AS disabled INTO due
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
          WHERE c.relnamespace = to_regnamespace('trading') AND t.tgenabled = 'D' AND NOT c.relispartition;
          IF due.disabled IS NOT NULL THEN
            state := 'failed';
            detail := concat('disabled: ', due.disabled);
          ELSIF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass('trading.market_data') AND t.tgname = 'check_bar') THEN
            state := 'failed';
            detail := 'trading.market_data has no trigger check_bar: run SELECT quant.install()';
          END IF;
        WHEN 'replication' THEN
          IF pg_is_in_recovery() THEN
            SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AS level, now() - pg_last_xact_replay_timestamp() AS lag,
              EXISTS (SELECT FROM pg_stat_wal_receiver) AS receives INTO due;
            detail := concat_ws(', ', 'standby', CASE WHEN NOT due.receives THEN 'not connected to its primary' END,
              CASE WHEN due.level THEN 'all received is replayed' ELSE due.lag || ' behind' END);
            -- A standby that is fed from an archive is never connected.
            IF (due.level IS NOT TRUE OR NOT due.receives) AND coalesce(due.lag > interval '1 minute', true) THEN
              state := 'warning';
            END IF;
          ELSE
            SELECT count(*) AS standbys, max(r.replay_lag) AS lag,
              string_agg(r.application_name, ', ') FILTER (WHERE r.replay_lag > interval '1 minute' OR r.state <> 'streaming') AS late,
              (SELECT string_agg(s.slot_name, ', ') FROM pg_replication_slots s WHERE NOT s.active AND NOT s.temporary) AS unused
            INTO due FROM pg_stat_replication r;
            detail := concat_ws(', ', format('standbys: %s', due.standbys), 'largest lag ' || due.lag, 'behind: ' || due.late, 'slots that nobody reads: ' || due.unused);
            IF due.late IS NOT NULL OR due.unused IS NOT NULL THEN
              state := 'warning';
            END IF;
          END IF;
        WHEN 'transaction_ids' THEN
          SELECT age(d.datfrozenxid) AS used INTO due FROM pg_database d WHERE d.datname = current_database();
          detail := format('%s of 2147483647 used', due.used);
          IF due.used > 1500000000 THEN
            state := 'failed';
            detail := concat(detail, ': VACUUM must freeze');
          ELSIF due.used > 1000000000 THEN
            state := 'warning';
          END IF;
      END CASE;
    EXCEPTION
      WHEN insufficient_privilege THEN
        state := 'unknown';
        detail := SQLERRM;
      WHEN OTHERS THEN
        state := 'failed';
        detail := concat(SQLSTATE, ': ', SQLERRM);
    END;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.health_checks() IS
'The checks of quant.health(), one row each: its state, ok, warning, failed or unknown (the role may not
look), and what was found or is to be done.
Example: SELECT * FROM quant.health_checks() WHERE state <> ''ok''';

CREATE FUNCTION quant.health() RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object(
    'state', (ARRAY['ok', 'unknown', 'warning', 'failed'])[max(array_position(ARRAY['ok', 'unknown', 'warning', 'failed'], c.state))],
    'version', quant.version(), 'is_standby', pg_is_in_recovery(), 'checked_at', now(),
    'checks', jsonb_object_agg(c."check", jsonb_build_object('state', c.state, 'detail', c.detail)))
  FROM quant.health_checks() c
$$;
COMMENT ON FUNCTION quant.health() IS
'Whether everything is as it should be: {"state": "ok", "checks": {"partitions": {"state": ..., "detail":
...}, ...}, ...}. The state is the worst of all checks, ok, unknown, warning or failed. Checks: versions of
library and SQL objects, schema (its step), dependency (for pg_dump), partitions made ahead, rows in default
partitions, gaps between partitions, age of each job''s last success, security of tables and partitions,
indexes, triggers, replication, transaction ids. Works on a standby.
Example: SELECT quant.health() ->> ''state''';

CREATE FUNCTION quant.db_status() RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  status jsonb;
  statements jsonb;
  place text;
BEGIN
  status := jsonb_build_object(
    'database', jsonb_build_object('name', current_database(), 'size_bytes', pg_database_size(current_database()),
      'server_version', current_setting('server_version'), 'started_at', pg_postmaster_start_time(), 'is_standby', pg_is_in_recovery()),
    'connections', (
      SELECT jsonb_build_object(
        'used', count(*), 'max', current_setting('max_connections')::integer,
        'free', current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer - count(*),
        'in_this_database', count(*) FILTER (WHERE a.datname = current_database()),
        'active', count(*) FILTER (WHERE a.state = 'active'), 'idle', count(*) FILTER (WHERE a.state = 'idle'),
        'idle_in_transaction', count(*) FILTER (WHERE a.state LIKE 'idle in transaction%'),
        'waiting_for_locks', count(*) FILTER (WHERE a.wait_event_type = 'Lock'),
        'longest_transaction_s', round(coalesce(extract(epoch FROM max(clock_timestamp() - a.xact_start)), 0), 3))
      FROM pg_stat_activity a WHERE a.backend_type = 'client backend'),
    'by_application', (
      SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.connections DESC, g.application), '[]')
      FROM (SELECT coalesce(nullif(a.application_name, ''), '(none)') AS application, a.usename AS role, count(*) AS connections,
              count(*) FILTER (WHERE a.state = 'active') AS active, count(*) FILTER (WHERE a.state LIKE 'idle in transaction%') AS idle_in_transaction
            FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.datname = current_database()
            GROUP BY a.application_name, a.usename) g),
    'cache', (
      SELECT jsonb_build_object('hit_ratio', round(d.blks_hit::numeric / nullif(d.blks_hit + d.blks_read, 0), 4), 'blocks_hit', d.blks_hit, 'blocks_read', d.blks_read,
        'temp_files', d.temp_files, 'temp_bytes', d.temp_bytes, 'deadlocks', d.deadlocks, 'commits', d.xact_commit, 'rollbacks', d.xact_rollback, 'since', d.stats_reset)
      FROM pg_stat_database d WHERE d.datname = current_database()),
    'tables', (
      SELECT coalesce(jsonb_object_agg(t.name, jsonb_build_object('bytes', t.bytes, 'estimated_rows', t.estimated, 'partitions', t.partitions)), '{}')
      FROM (SELECT c.relname AS name, sum(pg_total_relation_size(p.relid)) AS bytes,
              sum(greatest(l.reltuples, 0)) FILTER (WHERE p.isleaf)::bigint AS estimated, count(*) FILTER (WHERE p.level > 0) AS partitions
            FROM pg_class c CROSS JOIN LATERAL pg_partition_tree(c.oid) p JOIN pg_class l ON l.oid = p.relid
            WHERE c.relnamespace = to_regnamespace('trading') AND c.relkind = 'p' AND NOT c.relispartition
            GROUP BY c.relname
            UNION ALL
            SELECT c.relname, pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::bigint, 0
            FROM pg_class c WHERE c.relnamespace = to_regnamespace('trading') AND c.relkind = 'r' AND NOT c.relispartition) t));
  BEGIN
    SELECT n.nspname INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements';
    IF place IS NOT NULL THEN
      EXECUTE format($statements$
        SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM (
          SELECT left(regexp_replace(s.query, '\s+', ' ', 'g'), 200) AS query, s.calls, round(s.mean_exec_time::numeric, 3) AS mean_ms,
            round(s.total_exec_time::numeric, 1) AS total_ms, s.rows
          FROM %I.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
          WHERE s.calls > 0 ORDER BY s.mean_exec_time DESC LIMIT 10) s $statements$, place) INTO statements;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    statements := NULL;  -- created, but not loaded
  END;
  RETURN status || jsonb_build_object('slowest_statements', statements);
END
$$;
COMMENT ON FUNCTION quant.db_status() IS
'The state of the database for whoever tunes it: {"connections": against the limit and by state,
"by_application": for the size of pools, "cache": hit ratio and more, "tables": size, rows and partitions,
"slowest_statements": the ten with the longest mean time, null without pg_stat_statements, ...}. A role
without pg_monitor sees of other roles'' connections only that they are there. Works on a standby.
Example: SELECT quant.db_status() -> ''connections''';
