-- SPDX-License-Identifier: PostgreSQL
-- Regular jobs: what they do, what pg_cron is told, and how they fared by our own log.

CREATE FUNCTION quant.job_definitions(OUT job text, OUT schedule text, OUT command text, OUT purpose text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  VALUES ('partitions', '5 * * * *', 'CALL quant.maintain_partitions()', 'partitions made ahead, drained and retired'),
         ('risk_metrics', '30 0 * * *', 'CALL quant.run_job(''risk_metrics'')', 'risk of live and paper portfolios, for the day before'),
         ('data_checks', '45 0 * * *', 'CALL quant.run_job(''data_checks'')', 'findings in the bars of the last seven days'),
         ('log_purge', '15 1 * * 0', 'CALL quant.run_job(''log_purge'')', 'log rows older than 90 days deleted')
$$;
COMMENT ON FUNCTION quant.job_definitions() IS
'The jobs that quant.schedule_jobs() registers, with their schedules in cron''s notation, UTC.
Example: SELECT * FROM quant.job_definitions()';

CREATE FUNCTION quant.record_all_risk_metrics(date date DEFAULT (now() AT TIME ZONE 'UTC')::date - 1,
  OUT recorded integer, OUT failed integer, OUT failures text)
RETURNS record LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  portfolio record;
BEGIN
  recorded := 0;
  failed := 0;
  FOR portfolio IN
    SELECT p.id FROM trading.portfolios p
    WHERE p.is_active AND p.portfolio_type IN ('live', 'paper')
      AND EXISTS (SELECT FROM trading.risk_profiles r WHERE r.user_id = p.user_id AND r.is_active)
    ORDER BY p.id
  LOOP
    BEGIN
      PERFORM quant.record_risk_metrics(portfolio.id, record_all_risk_metrics.date);
      recorded := recorded + 1;
    EXCEPTION WHEN OTHERS THEN
      failed := failed + 1;
      failures := concat_ws('; ', failures, format('portfolio %s: %s', portfolio.id, SQLERRM));
    END;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.record_all_risk_metrics(date) IS
'Records the risk metrics of every active live or paper portfolio whose user has an active risk profile,
at the end of a UTC date, by default that of yesterday. One that fails stops no other: how many there
were, and why, is returned.
Example: SELECT * FROM quant.record_all_risk_metrics(''2024-06-28'')';

CREATE FUNCTION quant.check_recent_bars(days integer DEFAULT 7, OUT finding text, OUT count bigint)
RETURNS SETOF record LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  since constant timestamptz := date_trunc('day', now(), 'UTC') - make_interval(days => days);
BEGIN
  RETURN QUERY
  SELECT c.finding, pg_catalog.count(*)
  FROM (SELECT DISTINCT m.timeframe FROM trading.market_data m WHERE m.timestamp >= since) t
  CROSS JOIN LATERAL quant.check_market_data(NULL, t.timeframe, since, NULL) c
  GROUP BY c.finding ORDER BY c.finding;
END
$$;
COMMENT ON FUNCTION quant.check_recent_bars(integer) IS
'How often quant.check_market_data() finds what in the bars of the last days (UTC), over all symbols and
timeframes.
Example: SELECT * FROM quant.check_recent_bars(7)';

CREATE FUNCTION quant.purge_logs(keep interval DEFAULT '90 days')
RETURNS bigint LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  purged bigint;
  more bigint;
BEGIN
  IF keep IS NULL OR keep < interval '0' THEN
    RAISE EXCEPTION 'keep must be an interval of zero or more' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- What is the last of its kind tells when a job last ran well.
  DELETE FROM trading.maintenance_log l
  WHERE l.started_at < now() - keep
    AND EXISTS (SELECT FROM trading.maintenance_log n
      WHERE n.job IS NOT DISTINCT FROM l.job AND n.table_schema IS NOT DISTINCT FROM l.table_schema
        AND n.table_name IS NOT DISTINCT FROM l.table_name AND n.action = l.action AND n.status = l.status
        AND n.id > l.id);
  GET DIAGNOSTICS purged = ROW_COUNT;
  DELETE FROM trading.market_data_rejects r WHERE r.resolved_at < now() - keep;
  GET DIAGNOSTICS more = ROW_COUNT;
  purged := purged + more;
  IF to_regnamespace('cron') IS NOT NULL AND has_schema_privilege('cron', 'USAGE')
    AND to_regclass('cron.job_run_details') IS NOT NULL AND has_table_privilege('cron.job_run_details', 'DELETE') THEN
    EXECUTE 'DELETE FROM cron.job_run_details d WHERE d.end_time < now() - $1' USING keep;
    GET DIAGNOSTICS more = ROW_COUNT;
    purged := purged + more;
  END IF;
  RETURN purged;
END
$$;
COMMENT ON FUNCTION quant.purge_logs(interval) IS
'Deletes what is older from trading.maintenance_log (but the newest row of each kind and outcome), of
trading.market_data_rejects what is resolved, and pg_cron''s own details, which it never purges. Returns
the number of rows.
Example: SELECT quant.purge_logs(''90 days'')';

CREATE PROCEDURE quant.run_job(job text)
LANGUAGE plpgsql
AS $$
DECLARE
  started constant timestamptz := pg_catalog.clock_timestamp();
  outcome text := 'succeeded';
  state text;
  message text;
  risk record;
BEGIN
  IF job IS NULL OR NOT job OPERATOR(pg_catalog.=) ANY (ARRAY['risk_metrics', 'data_checks', 'log_purge']) THEN
    RAISE EXCEPTION 'there is no job "%"', job
      USING ERRCODE = 'undefined_object', HINT = 'Jobs are risk_metrics, data_checks and log_purge; partitions are CALL quant.maintain_partitions().';
  END IF;
  BEGIN
    -- IF, as CASE would look for its operator in the search_path, which a procedure that commits cannot set.
    IF job OPERATOR(pg_catalog.=) 'risk_metrics' THEN
      SELECT * INTO risk FROM quant.record_all_risk_metrics();
      message := pg_catalog.format('%s recorded, %s failed', risk.recorded, risk.failed);
      IF risk.failed OPERATOR(pg_catalog.>) 0 THEN
        outcome := 'failed';
        state := '55000';
        message := pg_catalog.concat(message, ': ', risk.failures);
      END IF;
    ELSIF job OPERATOR(pg_catalog.=) 'data_checks' THEN
      message := (SELECT pg_catalog.string_agg(pg_catalog.concat(c.finding, ' ', c.count), ', ') FROM quant.check_recent_bars() c);
      message := pg_catalog.concat('findings: ', coalesce(message, 'none'));
    ELSE
      message := pg_catalog.concat(quant.purge_logs(), ' rows deleted');
    END IF;
  EXCEPTION WHEN OTHERS THEN
    outcome := 'failed';
    state := SQLSTATE;
    message := SQLERRM;
  END;
  INSERT INTO trading.maintenance_log (job, action, status, started_at, finished_at, error_sqlstate, message)
  VALUES (job, 'run', outcome, started, pg_catalog.clock_timestamp(), state, message);
  IF outcome OPERATOR(pg_catalog.=) 'succeeded' THEN
    RETURN;
  END IF;
  -- The log stays, and the scheduler is told.
  COMMIT;
  RAISE EXCEPTION 'job "%" failed: %', job, message USING ERRCODE = state;
END
$$;
COMMENT ON PROCEDURE quant.run_job(text) IS
'Runs a regular job and records how it went in trading.maintenance_log: risk_metrics
(quant.record_all_risk_metrics()), data_checks (quant.check_recent_bars()) or log_purge
(quant.purge_logs()). What fails is recorded, committed and raised again, so it must be called alone,
not in a transaction block.
Example: CALL quant.run_job(''data_checks'')';

CREATE FUNCTION quant.missing_for_jobs() RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing text[] := '{}';
  cron_database text;
BEGIN
  BEGIN
    cron_database := current_setting('cron.database_name', true);
  EXCEPTION WHEN insufficient_privilege THEN
    -- It is loaded, and only the setting is not shown.
    missing := missing || format('role "%s" may not read its settings: GRANT pg_read_all_settings TO %1$I', current_user);
    cron_database := current_database();
  END;
  IF NOT EXISTS (SELECT FROM pg_available_extensions e WHERE e.name = 'pg_cron') THEN
    missing := missing || 'pg_cron is not installed on this server: install its package (on Debian postgresql-NN-cron)'::text;
  END IF;
  IF cron_database IS NULL THEN
    missing := missing || 'pg_cron is not loaded: add it to shared_preload_libraries and restart the server'::text;
  ELSIF cron_database <> current_database() THEN
    missing := missing || format('pg_cron works in database "%s": set cron.database_name to "%s" and restart the server',
      cron_database, current_database());
  END IF;
  IF to_regnamespace('cron') IS NULL OR NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
    missing := missing || 'the extension is not created here: CREATE EXTENSION pg_cron'::text;
  ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
    missing := missing || format('role "%s" may not use it: GRANT USAGE ON SCHEMA cron TO %1$I', current_user);
  END IF;
  RETURN missing;
END
$$;
COMMENT ON FUNCTION quant.missing_for_jobs() IS
'What pg_cron lacks to run jobs for the current role in this database, one step each; {} for nothing.
Example: SELECT unnest(quant.missing_for_jobs())';

CREATE FUNCTION quant.schedule_jobs(OUT job text, OUT schedule text, OUT command text)
RETURNS SETOF record LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing constant text[] := quant.missing_for_jobs();
BEGIN
  IF missing <> '{}' THEN
    RAISE EXCEPTION 'jobs cannot be scheduled: pg_cron is not ready'
      USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = array_to_string(missing, E'.\n') || '.',
        HINT = 'Until then any scheduler can run the commands of quant.job_definitions().';
  END IF;
  FOR job, schedule, command IN SELECT d.job, d.schedule, d.command FROM quant.job_definitions() d LOOP
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING 'quant_' || job, schedule, command;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.schedule_jobs() IS
'Registers the jobs of quant.job_definitions() with pg_cron, under the names quant_..., to run as the
current role, who should own the tables. A second call renews them. Where pg_cron is not ready the error
(55000) says what is missing.
Example: SELECT * FROM quant.schedule_jobs()';

CREATE FUNCTION quant.unschedule_jobs() RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  removed integer := 0;
  id bigint;
BEGIN
  IF to_regnamespace('cron') IS NULL OR NOT has_schema_privilege('cron', 'USAGE') OR to_regclass('cron.job') IS NULL THEN
    RETURN 0;
  END IF;
  FOR id IN EXECUTE 'SELECT j.jobid FROM cron.job j JOIN quant.job_definitions() d ON j.jobname = ''quant_'' || d.job WHERE j.username = current_user' LOOP
    EXECUTE 'SELECT cron.unschedule($1)' USING id;
    removed := removed + 1;
  END LOOP;
  RETURN removed;
END
$$;
COMMENT ON FUNCTION quant.unschedule_jobs() IS
'Takes the jobs of the current role out of pg_cron again, and returns how many there were.
Example: SELECT quant.unschedule_jobs()';

CREATE FUNCTION quant.jobs(
  OUT job text, OUT schedule text, OUT command text, OUT is_scheduled boolean,
  OUT last_started timestamptz, OUT last_status text, OUT last_message text,
  OUT last_success timestamptz, OUT age interval)
RETURNS SETOF record LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  registered jsonb := '{}';
  sees_cron boolean := to_regnamespace('cron') IS NOT NULL AND has_schema_privilege('cron', 'USAGE');
  last_run record;
BEGIN
  sees_cron := sees_cron AND to_regclass('cron.job') IS NOT NULL AND has_table_privilege('cron.job', 'SELECT')
    AND has_table_privilege('cron.job_run_details', 'SELECT');
  IF sees_cron THEN
    EXECUTE 'SELECT coalesce(jsonb_object_agg(j.jobname, j.schedule), ''{}'') FROM cron.job j
             WHERE j.active AND j.database = current_database() AND j.jobname LIKE ''quant\_%'''
      INTO registered;
  END IF;
  FOR job, schedule, command IN SELECT d.job, d.schedule, d.command FROM quant.job_definitions() d LOOP
    is_scheduled := registered ? ('quant_' || job);
    schedule := coalesce(registered ->> ('quant_' || job), schedule);
    SELECT l.started_at, l.status, l.message INTO last_started, last_status, last_message
    FROM trading.maintenance_log l
    WHERE l.action = 'run' AND (l.job = jobs.job OR (jobs.job = 'partitions' AND l.job IS NULL))
    ORDER BY l.started_at DESC, l.id DESC LIMIT 1;
    IF sees_cron THEN
      -- A job that pg_cron could not start has no row of its own, and no time where it could not connect.
      EXECUTE 'SELECT r.status, r.start_time, r.return_message FROM cron.job_run_details r JOIN cron.job j USING (jobid)
               WHERE j.jobname = $1 AND r.database = current_database() AND r.status IN (''failed'', ''succeeded'')
               ORDER BY r.runid DESC LIMIT 1'
        INTO last_run USING 'quant_' || job;
      IF last_run.status = 'failed' AND coalesce(last_run.start_time > last_started, true) THEN
        last_started := coalesce(last_run.start_time, last_started);
        last_status := 'failed';
        last_message := concat('pg_cron: ', last_run.return_message);
      END IF;
    END IF;
    IF job = 'partitions' THEN
      -- As old as that of the table that has waited longest; none where one has never had any.
      SELECT CASE WHEN bool_and(s.at IS NOT NULL) THEN min(s.at) END INTO last_success
      FROM trading.partition_policy p
      LEFT JOIN LATERAL (SELECT max(l.finished_at) AS at FROM trading.maintenance_log l
        WHERE l.action = 'run' AND l.job IS NULL AND l.status = 'succeeded'
          AND l.table_schema = p.table_schema AND l.table_name = p.table_name) s ON true
      WHERE p.is_enabled;
    ELSE
      SELECT max(l.finished_at) INTO last_success FROM trading.maintenance_log l
      WHERE l.action = 'run' AND l.job = jobs.job AND l.status = 'succeeded';
    END IF;
    age := clock_timestamp() - last_success;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.jobs() IS
'The regular jobs: whether pg_cron has them (for this database), with its schedule, the last run and its
outcome, and the age of the last success, NULL before the first. The outcomes are those of
trading.maintenance_log, and failures to start that pg_cron has noted since; a scheduler may stop without
a word, so watch the age.
Example: SELECT job, age FROM quant.jobs() WHERE age > interval ''25 hours'' OR age IS NULL';
