-- SPDX-License-Identifier: PostgreSQL
-- What an administrator has left open.

CREATE FUNCTION quant.check_security(OUT finding text, OUT object text, OUT detail text, OUT hint text)
RETURNS SETOF record LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  trading constant oid := to_regnamespace('trading');
  schema_owner constant oid := (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = trading);
  -- Those who may be there are the owner, superusers and predefined roles.
  strangers constant oid[] := ARRAY(SELECT r.oid FROM pg_roles r WHERE NOT r.rolsuper AND r.rolname !~ '^pg_' AND NOT pg_has_role(r.oid, schema_owner, 'USAGE'));
  -- Whom policy "authentication" of trading.users lets in: the service that checks passwords.
  service constant oid[] := coalesce((SELECT p.polroles FROM pg_policy p WHERE p.polrelid = to_regclass('trading.users') AND p.polname = 'authentication'), '{}');
BEGIN
  -- Rows of users.
  RETURN QUERY
  SELECT 'no row-level security', format('trading.%I', c.relname), 'Every role that may read the table sees the rows of all users.',
    format('ALTER TABLE trading.%I ENABLE ROW LEVEL SECURITY', c.relname)
  FROM pg_class c
  WHERE c.relnamespace = trading AND c.relname = ANY (quant.user_tables()) AND NOT c.relrowsecurity;
  RETURN QUERY
  SELECT 'no policy', format('trading.%I', c.relname), 'Nobody but the owner and operators sees a row of the table.', 'SELECT quant.install()'
  FROM pg_class c
  WHERE c.relnamespace = trading AND c.relname = ANY (quant.user_tables()) AND c.relrowsecurity
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_rows');
  RETURN QUERY
  SELECT 'altered policy', format('own_rows on trading.%I', c.relname), 'Its conditions, command or roles are not those that it was made with.',
    format('DROP POLICY own_rows ON trading.%I, then SELECT quant.install()', c.relname)
  FROM pg_class c
  JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'own_rows'
  JOIN quant.own_rows() r ON r.relation = c.relname
  -- Without blanks and brackets, which servers write differently.
  CROSS JOIN LATERAL (SELECT regexp_replace(pg_get_expr(p.polqual, c.oid), '[\s()]', '', 'g') AS visible,
    regexp_replace(pg_get_expr(p.polwithcheck, c.oid), '[\s()]', '', 'g') AS writable) found
  WHERE c.relnamespace = trading
    AND (found.visible IS DISTINCT FROM regexp_replace(replace(r.visible, '@', 'trading.'), '[\s()]', '', 'g')
      OR found.writable IS DISTINCT FROM regexp_replace(replace(r.writable, '@', 'trading.'), '[\s()]', '', 'g')
      OR p.polcmd <> '*' OR p.polroles <> ARRAY[0::oid] OR NOT p.polpermissive);
  RETURN QUERY
  SELECT 'policy beside ours', format('%I on trading.%I', p.polname, c.relname),
    format('It lets %s see or write rows where %s.', CASE WHEN 0 = ANY (p.polroles) THEN 'everybody' ELSE array_to_string(p.polroles::regrole[], ', ') END,
      coalesce(pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))),
    format('DROP POLICY %I ON trading.%I, unless it is meant', p.polname, c.relname)
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  WHERE c.relnamespace = trading AND c.relname = ANY (quant.user_tables()) AND p.polpermissive AND p.polname <> 'own_rows'
    AND NOT (p.polname = 'authentication' AND c.relname = 'users' AND NOT 0 = ANY (p.polroles))
    -- Of roles that have no more than others, the name alone makes no operators.
    AND NOT (p.polname = 'operators' AND NOT 0 = ANY (p.polroles) AND NOT EXISTS (SELECT FROM unnest(p.polroles) o
      WHERE to_regclass('trading.market_data_rejects') IS NOT NULL AND NOT has_table_privilege(o, 'trading.market_data_rejects', 'UPDATE')));
  RETURN QUERY
  SELECT 'function is not ours', p.oid::regprocedure::text, 'Whose rows a session sees is decided by another function than that of the library.', 'DROP EXTENSION pg_quant CASCADE and make it anew'
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  WHERE p.pronamespace = 'quant'::regnamespace AND p.proname IN ('current_user_id', 'sign_in', 'issue_token')
    AND NOT (l.lanname = 'c' AND p.prosrc = 'quant_' || p.proname AND p.probin ~ 'pg_quant')
  UNION ALL
  SELECT 'function is not ours', p.oid::regprocedure::text, format('It belongs to %s, who may replace it.', p.proowner::regrole),
    format('ALTER FUNCTION %s OWNER TO %s', p.oid::regprocedure, e.extowner::regrole)
  FROM pg_proc p JOIN pg_extension e ON e.extname = 'pg_quant'
  WHERE p.pronamespace = 'quant'::regnamespace AND p.proowner <> e.extowner;

  -- Privileges.
  RETURN QUERY
  WITH granted AS (
    SELECT c.oid, c.relname, c.relkind, c.relispartition, c.relowner, a.grantee, a.privilege_type AS privilege
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relnamespace = trading AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT c.oid, c.relname, c.relkind, c.relispartition, c.relowner, a.grantee, format('%s (%I)', a.privilege_type, t.attname)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped CROSS JOIN LATERAL aclexplode(t.attacl) a
    WHERE c.relnamespace = trading
  ), judged AS (
    SELECT g.*, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS name,
      CASE WHEN g.grantee = 0 THEN 'granted to everybody' WHEN g.relispartition THEN 'granted on a partition'
        WHEN g.privilege = 'TRIGGER' THEN 'triggers run as others'
        WHEN g.relkind = 'S' AND g.privilege = 'UPDATE' THEN 'numbers of rows can be set'
        WHEN g.relname = ANY (quant.user_tables()) AND g.privilege IN ('TRUNCATE', 'REFERENCES') THEN 'policies do not hold it' END AS what
    FROM granted g
    WHERE g.grantee <> g.relowner AND (g.grantee = 0 OR g.grantee = ANY (strangers))
  )
  SELECT j.what, format('trading.%I', j.relname), format('%s is granted to %s.', string_agg(j.privilege, ', ' ORDER BY j.privilege), j.name), format('REVOKE ALL ON %strading.%I FROM %s', CASE j.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, j.relname, j.name)
  FROM judged j WHERE j.what IS NOT NULL GROUP BY j.what, j.relname, j.relkind, j.name;
  RETURN QUERY
  SELECT 'granted on future tables', CASE WHEN d.defaclnamespace <> 0 THEN 'schema trading' ELSE 'every schema' END, format('Tables that %s makes, partitions too, are granted to %s.', d.defaclrole::regrole, g.name),
    format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s REVOKE ALL ON TABLES FROM %s', d.defaclrole::regrole, CASE WHEN d.defaclnamespace <> 0 THEN ' IN SCHEMA trading' END, g.name)
  FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
  CROSS JOIN LATERAL (SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS name) g
  WHERE d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, trading) AND a.grantee <> d.defaclrole AND (a.grantee = 0 OR a.grantee = ANY (strangers))
    AND (d.defaclnamespace = trading OR d.defaclrole = schema_owner OR pg_has_role(d.defaclrole, schema_owner, 'MEMBER'));
  IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass('trading.users') AND a.attname = 'password_hash' AND NOT a.attisdropped) THEN
    RETURN QUERY
    SELECT 'password hashes can be read', 'trading.users', format('Role %s may read or write column password_hash.', r.rolname),
      format('Only the service that checks passwords needs it: REVOKE SELECT, UPDATE ON trading.users FROM %I, or on the column', r.rolname)
    FROM pg_roles r
    WHERE r.oid = ANY (strangers) AND NOT r.oid = ANY (service) AND has_column_privilege(r.oid, 'trading.users', 'password_hash', 'SELECT, UPDATE');
  END IF;
  IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass('trading.users') AND a.attname = 'database_role' AND NOT a.attisdropped) THEN
    RETURN QUERY
    SELECT 'logins can be taken over', 'trading.users', format('Role %s may say whose rows a login sees.', r.rolname), format('REVOKE UPDATE ON trading.users FROM %I, or on column database_role', r.rolname)
    FROM pg_roles r
    WHERE r.oid = ANY (strangers) AND NOT r.oid = ANY (service) AND has_column_privilege(r.oid, 'trading.users', 'database_role', 'INSERT, UPDATE');
    RETURN QUERY EXECUTE $query$
      SELECT 'database role does not exist', format('user %s', u.id), format('A role "%s" that is made later logs in as this user.', u.database_role),
        format('UPDATE trading.users SET database_role = NULL WHERE id = %s', u.id)
      FROM trading.users u
      WHERE u.database_role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = u.database_role) $query$;
  END IF;
  IF to_regclass('trading.sign_in_keys') IS NOT NULL THEN
    RETURN QUERY
    SELECT 'keys can be read', 'trading.sign_in_keys', format('Role %s can sign in as any user.', r.rolname), format('REVOKE ALL ON trading.sign_in_keys FROM %I', r.rolname)
    FROM pg_roles r
    WHERE r.oid = ANY (strangers)
      AND (has_table_privilege(r.oid, 'trading.sign_in_keys', 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege(r.oid, 'trading.sign_in_keys', 'SELECT, INSERT, UPDATE'));
  END IF;
  RETURN QUERY
  SELECT 'may register tables', 'trading.partition_policy', format('Maintenance carries out what is planned for tables of role %s.', r.rolname), format('REVOKE INSERT, UPDATE ON trading.partition_policy FROM %I, then quant.grant_access() again', r.rolname)
  FROM pg_roles r
  WHERE r.oid = ANY (strangers) AND to_regclass('trading.partition_policy') IS NOT NULL AND (has_any_column_privilege(r.oid, 'trading.partition_policy', 'INSERT')
      OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass('trading.partition_policy') AND a.attname IN ('table_schema', 'table_name') AND has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')));
  RETURN QUERY
  SELECT 'makes tokens', format('role %I', r.rolname), 'It may call quant.issue_token() and reads tables of users: it sees the rows of all of them.', format('REVOKE EXECUTE ON FUNCTION quant.issue_token FROM %I', r.rolname)
  FROM pg_roles r
  WHERE r.oid = ANY (strangers)
    AND EXISTS (SELECT FROM pg_roles m WHERE NOT m.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER') AND has_schema_privilege(m.oid, 'quant', 'USAGE')
      AND has_function_privilege(m.oid, 'quant.issue_token(bigint, interval)', 'EXECUTE'))
    AND EXISTS (SELECT FROM pg_class c JOIN pg_roles m ON NOT m.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER') AND has_schema_privilege(m.oid, trading, 'USAGE')
      WHERE c.relnamespace = trading AND c.relname = ANY (array_remove(quant.user_tables(), 'users')) AND has_any_column_privilege(m.oid, c.oid, 'SELECT'));
  RETURN QUERY
  SELECT 'granted to everybody', p.oid::regprocedure::text, 'It is for the owner, or for the service that checks passwords.', format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
  FROM pg_proc p
  WHERE p.pronamespace = 'quant'::regnamespace
    AND p.proname IN ('install', 'build_schema', 'create_schema_objects', 'migrate_schema', 'bind_schema', 'issue_token', 'rotate_sign_in_key', 'grant_access', 'revoke_access', 'check_access_manager', 'apply_access', 'check_security')
    AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'));
  RETURN QUERY
  SELECT 'may create objects', format('schema %I', n.nspname), format('%s may plant objects there.', CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END),
    format('REVOKE CREATE ON SCHEMA %I FROM %s', n.nspname, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
  FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
  WHERE n.nspname IN ('trading', 'quant') AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner;
  RETURN QUERY
  SELECT 'setting can be changed', 'quant.signed_in_user', format('Role %s can act as any user.', CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END),
    format('REVOKE SET ON PARAMETER quant.signed_in_user FROM %s', CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
  FROM pg_parameter_acl s CROSS JOIN LATERAL aclexplode(s.paracl) a
  WHERE s.parname = 'quant.signed_in_user' AND a.privilege_type = 'SET' AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.grantee AND r.rolsuper)
  UNION ALL
  SELECT 'setting is made', 'quant.signed_in_user', format('Sessions of %s act as a user without a token.', CASE WHEN s.setrole = 0 THEN 'everybody' ELSE s.setrole::regrole::text END),
    CASE WHEN s.setrole = 0 AND s.setdatabase <> 0 THEN format('ALTER DATABASE %I RESET quant.signed_in_user', current_database())
      ELSE format('ALTER ROLE %s%s RESET quant.signed_in_user', CASE WHEN s.setrole = 0 THEN 'ALL' ELSE s.setrole::regrole::text END,
        CASE WHEN s.setdatabase <> 0 THEN format(' IN DATABASE %I', current_database()) END) END
  FROM pg_db_role_setting s
  WHERE EXISTS (SELECT FROM unnest(s.setconfig) c WHERE c LIKE 'quant.signed\_in\_user=%')
    AND (s.setdatabase = 0 OR s.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()));

  -- Who is held by no policy, or can become another.
  RETURN QUERY
  SELECT 'not held by row-level security', format('role %I', r.rolname), format('It may use schema trading and %s.', w.why), 'Give applications a role without that; one for backups may need it'
  FROM pg_roles r
  CROSS JOIN LATERAL (SELECT concat_ws(', ',
      CASE WHEN r.rolsuper AND r.rolcanlogin AND EXISTS (SELECT FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.oid = to_regclass('trading.portfolios') AND a.grantee = r.oid AND a.grantee <> c.relowner) THEN 'is a superuser who was granted access' END,
      CASE WHEN NOT r.rolsuper AND r.rolbypassrls THEN 'has BYPASSRLS' END,
      CASE WHEN NOT r.rolsuper AND r.rolreplication THEN 'has REPLICATION' END,
      CASE WHEN NOT r.rolsuper AND r.rolcreaterole AND current_setting('server_version_num')::integer < 160000 THEN 'has CREATEROLE: it can grant itself other roles' END,
      CASE WHEN NOT r.rolsuper AND r.oid <> schema_owner AND pg_has_role(r.oid, schema_owner, 'MEMBER') THEN 'is a member of the owner' END,
      (SELECT 'may become ' || string_agg(p.rolname, ', ' ORDER BY p.rolname) FROM pg_roles p
       WHERE NOT r.rolsuper AND p.oid NOT IN (r.oid, schema_owner) AND (p.rolsuper OR p.rolbypassrls OR p.rolreplication) AND pg_has_role(r.oid, p.oid, 'MEMBER')),
      (SELECT 'is a member of ' || string_agg(p.rolname, ', ' ORDER BY p.rolname) FROM pg_roles p
       WHERE NOT r.rolsuper AND p.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data', 'pg_write_all_data')
         AND pg_has_role(r.oid, p.oid, 'MEMBER'))) AS why) w
  WHERE trading IS NOT NULL AND r.rolname !~ '^pg_' AND r.oid <> schema_owner AND w.why <> ''
    AND EXISTS (SELECT FROM pg_roles m WHERE pg_has_role(r.oid, m.oid, 'MEMBER') AND has_schema_privilege(m.oid, trading, 'USAGE'));
  RETURN QUERY
  SELECT 'belongs to another role', format('trading.%I', c.relname), format('Its owner is %s, that of the schema %s.', c.relowner::regrole, schema_owner::regrole),
    format('ALTER TABLE trading.%I OWNER TO %s', c.relname, schema_owner::regrole)
  FROM pg_class c
  WHERE c.relnamespace = trading AND c.relkind IN ('r', 'p', 'v') AND c.relowner <> schema_owner;
  RETURN QUERY
  WITH RECURSIVE reads (view, relation) AS (
    SELECT w.ev_class, d.refobjid FROM pg_rewrite w
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
  ), behind (view, relation) AS (
    SELECT r.view, r.relation FROM reads r
    UNION
    SELECT b.view, r.relation FROM behind b JOIN reads r ON r.view = b.relation
  )
  SELECT DISTINCT 'view around policies', format('%I.%I', n.nspname, v.relname), 'It reads rows of users with the rights of its owner, and is granted to other roles.',
    format(CASE v.relkind WHEN 'v' THEN 'ALTER VIEW %I.%I SET (security_invoker = true)' ELSE 'REVOKE what is granted on %I.%I: it holds the rows of its owner' END, n.nspname, v.relname)
  FROM behind b
  JOIN pg_class v ON v.oid = b.view AND v.relkind IN ('v', 'm')
  JOIN pg_namespace n ON n.oid = v.relnamespace
  JOIN pg_class t ON t.oid = b.relation AND t.relnamespace = trading AND t.relname = ANY (quant.user_tables())
  JOIN pg_roles o ON o.oid = v.relowner
  WHERE (o.rolsuper OR o.rolbypassrls OR pg_has_role(o.oid, t.relowner, 'USAGE')
      OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'operators' AND o.oid = ANY (p.polroles)))
    AND NOT coalesce((SELECT split_part(x, '=', 2)::boolean FROM unnest(v.reloptions) x WHERE x LIKE 'security\_invoker=%'), false)
    AND (EXISTS (SELECT FROM aclexplode(v.relacl) a WHERE a.grantee <> v.relowner)
      OR EXISTS (SELECT FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE a.attrelid = v.oid AND x.grantee <> v.relowner));
  RETURN QUERY
  SELECT 'function around policies', p.oid::regprocedure::text, format('It speaks of schema trading and runs with the rights of %s.', p.proowner::regrole),
    format('ALTER FUNCTION %s SECURITY INVOKER, unless it shows no more than it should', p.oid::regprocedure)
  FROM pg_proc p JOIN pg_roles o ON o.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND (o.rolsuper OR o.rolbypassrls OR pg_has_role(o.oid, schema_owner, 'USAGE'))
    AND concat_ws(' ', p.prosrc, pg_get_function_sqlbody(p.oid), p.proconfig::text) ~ '\mtrading\M' AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner));

  -- The way to the server, as far as it may be seen.
  IF pg_has_role('pg_read_all_settings', 'USAGE') OR (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
    IF current_setting('ssl') = 'off' AND current_setting('listen_addresses') NOT IN ('', 'localhost', '127.0.0.1', '::1') THEN
      finding := 'no TLS';
      object := 'the server';
      detail := format('It listens on %s, and passwords and rows travel in the clear.', current_setting('listen_addresses'));
      hint := 'Set ssl = on with ssl_cert_file and ssl_key_file, and hostssl lines in pg_hba.conf.';
      RETURN NEXT;
    END IF;
  END IF;
  IF has_table_privilege('pg_hba_file_rules', 'SELECT') AND has_function_privilege('pg_hba_file_rules()', 'EXECUTE') THEN
    RETURN QUERY
    SELECT 'weak authentication', format('line %s of pg_hba.conf', h.line_number),
      format('%s%s: %s.', h.type, coalesce(' from ' || h.address, ''), CASE WHEN h.auth_method = 'trust' THEN 'anybody is whom he says' ELSE 'the password travels in the clear or as MD5' END),
      'Use scram-sha-256 or cert, and peer on sockets.'
    FROM pg_hba_file_rules h
    WHERE h.error IS NULL AND (h.auth_method = 'trust' OR h.type <> 'local' AND h.auth_method IN ('password', 'md5', 'ident'))
      AND (h.database && ARRAY['all', 'sameuser', 'samerole', 'replication'] OR current_database() = ANY (h.database));
  END IF;
END
$$;
COMMENT ON FUNCTION quant.check_security() IS
'What an administrator has left open: row-level security that is off, policies that are missing, altered or
beside ours, privileges of PUBLIC, on partitions and those that policies do not hold, password hashes, keys
and logins within reach, views, functions and roles that no policy holds, weak ways to the server, each with
its remedy. No row: nothing was found.
Example: SELECT * FROM quant.check_security()';
REVOKE ALL ON FUNCTION quant.check_security() FROM PUBLIC;
