-- SPDX-License-Identifier: PostgreSQL
-- A restore brings the tables itself. pg_dump, of every version, turns row_security off and sets
-- xmloption for the session; nobody else does both.
DO $create$
DECLARE
  is_restore constant boolean := current_setting('row_security') = 'off'
    AND 2 = (SELECT count(*) FROM pg_settings s
      WHERE s.name IN ('row_security', 'xmloption') AND s.source = 'session');
  member record;
BEGIN
  IF to_regnamespace('trading') IS NULL THEN
    IF is_restore THEN
      RETURN;
    END IF;
    PERFORM quant.build_schema();
  ELSIF NOT is_restore THEN
    RAISE WARNING 'schema "trading" exists, nothing was created in it'
      USING HINT = 'Run SELECT quant.install() to create what is missing and renew the triggers.';
  END IF;

  -- Members are neither dumped nor safe from DROP EXTENSION: the data is released, schema and all.
  -- Tables go first: from PostgreSQL 17 on their row and array types go with them.
  FOR member IN
    SELECT o.type, o.identity, d.classid, d.objid, d.refobjid
    FROM pg_depend d
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
    WHERE d.refclassid = 'pg_extension'::regclass
      AND d.refobjid = (SELECT e.oid FROM pg_extension e WHERE e.extname = 'pg_quant')
      AND d.deptype = 'e'
      AND (o.schema = 'trading' OR o.type = 'schema' AND o.name = 'trading')
    ORDER BY d.classid <> 'pg_class'::regclass, d.objid
  LOOP
    CONTINUE WHEN NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = member.classid AND d.objid = member.objid AND d.deptype = 'e'
        AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = member.refobjid);
    EXECUTE format('ALTER EXTENSION pg_quant DROP %s %s', member.type, member.identity);
  END LOOP;

  -- So that pg_dump writes CREATE SCHEMA trading before CREATE EXTENSION.
  PERFORM quant.bind_schema();
END
$create$;
