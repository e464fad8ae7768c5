-- SPDX-License-Identifier: PostgreSQL
-- A schema full of traps: a function for every plain function of pg_catalog, an operator for every
-- operator, a table for every catalog, a type for every name that is no keyword. Whatever is used
-- in place of the original raises SQLSTATE TRAP1 and names itself.
SET client_min_messages = error;
CREATE SCHEMA hostile;

DO $$
DECLARE
  original record;
  type_name text;
BEGIN
  FOR original IN
    SELECT p.oid, p.proname, p.proretset, p.prorettype::regtype AS result,
      pg_get_function_identity_arguments(p.oid) AS arguments
    FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0
      AND p.prorettype <> 'internal'::regtype AND NOT 'internal'::regtype = ANY (p.proargtypes)
      AND p.prorettype <> 'trigger'::regtype AND p.prorettype::regtype::text !~ 'handler$'
      AND p.proargmodes IS NULL
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS
        %L', original.proname, original.arguments, CASE WHEN original.proretset THEN 'SETOF' END,
        original.result,
        format('BEGIN RAISE SQLSTATE ''TRAP1'' USING MESSAGE = %L; END', 'function ' || original.proname));
    EXCEPTION WHEN OTHERS THEN
      -- Pseudo-types that PL/pgSQL does not take.
    END;
  END LOOP;

  FOR original IN
    SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result,
      row_number() OVER () AS number
    FROM pg_operator o
    WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0 AND o.oprright <> 0
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION hostile.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L',
        original.number, original.l, original.r, original.result,
        format('BEGIN RAISE SQLSTATE ''TRAP1'' USING MESSAGE = %L; END',
          format('operator %s (%s, %s)', original.oprname, original.l, original.r)));
      EXECUTE format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.operator_%s, LEFTARG = %s, RIGHTARG = %s)',
        original.oprname, original.number, original.l, original.r);
    EXCEPTION WHEN OTHERS THEN
      -- Pseudo-types again.
    END;
  END LOOP;

  FOR original IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
  LOOP
    EXECUTE format('CREATE TABLE hostile.%I (trap int)', original.relname);
  END LOOP;
  FOREACH type_name IN ARRAY '{text,jsonb,timestamptz,regclass,regrole,regnamespace,int8,int4,bool,date,oid,name,bytea}'::text[] LOOP
    EXECUTE format('CREATE DOMAIN hostile.%I AS pg_catalog.int4 CHECK (false)', type_name);
  END LOOP;
END
$$;
CREATE FUNCTION hostile.step(pg_catalog.int8) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS
$$ BEGIN RAISE SQLSTATE 'TRAP1' USING MESSAGE = 'aggregate'; END $$;
CREATE FUNCTION hostile.step(pg_catalog.int8, anyelement) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS
$$ BEGIN RAISE SQLSTATE 'TRAP1' USING MESSAGE = 'aggregate'; END $$;
CREATE AGGREGATE hostile.count(*) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.min(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.max(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.sum(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.count(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.bool_and(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
CREATE AGGREGATE hostile.bool_or(anyelement) (SFUNC = hostile.step, STYPE = pg_catalog.int8);
