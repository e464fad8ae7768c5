# SPDX-License-Identifier: PostgreSQL
# What an ordinary role plants is never used by another, and what it may not read it does not read
# through our functions.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE reader LOGIN');

# A database in which mallory may create schemas and has done so.
sub planted
{
  my ($database, $sql, $as_superuser) = @_;
  $node->safe_psql('postgres', "CREATE DATABASE $database");
  $node->safe_psql('postgres', "GRANT CREATE ON DATABASE $database TO mallory");
  $node->safe_psql($database, $as_superuser) if $as_superuser;
  is(error_of($node, $database, $sql, user => 'mallory'), '', "$database: mallory plants");
  return;
}

sub gained_nothing
{
  my ($name) = @_;
  is($node->safe_psql('postgres', "SELECT rolsuper FROM pg_roles WHERE rolname = 'mallory'"), 'f',
    "$name: mallory is no superuser");
  $node->safe_psql('postgres', 'ALTER ROLE mallory NOSUPERUSER');
  return;
}

my $trap = <<'SQL';
CREATE FUNCTION quant.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN EXECUTE 'ALTER ROLE mallory SUPERUSER'; RETURN true; END $$;
CREATE OPERATOR quant.= (FUNCTION = quant.trap, LEFTARG = text, RIGHTARG = text);
SQL

planted('own_schema', "CREATE SCHEMA quant; $trap");
my $errors = is_error($node, 'own_schema', 'CREATE EXTENSION pg_quant',
  qr/^42501: schema "quant" belongs to another role/, 'a schema quant of an ordinary role is refused');
like($errors, qr/DETAIL:  .*"mallory".*HINT: /s, 'with its owner and what to do');
gained_nothing('own_schema');

planted('empty_schema', 'CREATE SCHEMA quant');
is_error($node, 'empty_schema', 'CREATE EXTENSION pg_quant', qr/^42501: /, 'so is an empty one');

planted('shared_schema', $trap, 'CREATE SCHEMA quant; GRANT CREATE, USAGE ON SCHEMA quant TO mallory');
$errors = is_error($node, 'shared_schema', 'CREATE EXTENSION pg_quant',
  qr/^55000: schema "quant" is not empty/, 'a planted operator is refused in a schema of the superuser');
like($errors, qr/DETAIL:  It contains (?:function|operator) quant\./, 'and named');
gained_nothing('shared_schema');

planted('other_places', <<'SQL', 'GRANT CREATE ON SCHEMA public TO mallory');
CREATE FUNCTION public.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN EXECUTE 'ALTER ROLE mallory SUPERUSER'; RETURN true; END $$;
CREATE OPERATOR public.= (FUNCTION = public.trap, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR public.|| (FUNCTION = public.trap, LEFTARG = text, RIGHTARG = text);
SQL
is(error_of($node, 'other_places', <<'SQL'),
SET search_path = public, pg_catalog;
CREATE EXTENSION pg_quant;
SELECT quant.install();
SQL
  '', 'operators in another schema do not disturb the installation');
gained_nothing('other_places');

# The warning of CREATE EXTENSION sends the superuser to quant.install(): there the trap would wait.
planted('trading_schema', <<'SQL');
CREATE SCHEMA trading;
CREATE FUNCTION trading.trap() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN EXECUTE 'ALTER ROLE mallory SUPERUSER'; RETURN NEW; END $$;
CREATE TABLE trading.schema_version (version integer, description text, extension_version text);
CREATE TRIGGER trap BEFORE INSERT ON trading.schema_version FOR EACH ROW EXECUTE FUNCTION trading.trap();
SQL
$node->psql('trading_schema', 'CREATE EXTENSION pg_quant');
$node->psql('trading_schema', 'SELECT quant.install()');
gained_nothing('quant.install() in a schema trading of mallory');

# An ordinary role.
create_platform($node, 'platform');
my $arguments = q(1, '["AAA", "BBB"]', '1d', '2019-12-01', '2020-10-31', 100000);
my @readers = map { "SELECT * FROM quant.$_($arguments)" } qw(simulate simulate_trades simulate_equity);
my @as_reader = ($node, 'platform');

is($node->safe_psql('platform', <<'SQL'), '', 'no function of ours runs with the rights of its owner');
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'quant'::regnamespace AND p.prosecdef
SQL
# A procedure that commits cannot: it qualifies every name.
is($node->safe_psql('platform', <<'SQL'), '', 'every function in SQL or PL/pgSQL sets its search_path');
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = 'quant'::regnamespace AND l.lanname IN ('sql', 'plpgsql') AND p.prokind = 'f'
  AND NOT coalesce(p.proconfig, '{}') && '{"search_path=pg_catalog, pg_temp"}'
SQL
is($node->safe_psql('platform', <<'SQL'), '', 'nothing in schema trading is granted to everybody');
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'trading'::regnamespace
  AND has_table_privilege('reader', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
SQL

is_error(@as_reader, $_, qr/^42501: permission denied for schema/, 'no grant at all', user => 'reader')
  for $readers[0];
$node->safe_psql('platform', 'GRANT USAGE ON SCHEMA quant, trading TO reader');
for my $sql (@readers, 'SELECT quant.run_backtest(1)', q(SELECT quant.record_risk_metrics(1, '2020-10-31')),
  'SELECT * FROM quant.partition_plan()', q(SELECT quant.create_monthly_partition('2030-01-01')),
  q(CALL quant.create_partitions('2030-01-01', '2030-01-31')), 'CALL quant.maintain_partitions()',
  'SELECT quant.install()', 'SELECT quant.bind_schema()', 'SELECT quant.build_schema()',
  'SELECT quant.create_schema_objects()', 'SELECT quant.migrate_schema(false)')
{
  is_error(@as_reader, $sql, qr/^42501: (?:permission denied for|must be owner of) /,
    "without grants on tables: $sql", user => 'reader');
}

# Rows of users are seen by them alone.
$node->safe_psql('platform', q(UPDATE trading.users SET database_role = 'reader' WHERE id = 1));

# Bars are the last to be granted: the other tables are not enough.
$node->safe_psql('platform',
  'GRANT SELECT ON trading.strategies, trading.assets, trading.corporate_actions TO reader');
is_error(@as_reader, $_, qr/^42501: permission denied for table market_data/, "no grant on bars: $_",
  user => 'reader')
  for @readers;
$node->safe_psql('platform', 'GRANT SELECT ON trading.market_data TO reader');
is(error_of(@as_reader, $readers[0], user => 'reader'), '', 'with the grants it runs');
is_error(@as_reader, 'SELECT quant.run_backtest(1)', qr/^42501: permission denied for table backtests/,
  'but stores nothing', user => 'reader');

# Row-level security: what a policy hides is not there.
my $only_aaa = q(quant.simulate_equity(1, '["AAA"]', '1d', '2019-12-01', '2020-10-31', 100000));
my $aaa = $node->safe_psql('platform', "SELECT * FROM $only_aaa");
my $both = $node->safe_psql('platform', $readers[2]);
$node->safe_psql('platform', <<'SQL');
ALTER TABLE trading.market_data ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_aaa ON trading.market_data FOR SELECT TO reader USING (symbol = 'AAA');
SQL
sub as_reader
{
  return $node->safe_psql('platform', $_[0], connstr => $node->connstr('platform') . ' user=reader');
}
isnt($both, $aaa, 'the second symbol changes the run');
is(as_reader($readers[2]), $aaa, 'a run sees the permitted rows only');
is(as_reader("SELECT warnings FROM quant.simulate($arguments)"),
  '["no bars for \"BBB\" in the period"]', 'and says so');
is_error(@as_reader,
  q(SELECT * FROM quant.simulate(1, '["BBB"]', '1d', '2019-12-01', '2020-10-31', 100000)),
  qr/^P0002: /, 'nothing permitted is nothing there', user => 'reader');
is($node->safe_psql('platform', $readers[2]), $both, 'the owner still sees all rows');
$node->safe_psql('platform', 'DROP POLICY only_aaa ON trading.market_data');
is_error(@as_reader, $readers[0], qr/^P0002: /, 'without a policy no row is permitted', user => 'reader');
$node->safe_psql('platform', 'ALTER TABLE trading.market_data DISABLE ROW LEVEL SECURITY');

# Another role's objects first in the search_path: the very same results, and no trap is stepped on.
$node->safe_psql('postgres', 'CREATE DATABASE hostile TEMPLATE platform');
run_file($node, 'hostile', 'hostile.sql');
is_error($node, 'hostile',
  q(SET search_path = hostile, pg_catalog; SELECT 1::pg_catalog.int8 = 1::pg_catalog.int8),
  qr/^TRAP1: operator =/, 'the traps are armed');
my $new_bar = q(INSERT INTO trading.market_data
  (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price)
  VALUES ('AAA', '1h', '2020-02-05 10:00+00', 10, 11, 9, 10) RETURNING asset_id);
my $new_fill = q(INSERT INTO trading.transactions (portfolio_id, position_id, quantity, price)
  SELECT portfolio_id, id, 1, 2 FROM trading.positions LIMIT 1 RETURNING symbol, total_value);
my @calls = (@readers,
  q(SELECT quant.record_risk_metrics(1, '2020-10-31')), 'SELECT quant.run_backtest(1)',
  q(SELECT quant.check_bar(10, 9, 11, 10, 5, 1, 2, 3, '2020-01-01 00:00+00', '1d')),
  q(SELECT quant.value_at_risk(r, 0.95) FROM (VALUES (-0.01), (0.02), (-0.03)) v(r)),
  'SELECT quant.max_drawdown(e.equity, e."timestamp") FROM trading.equity_curves e',
  'SELECT * FROM quant.partition_status()', 'SELECT action, partition_name FROM quant.partition_plan()',
  q(SELECT quant.create_monthly_partition('2020-05-10')),
  q(CALL quant.create_partitions('2030-01-01', '2030-02-28')), 'CALL quant.maintain_partitions()',
  'SELECT quant.version()', 'SELECT quant.install()', 'SELECT quant.bind_schema()',
  # And the triggers.
  q(UPDATE trading.strategies SET description = 'x'), q(UPDATE trading.users SET first_name = 'x'),
  'UPDATE trading.positions SET current_price = 90', q(UPDATE trading.portfolios SET description = 'x'),
  q(INSERT INTO trading.portfolios (user_id, name, initial_capital) VALUES (2, 'n', 5) RETURNING total_value),
  $new_fill, $new_bar);
for my $sql (@calls)
{
  my ($status, $expected) = $node->psql('platform', $sql);
  my ($hostile_status, $got, $stderr) = $node->psql('hostile',
    "SET search_path = hostile, pg_catalog, public; $sql",
    extra_params => [ '-v', 'VERBOSITY=verbose' ]);
  my $name = 'in a hostile search_path: ' . substr $sql, 0, 70;
  ok($status == 0 && $hostile_status == 0 && $got eq $expected, $name =~ s/\s+/ /gr)
    or diag("expected: $expected\ngot: $got\n$stderr");
}

done_testing();
