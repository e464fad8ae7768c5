# SPDX-License-Identifier: PostgreSQL
# Doors that an administrator may leave open: each is shown to be open, is found by
# quant.check_security(), and is closed again. And attacks on those who own nothing.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
create_platform($node, 'platform');
$node->safe_psql('platform', <<'SQL');
CREATE ROLE ann_login LOGIN;
CREATE ROLE ben_login LOGIN;
CREATE ROLE app LOGIN;
CREATE ROLE boss LOGIN;
CREATE ROLE auth_service LOGIN;
SELECT quant.grant_access(r, 'trader') FROM unnest('{ann_login, ben_login, app}'::text[]) r;
SELECT quant.grant_access('boss', 'operator');
UPDATE trading.users SET database_role = username || '_login';
-- The service that checks passwords, as the documents show it.
GRANT USAGE ON SCHEMA quant, trading TO auth_service;
GRANT EXECUTE ON FUNCTION quant.issue_token TO auth_service;
GRANT SELECT (id, username, password_hash, is_active) ON trading.users TO auth_service;
CREATE POLICY authentication ON trading.users TO auth_service USING (true);
SQL
my $as_app = $node->connstr('platform') . ' user=app';
sub findings
{
  return $node->safe_psql('platform',
    q(SELECT string_agg(DISTINCT finding || ': ' || object, '; ') FROM quant.check_security() WHERE finding <> 'weak authentication'));
}
is(findings(), '', 'a platform as the documents make it has nothing open');

# [ what is done, what app then sees without a token (or undef), what is found, how it is undone ]
my $own = q(user_id = (SELECT quant.current_user_id()));
my $strategies = 'SELECT count(*) > 0 FROM trading.strategies';
for my $door (
  [ "ALTER POLICY own_rows ON trading.strategies USING (true OR $own)", $strategies, 'altered policy: own_rows on trading.strategies', "ALTER POLICY own_rows ON trading.strategies USING ($own)" ],
  [ 'ALTER POLICY own_rows ON trading.trades USING (true OR backtest_id IN (SELECT b.id FROM trading.backtests b))', 'SELECT count(*) > 0 FROM trading.trades',
    'altered policy: own_rows on trading.trades', 'ALTER POLICY own_rows ON trading.trades USING (backtest_id IN (SELECT b.id FROM trading.backtests b))' ],
  [ 'ALTER POLICY own_rows ON trading.risk_profiles WITH CHECK (true)', undef, 'altered policy: own_rows on trading.risk_profiles', 'DROP POLICY own_rows ON trading.risk_profiles; SELECT quant.install()' ],
  [ 'CREATE POLICY x ON trading.strategies TO app USING (true)', $strategies, 'policy beside ours: x on trading.strategies', 'DROP POLICY x ON trading.strategies' ],
  [ 'ALTER POLICY operators ON trading.strategies TO PUBLIC', $strategies, 'policy beside ours: operators on trading.strategies', q(ALTER POLICY operators ON trading.strategies TO boss) ],
  [ 'GRANT TRUNCATE ON trading.signals TO app', undef, 'policies do not hold it: trading.signals', 'REVOKE TRUNCATE ON trading.signals FROM app' ],
  [ 'GRANT TRIGGER ON trading.strategies TO app', undef, 'triggers run as others: trading.strategies', 'REVOKE TRIGGER ON trading.strategies FROM app' ],
  [ 'GRANT SELECT (symbol) ON trading.market_data_default TO app', 'SELECT count(symbol) >= 0 FROM trading.market_data_default', 'granted on a partition: trading.market_data_default', 'REVOKE SELECT (symbol) ON trading.market_data_default FROM app' ],
  [ 'GRANT SELECT (name) ON trading.strategies TO PUBLIC', undef, 'granted to everybody: trading.strategies; makes tokens: role auth_service', 'REVOKE SELECT (name) ON trading.strategies FROM PUBLIC' ],
  [ 'GRANT postgres TO app', undef, 'not held by row-level security: role app', 'REVOKE postgres FROM app' ],
  [ 'ALTER ROLE app REPLICATION', undef, 'not held by row-level security: role app', 'ALTER ROLE app NOREPLICATION' ],
  [ 'ALTER ROLE app SUPERUSER', $strategies, 'not held by row-level security: role app', 'ALTER ROLE app NOSUPERUSER' ],
  [ 'GRANT pg_execute_server_program TO app', undef, 'not held by row-level security: role app', 'REVOKE pg_execute_server_program FROM app' ],
  [ 'GRANT EXECUTE ON FUNCTION quant.issue_token TO app', undef, 'makes tokens: role app', 'REVOKE EXECUTE ON FUNCTION quant.issue_token FROM app' ],
  [ q(ALTER ROLE app SET quant.signed_in_user = '1'), $strategies, 'setting is made: quant.signed_in_user', 'ALTER ROLE app RESET quant.signed_in_user' ],
  [ 'GRANT UPDATE (database_role) ON trading.users TO app', undef, 'logins can be taken over: trading.users', 'REVOKE UPDATE (database_role) ON trading.users FROM app' ],
  [ 'GRANT INSERT ON trading.partition_policy TO boss', undef, 'may register tables: trading.partition_policy', 'REVOKE INSERT ON trading.partition_policy FROM boss' ],
  [ 'GRANT UPDATE ON trading.partition_policy TO boss', undef, 'may register tables: trading.partition_policy', q(REVOKE UPDATE ON trading.partition_policy FROM boss; SELECT quant.grant_access('boss', 'operator')) ],
  [ 'GRANT TRIGGER ON trading.maintenance_log TO app', undef, 'triggers run as others: trading.maintenance_log', 'REVOKE TRIGGER ON trading.maintenance_log FROM app' ],
  [ 'CREATE ROLE admin2 SUPERUSER; GRANT admin2 TO app', undef, 'not held by row-level security: role app', 'DROP ROLE admin2' ],
  [ 'CREATE ROLE sees_all BYPASSRLS; GRANT sees_all TO app', undef, 'not held by row-level security: role app', 'DROP ROLE sees_all' ],
  [ 'ALTER POLICY operators ON trading.portfolios TO app, boss', 'SELECT count(*) > 0 FROM trading.portfolios', 'policy beside ours: operators on trading.portfolios', 'ALTER POLICY operators ON trading.portfolios TO boss' ],
  [ 'GRANT UPDATE ON SEQUENCE trading.portfolios_id_seq TO app', q(SELECT setval('trading.portfolios_id_seq', 1000) = 1000), 'numbers of rows can be set: trading.portfolios_id_seq', 'REVOKE ALL ON SEQUENCE trading.portfolios_id_seq FROM app' ],
  [ 'ALTER DEFAULT PRIVILEGES IN SCHEMA trading GRANT SELECT ON TABLES TO app', undef, 'granted on future tables: schema trading', 'ALTER DEFAULT PRIVILEGES IN SCHEMA trading REVOKE SELECT ON TABLES FROM app' ],
  [ 'ALTER FUNCTION quant.current_user_id() OWNER TO app', undef, 'function is not ours: quant.current_user_id()', 'ALTER FUNCTION quant.current_user_id() OWNER TO CURRENT_USER' ],
  [ q(ALTER DATABASE platform SET quant.signed_in_user = '1'), $strategies, 'setting is made: quant.signed_in_user', 'ALTER DATABASE platform RESET quant.signed_in_user' ],
  [ 'CREATE VIEW public.v1 AS SELECT * FROM trading.strategies; ALTER VIEW public.v1 OWNER TO boss; GRANT SELECT ON public.v1 TO app', 'SELECT count(*) > 0 FROM public.v1', 'view around policies: public.v1', 'DROP VIEW public.v1' ],
  [ q(CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = trading AS 'select count(*) from strategies'), 'SELECT public.f() > 0', 'function around policies: public.f()', 'DROP FUNCTION public.f()' ],
  [ 'CREATE VIEW public.v1 AS SELECT * FROM trading.strategies; CREATE VIEW public.v2 AS SELECT * FROM public.v1; GRANT SELECT ON public.v2 TO app',
    'SELECT count(*) > 0 FROM public.v2', 'view around policies: public.v2', 'DROP VIEW public.v2, public.v1' ],
  [ 'CREATE VIEW public.v1 AS SELECT * FROM trading.strategies; GRANT SELECT (name) ON public.v1 TO app', 'SELECT count(name) > 0 FROM public.v1', 'view around policies: public.v1', 'DROP VIEW public.v1' ],
  [ q(CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'select count(*) from trading.strategies'), 'SELECT public.f() > 0', 'function around policies: public.f()', 'DROP FUNCTION public.f()' ])
{
  my ($done, $shown, $found, $undone) = @$door;
  $node->safe_psql('platform', $done);
  is($node->safe_psql('platform', $shown, connstr => $as_app), 't', "open: $done") if defined $shown;
  is(findings(), $found, "found: $found");
  $node->safe_psql('platform', $undone);
  is(findings(), '', 'closed');
}
# No doors.
$node->safe_psql('platform', 'GRANT CREATE ON SCHEMA public TO ben_login');
$node->safe_psql('platform', 'CREATE VIEW public.mine AS SELECT * FROM trading.strategies; GRANT SELECT ON public.mine TO app', connstr => $node->connstr('platform') . ' user=ben_login');
$node->safe_psql('platform', q(CREATE VIEW public.mine2 WITH (security_invoker = 't') AS SELECT * FROM trading.strategies; GRANT SELECT ON public.mine2 TO app));
is(findings(), '', 'views that policies hold are no finding');

# --- an operator registers no table for maintenance -------------------------------------------------------
is_error($node, 'platform', q(INSERT INTO trading.partition_policy (table_schema, table_name) VALUES ('op', 'bait')), qr/^42501: /, 'an operator adds no table', user => 'boss');
is_error($node, 'platform', q(UPDATE trading.partition_policy SET table_name = 'bait'), qr/^42501: /, 'nor changes its name', user => 'boss');
is(error_of($node, 'platform', 'UPDATE trading.partition_policy SET premake = 4', user => 'boss'), '', 'but its policy');

# A superuser maintains a table of his: what he planted runs with his own rights, and fails.
$node->safe_psql('platform', 'CREATE SCHEMA op AUTHORIZATION boss');
for my $trap (
  [ 'trigger', q(CREATE TABLE op.bait (at timestamptz NOT NULL) PARTITION BY RANGE (at)),
    q(CREATE TRIGGER t BEFORE DELETE ON op.bait_default FOR EACH ROW EXECUTE FUNCTION op.spring(); ALTER TABLE op.bait_default ENABLE ALWAYS TRIGGER t) ],
  [ 'constraint', q(CREATE TABLE op.bait (at timestamptz NOT NULL, CHECK (op.springs(at))) PARTITION BY RANGE (at)), '' ])
{
  my ($kind, $table, $armed) = @$trap;
  $node->safe_psql('platform', <<"SQL", connstr => $node->connstr('platform') . ' user=boss');
DROP TABLE IF EXISTS op.bait;
CREATE OR REPLACE FUNCTION op.springs(timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS \$\$
BEGIN IF current_user = 'postgres' THEN EXECUTE 'ALTER ROLE boss SUPERUSER'; END IF; RETURN true; END \$\$;
CREATE OR REPLACE FUNCTION op.spring() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM op.springs(now()); RETURN OLD; END \$\$;
$table;
CREATE TABLE op.bait_default PARTITION OF op.bait DEFAULT;
INSERT INTO op.bait VALUES ('2020-01-15'), ('2020-02-15');
$armed
SQL
  $node->safe_psql('platform', q(INSERT INTO trading.partition_policy (table_schema, table_name) VALUES ('op', 'bait') ON CONFLICT DO NOTHING));
  $node->safe_psql('platform', 'CALL quant.maintain_partitions()');
  is($node->safe_psql('platform', q(SELECT rolsuper FROM pg_roles WHERE rolname = 'boss')), 'f', "a $kind of another's table makes nobody a superuser");
  is($node->safe_psql('platform', 'SELECT count(*) FROM op.bait_default'), 0, 'and the table is maintained');
}

# --- names -------------------------------------------------------------------------------------------------
my $long = 'a' x 63;
$node->safe_psql('platform', qq(CREATE ROLE "$long"; CREATE ROLE "Odd ""role"));
is_error($node, 'platform', "SELECT quant.grant_access('${long}b', 'reader')", qr/^42704: /, 'a name that is too long is nobody\'s');
is_error($node, 'platform', "SELECT quant.grant_access('$_', 'reader')", qr/^42704: /, "$_ is no role") for 'PUBLIC', 'none', '';
is(error_of($node, 'platform', q(SELECT quant.grant_access('Odd "role', 'operator'); SELECT quant.revoke_access('Odd "role'); DROP ROLE "Odd ""role")), '', 'quotes in a name');
is_error($node, 'platform', "SELECT quant.$_", qr/^22023: role "postgres" owns tables/, "not the owner: $_") for q(grant_access('postgres', 'reader')), q(revoke_access('postgres'));

# --- another owner of the tables puts a view in the place of a table ----------------------------------------
$node->safe_psql('postgres', 'CREATE ROLE keeper LOGIN; CREATE DATABASE own OWNER keeper');
$node->safe_psql('own', 'CREATE EXTENSION pg_quant; SELECT quant.rotate_sign_in_key()');
$node->safe_psql('own', <<'SQL');
ALTER SCHEMA trading OWNER TO keeper;
DO $$ DECLARE r regclass; BEGIN
  FOR r IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'trading'::regnamespace AND c.relkind IN ('r', 'p', 'v') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO keeper', r);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA quant TO PUBLIC;
GRANT EXECUTE ON FUNCTION quant.issue_token TO keeper;
SQL
$node->safe_psql('own', <<'SQL', connstr => $node->connstr('own') . ' user=keeper');
GRANT USAGE ON SCHEMA trading TO PUBLIC;
CREATE TABLE trading.witness (who name);
GRANT INSERT ON trading.witness TO PUBLIC;
CREATE FUNCTION trading.trap() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN INSERT INTO trading.witness VALUES (current_user); RETURN true; END $$;
ALTER TABLE trading.users RENAME TO users_kept;
ALTER TABLE trading.sign_in_keys RENAME TO keys_kept;
CREATE VIEW trading.users AS SELECT 1::bigint AS id, session_user::text AS database_role, true AS is_active WHERE trading.trap();
CREATE VIEW trading.sign_in_keys AS SELECT 1::bigint AS id, sha256('x') AS secret, NULL::timestamptz AS expires_at WHERE trading.trap();
SQL
for my $user ('postgres', 'app', 'keeper')
{
  for my $call ('SELECT quant.current_user_id()', q(SELECT quant.sign_in('q1.1.1.9999999999.00')), 'SELECT quant.issue_token(1)')
  {
    error_of($node, 'own', $call, user => $user);
  }
}
is($node->safe_psql('own', q(SELECT string_agg(DISTINCT who, ',') FROM trading.witness)), 'keeper', 'what he put there runs with no rights but his own');
is($node->safe_psql('postgres', q(SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolsuper)), 'postgres', 'and makes nobody a superuser');
done_testing();
