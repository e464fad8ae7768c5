-- SPDX-License-Identifier: PostgreSQL
-- The script runs as a superuser: no name in it may find an object that somebody else planted.
SET LOCAL search_path = pg_catalog, pg_temp;

DO $header$
DECLARE
  own_schema constant oid := (SELECT oid FROM pg_namespace WHERE nspname = 'quant');
  own_extension constant oid :=
    (SELECT oid FROM pg_extension WHERE extname = 'pg_quant');
  schema_owner name;
  intruder text;
BEGIN
  SELECT r.rolname INTO schema_owner
  FROM pg_namespace n
  JOIN pg_roles r ON r.oid = n.nspowner
  WHERE n.oid = own_schema AND n.nspowner <> current_user::regrole AND NOT r.rolsuper;
  IF FOUND THEN
    RAISE EXCEPTION 'schema "quant" belongs to another role'
      USING ERRCODE = 'insufficient_privilege',
        DETAIL = format('Its owner is "%s", who could replace what is installed in it.',
          schema_owner),
        HINT = 'Drop or rename the schema; CREATE EXTENSION makes its own.';
  END IF;

  -- Whatever lies in a schema depends on it, and so does this extension itself.
  SELECT pg_describe_object(d.classid, d.objid, 0) INTO intruder
  FROM pg_depend d
  WHERE d.refclassid = 'pg_namespace'::regclass
    AND d.refobjid = own_schema
    AND NOT (d.classid = 'pg_extension'::regclass
      AND d.objid = own_extension)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'schema "quant" is not empty'
      USING ERRCODE = 'object_not_in_prerequisite_state',
        DETAIL = format('It contains %s.', intruder),
        HINT = 'Move its objects elsewhere, or drop or rename the schema.';
  END IF;
END
$header$;

COMMENT ON SCHEMA quant IS
  'Functions, aggregates and types of pg_quant; the data lies in schema trading.';
