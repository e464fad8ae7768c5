-- SPDX-License-Identifier: PostgreSQL

CREATE FUNCTION quant.version()
RETURNS text LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'quant_version';
COMMENT ON FUNCTION quant.version() IS
'Version of the library that is loaded; pg_extension.extversion is that of the SQL objects.
Example: SELECT quant.version()';

CREATE FUNCTION quant.bind_schema()
RETURNS void LANGUAGE c VOLATILE
AS 'MODULE_PATHNAME', 'quant_bind_schema';
COMMENT ON FUNCTION quant.bind_schema() IS
'Records, where it is missing, that extension pg_quant depends on schema trading, so that pg_dump
writes CREATE SCHEMA trading before CREATE EXTENSION. Must be called by the owner of the
extension. quant.install() does it.
Example: SELECT quant.bind_schema()';
REVOKE ALL ON FUNCTION quant.bind_schema() FROM PUBLIC;
