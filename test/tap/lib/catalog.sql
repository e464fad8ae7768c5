-- SPDX-License-Identifier: PostgreSQL
-- One line for everything that a database holds beside its rows, in a fixed order, so that two
-- databases can be compared as texts. Object ids and physical column numbers are left out.
SET search_path = pg_catalog;
WITH own_schemas AS (
  SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), own_relations AS (
  SELECT c.*, c.oid::regclass::text AS identity
  FROM pg_class c JOIN own_schemas n ON n.oid = c.relnamespace
), own_functions AS (
  SELECT p.*, p.oid::regprocedure::text AS identity
  FROM pg_proc p JOIN own_schemas n ON n.oid = p.pronamespace
)
SELECT 'schema', n.nspname, concat_ws(' ', n.nspowner::regrole,
  (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(n.nspacl) a))
FROM own_schemas n
UNION ALL
SELECT 'relation', c.identity, concat_ws(' ', c.relkind, c.relowner::regrole, c.relpersistence,
  c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relreplident,
  pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid),
  (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) a),
  (SELECT 'of ' || i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = c.oid))
FROM own_relations c
UNION ALL
SELECT 'column', c.identity || '.' || a.attname,
  concat_ws(' ', row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
    a.attcollation::regcollation, a.attstattarget, a.attislocal, a.attinhcount,
    pg_get_expr(d.adbin, d.adrelid), (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x))
FROM own_relations c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
UNION ALL
SELECT 'constraint', concat_ws(' ', c.identity, k.conname), concat_ws(' ', pg_get_constraintdef(k.oid),
  k.convalidated, k.conislocal, k.coninhcount,
  -- The server sets it anew for a key that is attached: it says something of a CHECK only.
  CASE WHEN k.contype = 'c' THEN k.connoinherit END)
FROM own_relations c JOIN pg_constraint k ON k.conrelid = c.oid
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisprimary,
  i.indisunique, i.indisvalid, i.indisclustered)
FROM own_relations c JOIN pg_index i ON i.indrelid = c.oid
UNION ALL
SELECT 'trigger', concat_ws(' ', c.identity, CASE WHEN t.tgisinternal THEN 'internal' ELSE t.tgname END),
  concat_ws(' ', CASE WHEN NOT t.tgisinternal THEN pg_get_triggerdef(t.oid) END, t.tgfoid::regprocedure, t.tgtype,
    t.tgenabled, t.tgparentid <> 0)
FROM own_relations c JOIN pg_trigger t ON t.tgrelid = c.oid
UNION ALL
SELECT 'policy', concat_ws(' ', c.identity, p.polname), concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[],
  pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
FROM own_relations c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'view', c.identity, pg_get_viewdef(c.oid) FROM own_relations c WHERE c.relkind = 'v'
UNION ALL
SELECT 'sequence', q.schemaname || '.' || q.sequencename, q::text FROM pg_sequences q
UNION ALL
SELECT 'function', p.identity, concat_ws(' ', p.proowner::regrole, p.prokind, p.provolatile, p.proparallel,
  p.prosecdef, p.proisstrict, p.proconfig, p.prorettype::regtype, p.proargnames, p.probin,
  pg_get_expr(p.proargdefaults, 0), p.prosrc, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(p.proacl) a))
FROM own_functions p
UNION ALL
SELECT 'aggregate', p.identity, concat_ws(' ', g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggtranstype::regtype,
  g.aggtransspace, g.agginitval)
FROM own_functions p JOIN pg_aggregate g ON g.aggfnoid = p.oid
UNION ALL
SELECT 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d WHERE d.objoid >= 16384
UNION ALL
SELECT 'extension', e.extname::text, concat_ws(' ', e.extversion, e.extowner::regrole, e.extnamespace::regnamespace)
FROM pg_extension e
UNION ALL
-- Members, and what the extension itself needs.
SELECT 'dependency', concat_ws(' ', d.deptype, pg_describe_object(d.classid, d.objid, d.objsubid)),
  pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM pg_depend d
WHERE d.classid = 'pg_extension'::regclass
  OR d.refclassid = 'pg_extension'::regclass
    AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.oid = d.refobjid AND e.extname = 'plpgsql')
ORDER BY 1, 2, 3;
