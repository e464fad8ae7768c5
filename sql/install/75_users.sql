-- SPDX-License-Identifier: PostgreSQL
-- Users and roles: whose rows a session sees, and what a role may do.

CREATE FUNCTION quant.current_user_id() RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_current_user_id';
COMMENT ON FUNCTION quant.current_user_id() IS
'The user of trading.users whose rows the session sees: that of quant.sign_in() in this transaction, else
the active one whose database_role has logged in (or has been set with SET ROLE), else NULL.
Example: SELECT quant.current_user_id()';

CREATE FUNCTION quant.sign_in(token text) RETURNS bigint
LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_sign_in';
COMMENT ON FUNCTION quant.sign_in(text) IS
'For applications behind a pool: until the end of the transaction the session sees the rows of the user
of the token, and of nobody else. Returns that user. Nothing that the application can set takes its place.
Errors: 28000 where the token is not signed, has expired, or its user is not active.
Example: BEGIN; SELECT quant.sign_in(quant.issue_token(1)); SELECT name FROM trading.portfolios; COMMIT';

CREATE FUNCTION quant.issue_token(user_id bigint, lifetime interval DEFAULT '1 hour') RETURNS text
LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_issue_token';
COMMENT ON FUNCTION quant.issue_token(bigint, interval) IS
'A token for quant.sign_in(): "q1.KEY.USER.EXPIRY.MAC", key and user by number, the expiry in seconds since
1970, and HMAC-SHA256 in hex of all before the last point. Revoked from everybody: grant it to the role of
the service that checks passwords, and to none that applications use.
Errors: 42704 where there is no such active user; 55000 where there is no key.
Example: SELECT quant.issue_token(1, ''15 minutes'')';
REVOKE ALL ON FUNCTION quant.issue_token(bigint, interval) FROM PUBLIC;

CREATE FUNCTION quant.rotate_sign_in_key(keep interval DEFAULT '1 day') RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  made bigint;
BEGIN
  IF keep IS NULL OR keep < interval '0' THEN
    RAISE EXCEPTION 'keep must be an interval of zero or more' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- By the clock: a transaction that has been open for long must not keep what has ended.
  DELETE FROM trading.sign_in_keys k WHERE k.expires_at <= clock_timestamp();
  UPDATE trading.sign_in_keys k SET expires_at = clock_timestamp() + keep
  WHERE k.expires_at IS NULL OR k.expires_at > clock_timestamp() + keep;
  INSERT INTO trading.sign_in_keys (secret)
  VALUES (sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')))
  RETURNING id INTO made;
  RETURN made;
END
$$;
COMMENT ON FUNCTION quant.rotate_sign_in_key(interval) IS
'Makes a new key for tokens and returns its number. Those before it, and the tokens that they signed, are
valid for as long as keep says; 0 ends them at once. For the owner of trading.sign_in_keys.
Example: SELECT quant.rotate_sign_in_key(''1 hour'')';
REVOKE ALL ON FUNCTION quant.rotate_sign_in_key(interval) FROM PUBLIC;

CREATE FUNCTION quant.own_rows(OUT relation text, OUT visible text, OUT writable text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH mine (user_id, portfolio, backtest) AS (
    SELECT 'user_id = (SELECT quant.current_user_id() AS current_user_id)',
      'portfolio_id IN (SELECT p.id FROM @portfolios p)', 'backtest_id IN (SELECT b.id FROM @backtests b)'
  )
  -- A row of one's own refers to nothing of another's.
  SELECT v.relation, v.visible, v.writable
  FROM mine m
  CROSS JOIN LATERAL (VALUES
    ('users', 'id = (SELECT quant.current_user_id() AS current_user_id)', NULL),
    ('user_preferences', m.user_id, NULL),
    ('strategies', m.user_id, NULL),
    ('backtests', m.user_id, m.user_id || ' AND strategy_id IN (SELECT s.id FROM @strategies s)'),
    ('portfolios', m.user_id, m.user_id || ' AND (backtest_id IS NULL OR ' || m.backtest || ')'),
    ('positions', m.portfolio, NULL),
    ('transactions', m.portfolio, NULL),
    ('equity_curves', m.portfolio, NULL),
    ('trades', m.backtest, NULL),
    ('signals', m.backtest, NULL),
    ('risk_profiles', m.user_id, NULL),
    ('risk_metrics', m.portfolio, m.portfolio || ' AND (risk_profile_id IS NULL OR risk_profile_id IN (SELECT r.id FROM @risk_profiles r))')
  ) v (relation, visible, writable)
$$;
COMMENT ON FUNCTION quant.own_rows() IS
'The tables of schema trading whose rows belong to users, with the conditions of their policy own_rows:
which rows a user sees, and which he may write, NULL where that is the same. @ stands for the schema.
Example: SELECT relation, visible FROM quant.own_rows()';

CREATE FUNCTION quant.user_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT array_agg(r.relation) FROM quant.own_rows() r $$;
COMMENT ON FUNCTION quant.user_tables() IS
'The tables of schema trading whose rows belong to users: they have row-level security.
Example: SELECT unnest(quant.user_tables())';

CREATE FUNCTION quant.access_privileges(level text, OUT relation text, OUT privileges text, OUT columns text)
RETURNS SETOF record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  levels constant text[] := ARRAY['reader', 'trader', 'operator'];
  own constant text[] := array_remove(quant.user_tables(), 'users');
BEGIN
  IF level IS NULL OR NOT level = ANY (levels) THEN
    RAISE EXCEPTION 'there is no level "%"', level
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Levels are reader, trader and operator.';
  END IF;
  RETURN QUERY
  SELECT t, 'SELECT', NULL::text FROM unnest(own) t
  UNION ALL
  SELECT unnest(ARRAY['assets', 'benchmarks', 'corporate_actions', 'market_data', 'backtest_symbols', 'backtest_months']), 'SELECT', NULL
  UNION ALL
  SELECT 'users', 'SELECT', 'id, username, email, first_name, last_name, is_active, is_verified, database_role, created_at, updated_at';
  IF level IN ('trader', 'operator') THEN
    RETURN QUERY
    SELECT t, 'INSERT, UPDATE, DELETE', NULL::text FROM unnest(own) t
    UNION ALL
    SELECT 'users', 'UPDATE', 'first_name, last_name';
  END IF;
  IF level = 'operator' THEN
    RETURN QUERY
    SELECT unnest(ARRAY['assets', 'benchmarks', 'corporate_actions', 'market_data']), 'INSERT, UPDATE, DELETE', NULL::text
    UNION ALL
    SELECT unnest(ARRAY['import_batches', 'market_data_rejects']), 'SELECT, INSERT, UPDATE, DELETE', NULL
    UNION ALL
    -- Not INSERT: maintenance would carry out what is planned for a table of his.
    VALUES ('partition_policy', 'SELECT', NULL),
           ('partition_policy', 'UPDATE', 'partition_interval, premake, retention, retention_action, lock_timeout_ms, retries, is_enabled')
    UNION ALL
    VALUES ('market_data_import', 'INSERT', NULL), ('maintenance_log', 'SELECT, INSERT, DELETE', NULL), ('schema_version', 'SELECT', NULL),
           ('users', 'UPDATE', 'username, email, is_active, is_verified');
  END IF;
END
$$;
COMMENT ON FUNCTION quant.access_privileges(text) IS
'What quant.grant_access() grants at a level, reader, trader or operator: privileges on a table or view of
schema trading, or on columns of it.
Example: SELECT * FROM quant.access_privileges(''trader'')';

CREATE FUNCTION quant.check_access_manager() RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  schema_owner constant oid := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'trading');
BEGIN
  IF schema_owner IS NULL THEN
    RAISE EXCEPTION 'schema "trading" does not exist'
      USING ERRCODE = 'undefined_object', HINT = 'SELECT quant.install() creates it with its tables.';
  END IF;
  IF NOT pg_has_role(schema_owner, 'USAGE') THEN
    RAISE EXCEPTION 'access is granted by the owner of schema "trading"'
      USING ERRCODE = 'insufficient_privilege', HINT = format('Run it as %s.', schema_owner::regrole);
  END IF;
END
$$;
COMMENT ON FUNCTION quant.check_access_manager() IS
'Raises 42501 where the current role is not of the owner of schema trading. Internal.';
REVOKE ALL ON FUNCTION quant.check_access_manager() FROM PUBLIC;

CREATE FUNCTION quant.apply_access(verb text, level text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  direction constant text := CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END;
  entry record;
BEGIN
  FOR entry IN
    SELECT p.relation, p.privileges || coalesce(' (' || p.columns || ')', '') AS privileges FROM quant.access_privileges(level) p
    WHERE to_regclass(format('trading.%I', p.relation)) IS NOT NULL
  LOOP
    EXECUTE format('%s %s ON trading.%I %s %I', verb, entry.privileges, entry.relation, direction, role);
  END LOOP;
  EXECUTE format('%s USAGE ON SCHEMA trading %s %I', verb, direction, role);
  -- Which belongs to the owner of the extension.
  IF pg_has_role((SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'quant'), 'USAGE') THEN
    EXECUTE format('%s USAGE ON SCHEMA quant %s %I', verb, direction, role);
  END IF;
END
$$;
COMMENT ON FUNCTION quant.apply_access(text, text, text) IS
'GRANT or REVOKE of all that quant.access_privileges() lists for a level, and of the schemas. Internal: call
quant.grant_access() or quant.revoke_access().';
REVOKE ALL ON FUNCTION quant.apply_access(text, text, text) FROM PUBLIC;

CREATE FUNCTION quant.revoke_access(role text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  grantee oid;
  entry record;
BEGIN
  PERFORM quant.check_access_manager();
  IF role IS NULL THEN
    RAISE EXCEPTION 'argument "role" must not be NULL' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT r.oid INTO grantee FROM pg_roles r WHERE r.rolname = role;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object';
  END IF;
  -- Foreign keys are checked with the rights of the owner.
  IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'trading' AND grantee IN (n.nspowner, c.relowner)) THEN
    RAISE EXCEPTION 'role "%" owns tables of schema "trading"', role
      USING ERRCODE = 'invalid_parameter_value', HINT = 'An owner has all rights. Give applications roles of their own.';
  END IF;
  -- Two at once would change the same policies. Not an advisory lock: anybody could hold that.
  LOCK TABLE trading.schema_version IN SHARE ROW EXCLUSIVE MODE;
  PERFORM quant.apply_access('REVOKE', 'operator', role);
  FOR entry IN
    SELECT c.relname,
      (SELECT string_agg(quote_ident(r.rolname), ', ') FROM pg_roles r WHERE r.oid = ANY (p.polroles) AND r.oid <> grantee) AS others
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE p.polname = 'operators' AND c.relnamespace = 'trading'::regnamespace AND grantee = ANY (p.polroles)
  LOOP
    IF entry.others IS NULL THEN
      EXECUTE format('DROP POLICY operators ON trading.%I', entry.relname);
    ELSE
      EXECUTE format('ALTER POLICY operators ON trading.%I TO %s', entry.relname, entry.others);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.revoke_access(text) IS
'Takes back all that quant.grant_access() gives at any level; what was granted otherwise, or through
membership in another role, stays. For the owner of schema trading.
Errors: 42501 for others; 42704 where there is no such role.
Example: SELECT quant.revoke_access(''app_trader'')';
REVOKE ALL ON FUNCTION quant.revoke_access(text) FROM PUBLIC;

CREATE FUNCTION quant.grant_access(role text, level text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  entry record;
  user_table text;
BEGIN
  PERFORM FROM quant.access_privileges(level);
  PERFORM quant.revoke_access(role);
  IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role AND (r.rolsuper OR r.rolbypassrls)) THEN
    RAISE WARNING 'role "%" is not held by row-level security', role
      USING HINT = 'An application needs a role that is no superuser and has not BYPASSRLS.';
  END IF;
  PERFORM quant.apply_access('GRANT', level, role);
  IF NOT has_schema_privilege(role, 'quant', 'USAGE') THEN
    RAISE WARNING 'role "%" may not use schema "quant"', role
      USING HINT = format('The owner of the extension runs GRANT USAGE ON SCHEMA quant TO %I.', role);
  END IF;
  IF level <> 'operator' THEN
    RETURN;
  END IF;
  FOREACH user_table IN ARRAY quant.user_tables() LOOP
    SELECT string_agg(quote_ident(r.rolname), ', ') AS roles INTO entry
    FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
    WHERE p.polname = 'operators' AND p.polrelid = to_regclass(format('trading.%I', user_table));
    IF entry.roles IS NULL THEN
      EXECUTE format('CREATE POLICY operators ON trading.%I TO %I USING (true)', user_table, role);
    ELSE
      EXECUTE format('ALTER POLICY operators ON trading.%I TO %s, %I', user_table, entry.roles, role);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.grant_access(text, text) IS
'Gives a role what it needs at a level, and takes back what it had at another: a reader reads assets, bars
and the rows of the user that he is, a trader also writes these, an operator sees the rows of all users
and keeps assets and bars. Nothing is granted on users.password_hash, on keys and on partitions. For the
owner of schema trading.
Errors: 42501 for others; 42704 where there is no such role; 22023 for another level.
Example: SELECT quant.grant_access(''app_trader'', ''trader'')';
REVOKE ALL ON FUNCTION quant.grant_access(text, text) FROM PUBLIC;
