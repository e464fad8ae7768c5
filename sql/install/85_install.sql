-- SPDX-License-Identifier: PostgreSQL
-- The tables are not members of the extension: they are the user's, and survive a dump, a restore
-- and DROP EXTENSION. These functions make them, and bring older ones up to date.

CREATE FUNCTION quant.latest_schema_step() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT 2 $$;
COMMENT ON FUNCTION quant.latest_schema_step() IS
  'The step of trading.schema_version that this version of the code works with.
Example: SELECT quant.latest_schema_step()';

CREATE FUNCTION quant.migrate_schema(is_new boolean) RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  latest constant integer := quant.latest_schema_step();
  code_version constant text :=
    (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'pg_quant');
  reached integer := (SELECT max(v.version) FROM trading.schema_version v);
  description text;
  user_table text;
BEGIN
  IF reached > latest THEN
    RAISE EXCEPTION 'schema "trading" is of a later version of pg_quant'
      USING ERRCODE = 'object_not_in_prerequisite_state',
        DETAIL = format('The tables are at step %s, this version knows %s.',
          reached, latest),
        HINT = 'Run ALTER EXTENSION pg_quant UPDATE.';
  END IF;
  IF reached IS NULL AND is_new THEN
    -- The tables were made in their present shape just now.
    INSERT INTO trading.schema_version (version, description, extension_version)
    VALUES (latest, 'created', code_version);
    RETURN;
  END IF;
  FOR step IN coalesce(reached, 0) + 1 .. latest LOOP
    -- A step must bear tables that have its change: one that was missing is made in its last shape.
    CASE step
      WHEN 1 THEN
        description := 'first version';
      WHEN 2 THEN
        description := 'users.database_role, row-level security of the tables of users';
        IF NOT EXISTS (SELECT FROM pg_attribute a
          WHERE a.attrelid = 'trading.users'::regclass AND a.attname = 'database_role' AND NOT a.attisdropped)
        THEN
          ALTER TABLE trading.users ADD COLUMN database_role text;
          ALTER TABLE trading.users ADD CONSTRAINT uq_user_database_role UNIQUE (database_role);
          COMMENT ON COLUMN trading.users.database_role IS
            'Role that logs in as this user, who then sees his own rows without a token';
        END IF;
        FOREACH user_table IN ARRAY quant.user_tables() LOOP
          EXECUTE format('ALTER TABLE trading.%I ENABLE ROW LEVEL SECURITY', user_table);
        END LOOP;
    END CASE;
    INSERT INTO trading.schema_version (version, description, extension_version)
    VALUES (step, description, code_version);
    RETURN NEXT format('applied step %s: %s', step, description);
  END LOOP;
END
$$;
COMMENT ON FUNCTION quant.migrate_schema(boolean) IS
  'Brings the tables of schema trading to the shape that this version of the code expects, by the
steps that trading.schema_version does not record yet. Internal: call quant.install().';
REVOKE ALL ON FUNCTION quant.migrate_schema(boolean) FROM PUBLIC;

CREATE FUNCTION quant.build_schema() RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  is_new constant boolean := to_regclass('trading.users') IS NULL;
  schema_owner regrole;
  created text;
  partition regclass;
BEGIN
  IF to_regnamespace('trading') IS NULL THEN
    CREATE SCHEMA trading;
    COMMENT ON SCHEMA trading IS
      'Data of the trading platform; made by pg_quant, but not a part of the extension.';
    RETURN NEXT 'created schema trading';
  END IF;
  schema_owner := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'trading');
  FOR created IN SELECT quant.create_schema_objects() LOOP
    RETURN NEXT 'created ' || created;
    CONTINUE WHEN schema_owner = current_user::regrole;
    EXECUTE format('ALTER TABLE %s OWNER TO %s', created, schema_owner);
    FOR partition IN
      SELECT i.inhrelid FROM pg_inherits i
      WHERE i.inhparent = created::regclass
    LOOP
      EXECUTE format('ALTER TABLE %s OWNER TO %s', partition, schema_owner);
    END LOOP;
  END LOOP;
  RETURN QUERY SELECT quant.migrate_schema(is_new);
END
$$;
COMMENT ON FUNCTION quant.build_schema() IS
  'Creates schema trading and what is missing in it, owned by the owner of the schema, and renews
the triggers. Internal: call quant.install().';
REVOKE ALL ON FUNCTION quant.build_schema() FROM PUBLIC;

CREATE FUNCTION quant.install() RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  schema_owner constant oid :=
    (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'trading');
  stranger text;
BEGIN
  -- What runs here runs with the caller's rights, also triggers that somebody planted on the tables.
  IF schema_owner <> current_user::regrole
    AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = schema_owner)
  THEN
    RAISE EXCEPTION 'schema "trading" belongs to another role'
      USING ERRCODE = 'insufficient_privilege',
        HINT = format('Run quant.install() as %s.', schema_owner::regrole);
  END IF;
  SELECT format('%s, which belongs to %s', c.oid::regclass, c.relowner::regrole) INTO stranger
  FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
  WHERE c.relnamespace = to_regnamespace('trading')
    AND c.relname IN ('schema_version', 'partition_policy')
    AND c.relowner <> schema_owner AND c.relowner <> current_user::regrole AND NOT r.rolsuper;
  IF stranger IS NOT NULL THEN
    RAISE EXCEPTION 'a table of schema "trading" belongs to another role'
      USING ERRCODE = 'insufficient_privilege',
        DETAIL = format('It is %s.', stranger),
        HINT = 'Give it to the owner of the schema with ALTER TABLE ... OWNER TO.';
  END IF;
  -- Two at once would both find the same table missing.
  PERFORM pg_advisory_xact_lock(
    hashtextextended('quant.install', 0));
  RETURN QUERY SELECT quant.build_schema();
  PERFORM quant.bind_schema();
  RETURN NEXT 'renewed triggers and dependency';
END
$$;
COMMENT ON FUNCTION quant.install() IS
  'Creates what is missing in schema trading, renews the triggers, migrates older tables and tells
what it did. Changes nothing else, so that it can be run at any time, by the owner of the schema:
after CREATE EXTENSION beside tables that were there before, and after ALTER EXTENSION UPDATE.
Example: SELECT quant.install();';
REVOKE ALL ON FUNCTION quant.install() FROM PUBLIC;
